"""A planted spectrum is there to rounding, whatever the draw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import planted_spectrum

EPS = 2.0**-52


@given(seed=st.integers(0, 2**32 - 1), n_features=st.integers(1, 8), extra=st.integers(1, 20))
def test_the_spectrum_is_planted(seed, n_features, extra):
    s = np.linspace(1, 0.1, n_features)
    n_samples = n_features + extra
    X = planted_spectrum(s, n_samples=n_samples, rng=seed)
    assert X.shape == (n_samples, n_features)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=20 * EPS * n_samples)
    found = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(found, s, rtol=0, atol=20 * EPS * n_samples)


def test_the_draw_follows_the_seed():
    a, b, c = (planted_spectrum([2.0, 1.0], n_samples=5, rng=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert not np.allclose(a, c)


def test_zeros_lower_the_rank():
    X = planted_spectrum([1.0, 0.0, 0.0], n_samples=6, rng=0)
    assert np.linalg.matrix_rank(X) == 1


def test_refusals():
    with pytest.raises(ValueError, match="singular_values must not be negative, got -1"):
        planted_spectrum([1.0, -1.0], n_samples=5)
    with pytest.raises(ValueError, match="n_samples must be an integer from 3 up, got 2"):
        planted_spectrum([1.0, 1.0], n_samples=2)
