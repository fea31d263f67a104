"""Elastic-net self-expression: the conditions of optimality, scikit-learn's solver, limits."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import elastic_net_representation, representation_quality
from labkit.datasets import union_of_subspaces

seeds = st.integers(0, 2**32 - 1)


def unit(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def violation(X, C, l1_share, fidelity):
    """Return the largest breach of the conditions of optimality, relative to the l1 weight."""
    rows = unit(X)
    gram = rows @ rows.T
    np.fill_diagonal(gram, 0)
    gamma = fidelity * l1_share / np.abs(gram).max(axis=1, keepdims=True)
    slope = gamma * ((rows - C @ rows) @ rows.T) - (1 - l1_share) * C
    np.fill_diagonal(slope, 0)
    breach = np.where(C != 0, np.abs(slope - l1_share * np.sign(C)), np.abs(slope) - l1_share)
    return breach.max() / l1_share


# Oracle


@pytest.mark.parametrize("l1_share", [1.0, 0.9, 0.3, 0.01])
@pytest.mark.parametrize("fidelity", [1.5, 50.0, 1000.0])
@pytest.mark.parametrize("n_features", [3, 20])
def test_the_conditions_of_optimality(l1_share, fidelity, n_features):
    X = np.random.default_rng(n_features).standard_normal((150, n_features))
    found = elastic_net_representation(X, l1_share=l1_share, fidelity=fidelity)
    C = found.coefficients.toarray()
    assert not C.diagonal().any()
    assert violation(X, C, l1_share, fidelity) < 1e-6  # 1e-8, and rounding times the fidelity
    np.testing.assert_allclose(
        found.residuals, np.linalg.norm(unit(X) - C @ unit(X), axis=1), atol=1e-9
    )


def test_scikit_learns_elastic_net():
    from sklearn.linear_model import ElasticNet

    X = np.random.default_rng(0).standard_normal((20, 6))
    rows, share, fidelity = unit(X), 0.8, 20.0
    C = elastic_net_representation(X, l1_share=share, fidelity=fidelity).coefficients.toarray()
    for i in range(len(X)):
        others = np.delete(np.arange(len(X)), i)
        gamma = fidelity * share / np.abs(rows[others] @ rows[i]).max()
        solver = ElasticNet(  # theirs: squares / (2 n), weights times alpha
            alpha=1 / (6 * gamma), l1_ratio=share, fit_intercept=False, tol=1e-12, max_iter=10**6
        )
        solver.fit(rows[others].T, rows[i])
        np.testing.assert_allclose(C[i, others], solver.coef_, atol=1e-6)


def test_fidelity_one_leaves_nothing_and_more_something():
    X = np.random.default_rng(1).standard_normal((9, 4))
    assert elastic_net_representation(X, fidelity=1.0).coefficients.nnz == 0
    C = elastic_net_representation(X, fidelity=1.01).coefficients
    assert (np.diff(C.indptr) >= 1).all()


@given(seed=seeds)
def test_orthogonal_subspaces_are_kept_apart_exactly(seed):
    rng = np.random.default_rng(seed)
    X = np.zeros((40, 6))
    X[:20, :3], X[20:, 3:] = rng.standard_normal((2, 20, 3))
    C = elastic_net_representation(X, l1_share=0.2).coefficients.toarray()
    assert not C[:20, 20:].any()
    assert not C[20:, :20].any()


def test_less_of_the_l1_norm_connects_more():
    X, truth = union_of_subspaces(
        n_subspaces=2, n_dimensions=3, n_features=20, n_per_subspace=40, rng=0
    )
    used, connected = [], []
    for share in (1.0, 0.8, 0.3):
        C = elastic_net_representation(X, l1_share=share).coefficients
        used.append(C.nnz)
        connected.append(representation_quality(C, truth).connectivity)
    assert used == sorted(used)
    assert connected == sorted(connected)


# Invariance


@given(seed=seeds, factor=st.sampled_from([1e-200, 1e-3, 1e200]))
def test_scale_rotation_and_order(seed, factor):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, 5))
    turn, order = np.linalg.qr(rng.standard_normal((5, 5))).Q, rng.permutation(12)
    C = elastic_net_representation(X).coefficients.toarray()
    sizes = factor * rng.uniform(0.5, 2, (12, 1))
    moved = elastic_net_representation(sizes * X @ turn).coefficients.toarray()
    np.testing.assert_allclose(moved, C, atol=1e-7)
    mixed = elastic_net_representation(X[order]).coefficients.toarray()
    np.testing.assert_allclose(mixed, C[order][:, order], atol=1e-7)


def test_candidates_and_blocks_do_not_matter(monkeypatch):
    X = np.random.default_rng(2).standard_normal((90, 5))
    whole = elastic_net_representation(X, l1_share=0.5)
    module = sys.modules[elastic_net_representation.__module__]
    monkeypatch.setattr(module, "N_CANDIDATES", 5)
    monkeypatch.setattr(module, "N_TOGETHER", 7)
    parts = elastic_net_representation(X, l1_share=0.5)
    gap = np.abs(parts.coefficients.toarray() - whole.coefficients.toarray()).max()
    assert gap < 1e-7
    assert parts.n_rounds > whole.n_rounds


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = np.random.default_rng(0).standard_normal((30, 6)).astype(dtype)
    placed = library.place(X)
    found = elastic_net_representation(placed, fidelity=5.0)
    assert library.holds(found.residuals, dtype=dtype)
    assert found.coefficients.dtype == dtype
    expected = elastic_net_representation(X.astype(float), fidelity=5.0)
    gap = np.abs(found.coefficients.toarray() - expected.coefficients.toarray()).max()
    assert gap < (1e-12 if dtype == "float64" else 1e-4)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize("l1_share", [1.0, 0.5])
def test_zeros_duplicates_and_loners(l1_share):
    X = np.array([[0.0, 0, 0], [1, 2, 0], [1, 2, 0], [-1, -2, 0], [0, 0, 3]])
    found = elastic_net_representation(X, l1_share=l1_share)
    C = found.coefficients.toarray()
    assert np.isfinite(C).all()
    assert violation(X[1:4], C[1:4, 1:4], l1_share, 50.0) < 1e-7
    assert not C[[0, 4]].any()
    np.testing.assert_allclose(found.residuals[[0, 4]], [0, 1])


def test_many_copies_in_a_plane():
    X = np.repeat(np.random.default_rng(3).standard_normal((10, 2)), 12, axis=0)
    C = elastic_net_representation(X, l1_share=1.0).coefficients.toarray()
    assert violation(X, C, 1.0, 50.0) < 1e-6


def test_a_single_sample():
    found = elastic_net_representation(np.ones((1, 3)))
    assert found.coefficients.nnz == 0
    assert found.residuals == pytest.approx([1.0])
    assert elastic_net_representation(np.zeros((1, 3))).residuals.tolist() == [0.0]
