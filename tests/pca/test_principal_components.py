"""Principal components against scikit-learn, on every route and where data are degenerate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from labkit.arrays import frobenius_norm, qr_triangle, to_numpy
from labkit.pca import principal_components

EPS = 2.0**-52
DIRECT = ("covariance", "gram", "exact")
ROUTES = (*DIRECT, "randomised")


def spectrum_data(n, p, singular_values, seed=0):
    """Return data whose centred singular values are those given, with a mean to subtract."""
    rng = np.random.default_rng(seed)
    k = len(singular_values)
    U = rng.standard_normal((n, k))
    U = np.linalg.qr(U - U.mean(axis=0)).Q
    V = np.linalg.qr(rng.standard_normal((p, k))).Q
    return (U * singular_values) @ V.T + rng.standard_normal(p)


def squared_gaps(s, n_others):
    """Return the distance of each s_i^2 to its nearest neighbour, the zero tail included."""
    squares = np.append(s**2, [0.0] * (n_others > len(s)))
    distance = np.abs(squares[: len(s), None] - squares)
    distance[np.arange(len(s)), np.arange(len(s))] = np.inf
    return distance.min(axis=1)


def assert_agrees(result, X, atol, eps=EPS):
    """Compare with scikit-learn's full SVD of all components."""
    reference = PCA(svd_solver="full").fit(X)
    s, k = reference.singular_values_, len(result.singular_values)
    np.testing.assert_allclose(result.singular_values, s[:k], rtol=0, atol=atol * s[0])
    np.testing.assert_allclose(
        result.explained_variance_ratio,
        reference.explained_variance_ratio_[:k],
        rtol=0,
        atol=2 * atol + 10 * EPS,
    )
    np.testing.assert_allclose(result.mean, reference.mean_, rtol=0, atol=EPS * np.abs(X).sum())
    assert result.total_variance == pytest.approx(reference.explained_variance_.sum(), rel=1e-12)
    # A squared matrix is off by c n eps s_1^2, so an eigenvector turns by that over the gap.
    # The reference itself is off by c n eps s_1 / (gap of s), which is smaller.
    gaps = squared_gaps(s, X.shape[1])[:k]
    separated = (np.abs(np.diff(s, append=0))[:k] > 1e-6 * s[0]) & (gaps > 0)
    angle = 4 * max(X.shape) * eps * s[0] ** 2 / np.where(separated, gaps, np.inf)
    expected = reference.components_[:k]
    signs = np.sign(np.sum(result.components * expected, axis=1))[:, None]
    distance = np.linalg.norm(result.components - signs * expected, axis=1)
    fair = separated & (angle < 0.1)
    assert np.all(distance[fair] <= angle[fair])


def assert_orthonormal(components, eps=EPS):
    components = to_numpy(components)
    k, p = components.shape
    error = np.abs(components @ components.T - np.eye(k)).max()
    assert error <= 20 * np.sqrt(p) * eps


# Oracle


@pytest.mark.parametrize(
    "shape",
    [(2, 1), (2, 5), (5, 1), (7, 7), (30, 30), (8, 20), (40, 12), (300, 9), (9, 300), (120, 100)],
)
def test_scikit_learn_agrees_on_any_shape(shape):
    X = np.random.default_rng(1).standard_normal(shape) + 3
    result = principal_components(X)
    assert_agrees(result, X, 1e-12)
    assert_orthonormal(result.components)
    assert result.residual <= 4 * max(shape) * EPS


@pytest.mark.parametrize("shape", [(200, 60), (60, 200), (90, 80)])
@pytest.mark.parametrize("decades", [0, 2.5, 2.55, 6, 12, 17])
@pytest.mark.parametrize("n_components", [None, 1, 20])
def test_auto_keeps_twelve_digits_for_any_spectrum(shape, decades, n_components):
    X = spectrum_data(*shape, np.logspace(0, -decades, min(shape) - 1))
    result = principal_components(X, n_components=n_components)
    assert_agrees(result, X, 1e-12)
    assert_orthonormal(result.components)


