"""Random layers: their scale, exact ranks, weights that are orthogonal, arrays."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import random_layers


def table(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def last(X, depth, **options):
    *_, found = islice(random_layers(X, **options), depth + 1)
    return found


# Oracle


@pytest.mark.parametrize("weights", ["normal", "orthogonal"])
@pytest.mark.parametrize("slope", [0.0, 0.5])
@pytest.mark.parametrize("width", [4, 40, 3000])
def test_mean_square_is_kept_on_average(weights, slope, width):
    X = table(2, 40)
    means = [
        np.mean(last(X, 1, width=width, slope=slope, kind=weights, rng=seed) ** 2, axis=1)
        for seed in range(300 if width < 1000 else 3)
    ]
    ratio = np.mean(means, axis=0) / np.mean(X**2, axis=1)
    np.testing.assert_allclose(ratio, 1, atol=0.15)  # 4 / sqrt(1200) and more


def test_linear_orthogonal_layers_keep_all_angles():
    X = table(5, 8)
    H = last(X, 4, width=8, slope=1.0, kind="orthogonal", rng=0)
    np.testing.assert_allclose(H @ H.T, X @ X.T, atol=1e-12)


def test_scale_passes_through():
    X = table(5, 8)
    twice = last(2 * X, 3, width=9, slope=0.2, rng=0)
    np.testing.assert_allclose(twice, 2 * last(X, 3, width=9, slope=0.2, rng=0))


def test_states_are_relus_of_the_states_before():
    states = list(islice(random_layers(table(6, 4), width=7, rng=0), 3))
    np.testing.assert_array_equal(states[0], table(6, 4))
    W = np.random.default_rng(0).standard_normal((7, 4)) * (2 / 4) ** 0.5
    np.testing.assert_allclose(states[1], np.maximum(states[0] @ W.T, 0))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("weights", ["normal", "orthogonal"])
def test_arrays(library, dtype, weights):
    X = table(5, 3).astype(dtype)
    found = last(library.place(X), 2, width=4, kind=weights, rng=0)
    assert library.holds(found, dtype=dtype)
    same = last(X, 2, width=4, kind=weights, rng=0)
    np.testing.assert_allclose(to_numpy(found), same, rtol=2e-4, atol=1e-5)


# Degenerate


def test_one_unit_and_one_sample():
    assert last(table(1, 3), 2, width=1, rng=0).shape == (1, 1)
    np.testing.assert_array_equal(last(np.zeros((2, 3)), 2, width=4, rng=0), np.zeros((2, 4)))
