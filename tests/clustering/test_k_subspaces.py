"""K-subspaces: planted subspaces, all partitions of few points, PCA, and what has no answer."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, k_subspaces

seeds = st.integers(0, 2**32 - 1)


def planted(seed=0, n_features=9, rank=2, n_per=12, n_clusters=3):
    rng = np.random.default_rng(seed)
    bases = np.linalg.qr(rng.standard_normal((n_clusters, n_features, rank)))[0]
    labels = np.arange(n_clusters * n_per) % n_clusters
    X = np.einsum("ind,id->in", bases[labels], rng.standard_normal((len(labels), rank)))
    return X, bases, labels


def projections(bases):
    return bases @ np.swapaxes(bases, -1, -2)


def lost(X, labels, rank):
    """Return the squared norm outside of the best subspaces of a partition."""
    values = [np.linalg.svd(X[labels == k], compute_uv=False) for k in np.unique(labels)]
    return sum(float((v[rank:] ** 2).sum()) for v in values)


# Oracle


def test_planted_subspaces_are_found():
    X, bases, labels = planted()
    found = k_subspaces(X, 3, rank=2, rng=0)
    assert clustering_error(found.labels, labels) == 0
    assert found.residual < 1e-14
    assert found.converged
    order = [int(found.labels[labels == k][0]) for k in range(3)]
    np.testing.assert_allclose(projections(found.bases[order]), projections(bases), atol=1e-12)


def test_all_partitions_of_seven_points():
    X = np.random.default_rng(1).standard_normal((7, 3))
    partitions = (np.array(p) for p in itertools.product(range(2), repeat=7))
    best = min(lost(X, p, 1) for p in partitions)
    found = k_subspaces(X, 2, rank=1, n_restarts=50, rng=0)
    assert found.residual == pytest.approx(best / np.sum(X**2))
    assert lost(X, found.labels, 1) == pytest.approx(best)


def test_one_subspace_is_pca_without_a_mean():
    X = np.random.default_rng(2).standard_normal((20, 6)) + 1
    found = k_subspaces(X, 1, rank=3, n_restarts=2, rng=0)
    Vh = np.linalg.svd(X)[2][:3]
    np.testing.assert_allclose(projections(found.bases[0]), Vh.T @ Vh, atol=1e-10)
    np.testing.assert_allclose(found.residuals, found.residual)


def test_more_rounds_never_lose():
    X = np.random.default_rng(3).standard_normal((40, 5))
    rounds = [
        to_numpy(k_subspaces(X, 3, rank=2, max_iterations=t, rng=0).residuals) for t in range(1, 9)
    ]
    assert all((after <= before + 1e-12).all() for before, after in itertools.pairwise(rounds))


# Invariance


@given(seed=seeds, scale=st.sampled_from([1e-9, 1.0, 1e150]))
def test_rotation_scale_and_order(seed, scale):
    X, _, _ = planted(5)
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((9, 9)))[0]
    order = rng.permutation(len(X))
    first = k_subspaces(X, 3, rank=2, rng=0)
    turned = k_subspaces(scale * X[order] @ turn, 3, rank=2, rng=0)
    assert clustering_error(turned.labels, first.labels[order]) == 0


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, _, labels = planted()
    placed = library.place(X.astype(dtype))
    found = k_subspaces(placed, 3, rank=2, rng=0)
    assert library.holds(found.bases, found.residuals, dtype=dtype)
    assert library.holds(found.labels, dtype="int64")
    assert clustering_error(to_numpy(found.labels), labels) == 0
    # 9 singular values of numbers near 1, rounded: a share of 9 eps at most
    assert found.residual < 10 * np.finfo(dtype).eps
    np.testing.assert_array_equal(to_numpy(placed), X.astype(dtype))


# Degenerate data


def test_fewer_points_than_dimensions():
    X = np.random.default_rng(0).standard_normal((2, 6))
    found = k_subspaces(X, 1, rank=4, rng=0)
    np.testing.assert_allclose(found.bases[0].T @ found.bases[0], np.eye(4), atol=1e-12)
    np.testing.assert_allclose(X @ projections(found.bases[0]), X, atol=1e-12)


def test_zeros_duplicates_and_one_point():
    zeros = k_subspaces(np.zeros((3, 2)), 2, rank=1, rng=0)
    assert zeros.residual == 0
    assert zeros.labels.tolist() == [0, 0, 0]
    copies = k_subspaces(np.ones((5, 3)), 3, rank=1, rng=0)
    assert copies.residual < 1e-14
    assert len(set(copies.labels.tolist())) == 1
    one = k_subspaces(np.array([[3.0, 4.0]]), 1, rank=2, rng=0)
    np.testing.assert_allclose(projections(one.bases[0]), np.eye(2), atol=1e-12)


def test_a_limit_on_rounds_is_reported():
    X = np.random.default_rng(3).standard_normal((60, 5))
    assert not k_subspaces(X, 4, rank=1, max_iterations=1, rng=0).converged


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_clusters must be an integer from 1 to 3, got 4"):
        k_subspaces(np.ones((3, 2)), 4, rank=1)
    with pytest.raises(ValueError, match="rank must be an integer from 1 to 2, got 3"):
        k_subspaces(np.ones((3, 2)), 1, rank=3)
