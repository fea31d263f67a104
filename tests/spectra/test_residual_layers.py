"""Residual layers: a block by hand, the variance of theory, no branch, arrays, refusals."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import standardised_weights
from labkit.random import generator, standard_normal
from labkit.spectra import residual_layers


def signal(n=40, width=6, dtype="float64"):
    return np.random.default_rng(0).standard_normal((n, width)).astype(dtype)


# Oracle


@pytest.mark.parametrize("centred", [True, False])
def test_two_blocks_by_hand(centred):
    X = signal()
    states = residual_layers(X, branch_scale=0.5, gain=1.3, centred=centred, rng=generator(3))
    draw, x = generator(3), X
    for block in range(2):
        np.testing.assert_allclose(next(states), x, rtol=0, atol=1e-13)
        W = standard_normal(draw, (6, 6), like=X)
        W = standardised_weights(W, gain=1.3) if centred else 1.3 * W / 6**0.5
        x = x + 0.5 * np.maximum(x / np.sqrt(1 + block / 4), 0) @ W.T
    np.testing.assert_allclose(next(states), x, rtol=0, atol=1e-13)


def test_the_variance_grows_by_the_square_of_the_branch_scale():
    X = signal(n=400, width=300)
    last = next(islice(residual_layers(X, branch_scale=0.3, rng=1), 20, None))
    # of the order of one over the root of the width in each block
    assert abs(last.var(axis=0).mean() / (1 + 20 * 0.09) - 1) < 0.1
    assert np.mean(last.mean(axis=0) ** 2) < 0.05


def test_without_centring_units_get_means():
    X = signal(n=400, width=300)
    last = next(islice(residual_layers(X, branch_scale=0.3, centred=False, rng=1), 20, None))
    assert np.mean(last.mean(axis=0) ** 2) > 0.3


# Edge cases


def test_no_branch():
    X = signal()
    np.testing.assert_array_equal(
        next(islice(residual_layers(X, branch_scale=0.0, rng=1), 5, None)), X
    )


def test_one_sample():
    assert next(islice(residual_layers(signal(n=1), rng=1), 5, None)).shape == (1, 6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = signal(dtype=dtype)
    placed = library.place(X)
    found = next(islice(residual_layers(placed, rng=generator(3)), 3, None))
    assert library.holds(found, dtype=dtype)
    expected = next(islice(residual_layers(X.astype(float), rng=generator(3)), 3, None))
    # three blocks of sums of six numbers of order one
    tolerance = 300 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found), expected, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="branch_scale"):
        residual_layers(signal(), branch_scale=-0.1)
    with pytest.raises(TypeError, match="centred must be True or False, got 1"):
        residual_layers(signal(), centred=1)
