"""Alternating minimisation against dense least squares, the truth, and numbers that count."""

import time
import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from numpy.testing import assert_allclose

from labkit.datasets import completion_problem
from labkit.sensing import ObservedEntries, alternating_minimisation
from labkit.sensing.alternating_minimisation import _exact, _improved
from labkit.sensing.observed_entries import Tally
from labkit.trace import trace

SOLVERS = ("exact", "warm")


def run_of(problem, n_steps=40, **options):
    states = alternating_minimisation(problem.entries, **options, rng=0)
    return trace(states, n_steps=n_steps, record={"error": problem.recovery_error})


def test_an_exact_solve_is_least_squares_row_by_row():
    problem = completion_problem(30, 20, rank=2, n_observed=300, noise=0.1, rng=0)
    states = alternating_minimisation(problem.entries, rank=2, solver="exact", rng=0)
    next(states)
    state = next(states)
    seen = problem.entries.by_row.toarray()
    for j in range(20):
        rows = seen[:, j] != 0
        expected = np.linalg.lstsq(state.left[rows], seen[rows, j], rcond=None)[0]
        assert_allclose(state.right[j], expected, rtol=1e-8, atol=1e-10)


def test_as_many_inner_steps_as_the_rank_are_an_exact_solve():
    problem = completion_problem(30, 20, rank=2, n_observed=300, noise=0.1, rng=0)
    ends = [
        run_of(problem, 1, rank=2, **options).last.estimate()
        for options in ({"solver": "exact"}, {"n_inner": 2}, {"solver": "cold", "n_inner": 2})
    ]
    assert_allclose(ends[1], ends[0], rtol=1e-8, atol=1e-10)
    assert_allclose(ends[2], ends[0], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_truth_is_found(solver):
    problem = completion_problem(80, 60, rank=3, n_observed=2400, condition=2, rng=1)
    run = run_of(problem, rank=3, solver=solver)
    assert run["error"][-1] < 1e-9


def test_cold_solves_stall():
    problem = completion_problem(80, 60, rank=3, n_observed=2400, condition=2, rng=1)
    assert run_of(problem, rank=3, solver="cold", n_inner=2)["error"][-1] > 1e-4


@pytest.mark.parametrize("solver", SOLVERS)
def test_units_and_turns_do_not_matter(solver):
    problem = completion_problem(30, 20, rank=2, n_observed=300, rng=0)
    e = problem.entries
    larger = ObservedEntries(e.rows, e.columns, 1e6 * e.values, e.shape)
    estimates = [
        trace(alternating_minimisation(x, rank=2, solver=solver, rng=0), n_steps=3, record={})
        for x in (e, larger)
    ]
    assert_allclose(
        estimates[1].last.estimate(), 1e6 * estimates[0].last.estimate(), rtol=1e-7, atol=1e-3
    )


class Number:
    """A real number that counts how often numbers of its kind are multiplied or divided."""

    made = 0

    def __init__(self, value):
        self.value = float(value)

    def __float__(self):
        return self.value

    def __add__(self, other):
        return Number(self.value + float(other))

    def __sub__(self, other):
        return Number(self.value - float(other))

    def __rsub__(self, other):
        return Number(float(other) - self.value)

    def __mul__(self, other):
        Number.made += 1
        return Number(self.value * float(other))

    def __rtruediv__(self, other):
        Number.made += 1
        return Number(float(other) / self.value)

    def __truediv__(self, other):
        Number.made += 1
        return Number(self.value / float(other))

    def __gt__(self, other):
        return self.value > float(other)

    def __ge__(self, other):
        return self.value >= float(other)

    __radd__, __rmul__ = __add__, __mul__


class PlainRows:
    """What `times` needs of a CSR matrix, entry by entry, for numbers of any kind."""

    def __init__(self, parts, *, shape, copy):
        self.values, self.columns, self.starts = parts
        self.shape = shape

    def __matmul__(self, right):
        found = np.empty((self.shape[0], right.shape[1]), dtype=object)
        for i in range(self.shape[0]):
            found[i] = 0.0
            for e in range(self.starts[i], self.starts[i + 1]):
                for c in range(right.shape[1]):
                    found[i, c] = found[i, c] + self.values[e] * right[self.columns[e], c]
        return found


@pytest.mark.parametrize("solve", ["improved", "exact"])
def test_the_count_is_what_numbers_that_count_say(solve, monkeypatch):
    entries = completion_problem(7, 6, rank=2, n_observed=30, rng=3).entries
    rng = np.random.default_rng(0)
    Q, L = np.linalg.qr(rng.standard_normal((6, 3)))[0], rng.standard_normal((7, 3))
    pattern, tallies = entries.by_row, [Tally(), Tally()]

    def solved(Q, L, tally):
        if solve == "exact":
            return _exact(pattern, Q, tally)
        return _improved(pattern, Q, L, 2, tally)

    expected = solved(Q, L, tallies[0])
    counting = [np.vectorize(Number, otypes=[object])(F) for F in (Q, L)]
    monkeypatch.setattr(scipy.sparse, "csr_matrix", PlainRows)
    monkeypatch.setattr(Number, "made", 0)
    found = solved(*counting, tallies[1])
    assert_allclose(found.astype(float), expected, rtol=1e-9)
    assert Number.made == tallies[1].n_multiplications == tallies[0].n_multiplications


@pytest.mark.parametrize("solver", SOLVERS)
def test_empty_rows_stay_zero_and_short_rows_finite(solver):
    rows, columns = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 0])
    entries = ObservedEntries(rows, columns, np.array([1.0, 2, 2, 4, 3]), (4, 3))
    states = alternating_minimisation(entries, rank=2, solver=solver, rng=0)
    M = trace(states, n_steps=5, record={}).last.estimate()
    assert np.all(np.isfinite(M))
    assert_allclose(M[3], 0, atol=1e-12)
    assert_allclose(M[[0, 0, 1, 1], [0, 1, 0, 1]], [1, 2, 2, 4], rtol=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_rank_above_the_truth_fits_what_is_seen(solver):
    problem = completion_problem(40, 30, rank=2, n_observed=900, rng=0)
    run = run_of(problem, rank=4, solver=solver)
    assert problem.entries.residual(run.last.left, run.last.right) < 1e-6
    assert run["error"][-1] < 0.3  # more solutions than one fit what is seen


@pytest.mark.parametrize("solver", SOLVERS)
def test_zeros_give_zeros(solver):
    entries = ObservedEntries(np.arange(6) // 2, np.arange(6) % 2, np.zeros(6), (3, 2))
    states = alternating_minimisation(entries, rank=1, solver=solver, rng=0)
    assert not np.any(trace(states, n_steps=3, record={}).last.estimate())


@pytest.mark.parametrize("solver", SOLVERS)
def test_single_precision_stays(solver):
    problem = completion_problem(30, 20, rank=2, n_observed=300, rng=0)
    e = problem.entries
    entries = ObservedEntries(e.rows, e.columns, e.values.astype(np.float32), e.shape)
    states = alternating_minimisation(entries, rank=2, solver=solver, rng=0)
    last = trace(states, n_steps=20, record={}).last
    assert last.left.dtype == last.right.dtype == np.float32
    assert problem.recovery_error(last) < 1e-4


def test_refusals():
    problem = completion_problem(8, 6, rank=2, n_observed=30, rng=0)
    with pytest.raises(TypeError, match="entries must be ObservedEntries, got ndarray"):
        alternating_minimisation(problem.truth, rank=2)
    with pytest.raises(ValueError, match="solver"):
        alternating_minimisation(problem.entries, rank=2, solver="hot")


def test_a_sweep_of_a_million_entries_takes_seconds_and_no_table():
    problem = completion_problem(20_000, 20_000, rank=10, n_observed=1_000_000, rng=0)
    assert problem.entries.by_column.nnz == problem.entries.by_row.nnz == 1_000_000
    for solver in SOLVERS:
        states = alternating_minimisation(problem.entries, rank=10, solver=solver, rng=0)
        next(states)
        tracemalloc.start()
        next(states)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        seconds = []
        for _ in range(3):
            start = time.process_time()
            next(states)
            seconds.append(time.process_time() - start)
        assert min(seconds) < 1.5
        assert peak < 2**28  # the full matrix would take 3.2e9 bytes
