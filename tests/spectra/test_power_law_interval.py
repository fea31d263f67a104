"""The interval of a tail exponent: its coverage, and what it varies."""

import numpy as np
import pytest

from labkit.spectra import power_law_fit, power_law_interval


def sample(seed, n=300):
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < 0.5, rng.pareto(1.5, n) + 1, rng.uniform(0.1, 1, n))


# Oracle


def test_coverage():
    """Of 40 intervals 95 of 100 should hold the truth; 28 or fewer would be one in 10^6."""
    found = [power_law_interval(sample(seed), n_draws=60, rng=seed) for seed in range(40)]
    assert sum(f.low < 2.5 < f.high for f in found) > 28


def test_it_is_about_four_standard_errors_wide_or_more():
    x = np.random.default_rng(0).pareto(1.5, 2000) + 1
    found, fit = power_law_interval(x, n_draws=100, rng=0), power_law_fit(x)
    assert 3 < (found.high - found.low) / fit.standard_error < 16
    assert found.low < fit.tail_exponent < found.high
    assert found.tail_exponents.shape == found.cutoffs.shape == (100,)
    assert set(found.cutoffs.round(9)) <= set(x.round(9))


# Invariance


def test_scale_and_draws():
    x = sample(0)
    one = power_law_interval(x, n_draws=10, rng=3)
    other = power_law_interval(100 * x, n_draws=10, rng=3)
    np.testing.assert_allclose(other.tail_exponents, one.tail_exponents, rtol=1e-9)
    np.testing.assert_allclose(other.cutoffs, 100 * one.cutoffs)
    assert power_law_interval(x, n_draws=10, rng=4).low != one.low


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = sample(0, 50).astype(dtype)
    found = power_law_interval(library.place(x), n_draws=3, rng=0)
    assert found.low == power_law_interval(x.astype(float), n_draws=3, rng=0).low


# Degenerate data


def test_resamples_of_one_value_only_are_drawn_anew():
    found = power_law_interval(np.array([1.0, 2.0]), n_draws=20, rng=0)
    assert np.isfinite(found.tail_exponents).all()


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_draws must be an integer from 2 up, got 1"):
        power_law_interval(np.array([1.0, 2.0]), n_draws=1)
