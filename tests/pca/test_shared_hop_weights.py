"""One weight matrix for all hops: a table of coefficients of rank one."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from labkit.arrays import to_numpy
from labkit.pca import shared_hop_weights

seeds = st.integers(0, 2**32 - 1)


def problem(seed=0, n_hops=3, noise=0.1):
    rng = np.random.default_rng(seed)
    hops = list(rng.standard_normal((n_hops, 40, 4)))
    theta, W = rng.standard_normal(n_hops), rng.standard_normal((4, 2))
    Y = sum(t * H for t, H in zip(theta, hops, strict=True)) @ W
    return hops, Y + noise * rng.standard_normal(Y.shape) + 3, theta / np.linalg.norm(theta)


def objective(hops, Y, theta, W, penalty):
    rest = Y - Y.mean(axis=0)
    rest = rest - sum(t * (H - H.mean(axis=0)) for t, H in zip(theta, hops, strict=True)) @ W
    return np.sum(rest**2) + penalty * np.sum(theta**2) * np.sum(W**2)


# Oracle


def test_one_hop_is_ridge_regression():
    hops, Y, _ = problem(n_hops=1)
    fit = shared_hop_weights(hops, Y, penalty=0.7)
    ridge = Ridge(alpha=0.7).fit(hops[0], Y)
    np.testing.assert_allclose(fit.hop_weights, [1.0])
    np.testing.assert_allclose(fit.weights, ridge.coef_.T, atol=1e-9)


def test_planted_weights_are_found():
    hops, Y, theta = problem(noise=0.0)
    fit = shared_hop_weights(hops, Y, penalty=1e-9, tol=0.0)
    assert abs(fit.hop_weights @ theta) == pytest.approx(1, abs=1e-9)
    assert fit.objective_history[-1] < 1e-6


def test_no_other_optimiser_goes_lower_from_there():
    hops, Y, _ = problem(noise=1.0)
    fit = shared_hop_weights(hops, Y, penalty=0.5, tol=1e-14, max_iterations=2000)
    start = np.concatenate([fit.hop_weights, fit.weights.ravel()])
    found = scipy.optimize.minimize(
        lambda v: objective(hops, Y, v[:3], v[3:].reshape(4, 2), 0.5), start
    )
    assert fit.objective_history[-1] == pytest.approx(
        objective(hops, Y, fit.hop_weights, fit.weights, 0.5), rel=1e-10
    )
    assert found.fun >= fit.objective_history[-1] * (1 - 1e-6)


# Invariance


@given(seed=seeds, penalty=st.floats(1e-6, 1e3))
def test_no_round_raises_the_objective(seed, penalty):
    hops, Y, _ = problem(seed, noise=1.0)
    history = shared_hop_weights(hops, Y, penalty=penalty, tol=0.0).objective_history
    assert np.all(np.diff(history) <= 1e-9 * history[0])


@given(seed=seeds)
def test_flattening_fits_at_least_as_well(seed):
    hops, Y, _ = problem(seed, noise=1.0)
    fit = shared_hop_weights(hops, Y, penalty=1e-9)
    F = np.concatenate(hops, axis=1)
    left = Y - Ridge(alpha=1e-9).fit(F, Y).predict(F)
    assert np.sum(left**2) <= fit.objective_history[-1] * (1 + 1e-9)


def test_constants_are_not_paid_for():
    hops, Y, _ = problem()
    a = shared_hop_weights(hops, Y)
    b = shared_hop_weights([H + 5 for H in hops], Y - 20)
    np.testing.assert_allclose(a.hop_weights, b.hop_weights, atol=1e-8)
    np.testing.assert_allclose(a.weights, b.weights, atol=1e-7)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    hops, Y, theta = problem(noise=0.0)
    hops, Y = [H.astype(dtype) for H in hops], Y.astype(dtype)
    placed = [library.place(H) for H in hops]
    fit = shared_hop_weights(placed, library.place(Y))
    assert library.holds(fit.hop_weights, fit.weights, dtype=dtype)
    assert abs(to_numpy(fit.hop_weights) @ theta) == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(to_numpy(placed[0]), hops[0])


# Degenerate data


def test_nothing_to_learn():
    fit = shared_hop_weights([np.zeros((5, 2))] * 2, np.eye(5, 1))
    np.testing.assert_array_equal(fit.weights, 0)
    np.testing.assert_allclose(np.linalg.norm(fit.hop_weights), 1)
    assert np.all(shared_hop_weights([np.eye(5, 2)] * 2, np.ones((5, 1))).weights == 0)


def test_stopped_early_says_so():
    hops, Y, _ = problem(noise=1.0)
    assert not shared_hop_weights(hops, Y, tol=0.0, max_iterations=1).converged


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"hops": ()}, TypeError, "hops must be a sequence of arrays, got tuple"),
        ({"hops": [np.eye(4, 2), np.eye(4, 3)]}, ValueError, "hops must have one shape with 4"),
        ({"penalty": 0.0}, ValueError, r"penalty must be a finite number in \(0, inf\], got 0.0"),
        ({"max_iterations": 0}, ValueError, "max_iterations must be an integer from 1 up, got 0"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"hops": [np.eye(4, 2)] * 2, "targets": np.eye(4, 1), **changes}
    with pytest.raises(error, match=message):
        shared_hop_weights(arguments.pop("hops"), arguments.pop("targets"), **arguments)
