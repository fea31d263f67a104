"""Sparse components: scikit-learn's objective, reached, and what holds at a minimum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles
from labkit.pca import principal_components, sparse_components

seeds = st.integers(0, 2**32 - 1)


def planted(n=120, p=20, k=3, seed=0):
    """Return noise around k directions with four entries each, and the directions."""
    rng = np.random.default_rng(seed)
    V = np.zeros((k, p))
    for i, row in enumerate(V):
        row[4 * i : 4 * i + 4] = rng.choice([-0.5, 0.5], 4)
    X = (rng.standard_normal((n, k)) * [5.0, 4.0, 3.0][:k]) @ V + rng.standard_normal((n, p))
    return X + rng.standard_normal(p), V


def parts(found):
    """Return U with columns of norm 1, and V, of scikit-learn's formulation."""
    sizes = np.linalg.norm(found.scores, axis=0)
    return found.scores / np.where(sizes > 0, sizes, 1), sizes[:, None] * found.components


def objective(X, found, penalty):
    U, V = parts(found)
    return 0.5 * np.sum((X - found.mean - U @ V) ** 2) + penalty * np.sum(np.abs(V))


# Oracle


@pytest.mark.parametrize("penalty", [0.5, 2.0, 8.0])
def test_no_worse_than_a_long_run_of_scikit_learn(penalty):
    from sklearn.decomposition import SparsePCA

    X, _ = planted()
    found = sparse_components(X, n_components=3, penalty=penalty)
    model = SparsePCA(3, alpha=penalty, method="cd", tol=1e-12, random_state=0).fit(X)
    assert found.objective_history[-1] == pytest.approx(objective(X, found, penalty), rel=1e-12)
    assert found.objective_history[-1] <= model.error_[-1] * (1 + 1e-7)
    overlaps = np.abs(found.components @ model.components_.T).max(axis=1)
    np.testing.assert_allclose(overlaps, 1.0, atol=1e-4)


@given(seed=seeds, penalty=st.floats(0.1, 10.0))
def test_conditions_of_a_minimum_hold(seed, penalty):
    """Given U, V solves its lasso: gradients are -alpha sign(V), within alpha where V is 0."""
    X, _ = planted(seed=seed)
    found = sparse_components(X, n_components=3, penalty=penalty, tol=0.0)
    U, V = parts(found)
    slope = U.T @ (X - found.mean - U @ V)
    used = V != 0
    limit = 1e-4 * np.abs(X).max() * np.sqrt(len(X))
    assert np.all(np.abs(slope[used] - penalty * np.sign(V[used])) <= limit)
    assert np.all(np.abs(slope[~used]) <= penalty + limit)


def test_one_component_without_penalty_is_the_first_of_pca():
    X, _ = planted()
    found = sparse_components(X, n_components=1, penalty=0.0, tol=0.0)
    plain = principal_components(X, n_components=1)
    np.testing.assert_allclose(found.components, plain.components, atol=1e-8)
    np.testing.assert_allclose(found.scores, plain.scores(X), atol=1e-6)


def test_without_penalty_the_span_is_that_of_pca():
    X, _ = planted()
    found = sparse_components(X, n_components=3, penalty=0.0)
    plain = principal_components(X, n_components=3).components
    basis = np.linalg.qr(found.components.T)[0]
    assert principal_angles(plain.T, basis)[-1] < 1e-6


def test_planted_supports_are_found():
    X, V = planted()
    found = sparse_components(X, n_components=3, penalty=6.0)
    np.testing.assert_array_equal(found.components != 0, V != 0)


# Invariance


@given(seed=seeds, factor=st.floats(1e-3, 1e3))
def test_scale_and_order(seed, factor):
    X, _ = planted()
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(X.shape[0]), rng.permutation(X.shape[1])
    a = sparse_components(X, n_components=3, penalty=2.0)
    moved = factor * X[rows][:, columns] + rng.standard_normal(X.shape[1])
    b = sparse_components(moved, n_components=3, penalty=2.0 * factor)
    last = a.objective_history[-1] * factor**2
    assert b.objective_history[-1] == pytest.approx(last, rel=1e-7)
    assert np.abs(a.components[:, columns] @ b.components.T).max(axis=1) == pytest.approx(1)


