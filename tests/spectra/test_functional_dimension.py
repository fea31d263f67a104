"""Functional dimension: derivatives by differences, known ranks, symmetries, arrays, dead units."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import flatten, forward, initial_parameters, unflatten
from labkit.spectra import functional_dimension

POINTS = np.random.default_rng(9).standard_normal((400, 2)) * np.tile([[1.0], [5.0]], (200, 1))


def network(*widths, seed=0):
    return initial_parameters(widths, like=np.zeros(1), bias_scale=0.5, rng=seed)


# Oracle


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_singular_values_are_those_of_differences(activation):
    net, X = network(2, 3, 4, 2), POINTS[:40]
    vector, widths = flatten(net), (2, 3, 4, 2)
    columns = []
    for j in range(len(vector)):
        shift = 1e-6 * np.eye(len(vector))[j]
        up, down = (unflatten(vector + sign * shift, widths) for sign in (1, -1))
        both = [forward(p, X, activation=activation) for p in (up, down)]
        columns.append((both[0] - both[1]).ravel() / 2e-6)
    J = np.stack(columns, axis=1)
    J /= np.maximum(np.linalg.norm(J, axis=1, keepdims=True), 1e-300)
    lengths = np.linalg.norm(J, axis=0)
    J /= np.where(lengths > 0, lengths, 1)
    found = functional_dimension(net, X, activation=activation)
    wanted = np.linalg.svd(J, compute_uv=False)
    np.testing.assert_allclose(found.singular_values, wanted, atol=1e-6)


def test_a_linear_model_has_as_many_as_parameters():
    found = functional_dimension(network(2, 3), POINTS)
    assert (found.rank, found.bound, found.n_parameters) == (9, 9, 9)


def test_one_layer_reaches_the_bound_and_smooth_units_all_parameters():
    net = network(2, 6, 1)
    found = functional_dimension(net, POINTS)
    assert (found.rank, found.bound, found.n_parameters) == (19, 19, 25)
    assert functional_dimension(net, POINTS, activation="tanh").rank == 25


@pytest.mark.parametrize("seed", range(20))
def test_never_above_the_bound(seed):
    found = functional_dimension(network(2, 4, 3, 2, seed=seed), POINTS)
    assert found.rank <= found.bound == 2 + 8 + 12 + 6


# Invariance


def test_scaling_a_unit_up_and_down_changes_nothing():
    (W, b), (V, c) = network(2, 5, 1)
    scaled = [(100 * W, 100 * b), (V / 100, c)]
    assert (
        functional_dimension(scaled, POINTS).rank
        == functional_dimension([(W, b), (V, c)], POINTS).rank
    )


def test_more_points_never_lower_it():
    ranks = [functional_dimension(network(2, 5, 5, 1), POINTS[:n]).rank for n in (1, 10, 50, 400)]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    net, X = network(2, 3, 1), POINTS[:30].astype(dtype)
    net = [(W.astype(dtype), b.astype(dtype)) for W, b in net]
    placed = [(library.place(W), library.place(b)) for W, b in net]
    found = functional_dimension(placed, library.place(X), tol=1e-4)
    same = functional_dimension(net, X, tol=1e-4)
    assert library.holds(found.singular_values, dtype=dtype)
    assert found.rank == same.rank
    np.testing.assert_allclose(to_numpy(found.singular_values), same.singular_values, atol=1e-5)


# Degenerate


def test_a_dead_unit_takes_its_weights_along():
    (W, b), last = network(2, 6, 1)
    b = b.copy()
    b[2] = -1000
    assert functional_dimension([(W, b), last], POINTS).rank == 19 - (2 + 1)


def test_an_output_that_is_always_zero():
    net = [(np.zeros((2, 2)), np.full(2, -1.0)), (np.zeros((1, 2)), np.zeros(1))]
    assert functional_dimension(net, POINTS).rank == 1  # the last bias
