"""Sandwich networks: layer by layer by hand, the bound for any parameters, arrays, edges."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import forward
from labkit.spectra import lipschitz_lower_bound, lipschitz_matrix, sandwich_network
from tests.spectra.sandwich import cast, inputs, layers

WIDTHS = [(2, 5, 4, 3), (3, 2, 6, 2), (1, 8, 1), (4, 3)]


def by_hand(free, X, bound):
    """Follow the formula of the layers, with the matrices from a linear solver."""
    h = np.sqrt(bound) * X.T
    for k, (W, log_scales, bias) in enumerate(free):
        n = W.shape[1]
        Z = W[:n] - W[:n].T + W[n:].T @ W[n:]
        At = np.linalg.solve(np.eye(n) + Z, np.eye(n) - Z)
        B = -2 * np.linalg.solve((np.eye(n) + Z).T, W[n:].T)
        np.testing.assert_allclose(At.T @ At + B @ B.T, np.eye(n), atol=1e-12)
        if k == len(free) - 1:
            return (np.sqrt(bound) * B @ h).T + bias
        scales = np.exp(log_scales)[:, None]
        z = np.maximum(np.sqrt(2) / scales * (B @ h) + bias[:, None], 0)
        h = np.sqrt(2) * At @ (scales * z)
    raise AssertionError


# Oracle


@pytest.mark.parametrize("widths", WIDTHS)
def test_it_is_the_network_of_the_layers(widths):
    free, X = layers(*widths), inputs(widths[0])
    found = forward(sandwich_network(free, bound=3.0), X, activation="relu")
    np.testing.assert_allclose(found, by_hand(free, X, 3.0), atol=1e-10)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("widths", WIDTHS)
def test_nothing_stretches_beyond_the_bound(widths, activation):
    for seed in range(10):
        net = sandwich_network(layers(*widths, seed=seed), bound=0.5)
        found = lipschitz_lower_bound(net, inputs(widths[0]), activation=activation)
        assert found <= 0.5 * (1 + 1e-12)


def test_the_bound_is_certified_by_the_scales():
    for seed in range(10):
        free = layers(3, 5, 4, 2, seed=seed)
        multipliers = [np.exp(2 * log_scales) for _, log_scales, _ in free[:-1]]
        M = lipschitz_matrix(sandwich_network(free, bound=2.0), multipliers, bound=2.0)
        values = np.linalg.eigvalsh(M)
        assert values[0] >= -1e-12 * values[-1]


def test_a_layer_of_norm_one_loses_nothing():
    free = [(np.array([[0.0], [-1.0]]), np.zeros(1), np.zeros(1))]
    assert sandwich_network(free, bound=7.0)[0][0] == pytest.approx(7.0)


# Invariance


def test_the_bound_scales_the_ends():
    one, four = (sandwich_network(layers(2, 5, 4, 3), bound=b) for b in (1.0, 4.0))
    for k, factor in enumerate((2, 1, 2)):
        np.testing.assert_allclose(four[k][0], factor * one[k][0])


def test_the_symmetric_part_of_the_square_is_not_used():
    (free, *rest), last = layers(2, 3, 1)
    moved = np.array(free)
    moved[:3] += 5 * np.ones((3, 3))
    for (a, _), (b, _) in zip(
        sandwich_network([(free, *rest), last]), sandwich_network([(moved, *rest), last]),
        strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(a, b, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    free = cast(layers(2, 5, 3), np.dtype(dtype).type)
    found = sandwich_network(cast(free, library.place), bound=2.0)
    exact = sandwich_network(cast(free, np.float64), bound=2.0)
    for (W, b), (V, c) in zip(found, exact, strict=True):
        assert library.holds(W, b, dtype=dtype)
        np.testing.assert_allclose(to_numpy(W), V, atol=500 * np.finfo(dtype).eps)
        np.testing.assert_array_equal(to_numpy(b), c)


# Degenerate


def test_zeros_give_a_constant_and_huge_numbers_a_network():
    free = [(0 * W, s, b) for W, s, b in layers(2, 3, 1)]
    net = sandwich_network(free)
    assert lipschitz_lower_bound(net, inputs(2)) == 0
    huge = [(1e6 * W, s, b) for W, s, b in layers(2, 3, 1)]
    assert lipschitz_lower_bound(sandwich_network(huge), inputs(2)) <= 1 + 1e-6