@given(seed=seeds, penalty=st.floats(0.0, 20.0), k=st.integers(1, 8))
def test_the_objective_never_rises(seed, penalty, k):
    X = np.random.default_rng(seed).standard_normal((30, 8))
    found = sparse_components(X, n_components=k, penalty=penalty, max_iterations=60)
    assert np.all(np.diff(found.objective_history) <= 0)
    sizes = np.linalg.norm(found.scores, axis=0)
    assert np.all(np.diff(sizes) <= 1e-12 * sizes.max() + 1e-300)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, _ = planted()
    X = X.astype(dtype)
    placed = library.place(X)
    found = sparse_components(placed, n_components=3, penalty=2.0)
    assert library.holds(found.components, found.scores, found.mean, dtype=dtype)
    reference = sparse_components(X.astype("float64"), n_components=3, penalty=2.0)
    limit = 1e-10 if dtype == "float64" else 1e-4
    last = reference.objective_history[-1]
    assert found.objective_history[-1] == pytest.approx(last, rel=limit)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize("shape", [(6, 30), (30, 6), (6, 6), (2, 1), (2, 5)])
def test_shapes_with_all_components(shape):
    X = np.random.default_rng(0).standard_normal(shape)
    found = sparse_components(X, n_components=min(shape), penalty=0.3)
    assert objective(X, found, 0.3) == pytest.approx(found.objective_history[-1], rel=1e-9)
    assert found.objective_history[-1] <= 0.5 * np.sum((X - X.mean(0)) ** 2) * (1 + 1e-12)


def test_a_large_penalty_leaves_nothing():
    X, _ = planted()
    Xc = X - X.mean(axis=0)
    found = sparse_components(X, n_components=3, penalty=np.linalg.norm(Xc, axis=0).max())
    assert not found.components.any()
    assert not found.scores.any()
    assert found.converged
    assert found.objective_history[-1] == pytest.approx(0.5 * np.sum(Xc**2))


@pytest.mark.parametrize("kind", ["constant", "rank one", "duplicates", "constant column"])
def test_degenerate(kind):
    X, _ = planted()
    if kind == "constant":
        X[:] = 3.0
    elif kind == "rank one":
        X = np.outer(X[:, 0], X[0])
    elif kind == "duplicates":
        X[:, 10:] = X[:, :10]
    else:
        X[:, 0] = 7.0
    found = sparse_components(X, n_components=3, penalty=1.0)
    assert np.isfinite(found.components).all()
    assert np.isfinite(found.scores).all()
    if kind == "constant column":
        assert not found.components[:, 0].any()
    if kind == "constant":
        assert not found.scores.any()
    if kind == "rank one":
        assert np.count_nonzero(found.scores.any(axis=0)) == 1


@pytest.mark.parametrize("factor", [1e-150, 1e150])
def test_extreme_scales(factor):
    X, _ = planted()
    a = sparse_components(X, n_components=2, penalty=2.0)
    b = sparse_components(factor * X, n_components=2, penalty=2.0 * factor)
    np.testing.assert_allclose(b.components, a.components, atol=1e-7)


def test_stopped_early_says_so():
    X, _ = planted()
    found = sparse_components(X, n_components=3, penalty=1.0, max_iterations=5)
    assert (found.converged, found.n_iterations) == (False, 5)


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_components": 4}, "n_components must be an integer from 1 to 3, got 4"),
        ({"penalty": -1.0}, r"penalty must be a finite number in \[0, inf\], got -1.0"),
        ({"tol": -1.0}, r"tol must be a finite number in \[0, inf\], got -1.0"),
        ({"max_iterations": 0}, "max_iterations must be an integer from 1 up, got 0"),
        ({"X": np.ones((1, 3))}, r"X must have shape at least \(2, 1\), got \(1, 3\)"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.eye(6, 3), "n_components": 1, "penalty": 0.1, **changes}
    with pytest.raises(ValueError, match=message):
        sparse_components(arguments.pop("X"), **arguments)
