"""Smooth vectors: the low modes they span, what a hierarchy reproduces, the entries touched."""

import array_api_strict
import numpy as np
import pytest
import scipy.sparse
from scipy.linalg import eigh

from labkit.arrays import to_numpy
from labkit.clustering import smooth_vectors
from labkit.clustering.smooth_vectors import _cycle, _hierarchy, _matching
from labkit.linalg import principal_angles


def lattice(rows, columns):
    """Return the adjacency of a rectangle of squares."""
    line = [
        scipy.sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(n, n)) for n in (rows, columns)
    ]
    eyes = [scipy.sparse.eye_array(n) for n in (rows, columns)]
    return scipy.sparse.csr_array(
        scipy.sparse.kron(line[0], eyes[1]) + scipy.sparse.kron(eyes[0], line[1])
    )


def laplacian(A):
    return scipy.sparse.csr_array(scipy.sparse.diags_array(np.asarray(A.sum(axis=1))) - A)


# Oracle


def test_spans_the_lowest_eigenvectors():
    A = lattice(24, 16)
    degrees = np.asarray(A.sum(axis=1))
    values, vectors = eigh(laplacian(A).toarray(), np.diag(degrees), subset_by_index=[1, 2])
    found = smooth_vectors(A, 12, n_iterations=4, rng=0)
    root = np.sqrt(degrees)[:, None]
    low, span = np.linalg.qr(root * vectors)[0], np.linalg.qr(root * found.vectors)[0]
    assert principal_angles(span, low).max() < 0.15
    assert (found.roughness[:2] >= values - 1e-12).all()  # Rayleigh and Ritz, from above
    assert found.roughness[0] < 1.1 * values[0]


def test_all_vectors_of_a_small_graph_are_the_eigenvectors():
    A = lattice(3, 4).toarray() * np.random.default_rng(0).uniform(1, 2, (12, 12))
    A = A + A.T
    values = eigh(np.diag(A.sum(axis=1)) - A, np.diag(A.sum(axis=1)), eigvals_only=True)
    found = smooth_vectors(A, 11, rng=0)
    np.testing.assert_allclose(found.roughness, values[1:], atol=1e-8)


def test_a_hierarchy_reproduces_its_vector():
    L = laplacian(lattice(20, 20))
    w = np.random.default_rng(0).standard_normal(400)
    levels, _ = _hierarchy(L, w)
    assert len(levels) >= 2
    there = levels[0].P @ (levels[0].R @ w)
    np.testing.assert_allclose(there, w, atol=1e-12)
    np.testing.assert_allclose(
        (levels[0].R @ levels[0].P).toarray(), np.eye(levels[1].L.shape[0]), atol=1e-12
    )


def test_a_cycle_never_raises_the_energy():
    L = laplacian(lattice(15, 20))
    rng = np.random.default_rng(1)
    levels, _ = _hierarchy(L, rng.standard_normal(300))
    for _ in range(5):
        x = rng.standard_normal(300)
        after, _ = _cycle(levels, np.zeros(300), x)
        assert after @ (L @ after) < x @ (L @ x)


def test_matching_is_a_maximal_matching_of_neighbours():
    A = lattice(9, 7)
    pair, _ = _matching(laplacian(A), np.ones(63))
    members = [np.flatnonzero(pair == p) for p in range(pair.max() + 1)]
    assert all(len(m) == 1 or (len(m) == 2 and A[m[0], m[1]] > 0) for m in members)
    single = np.concatenate([m for m in members if len(m) == 1] or [np.empty(0, dtype=int)])
    assert A[single][:, single].nnz == 0


def test_entries_grow_like_edges():
    entries, edges = [], []
    for side in (16, 64):
        A = lattice(side, side)
        edges.append(A.nnz)
        entries.append(sum(smooth_vectors(A, 3, n_iterations=2, rng=0).n_entries))
    assert 0.9 < np.log(entries[1] / entries[0]) / np.log(edges[1] / edges[0]) < 1.1


# Invariance


def test_vectors_are_orthonormal_in_the_degrees():
    A = lattice(10, 12)
    found = smooth_vectors(A, 5, rng=3)
    measure = np.asarray(A.sum(axis=1)) / A.sum()
    gram = found.vectors.T @ (measure[:, None] * found.vectors)
    np.testing.assert_allclose(gram, np.eye(5), atol=1e-10)
    np.testing.assert_allclose(measure @ found.vectors, 0, atol=1e-10)
    assert (np.diff(found.roughness) >= 0).all()


def test_scale_of_the_weights_does_not_count():
    A = lattice(10, 9)
    first, second = smooth_vectors(A, 3, rng=0), smooth_vectors(2.0**-90 * A, 3, rng=0)
    np.testing.assert_allclose(first.roughness, second.roughness, rtol=1e-9)
    assert first.sizes == second.sizes


# Degenerate


def test_parts_come_first():
    A = scipy.sparse.block_diag([lattice(8, 8), lattice(7, 9), lattice(9, 6)])
    found = smooth_vectors(A, 4, n_iterations=20, rng=0)
    np.testing.assert_allclose(found.roughness[:2], 0, atol=1e-9)
    assert found.roughness[2] > 1e-4


@pytest.mark.parametrize("n", [2, 5, 60])
def test_no_edges_and_complete_graphs(n):
    for A in (np.zeros((n, n)), np.ones((n, n)) - np.eye(n)):
        found = smooth_vectors(A, n - 1, rng=0)
        assert np.isfinite(found.vectors).all()
        assert np.isfinite(found.rates).all()
        assert found.vectors.shape == (n, n - 1)
        assert len(found.sizes) == len(found.n_entries) == n - 1


def test_a_vertex_without_neighbours_stays_at_zero():
    A = np.pad(lattice(8, 8).toarray(), (0, 1))
    found = smooth_vectors(A, 3, rng=0)
    assert (found.vectors[-1] == 0).all()
    assert np.isfinite(found.vectors).all()


def test_more_vectors_than_the_graph_has_are_zeros():
    A = np.pad(lattice(2, 2).toarray(), (0, 3))
    found = smooth_vectors(A, 6, rng=0)
    np.testing.assert_allclose(found.roughness, [1, 1, 2, 2, 2, 2], atol=1e-8)
    assert (found.vectors[:, 3:] == 0).all()
    degrees = A.sum(axis=1)
    np.testing.assert_allclose(degrees @ found.vectors, 0, atol=1e-8)


# Arrays


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_host_in_any_library(dtype):
    A = lattice(8, 8).toarray().astype(dtype)
    A.setflags(write=False)
    strict = array_api_strict.asarray(A, device=array_api_strict.Device("device1"))
    found = smooth_vectors(strict, 3, rng=0)
    assert found.vectors.device == strict.device
    assert found.vectors.dtype == strict.dtype
    expected = smooth_vectors(A.astype(float), 3, rng=0)
    np.testing.assert_allclose(to_numpy(found.roughness), expected.roughness, rtol=1e-5)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_vectors must be an integer from 1 to 3, got 4"):
        smooth_vectors(lattice(2, 2), 4)
    with pytest.raises(ValueError, match="n_iterations must be an integer from 1 up, got 0"):
        smooth_vectors(lattice(2, 2), 1, n_iterations=0)
    with pytest.raises(ValueError, match="affinity must not be negative"):
        smooth_vectors(-lattice(3, 3), 1)
    with pytest.raises(ValueError, match="affinity must be square"):
        smooth_vectors(lattice(3, 3)[:4], 1)
