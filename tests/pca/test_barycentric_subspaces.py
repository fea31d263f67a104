"""Chains of barycentric subspaces against brute force, PCA and projections by least squares."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import barycentric_subspaces, principal_components
from tests.pca.test_barycentric_weights import GEOMETRIES, points

seeds = st.integers(0, 2**32 - 1)


def unexplained(X, chosen, geometry):
    """Return the mean squared distance to the span of the chosen rows, by projection."""
    first, others = X[chosen[0]], X[list(chosen[1:])]
    if geometry == "euclidean":
        A, away = (others - first).T, X - first
        foot = away @ A @ np.linalg.pinv(A) if len(others) else 0 * away
        return ((away - foot) ** 2).sum(axis=1).mean()
    signs = np.r_[-1.0 if geometry == "hyperbolic" else 1.0, np.ones(X.shape[1] - 1)]
    if not len(others):
        inner = (X * signs) @ first
        d = np.arccos(inner.clip(-1, 1)) if geometry == "sphere" else np.arccosh((-inner).clip(1))
        return (d**2).mean()
    A = X[list(chosen)].T
    c = np.linalg.solve((A.T * signs) @ A, (A.T * signs) @ X.T)
    normal = X - (A @ c).T
    size = np.sqrt(((normal**2) @ signs).clip(0))
    return ((np.arcsin(size.clip(max=1)) if geometry == "sphere" else np.arcsinh(size)) ** 2).mean()


def accumulated(X, chosen, geometry):
    return sum(unexplained(X, chosen[: i + 1], geometry) for i in range(len(chosen)))


# Oracle


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("k", [1, 2, 3])
def test_exhaustive_search_is_brute_force(geometry, k):
    X = points(geometry, 7, 4, seed=k)
    found = barycentric_subspaces(X, n_references=k, geometry=geometry, search="exhaustive")
    best = min(itertools.permutations(range(7), k), key=lambda c: accumulated(X, c, geometry))
    assert to_numpy(found.references).tolist() == list(best)
    expected = [unexplained(X, best[: i + 1], geometry) for i in range(k)]
    np.testing.assert_allclose(found.unexplained_variances, expected, rtol=1e-10, atol=1e-12)
    assert found.accumulated_unexplained_variance == pytest.approx(sum(expected), rel=1e-10)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_greedy_takes_the_best_next(geometry):
    X = points(geometry, 12, 4, seed=9)
    chosen = to_numpy(
        barycentric_subspaces(X, n_references=3, geometry=geometry).references
    ).tolist()
    for i in range(3):
        others = [j for j in range(12) if j not in chosen[:i]]
        best = min(others, key=lambda j: unexplained(X, [*chosen[:i], j], geometry))
        assert chosen[i] == best


@given(seed=seeds, geometry=st.sampled_from(GEOMETRIES))
def test_nested_and_ordered(seed, geometry):
    X = points(geometry, 15, 4, seed)
    greedy = barycentric_subspaces(X, n_references=3, geometry=geometry)
    best = barycentric_subspaces(X, n_references=3, geometry=geometry, search="exhaustive")
    assert np.all(np.diff(greedy.unexplained_variances) <= 1e-12)
    assert best.accumulated_unexplained_variance <= greedy.accumulated_unexplained_variance
    shorter = barycentric_subspaces(X, n_references=2, geometry=geometry)
    np.testing.assert_array_equal(greedy.references[:2], shorter.references)
    assert best.n_evaluations <= 15 + 15 * 15 + 15 * 15 * 15 + 45


@given(seed=seeds)
def test_no_samples_beat_the_components_in_flat_space(seed):
    X = np.random.default_rng(seed).standard_normal((12, 4)) * [3, 2, 1, 0.5]
    found = barycentric_subspaces(X, n_references=3, search="exhaustive")
    squares = principal_components(X).singular_values ** 2 / 12
    pca = [squares[i:].sum() for i in range(3)]
    assert np.all(found.unexplained_variances >= np.array(pca) * (1 - 1e-12))


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_points_of_a_small_subspace_leave_nothing(geometry):
    X = points(geometry, 20, 3, seed=2)
    embedded = np.concatenate([X, np.zeros((20, 2))], axis=1)
    n = 4 if geometry == "euclidean" else 3
    found = barycentric_subspaces(embedded, n_references=n, geometry=geometry)
    assert float(found.unexplained_variances[-1]) < 1e-12


# Invariance


@given(seed=seeds)
def test_rotation_and_order(seed):
    X = points("sphere", 14, 4, seed)
    rng = np.random.default_rng(seed)
    Q, order = np.linalg.qr(rng.standard_normal((4, 4)))[0], rng.permutation(14)
    a = barycentric_subspaces(X, n_references=2, geometry="sphere")
    b = barycentric_subspaces(X[order] @ Q, n_references=2, geometry="sphere")
    np.testing.assert_array_equal(order[b.references], a.references)
    np.testing.assert_allclose(b.unexplained_variances, a.unexplained_variances, atol=1e-12)


def test_a_large_mean_does_no_harm():
    X = points("euclidean", 10, 3, 4)
    a = barycentric_subspaces(X, n_references=3)
    b = barycentric_subspaces(X + 1e6, n_references=3)
    np.testing.assert_array_equal(a.references, b.references)
    np.testing.assert_allclose(a.unexplained_variances, b.unexplained_variances, rtol=1e-8)


def test_small_pieces_of_curved_space_are_flat():
    Z = 1e-4 * np.random.default_rng(3).standard_normal((15, 2))
    flat = barycentric_subspaces(Z, n_references=2)
    for geometry, sign in (("sphere", -1), ("hyperbolic", 1)):
        X = np.column_stack([np.sqrt(1 + sign * (Z**2).sum(axis=1)), Z])
        curved = barycentric_subspaces(X, n_references=2, geometry=geometry)
        np.testing.assert_array_equal(curved.references, flat.references)
        np.testing.assert_allclose(
            curved.unexplained_variances, flat.unexplained_variances, rtol=1e-4
        )


# Arrays


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, geometry, dtype):
    X = points(geometry, 10, 4, 8).astype(dtype)
    placed = library.place(X)
    found = barycentric_subspaces(placed, n_references=3, geometry=geometry, search="exhaustive")
    expected = barycentric_subspaces(X, n_references=3, geometry=geometry, search="exhaustive")
    assert library.holds(found.unexplained_variances, dtype=dtype)
    assert type(found.accumulated_unexplained_variance) is float
    np.testing.assert_array_equal(to_numpy(found.references), to_numpy(expected.references))
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_duplicates_and_all_equal():
    X = np.repeat(points("sphere", 3, 3, 1), 4, axis=0)
    found = barycentric_subspaces(X, n_references=3, geometry="sphere", search="exhaustive")
    assert len({int(i) // 4 for i in found.references}) == 3
    equal = np.ones((5, 2))
    assert barycentric_subspaces(equal, n_references=1).accumulated_unexplained_variance == 0
    with pytest.raises(ValueError, match="X must hold 2 independent samples, got 1"):
        barycentric_subspaces(equal, n_references=2)


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"geometry": "torus"}, "geometry must be one of 'euclidean', 'sphere', 'hyperbolic'"),
        ({"search": "all"}, "search must be one of 'greedy', 'exhaustive', got 'all'"),
        ({"n_references": 5}, "n_references must be an integer from 1 to 4, got 5"),
        ({"n_references": 4, "geometry": "sphere"}, "n_references must be an integer from 1 to 3"),
        ({"X": 2 * np.eye(3), "geometry": "sphere"}, "X must have rows with <x, x> = 1"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.eye(4, 3) + np.eye(4, 3, -1), "n_references": 2, **changes}
    if arguments.get("geometry") == "sphere" and "X" not in changes:
        arguments["X"] = points("sphere", 4, 3)
    with pytest.raises(ValueError, match=message):
        barycentric_subspaces(arguments.pop("X"), **arguments)
