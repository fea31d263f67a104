"""The flag test against Anderson's statistic, matrix perturbation, exact laws and simulation."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from labkit.arrays import to_numpy
from labkit.pca import principal_flag_test

seeds = st.integers(0, 2**32 - 1)
TYPES = [(1, 1, 1, 1), (2, 1, 1), (1, 3), (2, 2), (1, 2, 1)]


def data(n=80, d=4, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d)) * np.linspace(4, 1, d) + 3


def orthogonal(d, seed):
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]


def with_covariance(S):
    """Return the fewest samples with that sample covariance."""
    d = len(S)
    centred = np.linalg.svd(np.ones((1, d + 1)))[2][1:].T  # orthonormal, columns of mean zero
    return np.sqrt(d) * centred @ np.linalg.cholesky(S).T


# Oracle


def test_anderson_has_the_same_statistic_for_each_direction():
    X, U = data(), orthogonal(4, 1)
    result = principal_flag_test(X, U, multiplicities=(1, 1, 1, 1))
    S = np.cov(X.T)
    values = np.linalg.eigvalsh(S)[::-1]
    np.testing.assert_allclose(result.variances, values, rtol=1e-12)
    for i in range(4):
        u = U[:, i]
        anderson = 79 * (values[i] * u @ np.linalg.solve(S, u) + u @ S @ u / values[i] - 2)
        assert result.pairs[i].sum() == pytest.approx(anderson, rel=1e-10)
    assert result.statistic == pytest.approx(result.pairs.sum() / 2, rel=1e-14)
    assert result.p_value == pytest.approx(stats.chi2(6).sf(result.statistic), rel=1e-12)


@pytest.mark.parametrize("multiplicities", TYPES)
def test_degrees_of_freedom_are_the_dimension_of_the_flag_manifold(multiplicities):
    result = principal_flag_test(data(), np.eye(4), multiplicities=multiplicities)
    antisymmetric = 4 * 3 // 2 - sum(q * (q - 1) // 2 for q in multiplicities)
    assert result.degrees_of_freedom == antisymmetric


@pytest.mark.parametrize("multiplicities", TYPES)
def test_the_estimate_itself_passes(multiplicities):
    X = data()
    basis = principal_flag_test(X, np.eye(4), multiplicities=multiplicities).basis
    again = principal_flag_test(X, basis, multiplicities=multiplicities)
    assert again.statistic < 1e-20
    assert again.p_value == again.corrected_p_value == 1


def test_in_the_plane_the_first_order_is_the_squared_correlation():
    """T / nu = r^2 + r^4 (1 + 1 / w) + O(r^6), w the weight of the marginal variances."""
    for r in (1e-2, 1e-3):
        S = np.array([[4.0, 2 * r], [2 * r, 1.0]])
        found = principal_flag_test(with_covariance(S), np.eye(2), multiplicities=(1, 1))
        expected = 2 * (r**2 + r**4 * (1 + 4 / 9))
        assert found.statistic == pytest.approx(expected, abs=10 * r**6)


def test_mean_excess_in_the_plane_is_that_of_the_exact_law():
    """For d = 2 the law is r^2 ~ Beta(1/2, (nu - 1)/2) and an F ratio of variances."""
    nu, ratio = 4000, 4.0

    def statistic(t, f):
        r = np.sin(t)
        a, b = ratio * f, 1.0
        gap = np.sqrt((a - b) ** 2 + 4 * a * b * r * r)
        return nu * (gap**2 - gap * (a - b)) / (2 * a * b * (1 - r * r))

    t, w = np.polynomial.legendre.leggauss(200)
    t, w = 0.15 * (t + 1) / 2, w * 0.15 / 2
    density = (
        2 * np.exp(stats.beta(0.5, (nu - 1) / 2).logpdf(np.sin(t) ** 2)) * np.sin(t) * np.cos(t)
    )
    F = stats.f(nu, nu)

    def integrand(f):
        return F.pdf(f) * np.sum(w * density * statistic(t, f))

    mean = integrate.quad(integrand, F.ppf(1e-12), F.isf(1e-12), epsabs=1e-9)[0]
    exact = principal_flag_test(
        with_covariance(np.diag([4.0, 1.0])), np.eye(2), multiplicities=(1, 1)
    )
    c = exact.mean_excess * 2  # of two degrees of freedom
    assert c == pytest.approx(3 * (1 + 4 / 9), rel=1e-12)
    assert nu * (mean - 1) == pytest.approx(c, rel=0.02)  # the next order is 1 / nu


@pytest.mark.parametrize(
    ("variances", "multiplicities"),
    [((9, 4, 1), (1, 1, 1)), ((6, 3, 1), (1, 2, 2)), ((4, 1), (3, 1)), ((5, 2), (2, 3))],
)
def test_mean_excess_by_simulation(variances, multiplicities):
    """The mean of T over draws of the covariance; 6 standard errors and the next order allowed."""
    rng = np.random.default_rng(5)
    d, nu, n_draws = sum(multiplicities), 400, 3000
    root = np.sqrt(np.repeat(variances, multiplicities).astype(float))
    found = []
    for _ in range(n_draws):
        X = rng.standard_normal((nu + 1, d)) * root
        found.append(principal_flag_test(X, np.eye(d), multiplicities=multiplicities).statistic)
    exact = principal_flag_test(
        with_covariance(np.diag(root**2)), np.eye(d), multiplicities=multiplicities
    )
    excess = exact.mean_excess * d / nu
    dof = exact.degrees_of_freedom
    error = np.std(found) / np.sqrt(n_draws)
    assert abs(np.mean(found) - dof - excess) <= 6 * error + excess**2 / dof


@pytest.mark.parametrize("multiplicities", [(1, 1, 1), (1, 2), (2, 1)])
def test_level_and_uniform_p_values(multiplicities):
    rng = np.random.default_rng(3)
    root = np.sqrt(np.repeat([9.0, 4.0, 1.0][: len(multiplicities)], multiplicities))
    Q = orthogonal(3, 2)
    p_values = [
        principal_flag_test(
            rng.standard_normal((1500, 3)) * root @ Q.T, Q, multiplicities=multiplicities
        ).p_value
        for _ in range(600)
    ]
    # One in a million by Dvoretzky, Kiefer and Wolfowitz, and 0.01 for the next order.
    allowed = np.sqrt(np.log(2e6) / (2 * 600)) + 0.01
    assert stats.kstest(p_values, "uniform").statistic <= allowed


# Invariance


@given(seed=seeds, factor=st.floats(1e-50, 1e50), multiplicities=st.sampled_from(TYPES))
def test_rotation_scale_shift_and_bases_of_blocks(seed, factor, multiplicities):
    X, U, Q = data(), orthogonal(4, 7), orthogonal(4, seed)
    a = principal_flag_test(X, U, multiplicities=multiplicities)
    turned = U.copy()
    for end, q in zip(itertools.accumulate(multiplicities), multiplicities, strict=True):
        turned[:, end - q : end] = U[:, end - q : end] @ orthogonal(q, seed)
    b = principal_flag_test(factor * (X @ Q - 1), Q.T @ turned, multiplicities=multiplicities)
    np.testing.assert_allclose(b.pairs, a.pairs, rtol=1e-9, atol=1e-9 * a.statistic)
    np.testing.assert_allclose(b.variances / factor**2, a.variances, rtol=1e-10)
    assert b.mean_excess == pytest.approx(a.mean_excess, rel=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, U = data().astype(dtype), np.eye(4, dtype=dtype)
    placed = library.place(X)
    result = principal_flag_test(placed, library.place(U), multiplicities=(1, 2, 1))
    assert library.holds(result.basis, result.variances, result.pairs, dtype=dtype)
    for number in (result.p_value, result.statistic, result.corrected_p_value, result.mean_excess):
        assert type(number) is float
    assert type(result.degrees_of_freedom) is int
    expected = principal_flag_test(data(), np.eye(4), multiplicities=(1, 2, 1))
    # Eigenvectors move by eps l_1 / gap, the statistic by twice that relative to itself.
    rtol = 1e3 * float(np.finfo(dtype).eps)
    assert result.statistic == pytest.approx(expected.statistic, rel=rtol)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_fewer_samples_than_features_where_the_last_block_still_varies():
    X = data(5, 8)
    result = principal_flag_test(X, np.eye(8), multiplicities=(1, 7))
    assert np.isfinite(result.statistic)
    with pytest.raises(ValueError, match="X must vary in the last block"):
        principal_flag_test(X, np.eye(8), multiplicities=(1, 6, 1))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((9, 4)), "X must vary in the last block"),
        (data() * [1, 1, 1, 0], "X must vary in the last block"),
        (np.repeat(data()[:, :2], 2, axis=1), "X must vary in the last block"),
        (np.vstack([np.eye(4), -np.eye(4)]), "X must have different variances in the blocks"),
    ],
)
def test_data_without_a_flag(X, message):
    with pytest.raises(ValueError, match=message):
        principal_flag_test(X, np.eye(4), multiplicities=(1, 1, 1, 1))


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"X": np.ones((1, 4))}, ValueError, r"X must have shape at least \(2, 2\)"),
        ({"flag": np.eye(4)[:, :3]}, ValueError, r"flag must have shape \(4, 4\), .* \(4, 3\)"),
        ({"flag": np.ones((4, 4))}, ValueError, "flag must have orthonormal columns, .* 4.0e"),
        ({"multiplicities": (1, 2)}, ValueError, r"multiplicities must sum to 4, .* \[1, 2\]"),
        ({"multiplicities": (4,)}, TypeError, r"two or more integers, got \(4,\)"),
        ({"multiplicities": (4, 0)}, ValueError, "multiplicities must be an integer from 1"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"X": data(), "flag": np.eye(4), "multiplicities": (1, 3), **changes}
    with pytest.raises(error, match=message):
        principal_flag_test(arguments.pop("X"), arguments.pop("flag"), **arguments)
