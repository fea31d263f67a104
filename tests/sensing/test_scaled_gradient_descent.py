"""Preconditioned descent: its step, its freedom from conditioning, its damping."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import sensing_problem
from labkit.sensing import gradient_descent, scaled_gradient_descent
from labkit.trace import trace


def steps(problem, start, tol=1e-6, **arguments):
    states = scaled_gradient_descent(problem, start, **arguments)
    run = trace(
        states, n_steps=2000, record={}, every=1, stop=lambda U: problem.recovery_error(U) < tol
    )
    return int(run.steps[-1])


# Oracle


def test_a_step_is_the_step_of_the_formula():
    problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=30, rng=0)
    U = np.random.default_rng(1).standard_normal((5, 3))
    states = scaled_gradient_descent(problem, U, step_size=0.1, damping=0.3)
    _, after = next(states), next(states)
    inverse = np.linalg.inv(U.T @ U + 0.3 * np.eye(3))
    np.testing.assert_allclose(after, U - 0.1 * problem.gradient(U) @ inverse, atol=1e-12)


def test_damping_that_follows_the_loss():
    problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=30, rng=0)
    U = np.random.default_rng(1).standard_normal((5, 3))
    fixed = 0.3 * np.linalg.norm(problem.residual(U))
    one, other = (
        scaled_gradient_descent(problem, U, step_size=0.1, damping=d, adaptive=a)
        for d, a in ((0.3, True), (fixed, False))
    )
    next(one), next(other)
    np.testing.assert_allclose(next(one), next(other), atol=1e-12)


def test_large_damping_is_plain_descent():
    problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=60, rng=0)
    U = np.random.default_rng(1).standard_normal((5, 2)) / 2
    plain = gradient_descent(problem, U, step_size=0.02)
    scaled = scaled_gradient_descent(problem, U, step_size=0.02e8, damping=1e8)
    a, b = (trace(states, n_steps=50, record={}).last for states in (plain, scaled))
    np.testing.assert_allclose(a, b, atol=1e-5)


def test_conditioning_does_not_matter():
    rng = np.random.default_rng(3)
    counts = []
    for smallest in (1.0, 1e-2, 1e-4):
        problem = sensing_problem([1.0, smallest], n_rows=6, n_measurements=200, rng=0)
        values, V = np.linalg.eigh(problem.truth)
        U = V[:, -2:] * np.sqrt(values[-2:])
        start = U + 0.05 * rng.standard_normal((6, 2)) * np.sqrt(values[-2:])
        counts.append(steps(problem, start, 1e-6 * smallest, step_size=0.2, damping=0.0))
    assert max(counts) < 4 * min(counts)


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_undamped_steps_do_not_see_the_choice_of_factors(seed):
    rng = np.random.default_rng(seed)
    problem = sensing_problem(
        [2.0, 1.0], n_rows=5, n_columns=4, n_measurements=60, kind="gaussian", rng=rng
    )
    F, G = rng.standard_normal((5, 2)), rng.standard_normal((4, 2))
    B = np.linalg.qr(rng.standard_normal((2, 2)))[0] * [1.0, 3.0]
    starts = (F, G), (F @ B, G @ np.linalg.inv(B).T)
    products = []
    for start in starts:
        states = scaled_gradient_descent(problem, start, step_size=0.01, damping=0.0)
        A, C = trace(states, n_steps=3, record={}).last
        products.append(A @ C.T)
    assert np.linalg.norm(products[0] - products[1]) < 1e-6 * np.linalg.norm(products[0])


# Arrays


def test_single_precision_stays():
    problem = sensing_problem([1.0], n_rows=4, n_measurements=40, kind="rank-one", rng=0)
    start = tuple(np.full((4, 2), 0.1, dtype=np.float32) for _ in range(2))
    with pytest.raises(ValueError, match="damping must be above 0 for a start without full rank"):
        scaled_gradient_descent(problem, start, step_size=0.1, damping=0.0)


# Refusals


def test_wide_starts_need_damping():
    problem = sensing_problem([1.0], n_rows=3, n_measurements=40, rng=0)
    with pytest.raises(ValueError, match="damping must be above 0"):
        scaled_gradient_descent(problem, np.ones((3, 4)), step_size=0.1, damping=0.0)


def test_steps_that_are_too_long_are_seen():
    problem = sensing_problem([1.0], n_rows=3, n_measurements=40, rng=0)
    states = scaled_gradient_descent(problem, np.eye(3), step_size=50.0, damping=0.1)
    with pytest.raises(ValueError, match="step_size must be smaller here"):
        trace(states, n_steps=500, record={})
