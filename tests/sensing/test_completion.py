"""Completion against dense least squares, against the truth, and against each other."""

import numpy as np
import pytest

from labkit.datasets import completion_problem
from labkit.sensing import (
    ObservedEntries,
    alternating_minimisation,
    completion_descent,
    soft_impute,
)
from labkit.trace import trace


def test_an_exact_solve_is_least_squares_row_by_row():
    problem = completion_problem(30, 20, rank=2, n_observed=300, noise=0.1, rng=0)
    states = alternating_minimisation(problem.entries, rank=2, solver="exact", rng=0)
    next(states)
    state = next(states)
    seen = problem.entries.by_row.toarray()
    mask = np.zeros(seen.shape, bool)
    mask[problem.entries.rows, problem.entries.columns] = True
    for j in range(20):
        rows = mask[:, j]
        expected = np.linalg.lstsq(state.left[rows], seen[rows, j], rcond=None)[0]
        np.testing.assert_allclose(state.right[j], expected, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("solver", ["exact", "warm"])
def test_the_truth_is_found(solver):
    problem = completion_problem(80, 60, rank=3, n_observed=2400, condition=2, rng=1)
    states = alternating_minimisation(problem.entries, rank=3, solver=solver, rng=0)
    run = trace(states, n_steps=40, record={"error": problem.recovery_error})
    assert run["error"][-1] < 1e-9
    dense = np.linalg.norm(run.last.estimate() - problem.truth) / np.linalg.norm(problem.truth)
    assert abs(dense - run["error"][-1]) < 1e-13


def test_descent_finds_it_too_and_its_residual_never_rises():
    problem = completion_problem(80, 60, rank=3, n_observed=2400, condition=2, rng=1)
    entries = problem.entries
    record = {
        "error": problem.recovery_error,
        "residual": lambda state: entries.residual(state.left, state.right),
    }
    run = trace(completion_descent(entries, rank=3, rng=0), n_steps=150, record=record)
    assert run["error"][-1] < 1e-8
    assert np.all(np.diff(run["residual"]) <= 1e-12)


def test_cold_solves_stall():
    problem = completion_problem(80, 60, rank=3, n_observed=2400, condition=2, rng=1)
    states = alternating_minimisation(problem.entries, rank=3, solver="cold", n_inner=2, rng=0)
    run = trace(states, n_steps=40, record={"error": problem.recovery_error})
    assert run["error"][-1] > 1e-4


def test_soft_impute_meets_its_optimality_condition():
    problem = completion_problem(30, 20, rank=2, n_observed=300, rng=0)
    M, observed = problem.entries.by_row.toarray(), np.zeros((30, 20), bool)
    observed[problem.entries.rows, problem.entries.columns] = True
    found = soft_impute(M, observed, penalty=2.0, tol=1e-10, max_iterations=5000)
    assert found.converged
    assert np.all(np.diff(found.objective_history) <= 1e-9 * found.objective_history[0])
    gradient = np.where(observed, M - found.low_rank, 0)  # in the subdifferential of 2 |Z|_*
    assert np.linalg.norm(gradient, 2) <= 2.0 * (1 + 1e-6)
    product = np.sum(gradient * found.low_rank)
    assert product == pytest.approx(2.0 * np.sum(found.singular_values), rel=1e-6)


def test_empty_rows_stay_zero_and_short_rows_finite():
    rows, columns = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 0])
    entries = ObservedEntries(rows, columns, np.array([1.0, 2, 2, 4, 3]), (4, 3))
    for solver in ("exact", "warm"):
        run = trace(
            alternating_minimisation(entries, rank=2, solver=solver, rng=0), n_steps=5, record={}
        )
        M = run.last.estimate()
        assert np.all(np.isfinite(M))
        np.testing.assert_allclose(M[3], 0, atol=1e-12)


def test_single_precision_stays():
    problem = completion_problem(30, 20, rank=2, n_observed=300, rng=0)
    e = problem.entries
    entries = ObservedEntries(e.rows, e.columns, e.values.astype(np.float32), e.shape)
    for method in (alternating_minimisation, completion_descent):
        run = trace(method(entries, rank=2, rng=0), n_steps=20, record={})
        assert run.last.left.dtype == run.last.right.dtype == np.float32


@pytest.mark.parametrize(
    ("rows", "columns", "error", "message"),
    [
        ([0, 5], [0, 1], ValueError, "rows must be from 0 to 1, got 5"),
        ([0, 0], [1, 1], ValueError, "twice"),
        ([0.0, 1.0], [0, 1], TypeError, "rows must be integers"),
        ([0], [1], ValueError, "as many as values"),
    ],
)
def test_refused_places(rows, columns, error, message):
    with pytest.raises(error, match=message):
        ObservedEntries(np.array(rows), np.array(columns), np.array([1.0, 2.0]), (2, 2))
