"""Interaction basis: steps by hand, the matrix between layers, directions that nobody uses."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import interaction_basis


def table(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


# Oracle


def test_coordinates_are_uncorrelated_with_the_weights_as_variances():
    A, g = table(200, 5) @ table(5, 5, seed=1), table(200, 3, 5, seed=2)
    found = interaction_basis(A, g)
    moments = found.coordinates.T @ found.coordinates / 200
    np.testing.assert_allclose(moments, np.diag(found.weights), atol=1e-10)
    assert (np.diff(found.weights) <= 0).all()


def test_the_trace_of_the_weights_is_the_mean_square_of_whitened_gradients():
    A, g = table(100, 4), table(100, 2, 4, seed=1)
    G = A.T @ A / 100
    M = np.einsum("nop,noq->pq", g, g) / 100
    assert interaction_basis(A, g).weights.sum() == pytest.approx(np.trace(G @ M))


# Invariance


def test_any_invertible_matrix_between_the_layers():
    A, g, T = table(60, 6), table(60, 2, 6, seed=1), table(6, 6, seed=2)
    one, other = interaction_basis(A, g), interaction_basis(A @ T.T, g @ np.linalg.inv(T))
    np.testing.assert_allclose(other.weights, one.weights, rtol=1e-8)
    signs = np.sign(np.sum(one.coordinates * other.coordinates, axis=0))
    np.testing.assert_allclose(other.coordinates * signs, one.coordinates, atol=1e-7)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A, g = table(40, 3).astype(dtype), table(40, 2, 3, seed=1).astype(dtype)
    found = interaction_basis(library.place(A), library.place(g), tol=1e-5)
    same = interaction_basis(A, g, tol=1e-5)
    assert library.holds(found.directions, found.weights, found.coordinates, dtype=dtype)
    np.testing.assert_allclose(to_numpy(found.weights), same.weights, rtol=1e-4)


# Degenerate


def test_what_data_or_outputs_do_not_use_is_left_out():
    A, g = table(50, 6), table(50, 2, 6, seed=1)
    A[:, 5] = A[:, 4]  # one direction that no sample has
    g[:, :, 0] = 0  # one that no output looks at
    assert interaction_basis(A, g).weights.shape == (4,)


def test_nothing_is_used():
    found = interaction_basis(table(5, 3), np.zeros((5, 1, 3)))
    assert found.coordinates.shape == (5, 0)
    assert interaction_basis(np.zeros((5, 3)), table(5, 1, 3)).directions.shape == (3, 0)


def test_refusals():
    with pytest.raises(ValueError, match=r"\(5, n_outputs, 3\)"):
        interaction_basis(table(5, 3), table(5, 2, 4))
