"""Descent among matrices of one rank: its step, its search, what it does not see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import sensing_problem
from labkit.sensing import DenseMeasurements, SensingProblem, riemannian_gradient_descent
from labkit.trace import trace


def best(X, rank):
    """Return the best approximation of one rank."""
    U, s, Vh = np.linalg.svd(X)
    return (U[:, :rank] * s[:rank]) @ Vh[:rank]


def wide(rng=0, n_measurements=90):
    return sensing_problem(
        [2.0, 0.5], n_rows=6, n_columns=5, n_measurements=n_measurements, kind="gaussian", rng=rng
    )


def product(state):
    return state[0] @ state[1].T


# Oracle


@pytest.mark.parametrize("rank", [1, 2, 4, 5])
@pytest.mark.parametrize("step_size", [None, 0.7])
def test_a_step_is_the_step_of_the_formula(rank, step_size):
    problem = wide()
    states = riemannian_gradient_descent(problem, rank=rank, step_size=step_size)
    first, second = (product(next(states)) for _ in range(2))
    np.testing.assert_allclose(first, best(problem.A.adjoint(problem.b), rank), atol=1e-12)
    U, _, Vh = np.linalg.svd(first)
    U, V = U[:, :rank] @ U[:, :rank].T, Vh[:rank].T @ Vh[:rank]
    D = problem.A.adjoint(problem.A.apply(first) - problem.b)
    tangent = U @ D + D @ V - U @ D @ V
    eta = step_size or np.sum(tangent**2) / np.sum(problem.A.apply(tangent) ** 2)
    np.testing.assert_allclose(second, best(first - eta * tangent, rank), atol=1e-12)


def test_the_search_never_raises_the_loss_of_a_tangent_step():
    # before the truncation no step along the direction is better
    problem = wide()
    losses = [
        problem.loss(trace(
            riemannian_gradient_descent(problem, rank=5, step_size=s), n_steps=1, record={}
        ).last)
        for s in (None, 0.5, 0.8, 1.2)
    ]  # fmt: skip
    assert min(losses) == losses[0]  # of full rank, where nothing is truncated


def test_it_finds_the_truth_at_any_condition():
    for smallest in (1.0, 1e-2, 1e-4):
        problem = sensing_problem([1.0, smallest], n_rows=6, n_measurements=200, rng=0)
        run = trace(
            riemannian_gradient_descent(problem, rank=2), n_steps=60,
            record={"error": problem.recovery_error},
        )  # fmt: skip
        assert run["error"][-1] < 1e-8


def test_factors_are_balanced():
    F, G = trace(riemannian_gradient_descent(wide(), rank=2), n_steps=3, record={}).last
    np.testing.assert_allclose(F.T @ F, G.T @ G, atol=1e-12)


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_a_multiple_of_the_truth_takes_the_same_steps(seed):
    problem = wide(seed)
    larger = SensingProblem(problem.A, 7 * problem.b, 7 * problem.truth)
    a, b = (
        product(trace(riemannian_gradient_descent(p, rank=1), n_steps=2, record={}).last)
        for p in (problem, larger)
    )
    np.testing.assert_allclose(7 * a, b, atol=1e-7 * np.linalg.norm(b))


# Arrays


def test_single_precision_stays_and_inputs_are_not_changed():
    full = wide()
    matrices, b = full.A.matrices.astype(np.float32), full.b.astype(np.float32)
    for array in (matrices, b):
        array.flags.writeable = False
    problem = SensingProblem(DenseMeasurements(matrices, full.A.shape), b, full.truth)
    end = trace(riemannian_gradient_descent(problem, rank=2), n_steps=30, record={}).last
    assert end[0].dtype == end[1].dtype == np.float32
    assert full.recovery_error(end) < 1e-5


# Refusals and edges


def test_nothing_measured_stays_nothing():
    A = wide().A
    problem = SensingProblem(A, np.zeros(90), np.zeros((6, 5)))
    end = trace(riemannian_gradient_descent(problem, rank=2), n_steps=3, record={}).last
    assert np.all(product(end) == 0)


def test_it_rests_at_the_answer():
    truth = np.outer([1.0, 2.0], [3.0, 4.0])
    A = DenseMeasurements(np.eye(4), (2, 2))
    problem = SensingProblem(A, A.apply(truth), truth)
    end = trace(riemannian_gradient_descent(problem, rank=2), n_steps=5, record={}).last
    np.testing.assert_allclose(product(end), truth, atol=1e-13)


def test_steps_that_are_too_long_are_seen():
    states = riemannian_gradient_descent(wide(), rank=2, step_size=50.0)
    with pytest.raises(ValueError, match=r"step_size must be smaller here: .* got 50"):
        trace(states, n_steps=100, record={})


def test_a_rank_above_the_smaller_side():
    with pytest.raises(ValueError, match=r"rank must be .*5.* got 6"):
        riemannian_gradient_descent(wide(), rank=6)