@pytest.mark.parametrize("shape", [(400, 150), (150, 400)])
def test_auto_keeps_twelve_digits_where_squaring_hurts_most(shape):
    half = np.ones(70)
    X = spectrum_data(*shape, np.concatenate([half, 3.1e-3 * half]))
    result = principal_components(X, n_components=140)
    assert result.route in ("covariance", "gram")
    assert_agrees(result, X, 1e-12)
    assert_orthonormal(result.components)


@pytest.mark.parametrize("mean", [0.0, 0.02, 1.0, 1e3])
@pytest.mark.parametrize("decades", [0, 1, 2.7, 4, 9])
def test_a_long_tail_is_found_to_twelve_digits_whatever_the_mean(decades, mean):
    s = np.concatenate([np.linspace(1, 0.5, 40), np.logspace(-1, -1 - decades, 30)])
    X = spectrum_data(900, 70, s)
    X += mean - X.mean(axis=0)
    result = principal_components(X)
    assert result.route == "covariance"
    rounding = 70 * EPS * np.sqrt(900) * mean  # of the data themselves, and of their mean
    np.testing.assert_allclose(result.singular_values, s, rtol=0, atol=1e-12 + rounding)
    assert np.all(np.diff(result.singular_values) <= 0)
    assert_orthonormal(result.components)
    np.testing.assert_allclose(result.reconstruction(X), X, rtol=0, atol=1e-13 * (1 + mean))


def test_a_mean_far_from_the_first_rows_is_still_a_mean():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5000, 6))
    X[::19] = 3.0  # the rows that are looked at first: constant there, not elsewhere
    assert_agrees(principal_components(X), X, 1e-12)


def test_auto_names_its_route():
    tall, wide = spectrum_data(80, 20, np.ones(20)), spectrum_data(20, 80, np.ones(19))
    assert principal_components(tall).route == "covariance"
    assert principal_components(wide, n_components=19).route == "gram"
    assert principal_components(wide).route == "exact"  # the last singular value is zero
    ill = spectrum_data(80, 20, np.logspace(0, -5, 20))
    assert principal_components(ill).route == "covariance"  # the last ten are found anew
    assert principal_components(spectrum_data(80, 20, np.logspace(0, -6, 20))).route == "exact"
    assert principal_components(ill, n_components=10).route == "covariance"  # s_10 is 4e-3
    assert principal_components(ill.astype(np.float32), n_components=10).route == "exact"


@pytest.mark.parametrize("route", DIRECT)
@pytest.mark.parametrize("shape", [(60, 25), (25, 60), (40, 40)])
def test_direct_routes_agree(route, shape):
    X = spectrum_data(*shape, np.linspace(1, 0.1, min(shape) - 1))
    result = principal_components(X, n_components=min(shape) - 1, route=route)
    assert result.route == route
    assert_agrees(result, X, 1e-12)
    assert_orthonormal(result.components)


@pytest.mark.parametrize("route", ["covariance", "gram"])
def test_squaring_costs_what_the_notes_say(route):
    s = np.logspace(0, -6, 25)
    X = spectrum_data(60, 26, s)
    result = principal_components(X, n_components=25, route=route)
    error = np.abs(result.singular_values - s)
    assert np.all(error <= 128 * EPS / (2 * s))
    assert error.max() > 1e-13  # and it does cost: the exact route is 100 times better
    exact = principal_components(X, n_components=25, route="exact")
    np.testing.assert_allclose(exact.singular_values, s, rtol=0, atol=20 * EPS)


def test_the_randomised_route_finds_a_spectrum_that_falls():
    X = spectrum_data(400, 300, 0.7 ** np.arange(60))
    result = principal_components(X, n_components=8, route="randomised", rng=0)
    assert result.route == "randomised"
    assert result.residual <= 1e-12
    assert_agrees(result, X, 1e-12)
    assert_orthonormal(result.components)


