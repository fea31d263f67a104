"""Descent on both factors against the truth and against its own step."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from labkit.datasets import completion_problem
from labkit.sensing import ObservedEntries, completion_descent
from labkit.trace import trace


def test_it_finds_the_truth_and_its_residual_never_rises():
    problem = completion_problem(80, 60, rank=3, n_observed=2400, condition=2, rng=1)
    entries = problem.entries
    record = {
        "error": problem.recovery_error,
        "residual": lambda state: entries.residual(state.left, state.right),
    }
    run = trace(completion_descent(entries, rank=3, rng=0), n_steps=150, record=record)
    assert run["error"][-1] < 1e-8
    assert np.all(np.diff(run["residual"]) <= 1e-12)


def test_a_half_step_is_scaled_steepest_descent():
    problem = completion_problem(9, 7, rank=2, n_observed=45, rng=0)
    seen = problem.entries.by_row.toarray()
    states = completion_descent(problem.entries, rank=2, rng=0)
    next(states)
    state = next(states)
    L, R, mask = state.left, state.right, seen != 0
    after = next(states)
    T = np.linalg.inv(R.T @ R)
    D = (seen - mask * (L @ R.T)) @ R @ T
    change = mask * (D @ R.T)
    L = L + np.sum(change * seen - change * (L @ R.T)) / np.sum(change**2) * D
    project = after.left @ after.left.T
    assert_allclose(project @ L, L, rtol=1e-9, atol=1e-12)


def test_zeros_give_zeros():
    entries = ObservedEntries(np.arange(6) // 2, np.arange(6) % 2, np.zeros(6), (3, 2))
    states = completion_descent(entries, rank=1, rng=0)
    assert not np.any(trace(states, n_steps=3, record={}).last.estimate())


def test_single_precision_stays():
    problem = completion_problem(30, 20, rank=2, n_observed=300, rng=0)
    e = problem.entries
    entries = ObservedEntries(e.rows, e.columns, e.values.astype(np.float32), e.shape)
    last = trace(completion_descent(entries, rank=2, rng=0), n_steps=20, record={}).last
    assert last.left.dtype == last.right.dtype == np.float32


def test_refusals():
    problem = completion_problem(8, 6, rank=2, n_observed=30, rng=0)
    with pytest.raises(TypeError, match="entries must be ObservedEntries, got ndarray"):
        completion_descent(problem.truth, rank=2)
