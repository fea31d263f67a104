"""Locality-preserving projections: SciPy's generalised eigenvalues, and data that break ranks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from labkit.arrays import to_numpy
from labkit.clustering import locality_preserving_projections

seeds = st.integers(0, 2**32 - 1)


def data(seed=0, n_samples=40, n_features=5):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n_samples, n_features)) * [1.0, 2, 3, 4, 5][:n_features]


def graph(X, n_neighbours):
    apart = cdist(X, X) + np.diag(np.full(len(X), np.inf))
    W = np.zeros_like(apart)
    for i, row in enumerate(apart):
        W[i, np.argsort(row)[:n_neighbours]] = 1
    return np.maximum(W, W.T)


# Oracle


@pytest.mark.parametrize("n_neighbours", [1, 5])
def test_generalised_eigenvalues_of_scipy(n_neighbours):
    X = data()
    W = graph(X, n_neighbours)
    D = np.diag(W.sum(axis=1))
    mean = W.sum(axis=1) @ X / W.sum()
    Z = X - mean
    values, vectors = eigh(Z.T @ (D - W) @ Z, Z.T @ D @ Z)
    found = locality_preserving_projections(X, n_components=3, n_neighbours=n_neighbours)
    np.testing.assert_allclose(found.eigenvalues, values[:3], atol=1e-12)
    np.testing.assert_allclose(found.mean, mean, atol=1e-12)
    signs = np.sign(np.sum(found.directions * vectors[:, :3], axis=0))
    np.testing.assert_allclose(found.directions * signs, vectors[:, :3], atol=1e-9)


def test_two_apart_groups_are_two_values():
    X = data(1)
    X[:20] += 100
    found = locality_preserving_projections(X, n_components=1)
    scores = found.scores(X)[:, 0]
    assert found.eigenvalues[0] < 1e-3
    gap = abs(scores[:20].mean() - scores[20:].mean())
    assert scores[:20].std() + scores[20:].std() < 0.1 * gap


def test_complete_graph_has_one_eigenvalue():
    found = locality_preserving_projections(data(2), n_components=5, n_neighbours=39)
    np.testing.assert_allclose(found.eigenvalues, 40 / 39, atol=1e-12)  # L = n I - 11', D = n - 1


# Invariance


@given(seed=seeds, scale=st.sampled_from([1e-9, 1.0, 1e150]))
def test_shift_rotation_and_scale(seed, scale):
    rng, X = np.random.default_rng(seed), data(3)
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    first = locality_preserving_projections(X, n_components=2)
    moved = scale * (X @ turn + rng.standard_normal(5))
    second = locality_preserving_projections(moved, n_components=2)
    np.testing.assert_allclose(second.eigenvalues, first.eigenvalues, atol=1e-9)
    np.testing.assert_allclose(
        np.abs(second.scores(moved)), np.abs(first.scores(X)), rtol=1e-6, atol=1e-7
    )


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = data(4).astype(dtype)
    placed = library.place(X)
    found = locality_preserving_projections(placed, n_components=2)
    scores = found.scores(placed)
    assert library.holds(found.directions, found.eigenvalues, found.mean, scores, dtype=dtype)
    expected = locality_preserving_projections(X.astype(float), n_components=2)
    # moments square the spread of 25, and the gap of the eigenvalues is near 0.1: 1e3 eps
    tolerance = 1e4 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found.eigenvalues), expected.eigenvalues, atol=tolerance)
    np.testing.assert_allclose(
        np.abs(to_numpy(scores)), np.abs(expected.scores(X.astype(float))), atol=10 * tolerance
    )
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_constant_columns_duplicates_and_more_features_than_samples():
    X = np.concatenate([data(5), np.ones((40, 2))], axis=1)
    plain = locality_preserving_projections(data(5), n_components=2)
    found = locality_preserving_projections(X, n_components=2)
    np.testing.assert_allclose(found.eigenvalues, plain.eigenvalues, atol=1e-9)
    twice = np.repeat(data(6, 10), 2, axis=0)
    assert np.isfinite(locality_preserving_projections(twice, n_components=2).directions).all()
    wide = np.random.default_rng(0).standard_normal((6, 30))
    found = locality_preserving_projections(wide, n_components=5, n_neighbours=2)
    assert np.isfinite(found.scores(wide)).all()


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="the rank of the data, 0, got 1"):
        locality_preserving_projections(np.ones((4, 2)), n_components=1, n_neighbours=2)
    with pytest.raises(ValueError, match="n_neighbours must be an integer from 1 to 3, got 4"):
        locality_preserving_projections(np.eye(4), n_components=1, n_neighbours=4)
    found = locality_preserving_projections(data(), n_components=1)
    with pytest.raises(ValueError, match="X must have 5 features, as when fitted, got 2"):
        found.scores(np.ones((3, 2)))