def test_more_iterations_are_more_accurate_and_the_residual_tells():
    X = spectrum_data(300, 200, 1 / np.arange(1.0, 200))
    truth = principal_components(X, n_components=6)
    errors, residuals, passes = [], [], []
    for n_power_iterations in (0, 1, 2, 4):
        result = principal_components(
            X, n_components=6, route="randomised", n_power_iterations=n_power_iterations, rng=1
        )
        s = result.singular_values
        assert np.all(s <= truth.singular_values * (1 + 1e-12))  # Ritz values come from below
        errors.append(np.max(truth.singular_values - s))
        residuals.append(result.residual)
        passes.append(result.n_passes)
        # The nearest true eigenvalue is within the residual (Weyl); s_1 is itself a Ritz value.
        distance = np.abs(s[:, None] ** 2 - truth.singular_values**2).min(axis=1)
        assert np.all(distance[:5] <= result.residual * s[0] ** 2 + 1e-13)
    assert passes == [3, 5, 7, 11]
    assert sorted(errors, reverse=True) == errors
    assert sorted(residuals, reverse=True) == residuals
    assert errors[-1] < 1e-4 * errors[0]


def test_keeping_all_blocks_beats_keeping_the_last():
    X = spectrum_data(300, 200, 1 / np.sqrt(np.arange(1.0, 200)))
    k, oversampling, n_power_iterations = 6, 4, 3
    result = principal_components(
        X,
        n_components=k,
        route="randomised",
        n_power_iterations=n_power_iterations,
        oversampling=oversampling,
        rng=2,
    )
    Xc = X - X.mean(axis=0)
    block = Xc.T @ np.random.default_rng(2).standard_normal((300, k + oversampling))
    for _ in range(n_power_iterations):
        block = Xc.T @ (Xc @ np.linalg.qr(block).Q)
    subspace_iteration = np.linalg.svd(Xc @ np.linalg.qr(block).Q, compute_uv=False)[:k]
    truth = np.linalg.svd(Xc, compute_uv=False)[:k]
    # The last block lies in the Krylov space, so its Ritz values interlace: none is larger.
    assert np.all(result.singular_values >= subspace_iteration - 1e-13)
    assert np.sum(truth - result.singular_values) < 0.5 * np.sum(truth - subspace_iteration)


def test_a_complete_sketch_is_exact():
    X = np.random.default_rng(0).standard_normal((30, 12))
    result = principal_components(X, route="randomised", n_power_iterations=0, rng=3)
    assert_agrees(result, X, 1e-12)


def test_auto_turns_to_the_randomised_route_only_for_large_data():
    rng = np.random.default_rng(0)
    X = np.zeros((2100, 2001), dtype=np.float32)
    X[:, :200] = rng.standard_normal((2100, 200))
    X[:, :5] *= 30
    result = principal_components(X, n_components=5, n_power_iterations=2, rng=0)
    assert result.route == "randomised"
    assert result.residual < 1e-4
    assert principal_components(X[:2000], n_components=1).route == "gram"


def test_passes_are_counted():
    X = spectrum_data(30, 10, np.ones(10))
    passes = {route: principal_components(X, route=route, rng=0).n_passes for route in ROUTES}
    # One more than announced: ten features leave nothing for the last two blocks of the sketch.
    assert passes == {"covariance": 2, "gram": 3, "exact": 2, "randomised": 10}
    tail = principal_components(spectrum_data(30, 10, np.logspace(0, -4, 10)))
    assert (tail.route, tail.n_passes) == ("covariance", 3)
    fallback = principal_components(spectrum_data(30, 10, np.logspace(0, -8, 10)))
    assert (fallback.route, fallback.n_passes) == ("exact", 3)
    assert principal_components(spectrum_data(10, 30, np.ones(9))).n_passes == 2


def test_scores_loadings_and_reconstruction():
    X = np.random.default_rng(2).standard_normal((40, 6)) + 5
    reference = PCA(3, svd_solver="full").fit(X)
    result = principal_components(X, n_components=3)
    new = np.random.default_rng(3).standard_normal((4, 6))
    np.testing.assert_allclose(result.scores(new), reference.transform(new), atol=1e-12)
    np.testing.assert_allclose(
        result.reconstruction(new),
        reference.inverse_transform(reference.transform(new)),
        atol=1e-12,
    )
    full = principal_components(X)
    np.testing.assert_allclose(full.loadings.T @ full.loadings, np.cov(X.T), atol=1e-12)
    np.testing.assert_allclose(full.reconstruction(X), X, atol=1e-12)
    np.testing.assert_allclose(
        full.scores(X).var(axis=0, ddof=1), full.explained_variance, rtol=1e-12
    )
    assert full.n_samples == 40


