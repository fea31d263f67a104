"""Measurements and the problem around them: adjoints, gradients, both kinds against each other."""

import numpy as np
import pytest

from labkit.sensing import DenseMeasurements, RankOneMeasurements, SensingProblem


def rank_one(m=30, n_rows=4, n_columns=5):
    rng = np.random.default_rng(0)
    return RankOneMeasurements(
        rng.standard_normal((m, n_rows)), rng.standard_normal((m, n_columns))
    )


def dense(A):
    matrices = A.left[:, :, None] * A.right[:, None, :]
    return DenseMeasurements(matrices.reshape(len(matrices), -1), A.shape)


# Oracle


def test_both_kinds_agree():
    A, rng = rank_one(), np.random.default_rng(1)
    B = dense(A)
    F, G, y = rng.standard_normal((4, 2)), rng.standard_normal((5, 2)), rng.standard_normal(30)
    np.testing.assert_allclose(A.apply(F @ G.T), B.apply(F @ G.T), atol=1e-12)
    np.testing.assert_allclose(A.apply_factors(F, G), A.apply(F @ G.T), atol=1e-12)
    np.testing.assert_allclose(B.apply_factors(F, G), B.apply(F @ G.T), atol=1e-12)
    np.testing.assert_allclose(A.adjoint(y), B.adjoint(y), atol=1e-12)
    np.testing.assert_allclose(A.adjoint_times(y, G), A.adjoint(y) @ G, atol=1e-12)
    np.testing.assert_allclose(B.adjoint_times(y, G), B.adjoint(y) @ G, atol=1e-12)


@pytest.mark.parametrize("kind", [lambda A: A, dense])
def test_the_adjoint_is_the_adjoint(kind):
    A, rng = kind(rank_one()), np.random.default_rng(2)
    X, y = rng.standard_normal((4, 5)), rng.standard_normal(30)
    assert A.apply(X) @ y == pytest.approx(np.sum(X * A.adjoint(y)), rel=1e-12)


def problem(symmetric):
    rng = np.random.default_rng(3)
    A = RankOneMeasurements(
        rng.standard_normal((30, 4)), rng.standard_normal((30, 4 if symmetric else 5))
    )
    truth = rng.standard_normal((4, A.shape[1]))
    return SensingProblem(A, A.apply(truth), truth)


def slope(function, X, direction, step=1e-6):
    return (function(X + step * direction) - function(X - step * direction)) / (2 * step)


def test_gradients_by_finite_differences():
    rng = np.random.default_rng(4)
    symmetric, general = problem(symmetric=True), problem(symmetric=False)
    U, D = rng.standard_normal((2, 4, 3))
    expected = slope(symmetric.loss, U, D)
    assert np.sum(symmetric.gradient(U) * D) == pytest.approx(expected, rel=1e-6)
    G, E = rng.standard_normal((2, 5, 3))
    by_F, by_G = general.gradients(U, G)
    assert np.sum(by_F * D) == pytest.approx(slope(lambda F: general.loss((F, G)), U, D), rel=1e-6)
    assert np.sum(by_G * E) == pytest.approx(slope(lambda G: general.loss((U, G)), G, E), rel=1e-6)


def test_errors_and_spectra():
    rng = np.random.default_rng(5)
    F, G = rng.standard_normal((4, 2)), rng.standard_normal((5, 2))
    here = SensingProblem(rank_one(), rank_one().apply(F @ G.T), F @ G.T)
    assert here.recovery_error((F, G)) == 0
    assert here.recovery_error((0 * F, G)) == 1
    assert here.loss((F, G)) < 1e-20
    expected = np.linalg.svd(F @ G.T, compute_uv=False)[:2]
    np.testing.assert_allclose(here.spectrum((F, G)), expected, rtol=1e-12)
    wide = np.hstack([F, rng.standard_normal((4, 3))])  # more columns than rows
    expected = np.linalg.svd(wide @ wide.T, compute_uv=False)
    np.testing.assert_allclose(here.spectrum(wide), expected, rtol=1e-12, atol=1e-12)
