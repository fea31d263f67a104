"""Standardised weights: means and lengths, invariances, flat rows, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import standardised_weights
from labkit.networks.standardised_weights import RELU_GAIN


def weights(dtype="float64"):
    return np.random.default_rng(0).standard_normal((4, 9)).astype(dtype)


# Oracle


def test_the_formula():
    W = weights()
    rows = (W - W.mean(axis=1, keepdims=True)) / (W.std(axis=1, keepdims=True) * 3)
    np.testing.assert_allclose(standardised_weights(W, gain=2.5), 2.5 * rows, rtol=1e-13)


def test_rows_have_no_mean_and_the_length_of_the_gain():
    found = standardised_weights(weights())
    np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-14)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), RELU_GAIN, rtol=1e-14)


def test_the_gain_is_that_of_a_rectified_normal_variable():
    nodes = np.linspace(-9, 9, 200001)
    density = np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi) * (nodes[1] - nodes[0])
    bent = np.maximum(nodes, 0)
    variance = np.sum(density * bent**2) - np.sum(density * bent) ** 2
    assert pytest.approx(1 / np.sqrt(variance), rel=1e-6) == RELU_GAIN


# Invariance


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_scale_and_shift_of_a_row_do_not_matter(size):
    W = weights()
    found = standardised_weights(size * (W + np.arange(4)[:, None]))
    np.testing.assert_allclose(found, standardised_weights(W), rtol=0, atol=1e-13)


def test_twice_is_once():
    once = standardised_weights(weights(), gain=3.0)
    np.testing.assert_allclose(standardised_weights(once, gain=3.0), once, rtol=0, atol=1e-14)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    W = weights(dtype)
    placed = library.place(W)
    found = standardised_weights(placed)
    assert library.holds(found, dtype=dtype)
    expected = standardised_weights(W.astype(float))
    tolerance = 20 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found), expected, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), W)


# Refusals


def test_refusals():
    W = weights()
    W[2] = 0.1
    with pytest.raises(ValueError, match=r"W must have rows whose entries differ, .* row 2"):
        standardised_weights(W)
    with pytest.raises(ValueError, match=r"W must have rows whose entries differ, .* row 0"):
        standardised_weights(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="gain"):
        standardised_weights(weights(), gain=0.0)