def test_no_other_plane_is_nearer():
    X = np.random.default_rng(4).standard_normal((50, 8)) * np.arange(1, 9)
    result = principal_components(X, n_components=3)
    best = np.sum((result.reconstruction(X) - X) ** 2)
    left_out = np.sum(principal_components(X).singular_values[3:] ** 2)
    assert best == pytest.approx(left_out, rel=1e-12)
    rng = np.random.default_rng(5)
    Xc = X - X.mean(axis=0)
    for _ in range(200):
        V = np.linalg.qr(result.components.T + 0.1 * rng.standard_normal((8, 3))).Q
        assert np.sum((Xc - Xc @ V @ V.T) ** 2) >= best


# Degenerate data


@pytest.mark.parametrize("route", ["auto", *ROUTES])
@pytest.mark.parametrize(
    "X",
    [
        np.full((6, 4), 0.1),
        np.zeros((4, 6)),
        np.full((2, 1), 1e9),
    ],
)
def test_equal_rows_have_no_variance(X, route):
    result = principal_components(X, route=route, rng=0)
    assert result.total_variance == 0
    assert result.residual == 0
    for zero in (
        result.singular_values,
        result.explained_variance,
        result.explained_variance_ratio,
    ):
        np.testing.assert_array_equal(zero, np.zeros(min(X.shape)))
    np.testing.assert_array_equal(result.mean, X[0])
    assert_orthonormal(result.components)


def degenerate():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((30, 8))
    constant, twice = X.copy(), np.hstack([X[:, :4], X[:, :4]])
    constant[:, 3:6] = 0.1
    yield "constant columns", constant, 5
    yield "duplicate columns", twice, 4
    yield "duplicate rows", np.repeat(X[:3], 10, axis=0), 2
    yield "fewer samples than features", X[:5], 4
    yield "two samples", X[:2], 1
    yield "rank one", np.outer(X[:, 0], np.arange(8.0)), 1
    yield "one sample differs", np.vstack([np.ones((9, 4)), np.zeros((1, 4))]), 1


@pytest.mark.parametrize("route", ["auto", *ROUTES])
@pytest.mark.parametrize(("name", "X", "rank"), list(degenerate()))
def test_the_tail_beyond_the_rank_is_tiny_and_orthonormal(name, X, rank, route):
    result = principal_components(X, route=route, rng=0)
    s = result.singular_values
    k = min(X.shape)
    assert s.shape == (k,)
    assert result.components.shape == (k, X.shape[1])
    accuracy = 10 * max(X.shape) * EPS
    if route in ("covariance", "gram"):
        accuracy = np.sqrt(accuracy)  # of the squares
    assert np.all(s[rank:] <= accuracy * s[0])
    assert np.all(s[:rank] > 1e-3 * s[0])
    assert_orthonormal(result.components)
    np.testing.assert_allclose(result.reconstruction(X), X, rtol=0, atol=1e-13 * np.abs(X).max())
    assert result.explained_variance_ratio.sum() == pytest.approx(1, rel=1e-12)
    expected = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[:rank]
    np.testing.assert_allclose(s[:rank], expected, rtol=1e-11)


@pytest.mark.parametrize("route", ["auto", *ROUTES])
@pytest.mark.parametrize("scale", [2.0**500, 2.0**-500, 2.0**-950])
def test_huge_and_tiny_data_lose_nothing(scale, route):
    X = np.round(np.random.default_rng(7).standard_normal((20, 6)) * 64)
    plain = principal_components(X, route=route, rng=0)
    scaled = principal_components(X * scale, route=route, rng=0)
    np.testing.assert_array_equal(scaled.explained_variance_ratio, plain.explained_variance_ratio)
    np.testing.assert_array_equal(scaled.components, plain.components)
    np.testing.assert_array_equal(scaled.singular_values / scale, plain.singular_values)


