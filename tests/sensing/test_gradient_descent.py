"""Gradient descent on factors: its step, its closed forms, what it keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import sensing_problem
from labkit.sensing import DenseMeasurements, SensingProblem, gradient_descent
from labkit.trace import trace


def everything(truth):
    """Return the problem in which each entry is measured."""
    truth = np.asarray(truth, dtype=float)
    A = DenseMeasurements(np.eye(truth.size), truth.shape)
    return SensingProblem(A, A.apply(truth), truth)


# Oracle


def test_a_step_is_the_step_of_the_formula():
    problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=30, rng=0)
    U = np.random.default_rng(1).standard_normal((5, 3))
    _, after = next(states := gradient_descent(problem, U, step_size=0.1)), next(states)
    matrices = problem.A.matrices.reshape(30, 5, 5)
    r = np.einsum("mij,ij->m", matrices, U @ U.T) - problem.b
    expected = U - 0.1 * np.einsum("m,mij->ij", r, matrices + matrices.transpose(0, 2, 1)) @ U
    np.testing.assert_allclose(after, expected, atol=1e-12)


def test_a_number_follows_the_logistic_curve():
    eta, steps, x = 1e-4, 20_000, 1e-3
    run = trace(
        gradient_descent(everything([[2.0]]), [[x]], step_size=eta),
        n_steps=steps, record={"square": lambda U: U[0, 0] ** 2}, every=1000,
    )  # fmt: skip
    expected = 2 / (1 + (2 / x**2 - 1) * np.exp(-8 * eta * run.steps))
    np.testing.assert_allclose(run["square"], expected, rtol=0.02)


def test_too_many_columns_close_in_like_one_over_time():
    eta = 0.01
    states = gradient_descent(everything(np.zeros((3, 3))), np.eye(3), step_size=eta)
    run = trace(states, n_steps=20_000, record={"square": lambda U: U[0, 0] ** 2})
    assert run["square"][-1] == pytest.approx(1 / (1 + 4 * eta * 20_000), rel=0.02)


@pytest.mark.parametrize("kind", ["gaussian", "rank-one"])
def test_a_pair_finds_the_truth(kind):
    problem = sensing_problem(
        [2.0, 1.0], n_rows=6, n_columns=5, n_measurements=120, kind=kind, rng=0
    )
    rng = np.random.default_rng(2)
    start = 0.1 * rng.standard_normal((6, 2)), 0.1 * rng.standard_normal((5, 2))
    end = trace(gradient_descent(problem, start, step_size=0.05), n_steps=2000, record={}).last
    assert problem.recovery_error(end) < 1e-8


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_rotated_columns_stay_rotated(seed):
    rng = np.random.default_rng(seed)
    problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=40, rng=rng)
    U, Q = rng.standard_normal((5, 3)) / 3, np.linalg.qr(rng.standard_normal((3, 3)))[0]
    a, b = (
        trace(gradient_descent(problem, V, step_size=0.01), n_steps=20, record={}).last
        for V in (U, U @ Q)
    )
    np.testing.assert_allclose(a @ Q, b, atol=1e-10)


def test_a_pair_keeps_its_imbalance():
    problem = sensing_problem([1.0], n_rows=4, n_measurements=60, kind="gaussian", rng=0)
    rng = np.random.default_rng(0)
    F, G = rng.standard_normal((2, 4, 2)) / 4
    states = gradient_descent(problem, (F, G), step_size=1e-4)
    A, B = trace(states, n_steps=5000, record={}).last
    np.testing.assert_allclose(A.T @ A - B.T @ B, F.T @ F - G.T @ G, atol=1e-3)


# Arrays


def test_single_precision_stays_and_inputs_are_not_changed():
    full = everything(np.diag([1.0, 0.5]))
    A = DenseMeasurements(full.A.matrices.astype(np.float32), (2, 2))
    problem = SensingProblem(A, full.b.astype(np.float32), full.truth.astype(np.float32))
    start = np.full((2, 2), 0.1, dtype=np.float32)
    start.flags.writeable = False
    end = trace(gradient_descent(problem, start, step_size=0.1), n_steps=50, record={}).last
    assert end.dtype == np.float32
    double = trace(gradient_descent(full, start * 1.0, step_size=0.1), n_steps=50, record={}).last
    np.testing.assert_allclose(end, double, atol=50 * 1.2e-7 * 4)


# Refusals


def test_zeros_never_move():
    states = gradient_descent(everything(np.eye(2)), np.zeros((2, 1)), step_size=0.1)
    assert np.all(trace(states, n_steps=5, record={}).last == 0)


@pytest.mark.parametrize("pair", [False, True])
def test_steps_that_are_too_long_are_seen(pair):
    start = (np.eye(2), 2 * np.eye(2)) if pair else 2 * np.eye(2)
    states = gradient_descent(everything(np.eye(2)), start, step_size=5.0)
    with pytest.raises(ValueError, match=r"step_size must be smaller here: .* got 5"):
        trace(states, n_steps=100, record={})


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (np.eye(2), "start must have 3 rows"),
        (np.eye(3), "start must be a pair for a truth of shape"),
        ((np.eye(3),), "start must be one factor or a pair, got 1"),
        ((np.eye(3), np.eye(4)), "start must hold two factors of one width and precision"),
    ],
)
def test_refusals(start, message):
    with pytest.raises(ValueError, match=message):
        gradient_descent(everything(np.ones((3, 4))), start, step_size=0.1)
