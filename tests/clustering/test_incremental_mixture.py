"""Incremental mixtures: moments in one batch, routes against each other, and where rules break."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import incremental_mixture
from labkit.clustering.incremental_mixture import ROUTES, RULES, TURN

seeds = st.integers(0, 2**32 - 1)
FIELDS = ("means", "precisions", "log_determinants", "signs", "weights")


def last(X, **options):
    options = {"initial_variances": np.full(X.shape[1], 0.5), **options}
    *_, state = incremental_mixture(X, **options)
    return state


def clusters(seed, n=60, n_features=3):
    rng = np.random.default_rng(seed)
    centres = 6 * rng.standard_normal((3, n_features))
    return centres[rng.integers(0, 3, n)] + rng.standard_normal((n, n_features))


def assert_alike(one, other, rtol=1e-9):
    for field in FIELDS:
        a, b = to_numpy(getattr(one, field)), to_numpy(getattr(other, field))
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * np.abs(b).max())


# Oracle


@pytest.mark.parametrize("route", ROUTES)
def test_exact_rule_gives_the_sample_covariance(route):
    X = clusters(0, n=40)
    state = last(X, rule="exact", route=route)
    covariance = (0.5 * np.eye(3) + 40 * np.cov(X.T, bias=True)) / 40
    np.testing.assert_allclose(state.means[0], X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(state.precisions[0] @ covariance, np.eye(3), atol=1e-11)
    assert state.log_determinants[0] == pytest.approx(np.linalg.slogdet(covariance)[1])
    assert state.weights.tolist() == [40]


def by_hand(X, variances, gate, rule):
    """Follow the published steps with covariances, point by point and component by component."""
    means, covariances, weights = [X[0]], [np.diag(variances)], [1.0]
    for x in X[1:]:
        d2 = [(x - m) @ np.linalg.solve(C, x - m) for m, C in zip(means, covariances, strict=True)]
        if min(d2) >= gate:
            means.append(x)
            covariances.append(np.diag(variances))
            weights.append(1.0)
            continue
        density = [
            v * np.exp(-d / 2) / abs(np.linalg.det(C)) ** 0.5
            for v, d, C in zip(weights, d2, covariances, strict=True)
        ]
        for k, share in enumerate(np.array(density) / sum(density)):
            weights[k] += share
            w = share / weights[k]
            step = w * (x - means[k])
            means[k] = means[k] + step
            star = x - means[k]
            exact = rule == "exact" or (rule == "guarded" and w > TURN)
            covariances[k] = (
                (1 - w) * covariances[k]
                + w * np.outer(star, star)
                + (1 - w if exact else -1) * np.outer(step, step)
            )
    return np.array(means), np.array(covariances), np.array(weights)


@pytest.mark.parametrize(("route", "rule"), list(itertools.product(ROUTES, RULES)))
def test_published_steps_by_hand(route, rule):
    X = clusters(1)
    state = last(X, gate=12.0, route=route, rule=rule)
    means, covariances, weights = by_hand(X, np.full(3, 0.5), 12.0, rule)
    assert len(means) > 3
    np.testing.assert_allclose(state.means, means, rtol=1e-9)
    np.testing.assert_allclose(np.linalg.inv(state.precisions), covariances, atol=1e-9)
    np.testing.assert_allclose(state.weights, weights, rtol=1e-9)
    signs, logs = np.linalg.slogdet(covariances)
    np.testing.assert_allclose(state.log_determinants, logs, atol=1e-9)
    np.testing.assert_array_equal(state.signs, signs)


def test_second_point_by_the_papers_rule():
    """C / 2 - e e^T / 8 has a negative eigenvalue if and only if d^2 > 4."""
    for apart, sign in ((1.9, 1), (2.1, -1)):
        X = np.array([[0.0, 0.0], [apart, 0.0]])
        state = last(X, initial_variances=np.ones(2), rule="paper")
        expected = np.diag([0.5 - apart**2 / 8, 0.5])
        np.testing.assert_allclose(np.linalg.inv(state.precisions[0]), expected, atol=1e-12)
        assert state.signs.tolist() == [sign]
        for rule in ("guarded", "exact"):
            state = last(X, initial_variances=np.ones(2), rule=rule)
            assert np.linalg.eigvalsh(state.precisions[0]).min() > 0


class Counting(np.ndarray):
    """An array that counts the multiplications and divisions of all arrays of its kind."""

    n = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(x) for x in inputs]
        outputs = options.pop("out", None)
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc in (np.multiply, np.divide):
            Counting.n += result.size
        elif ufunc is np.matmul:
            Counting.n += result.size * plain[1].shape[-2]
        if outputs:
            outputs[0][...] = result
            return outputs[0]
        return result.view(Counting) if isinstance(result, np.ndarray) else result


@pytest.mark.parametrize("route", ROUTES)
def test_multiplications_are_those_that_were_done(route):
    X = np.random.default_rng(0).standard_normal((11, 20))
    state = last(X.view(Counting), initial_variances=np.ones(20).view(Counting), route=route)
    Counting.n = 0
    *_, more = incremental_mixture(
        X.view(Counting),
        initial_variances=np.ones(20).view(Counting),
        route=route,
        mixture=state,
    )
    counted = more.n_multiplications - state.n_multiplications
    inverses = 11 * 20**3 if route == "covariance" else 0
    few = 11 * 4 * 20  # numbers and sums over features, which the formula leaves out
    assert abs(Counting.n + inverses - counted) < few


# Invariance


@given(seed=seeds)
def test_affine_maps_move_the_mixture_along(seed):
    rng = np.random.default_rng(seed)
    X, scale, shift = clusters(seed), np.exp(rng.standard_normal(3)), rng.standard_normal(3)
    one = last(X, gate=12.0)
    other = last(scale * X + shift, initial_variances=0.5 * scale**2, gate=12.0)
    np.testing.assert_allclose(other.means, scale * one.means + shift, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(other.precisions * np.outer(scale, scale), one.precisions, atol=1e-6)
    np.testing.assert_allclose(other.weights, one.weights, rtol=1e-7)


@given(seed=seeds, cut=st.integers(1, 59), route=st.sampled_from(ROUTES))
def test_a_stream_in_two_parts(seed, cut, route):
    X = clusters(seed)
    first = last(X[:cut], gate=12.0, route=route)
    second = last(X[cut:], gate=12.0, route=route, mixture=first)
    whole = last(X, gate=12.0, route=route)
    assert_alike(second, whole, rtol=1e-12)
    assert second.n_samples == 60
    assert second.n_multiplications == whole.n_multiplications


@given(seed=seeds, rule=st.sampled_from(("guarded", "exact")))
def test_covariances_stay_positive_definite(seed, rule):
    for state in incremental_mixture(
        3 * clusters(seed), initial_variances=np.full(3, 0.01), gate=100.0, rule=rule
    ):
        assert (np.linalg.eigvalsh(state.precisions) > 0).all()
        assert (state.signs == 1).all()
        assert state.weights.sum() == pytest.approx(state.n_samples)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("route", "rule"), list(itertools.product(ROUTES, RULES)))
def test_arrays(library, dtype, route, rule):
    X, variances = clusters(2).astype(dtype), np.full(3, 0.5, dtype=dtype)
    placed = library.place(X)
    options = {"gate": 12.0, "route": route, "rule": rule}
    state = last(placed, initial_variances=library.place(variances), **options)
    kept = [getattr(state, f.name) for f in dataclasses.fields(state)][: 6 - (route != ROUTES[2])]
    assert library.holds(*kept, dtype=dtype)
    if rule != "paper" or dtype == "float64":  # the paper's passes by singular matrices
        expected = last(clusters(2), **options)
        assert_alike(state, expected, rtol=1e-10 if dtype == "float64" else 1e-3)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_one_point_and_equal_points():
    (state,) = incremental_mixture(np.array([[1.0, 2.0]]), initial_variances=np.array([1.0, 4.0]))
    np.testing.assert_array_equal(state.precisions, [np.diag([1.0, 0.25])])
    assert state.log_determinants[0] == pytest.approx(math.log(4))
    state = last(np.ones((50, 2)), gate=1.0)
    np.testing.assert_allclose(np.linalg.inv(state.precisions), [np.eye(2) * 0.5 / 50])


def test_gate_of_zero_makes_every_point_a_component():
    X = np.repeat(clusters(0, n=5), 2, axis=0)
    state = last(X, gate=0.0)
    np.testing.assert_array_equal(state.means, X)
    np.testing.assert_array_equal(state.weights, np.ones(10))


def test_far_component_has_no_share_and_stays():
    X = np.array([[0.0], [1e6], [1.0]])
    state = last(X, gate=9.0)
    assert state.weights.tolist() == [2.0, 1.0]
    assert state.means[1, 0] == 1e6


# Refusals


def test_refusals():
    X, ones = np.ones((2, 3)), np.ones(3)
    with pytest.raises(ValueError, match="must have one entry a feature, 3, got 2"):
        incremental_mixture(X, initial_variances=np.ones(2))
    with pytest.raises(ValueError, match=r"initial_variances must lie in .*, got 0"):
        incremental_mixture(X, initial_variances=np.array([1.0, 0.0, 1.0]))
    with pytest.raises(ValueError, match=r"X must lie within .* of 0, got 1\.0e\+200"):
        incremental_mixture(1e200 * X, initial_variances=ones)
    with pytest.raises(ValueError, match="mixture must have 3 features like X, got 2"):
        incremental_mixture(X, initial_variances=ones, mixture=last(np.ones((1, 2))))
    with pytest.raises(ValueError, match="mixture must hold covariances"):
        incremental_mixture(X, initial_variances=ones, mixture=last(X), route="covariance")


@pytest.mark.parametrize("route", ROUTES)
def test_singular_matrix_of_the_papers_rule(route):
    X = np.array([[0.0], [2.0]])  # 1 / 2 - 2^2 / 8 = 0
    with pytest.raises(ValueError, match=r"leaves a singular matrix at X\[1\], got determinant 0"):
        last(X, initial_variances=np.ones(1), rule="paper", route=route)
    assert last(X, initial_variances=np.ones(1), route=route).signs.tolist() == [1]