def test_a_large_mean_does_no_more_harm_than_rounding():
    X = spectrum_data(200, 10, np.linspace(1, 0.5, 10))
    shifted = X + 1e6
    expected = principal_components(shifted - 1e6).singular_values  # the shift rounds the data
    result = principal_components(shifted)
    np.testing.assert_allclose(result.singular_values, expected, rtol=0, atol=1e6 * 20 * EPS)


# Invariance

shapes = st.tuples(st.integers(2, 25), st.integers(1, 25))
seeds = st.integers(0, 2**32 - 1)


def both(X, Y, **arguments):
    return principal_components(X, **arguments), principal_components(Y, **arguments)


@given(seed=seeds, shape=shapes)
def test_rotation_of_the_features(seed, shape):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape)
    Q = np.linalg.qr(rng.standard_normal((shape[1], shape[1]))).Q
    a, b = both(X, X @ Q)
    np.testing.assert_allclose(
        a.singular_values, b.singular_values, rtol=0, atol=1e-12 * a.singular_values[0]
    )
    assert a.total_variance == pytest.approx(b.total_variance, rel=1e-12)
    np.testing.assert_allclose(
        a.reconstruction(X) @ Q, b.reconstruction(X @ Q), rtol=0, atol=1e-12 * np.abs(X).sum()
    )


@given(seed=seeds, shape=shapes)
def test_order_of_samples_and_of_features(seed, shape):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape)
    rows, columns = rng.permutation(shape[0]), rng.permutation(shape[1])
    a, b = both(X, X[rows][:, columns])
    tolerance = 1e-12 * a.singular_values[0]
    np.testing.assert_allclose(a.singular_values, b.singular_values, rtol=0, atol=tolerance)
    np.testing.assert_allclose(a.mean[columns], b.mean, rtol=0, atol=1e-13)


@given(seed=seeds, shape=shapes, factor=st.floats(1e-100, 1e100), shift=st.floats(-10, 10))
def test_scaling_and_shift(seed, shape, factor, shift):
    X = np.random.default_rng(seed).standard_normal(shape)
    a, b = both(X, (X + shift) * factor)
    tolerance = 1e-12 * a.singular_values[0] + 100 * shape[0] * abs(shift) * EPS
    np.testing.assert_allclose(
        a.singular_values, b.singular_values / factor, rtol=0, atol=tolerance
    )


@given(seed=seeds, shape=shapes, data=st.data())
def test_fewer_components_are_the_first_of_all(seed, shape, data):
    X = np.random.default_rng(seed).standard_normal(shape)
    k = data.draw(st.integers(1, min(shape)))
    a, b = principal_components(X), principal_components(X, n_components=k)
    tolerance = 1e-12 * a.singular_values[0]
    np.testing.assert_allclose(a.singular_values[:k], b.singular_values, rtol=0, atol=tolerance)
    assert_orthonormal(b.components)


# Arrays


