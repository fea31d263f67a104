"""Accelerated proximal descent: its optimum, its closed form, its price."""

import numpy as np
import pytest

from labkit.datasets import sensing_problem
from labkit.sensing import DenseMeasurements, SensingProblem, nuclear_norm_descent
from labkit.trace import trace


def everything(truth):
    """Return the problem in which each entry is measured."""
    truth = np.asarray(truth, dtype=float)
    A = DenseMeasurements(np.eye(truth.size), truth.shape)
    return SensingProblem(A, A.apply(truth), truth)


def product(state):
    return state[0] @ state[1].T


def longest(problem):
    return 0.99 / np.linalg.norm(problem.A.matrices, 2) ** 2


# Oracle


def test_the_first_step_shrinks_what_comes_back():
    problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=30, rng=0)
    end = trace(nuclear_norm_descent(problem, step_size=0.2, penalty=0.5), n_steps=1, record={})
    U, s, Vh = np.linalg.svd(0.2 * problem.A.adjoint(problem.b))
    np.testing.assert_allclose(
        product(end.last), (U * np.maximum(s - 0.1, 0)) @ Vh, atol=1e-12
    )  # fmt: skip


def test_seen_entries_shrink_by_the_penalty():
    problem = everything(np.diag([3.0, 1.0, 0.2])[:, :2])
    end = trace(nuclear_norm_descent(problem, step_size=1.0, penalty=0.5), n_steps=20, record={})
    np.testing.assert_allclose(problem.spectrum(end.last), [2.5, 0.5], atol=1e-12)


@pytest.mark.parametrize("n_measurements", [18, 60])
def test_the_end_meets_the_conditions_of_optimality(n_measurements):
    problem = sensing_problem(
        [2.0, 1.0], n_rows=5, n_columns=4, n_measurements=n_measurements, kind="gaussian", rng=0
    )
    penalty = 0.05
    states = nuclear_norm_descent(problem, step_size=longest(problem), penalty=penalty)
    X = product(trace(states, n_steps=3000, record={}).last)
    dual = -problem.A.adjoint(problem.A.apply(X) - problem.b) / penalty
    U, s, Vh = np.linalg.svd(X, full_matrices=False)
    kept = int(np.sum(s > 1e-9))
    assert np.linalg.norm(dual, 2) < 1 + 1e-7
    np.testing.assert_allclose(U[:, :kept].T @ dual @ Vh[:kept].T, np.eye(kept), atol=1e-7)


def test_acceleration_takes_fewer_steps_than_its_absence():
    problem = sensing_problem([1.0, 0.1], n_rows=8, n_measurements=50, rng=0)
    step, error = longest(problem), []
    for t, state in enumerate(nuclear_norm_descent(problem, step_size=step, penalty=0.0)):
        error.append(problem.loss(state))
        if t == 200:
            break
    X = np.zeros((8, 8))
    for _ in range(200):
        X = X - step * problem.A.adjoint(problem.A.apply(X) - problem.b)
    plain = np.sum((problem.A.apply(X) - problem.b) ** 2) / 2
    assert error[-1] < plain / 10


def test_fewer_measurements_than_entries_are_enough():
    problem = sensing_problem([1.0], n_rows=8, n_measurements=34, rng=0)  # of 36 unknowns
    states = nuclear_norm_descent(problem, step_size=longest(problem), penalty=1e-4)
    end = trace(states, n_steps=2000, record={}).last
    assert problem.recovery_error(end) < 1e-3


# Arrays


def test_single_precision_stays_and_inputs_are_not_changed():
    full = sensing_problem([2.0], n_rows=4, n_measurements=60, rng=0)
    matrices, b = full.A.matrices.astype(np.float32), full.b.astype(np.float32)
    for array in (matrices, b):
        array.flags.writeable = False
    problem = SensingProblem(DenseMeasurements(matrices, full.A.shape), b, full.truth)
    states = nuclear_norm_descent(problem, step_size=0.3, penalty=0.01)
    end = trace(states, n_steps=100, record={}).last
    assert end[0].dtype == end[1].dtype == np.float32
    twin = trace(nuclear_norm_descent(full, step_size=0.3, penalty=0.01), n_steps=100, record={})
    np.testing.assert_allclose(product(end), product(twin.last), atol=1e-5)


# Refusals and edges


def test_a_penalty_above_what_comes_back_gives_zero():
    problem = everything(np.diag([3.0, 1.0]))
    end = trace(nuclear_norm_descent(problem, step_size=1.0, penalty=3.0), n_steps=5, record={})
    assert np.all(product(end.last) == 0)


def test_steps_that_are_too_long_are_seen():
    states = nuclear_norm_descent(everything(np.eye(2)), step_size=5.0, penalty=0.0)
    with pytest.raises(ValueError, match=r"step_size must be smaller here: .* got 5"):
        trace(states, n_steps=200, record={})
