"""The spectrum of a walk in infinitely many dimensions."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets.walks import random_walk
from labkit.pca import principal_components, trajectory_spectrum
from labkit.trace import trace

EPS = 2.0**-52
WALKS = [
    {},
    {"momentum": 0.8},
    {"restoring": 0.05},
    {"drift": 0.2},
    {"momentum": 0.5, "restoring": 0.1, "drift": -0.3},
    {"restoring": 1.0},
]


def brute_force(n_states, momentum=0.0, restoring=0.0, drift=0.0):
    """Return C (F F^T + m m^T) C, each entry summed from powers instead of the recursion."""
    T = n_states
    F = np.zeros((T, T))
    for t in range(1, T):
        for s in range(1, t + 1):
            # a velocity impulse at s is momentum^i after i steps, and decays t - s - i steps more
            F[t, s] = sum((1 - restoring) ** (t - s - i) * momentum**i for i in range(t - s + 1))
    path = drift * F.sum(axis=1)
    C = np.eye(T) - 1 / T
    return C @ (F @ F.T + np.outer(path, path)) @ C


def states(n_dimensions, n_states, **arguments):
    run = trace(
        random_walk(n_dimensions, **arguments), n_steps=n_states - 1, record={"x": lambda x: x}
    )
    return run["x"]


# Oracle


@pytest.mark.parametrize("T", [2, 3, 7, 40, 200])
def test_the_closed_form_of_a_plain_walk(T):
    """T states and T - 1 steps; the start drops out when it is centred away."""
    result = trajectory_spectrum(T)
    k = np.arange(1, T)
    np.testing.assert_allclose(
        result.eigenvalues, 1 / (2 - 2 * np.cos(np.pi * k / T)), rtol=8 * T**2 * EPS
    )
    assert result.eigenvalues.sum() == pytest.approx((T**2 - 1) / 6, rel=T * EPS)
    gram = brute_force(T)
    tolerance = 4 * T * EPS * result.eigenvalues[0]
    np.testing.assert_allclose(
        gram @ result.curves.T, result.curves.T * result.eigenvalues, rtol=0, atol=tolerance
    )
    # T steps from an unrecorded origin give the same: the first step is common to all states.
    ones = np.tril(np.ones((T, T)))
    C = np.eye(T) - 1 / T
    np.testing.assert_allclose(C @ ones @ ones.T @ C, gram, rtol=0, atol=tolerance)


def test_the_shares_tend_to_six_over_pi_k_squared():
    k = np.arange(1, 6)
    shares = trajectory_spectrum(2000).explained_variance_ratio[:5]
    # 1 / (4 sin^2 x) = 1 / (4 x^2) + 1 / 12 + ..., so a share is 1 / (2 T^2) + rho_k / T^2 above
    np.testing.assert_allclose(shares, 6 / (np.pi * k) ** 2, rtol=0, atol=1.2 / 2000**2)


@pytest.mark.parametrize("T", [2, 3, 30])
@pytest.mark.parametrize("walk", WALKS)
def test_brute_force_agrees(T, walk):
    result = trajectory_spectrum(T, **walk)
    gram = brute_force(T, **walk)
    expected = np.linalg.eigvalsh(gram)[::-1][: T - 1]
    tolerance = 10 * T * EPS * max(expected[0], 1.0)
    np.testing.assert_allclose(result.eigenvalues, expected, rtol=0, atol=tolerance)
    np.testing.assert_allclose(
        result.curves.T * result.eigenvalues @ result.curves, gram, rtol=0, atol=tolerance
    )
    assert result.explained_variance_ratio.sum() == pytest.approx(1, rel=T * EPS)


@pytest.mark.parametrize("T", [2, 5, 100])
def test_both_steps_agree_on_a_plain_walk(T):
    closed, computed = trajectory_spectrum(T), trajectory_spectrum(T, drift=1e-300)
    np.testing.assert_allclose(closed.eigenvalues, computed.eigenvalues, rtol=8 * T**2 * EPS)
    # the smallest gap of the eigenvalues is about pi^2 / (8 T^2), the largest eigenvalue (T / pi)^2
    np.testing.assert_allclose(closed.curves, computed.curves, rtol=0, atol=8 * T**4 * EPS)


@pytest.mark.parametrize("walk", WALKS[:5])
def test_a_walk_in_many_dimensions_shows_it(walk):
    """Squared scores on the first curves, which are chi-squared, and orthogonality to the rest."""
    T, D = 100, 4000
    theory = trajectory_spectrum(T, **walk)
    X = states(D, T, rng=11, **walk)
    # Over D each squared norm has mean lambda_k. Without drift it is lambda_k chi^2_D / D, with it
    # a non-central one with the same mean and a smaller relative spread. Six deviations, and a
    # little for the skew: below 1e-6 for each.
    projected = theory.curves[:8] @ (X - X.mean(axis=0))
    ratio = (projected**2).sum(axis=1) / D / theory.eigenvalues[:8]
    assert np.all(np.abs(ratio - 1) < 6.5 * np.sqrt(2 / D))
    fit = principal_components(X, n_components=2)
    expected = theory.explained_variance_ratio[:2]
    np.testing.assert_allclose(fit.explained_variance_ratio, expected, rtol=6.5 * np.sqrt(2 / D))


def test_the_spread_of_the_first_share_is_what_the_notes_say():
    T, D, n = 60, 1000, 60
    shares = np.array(
        [
            principal_components(states(D, T, rng=seed), n_components=1).explained_variance_ratio[0]
            for seed in range(n)
        ]
    )
    # The ratio of a sample deviation to the true one is within 6.5 / sqrt(2 n) of 1.
    assert abs(shares.std(ddof=1) * np.sqrt(D) / 0.37 - 1) < 6.5 / np.sqrt(2 * n)
    assert (
        abs(shares.mean() - trajectory_spectrum(T).explained_variance_ratio[0])
        < 6.5 * (0.37 / np.sqrt(D * n)) + 3 / D
    )  # second order: a bias of order 1 / D


# Invariance


@given(
    T=st.integers(2, 40),
    momentum=st.floats(0, 0.99),
    restoring=st.floats(0, 1),
    drift=st.floats(-5, 5),
)
def test_curves_are_orthonormal_centred_and_ordered(T, momentum, restoring, drift):
    result = trajectory_spectrum(T, momentum=momentum, restoring=restoring, drift=drift)
    assert result.curves.shape == (T - 1, T)
    np.testing.assert_allclose(
        result.curves @ result.curves.T, np.eye(T - 1), rtol=0, atol=20 * T * EPS
    )
    assert np.all(result.eigenvalues > 0)
    assert np.all(np.diff(result.eigenvalues) <= 0)
    assert np.all(result.curves[:, 0] >= 0)
    # A curve is centred as far as rounding in the kernel, relative to its eigenvalue, lets it be.
    scale = np.sqrt(result.eigenvalues[0] / result.eigenvalues)
    assert np.all(np.abs(result.curves.sum(axis=1)) <= 40 * T * EPS * scale)


@given(momentum=st.floats(0, 0.9), restoring=st.floats(0, 1), drift=st.floats(0, 3))
def test_the_sign_of_the_drift_does_not_matter(momentum, restoring, drift):
    there, back = (
        trajectory_spectrum(20, momentum=momentum, restoring=restoring, drift=sign * drift)
        for sign in (1, -1)
    )
    np.testing.assert_allclose(
        there.eigenvalues, back.eigenvalues, rtol=0, atol=400 * EPS * there.eigenvalues[0]
    )


def test_momentum_and_drift_move_weight_to_the_first_component_and_a_restoring_force_away():
    first = {
        name: trajectory_spectrum(200, **walk).explained_variance_ratio[0]
        for name, walk in {
            "plain": {},
            "momentum": {"momentum": 0.9},
            "drift": {"drift": 0.1},
            "restoring": {"restoring": 0.1},
        }.items()
    }
    assert first["momentum"] > first["plain"] + 0.05
    assert first["drift"] > first["plain"] + 0.1
    assert first["restoring"] < 0.11


# Arrays: host, nothing comes in


def test_it_returns_numpy_arrays():
    result = trajectory_spectrum(5, momentum=0.5)
    for array in (result.explained_variance_ratio, result.curves, result.eigenvalues):
        assert isinstance(array, np.ndarray)
        assert array.dtype == np.float64


# Refusals


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_states": 1}, ValueError, "n_states must be an integer from 2 up, got 1"),
        ({"n_states": 2.5}, TypeError, "n_states must be an integer"),
        ({"n_states": 5, "momentum": 1.0}, ValueError, r"momentum must be .* in \[0, 1\), got 1.0"),
        ({"n_states": 5, "restoring": 1.1}, ValueError, r"restoring must be .* in \[0, 1\]"),
        ({"n_states": 5, "restoring": -0.1}, ValueError, "restoring must be"),
        ({"n_states": 5, "drift": float("nan")}, ValueError, "drift must be a finite number"),
        ({"n_states": 5, "drift": "up"}, TypeError, "drift must be a finite number"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        trajectory_spectrum(**arguments)


def test_two_states_have_one_component():
    for momentum, restoring in itertools.product((0.0, 0.5), (0.0, 1.0)):
        result = trajectory_spectrum(2, momentum=momentum, restoring=restoring)
        np.testing.assert_allclose(result.eigenvalues, [0.5], rtol=4 * EPS)
        np.testing.assert_allclose(result.curves, [[0.5**0.5, -(0.5**0.5)]], rtol=4 * EPS)
