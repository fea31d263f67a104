"""Stein's moments: against least squares and closed forms, what moves them, what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles
from labkit.pca import stein_subspace

seeds = st.integers(0, 2**32 - 1)


def model(seed, n=400, p=6, r=2, q=3, even=False):
    """Return correlated features, responses to r directions of them, and these directions."""
    rng = np.random.default_rng(seed)
    B = np.linalg.qr(rng.standard_normal((p, r)))[0]
    X = rng.standard_normal((n, p)) @ (np.eye(p) + 0.3 * rng.standard_normal((p, p))) + 5.0
    z = (X - X.mean(axis=0)) @ B
    link = z**2 if even else np.tanh(z) + z
    return X, link @ rng.uniform(0.5, 1.5, (r, q)) + 0.1 * rng.standard_normal((n, q)), B


def gap(A, B):
    return principal_angles(A, B)[-1]


# Oracle


@given(seed=seeds)
def test_first_order_is_the_svd_of_least_squares(seed):
    X, Y, _ = model(seed)
    found = stein_subspace(X, Y, n_components=2)
    coefficients = np.linalg.lstsq(X - X.mean(0), Y - Y.mean(0), rcond=None)[0]
    U, s, _ = np.linalg.svd(coefficients)
    np.testing.assert_allclose(found.values, s[:2], rtol=1e-9)
    assert gap(U[:, :2], found.basis) < 1e-8 * s[0] / (s[1] - s[2])
    assert found.objective_history == (pytest.approx(1 - s[2] ** 2 / np.sum(s**2)),)


@given(seed=seeds)
def test_second_order_against_its_definition(seed):
    X, Y, _ = model(seed, even=True)
    found = stein_subspace(X, Y, n_components=6, order=2)
    away, w = X - X.mean(0), Y.mean(axis=1) - Y.mean()
    S = np.linalg.solve(away.T @ away / len(X), away.T).T
    values = np.linalg.eigvalsh(sum(a * np.outer(b, b) for a, b in zip(w, S, strict=True)) / len(X))
    np.testing.assert_allclose(found.values, sorted(values, key=abs, reverse=True), rtol=1e-8)


def test_given_scores_of_a_normal_distribution_are_the_plug_in():
    X, Y, _ = model(0)
    away = X - X.mean(axis=0)
    precision = np.linalg.inv(away.T @ away / len(X))
    slopes = np.broadcast_to(precision, (len(X), 6, 6))
    for order in (1, 2):
        plain = stein_subspace(X, Y, n_components=2, order=order)
        told = stein_subspace(
            X, Y, n_components=2, order=order, scores=away @ precision, score_jacobians=slopes
        )
        np.testing.assert_allclose(told.values, plain.values, rtol=1e-9)
        assert gap(told.basis, plain.basis) < 1e-8


def test_jacobians_that_vary_count():
    """For one feature with score s = x^3 the moment is the mean of w (x^6 - 3 x^2)."""
    x = np.linspace(-1, 2, 50)[:, None]
    y = np.exp(x)
    found = stein_subspace(
        x, y, n_components=1, order=2, scores=x**3, score_jacobians=3 * x[:, :, None] ** 2
    )
    expected = np.mean((y - y.mean()) * (x**6 - 3 * x**2))
    assert found.values[0] == pytest.approx(expected, rel=1e-12)


def test_even_links_need_the_second_order_and_straight_ones_the_first():
    X, Y, B = model(1, n=20000, even=True)
    assert gap(B, stein_subspace(X, Y, n_components=2, order=2).basis) < 0.15
    X, Y, B = model(1, n=20000)
    assert gap(B, stein_subspace(X, Y, n_components=2).basis) < 0.15


# Invariance


@given(seed=seeds, order=st.sampled_from([1, 2]), factor=st.floats(1e-3, 1e3))
def test_shifts_scales_order_and_rotations(seed, order, factor):
    X, Y, _ = model(3)
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    rows = rng.permutation(len(X))
    plain = stein_subspace(X, Y, n_components=2, order=order)
    moved = stein_subspace(factor * X[rows] @ Q + 1.0, Y[rows] + 7.0, n_components=2, order=order)
    assert gap(Q @ moved.basis, plain.basis) < 1e-7
    np.testing.assert_allclose(moved.values * factor**order, plain.values, rtol=1e-7)


def test_units_of_single_features_do_not_matter():
    """Both moments follow the units exactly, over 21 orders of magnitude."""
    X, Y, _ = model(4)
    units = np.array([1e-12, 1e-4, 1.0, 1e4, 1e9, 1.0])
    first, second = [], []
    for features, back in ((X, 1.0), (X * units, units)):
        one = stein_subspace(features, Y[:, :1], n_components=1)
        first.append(one.basis[:, 0] * one.values * back)
        two = stein_subspace(features, Y[:, :1], n_components=6, order=2)
        second.append((two.basis * two.values) @ two.basis.T * np.outer(back, back))
    np.testing.assert_allclose(np.abs(first[1]), np.abs(first[0]), rtol=1e-10)
    large = np.s_[:1, :1]  # the smallest unit has the largest moment, by far
    np.testing.assert_allclose(second[1][large], second[0][large], rtol=1e-10)


@given(exponent=st.integers(-300, 250))
def test_scale_of_the_responses(exponent):
    X, Y, _ = model(5)
    plain = stein_subspace(X, Y, n_components=2)
    large = stein_subspace(X, Y * 2.0**exponent, n_components=2)
    np.testing.assert_array_equal(large.basis, plain.basis)
    np.testing.assert_array_equal(large.values, plain.values * 2.0**exponent)


# Arrays


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype, order):
    X, Y, _ = model(6)
    X, Y = X.astype(dtype), Y.astype(dtype)
    placed = library.place(X), library.place(Y)
    found = stein_subspace(*placed, n_components=2, order=order)
    assert library.holds(found.basis, found.values, dtype=dtype)
    exact = stein_subspace(X.astype(float), Y.astype(float), n_components=2, order=order)
    tolerance = 1e3 * np.finfo(dtype).eps
    assert gap(exact.basis, to_numpy(found.basis).astype(float)) < tolerance
    for before, after in zip((X, Y), placed, strict=True):
        np.testing.assert_array_equal(to_numpy(after), before)


# Degenerate data


@pytest.mark.parametrize("order", [1, 2])
def test_constant_responses_have_no_direction(order):
    X, _, _ = model(7)
    found = stein_subspace(X, np.ones((len(X), 2)), n_components=2, order=order)
    np.testing.assert_array_equal(found.values, 0.0)
    assert found.objective_history == (0.0,)
    np.testing.assert_allclose(found.basis.T @ found.basis, np.eye(2), atol=1e-14)


def test_fewer_samples_than_features_with_scores():
    X = np.random.default_rng(0).standard_normal((5, 9))
    found = stein_subspace(X, X[:, :2], n_components=2, scores=X)
    assert found.basis.shape == (9, 2)


@pytest.mark.parametrize("spoil", ["constant", "duplicate", "few", "combination", "float32"])
def test_dependent_columns_are_refused(spoil):
    X, Y, _ = model(8)
    if spoil == "constant":
        X[:, 2] = 0.1
    elif spoil == "duplicate":
        X[:, 2] = 3 * X[:, 4]
    elif spoil == "combination":
        X[:, 2] = X[:, 4] - X[:, 5]
    elif spoil == "few":
        X, Y = X[:6], Y[:6]
    else:
        X[:, 2] = X[:, 4] * (1 + 1e-9 * np.arange(len(X)))
        X = X.astype(np.float32)
    with pytest.raises(ValueError, match="X must have linearly independent columns once centred"):
        stein_subspace(X, Y, n_components=1)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"order": 3}, ValueError, "order must be an integer from 1 to 2, got 3"),
        ({"n_components": 3}, ValueError, "n_components must be an integer from 1 to 2, got 3"),
        ({"Y": np.ones((7, 2))}, ValueError, r"Y must have 8 rows like X, got shape \(7, 2\)"),
        ({"scores": np.ones((8, 2))}, ValueError, r"scores must have shape \(8, 3\) to go with X"),
        ({"scores": np.ones((8, 3)), "order": 2}, ValueError, "score_jacobians must come with"),
        ({"score_jacobians": np.ones((8, 3, 3))}, ValueError, "score_jacobians must come with"),
        (
            {"scores": np.ones((8, 3)), "score_jacobians": np.ones((8, 3, 2)), "order": 2},
            ValueError,
            r"score_jacobians must have shape \(8, 3, 3\) to go with X, got shape \(8, 3, 2\)",
        ),
    ],
)
def test_refusals(changes, error, message):
    X = np.random.default_rng(0).standard_normal((8, 3))
    arguments = {"X": X, "Y": X[:, :2], "n_components": 1, **changes}
    with pytest.raises(error, match=message):
        stein_subspace(arguments.pop("X"), arguments.pop("Y"), **arguments)
