"""Observed entries against dense arithmetic, and their products against numbers that count."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from labkit.datasets import completion_problem
from labkit.sensing import CompletionState, ObservedEntries
from labkit.sensing.observed_entries import Tally, entries_of, leading_right_vectors, times


@pytest.fixture
def problem():
    return completion_problem(30, 20, rank=2, n_observed=300, condition=3, noise=0.1, rng=0)


@pytest.fixture
def factors():
    rng = np.random.default_rng(1)
    return rng.standard_normal((30, 3)), rng.standard_normal((20, 3))


def test_products_are_those_of_the_dense_matrix_with_zeros(problem, factors):
    (left, right), entries, tally = factors, problem.entries, Tally()
    dense = np.zeros(entries.shape)
    dense[entries.rows, entries.columns] = entries.values
    assert_allclose(entries.by_row.toarray(), dense)
    assert_allclose(entries.by_column.toarray(), dense.T)
    pattern = entries.by_column
    found = entries_of(pattern, right, left, tally)
    assert_allclose(found, (right @ left.T)[dense.T != 0])
    assert_allclose(times(pattern, pattern.data, left, tally), dense.T @ left)
    assert tally.n_multiplications == 2 * 300 * 3


def test_leading_vectors_are_those_of_the_dense_matrix(problem):
    rng, tally = np.random.default_rng(0), Tally()
    V = leading_right_vectors(problem.entries, 2, rng, tally)
    expected = np.linalg.svd(problem.entries.by_row.toarray())[2][:2].T
    assert_allclose(V @ V.T, expected @ expected.T, atol=1e-5)
    assert tally.n_multiplications >= 25 * 300 * 7


def test_residual_and_recovery_error_are_those_of_the_dense_matrix(problem, factors):
    left, right = factors
    entries, truth = problem.entries, problem.truth
    difference = (left @ right.T)[entries.rows, entries.columns] - entries.values
    expected = np.linalg.norm(difference) / np.linalg.norm(entries.values)
    assert_allclose(entries.residual(left, right), expected)
    state = CompletionState(left, right, 0)
    expected = np.linalg.norm(state.estimate() - truth) / np.linalg.norm(truth)
    assert_allclose(problem.recovery_error(state), expected)


def test_order_does_not_matter(problem):
    e = problem.entries
    order = np.random.default_rng(2).permutation(300)
    shuffled = ObservedEntries(e.rows[order], e.columns[order], e.values[order], e.shape)
    assert (shuffled.by_row != e.by_row).nnz == 0


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


def test_zeros_have_no_relative_residual():
    entries = ObservedEntries(np.array([0]), np.array([1]), np.array([0.0]), (2, 2))
    with pytest.raises(ValueError, match="values must not all be zero"):
        entries.residual(np.ones((2, 1)), np.ones((2, 1)))