@pytest.mark.parametrize("route", ["auto", *ROUTES])
@pytest.mark.parametrize("shape", [(40, 8), (8, 40), (10, 9)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, route, shape, dtype):
    k = 6
    s = np.linspace(1, 0.4, k)
    X = spectrum_data(*shape, s).astype(dtype)
    placed = library.place(X)
    result = principal_components(placed, n_components=k, route=route, rng=0)
    assert library.holds(
        result.components,
        result.singular_values,
        result.explained_variance,
        result.explained_variance_ratio,
        result.mean,
        result.loadings,
        result.scores(placed),
        result.reconstruction(placed),
        dtype=dtype,
    )
    assert type(result.total_variance) is float
    assert type(result.residual) is float
    np.testing.assert_array_equal(to_numpy(placed), X)
    eps = float(np.finfo(dtype).eps)
    # Rounding the data moves s by eps |X|_F, about 10 eps; squaring multiplies it by s_1 / s_k.
    np.testing.assert_allclose(to_numpy(result.singular_values), s, rtol=0, atol=100 * eps)
    assert_orthonormal(result.components, eps)
    assert result.residual <= 100 * eps
    np.testing.assert_allclose(
        to_numpy(result.reconstruction(placed)), X, rtol=0, atol=100 * eps * np.abs(X).max()
    )


def test_the_same_numbers_in_every_library(library):
    X = spectrum_data(50, 10, np.linspace(1, 0.1, 10))
    for route in ROUTES:
        here = principal_components(X, route=route, rng=5)
        there = principal_components(library.place(X), route=route, rng=5)
        assert there.route == here.route
        # gap of the squares 0.02: 4 n eps / 0.02
        np.testing.assert_allclose(
            to_numpy(there.components), here.components, rtol=0, atol=1e4 * EPS * 10
        )


def test_integers_and_booleans_become_float64(library):
    X = np.random.default_rng(8).integers(0, 255, (12, 5), dtype=np.uint8)
    result = principal_components(library.place(X))
    assert library.holds(result.components)
    assert_agrees(principal_components(X), X.astype(float), 1e-12)
    assert library.holds(principal_components(library.place(X > 100)).components)


def test_float32_has_room_for_its_own_range():
    X = np.random.default_rng(9).standard_normal((20, 5)).astype(np.float32)
    large = principal_components(X * np.float32(2.0**55))
    assert np.isfinite(large.explained_variance).all()
    with pytest.raises(ValueError, match="or its variance overflows"):
        principal_components(X * np.float32(2.0**62))


def test_triangle_and_norm_in_every_library(library):
    A = np.random.default_rng(3).standard_normal((30, 6))
    R = to_numpy(qr_triangle(library.place(A)))
    assert R.shape == (6, 6)
    np.testing.assert_allclose(R.T @ R, A.T @ A, atol=1e-13)
    assert frobenius_norm(library.place(A)) == pytest.approx(np.sqrt(np.sum(A * A)), rel=1e-14)


def test_norm_overflows_in_silence():
    assert frobenius_norm(np.full((2, 2), 1e200)) == np.inf


# Refusals


@pytest.mark.parametrize(
    ("X", "arguments", "error", "message"),
    [
        (np.ones((1, 3)), {}, ValueError, r"X must have shape at least \(2, 1\), got \(1, 3\)"),
        (np.ones(3), {}, ValueError, "X must have 2 dimensions, got 1"),
        (np.array([[1.0], [np.nan]]), {}, ValueError, "X must be finite, got 1 entries"),
        (np.array([[1j], [0]]), {}, TypeError, "X must hold real numbers"),
        (np.array([[1e200], [0]]), {}, ValueError, r"entries of at most 4.7e\+153, .* got 1e\+200"),
        (np.eye(3), {"n_components": 0}, ValueError, "n_components .* from 1 to 3, got 0"),
        (np.eye(3), {"n_components": 4}, ValueError, "n_components .* from 1 to 3, got 4"),
        (np.eye(3), {"n_components": 0.9}, TypeError, "n_components must be an integer"),
        (np.eye(3), {"route": "svd"}, ValueError, "route must be one of 'auto', .* got 'svd'"),
        (np.eye(3), {"n_power_iterations": -1}, ValueError, "n_power_iterations must be"),
        (np.eye(3), {"oversampling": -1}, ValueError, "oversampling must be an integer"),
        (np.eye(3), {"rng": "x"}, TypeError, "rng must be an integer"),
    ],
)
def test_refusals(X, arguments, error, message):
    with pytest.raises(error, match=message):
        principal_components(X, **arguments)


def test_scores_refuse_other_features_and_other_devices(library):
    result = principal_components(np.random.default_rng(0).standard_normal((9, 4)))
    for method in (result.scores, result.reconstruction):
        with pytest.raises(ValueError, match=r"X must have 4 features, .*, got 3"):
            method(np.ones((2, 3)))
        if library.name not in ("numpy", "numpy-read-only"):
            with pytest.raises(TypeError, match="arrays must be on one device"):
                method(library.place(np.ones((2, 4))))
