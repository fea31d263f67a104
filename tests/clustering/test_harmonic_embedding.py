"""Harmonic embeddings: kernels of known shapes, ranks, large complexes, what bases share."""

import itertools

import numpy as np
import pytest

from labkit.clustering import alpha_complex, boundary_matrix, harmonic_embedding


def full_simplex(n, dimension):
    """Return all faces of n vertices up to a dimension: a sphere if dimension is n - 2."""
    return tuple(
        np.array(list(itertools.combinations(range(n), k + 1))) for k in range(dimension + 1)
    )


def ring(n):
    edges = np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
    return np.arange(n)[:, None], np.sort(edges, axis=1)


def betti_by_rank(parts, k):
    ranks = [
        np.linalg.matrix_rank(B.toarray()) if min(B.shape) else 0
        for B in (boundary_matrix(parts, k), boundary_matrix(parts, k + 1))
    ]
    return len(parts[k]) - sum(ranks)


# Oracle


@pytest.mark.parametrize("n", [5, 99, 100, 1500])  # dense, then sparse
def test_a_ring(n):
    found = harmonic_embedding(ring(n), 1)
    np.testing.assert_allclose(np.abs(found.coordinates), n**-0.5, rtol=1e-7)
    expected = 2 - 2 * np.cos(2 * np.pi / n)
    assert found.eigenvalues[0] == 0
    # twice there: the block finds the pair to the accuracy of its Ritz values
    assert found.eigenvalues[1] == pytest.approx(expected, rel=1e-6 if n < 100 else 0.02)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_a_hollow_simplex_is_a_sphere(n):
    parts = full_simplex(n, n - 2)
    betti = [harmonic_embedding(parts, k).coordinates.shape[1] for k in range(n - 1)]
    assert betti == [1, *[0] * (n - 3), 1]


@pytest.mark.parametrize(("d", "radius"), [(2, 0.05), (2, 0.08), (3, 0.13), (3, 0.2)])
def test_betti_numbers_equal_ranks(d, radius):
    points = np.random.default_rng(0).random((220, d))
    parts = alpha_complex(points, radius=radius)
    for k in range(d + 1):
        assert harmonic_embedding(parts, k).coordinates.shape[1] == betti_by_rank(parts, k)


def test_more_holes_than_the_first_block_is_wide():
    rings = [ring(6)] * 40  # beta_0 = beta_1 = 40
    vertices = np.arange(240)[:, None]
    edges = np.concatenate([rows + 6 * i for i, (_, rows) in enumerate(rings)])
    for k in (0, 1):
        found = harmonic_embedding((vertices, edges), k)
        assert found.coordinates.shape == (240, 40)
        assert found.eigenvalues[-1] == pytest.approx(1, abs=1e-6)  # 2 - 2 cos(60 degrees)


def test_rows_are_in_the_kernel_and_orthonormal():
    parts = alpha_complex(np.random.default_rng(1).random((300, 2)), radius=0.04)
    found = harmonic_embedding(parts, 1).coordinates
    assert found.shape[1] > 5
    for B in (boundary_matrix(parts, 1), boundary_matrix(parts, 2).T):
        assert np.abs(B @ found).max() < 1e-10
    np.testing.assert_allclose(found.T @ found, np.eye(found.shape[1]), atol=1e-12)


# Invariance


def test_names_of_the_vertices_change_only_signs_and_the_basis():
    points = np.random.default_rng(2).random((150, 2))
    order = np.random.default_rng(3).permutation(150)
    found = []
    for places, names in ((points, np.arange(150)), (points[order], order)):
        parts = alpha_complex(places, radius=0.06)
        coordinates = harmonic_embedding(parts, 1).coordinates
        named = np.sort(names[parts[1]], axis=1)
        found.append(coordinates[np.lexsort(named.T[::-1])])
    first, second = found
    np.testing.assert_allclose(np.abs(first @ first.T), np.abs(second @ second.T), atol=1e-9)


# Degenerate


def test_no_simplices_and_no_holes():
    lone = (np.array([[0]]), np.zeros((0, 2), dtype=int))
    assert harmonic_embedding(lone, 0).coordinates.tolist() in ([[1.0]], [[-1.0]])
    assert harmonic_embedding(lone, 1).coordinates.shape == (0, 0)
    assert harmonic_embedding(full_simplex(4, 3), 1).coordinates.shape == (6, 0)


def test_all_eigenvalues_are_zero():
    apart = (np.arange(150)[:, None],)
    found = harmonic_embedding(apart, 0)
    assert found.coordinates.shape == (150, 150)
    assert (found.eigenvalues == 0).all()
    assert len(found.eigenvalues) == 150


# Refusals


def test_refuses_a_dimension_that_is_not_there():
    with pytest.raises(ValueError, match="dimension must be an integer from 0 to 1, got 2"):
        harmonic_embedding(ring(4), 2)
