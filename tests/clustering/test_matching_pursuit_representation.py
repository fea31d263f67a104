"""Orthogonal matching pursuit of each sample: scikit-learn's, subspaces kept apart, blocks."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import matching_pursuit_representation, representation_quality
from labkit.datasets import union_of_subspaces

seeds = st.integers(0, 2**32 - 1)


def union(seed=0, **changes):
    setting = {"n_subspaces": 3, "n_dimensions": 2, "n_features": 8, "n_per_subspace": 12}
    return union_of_subspaces(**(setting | changes), rng=seed)


# Oracle


@given(seed=seeds, k=st.integers(1, 5))
def test_scikit_learns_pursuit_sample_by_sample(seed, k):
    from sklearn.linear_model import orthogonal_mp

    X = np.random.default_rng(seed).standard_normal((14, 6))
    rows = X / np.linalg.norm(X, axis=1, keepdims=True)
    found = matching_pursuit_representation(X, n_nonzero=k, tol=0.0)
    C = found.coefficients.toarray()
    for i in range(len(X)):
        others = np.delete(np.arange(len(X)), i)
        expected = orthogonal_mp(rows[others].T, rows[i], n_nonzero_coefs=k)
        np.testing.assert_allclose(C[i, others], expected, atol=1e-9)
    np.testing.assert_allclose(found.residuals, np.linalg.norm(rows - C @ rows, axis=1), atol=1e-12)
    assert not C.diagonal().any()
    assert found.n_rounds == k


@given(seed=seeds)
def test_independent_subspaces_are_kept_apart(seed):
    X, truth = union(seed)
    found = matching_pursuit_representation(X, n_nonzero=8, tol=1e-10)
    assert found.residuals.max() < 1e-9
    assert representation_quality(found.coefficients, truth).subspace_preserving_error < 1e-6


def test_the_affinity_is_symmetric():
    C = matching_pursuit_representation(union()[0], n_nonzero=2)
    expected = abs(C.coefficients.toarray())
    np.testing.assert_array_equal(C.affinity.toarray(), expected + expected.T)


# Invariance


def test_blocks_do_not_matter(monkeypatch):
    X, _ = union(n_per_subspace=20)
    whole = matching_pursuit_representation(X, n_nonzero=2).coefficients.toarray()
    module = sys.modules[matching_pursuit_representation.__module__]
    monkeypatch.setattr(module, "N_TOGETHER", 7)
    monkeypatch.setattr(module, "CACHED_ENTRIES", 0)
    parts = matching_pursuit_representation(X, n_nonzero=2).coefficients.toarray()
    np.testing.assert_allclose(parts, whole, atol=1e-12)


@given(seed=seeds, factor=st.sampled_from([1e-200, 1e-3, 1e200]))
def test_scale_rotation_and_order(seed, factor):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, 5))
    turn, order = np.linalg.qr(rng.standard_normal((5, 5))).Q, rng.permutation(12)
    C = matching_pursuit_representation(X, n_nonzero=3).coefficients.toarray()
    sizes = factor * rng.uniform(0.5, 2, (12, 1))
    moved = matching_pursuit_representation(sizes * X @ turn, n_nonzero=3).coefficients.toarray()
    np.testing.assert_allclose(moved, C, atol=1e-9)
    mixed = matching_pursuit_representation(X[order], n_nonzero=3).coefficients.toarray()
    np.testing.assert_allclose(mixed, C[order][:, order], atol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = union()[0].astype(dtype)
    placed = library.place(X)
    found = matching_pursuit_representation(placed, n_nonzero=2, tol=1e-4)
    assert library.holds(found.residuals, dtype=dtype)
    assert found.coefficients.dtype == dtype
    expected = matching_pursuit_representation(X.astype(float), n_nonzero=2, tol=1e-4)
    gap = np.abs(found.coefficients.toarray() - expected.coefficients.toarray()).max()
    assert gap < 1e4 * np.finfo(dtype).eps  # conditions of pairs of atoms of up to a hundred
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_zeros_duplicates_and_a_single_sample():
    X = np.array([[0.0, 0, 0], [1, 2, 0], [1, 2, 0], [0, 0, 3]])
    found = matching_pursuit_representation(X, n_nonzero=3)
    C = found.coefficients.toarray()
    np.testing.assert_allclose(C[1], [0, 0, 1, 0], atol=1e-12)
    assert not C[0].any()
    assert not C[:, 0].any()
    assert not C[3].any()
    np.testing.assert_allclose(found.residuals, [0, 0, 0, 1], atol=1e-12)
    alone = matching_pursuit_representation(np.ones((1, 3)), n_nonzero=1)
    assert alone.coefficients.shape == (1, 1)
    assert alone.coefficients.nnz == 0


def test_a_search_ends_where_nothing_new_is_left():
    X = np.array([[1.0, 0, 1], [1, 0, 0], [-2, 0, 0]])  # one direction for a sample that needs two
    found = matching_pursuit_representation(X, n_nonzero=2)
    assert np.count_nonzero(found.coefficients.toarray()[0]) == 1
    assert found.residuals[0] == pytest.approx(0.5**0.5)
