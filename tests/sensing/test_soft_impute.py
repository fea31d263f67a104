"""Soft imputation against its optimality condition."""

import array_api_strict
import numpy as np
import pytest
from numpy.testing import assert_allclose

from labkit.arrays import to_numpy
from labkit.datasets import completion_problem
from labkit.sensing import soft_impute


@pytest.fixture
def holes():
    problem = completion_problem(30, 20, rank=2, n_observed=300, rng=0)
    M = problem.entries.by_row.toarray()
    return M, M != 0


def test_it_meets_its_optimality_condition(holes):
    M, observed = holes
    found = soft_impute(M, observed, penalty=2.0, tol=1e-10, max_iterations=5000)
    assert found.converged
    assert np.all(np.diff(found.objective_history) <= 1e-9 * found.objective_history[0])
    gradient = np.where(observed, M - found.low_rank, 0)  # in the subdifferential of 2 |Z|_*
    assert np.linalg.norm(gradient, 2) <= 2.0 * (1 + 1e-6)
    product = np.sum(gradient * found.low_rank)
    assert product == pytest.approx(2.0 * np.sum(found.singular_values), rel=1e-6)


def test_without_holes_it_is_soft_thresholding(holes):
    M, _ = holes
    found = soft_impute(M, np.ones_like(M, dtype=bool), penalty=2.0)
    values = np.linalg.svd(M)[1]
    assert_allclose(found.singular_values, np.maximum(values - 2.0, 0), atol=1e-12)


def test_what_stands_in_the_holes_does_not_matter(holes):
    M, observed = holes
    plain = soft_impute(M, observed, penalty=2.0, max_iterations=5)
    other = soft_impute(np.where(observed, M, 7.0), observed, penalty=2.0, max_iterations=5)
    assert_allclose(other.low_rank, plain.low_rank, atol=1e-12)


def test_turned_it_is_turned(holes):
    M, observed = holes
    plain = soft_impute(M, observed, penalty=2.0, max_iterations=20)
    turned = soft_impute(M.T.copy(), observed.T.copy(), penalty=2.0, max_iterations=20)
    assert_allclose(turned.low_rank.T, plain.low_rank, atol=1e-10)


def test_a_penalty_above_the_largest_value_gives_zero(holes):
    M, observed = holes
    found = soft_impute(M, observed, penalty=1.01 * np.linalg.norm(M, 2))
    assert not np.any(found.low_rank)
    assert found.converged


def test_arrays(holes):
    M, observed = holes
    plain = soft_impute(M, observed, penalty=2.0, max_iterations=5)
    single = soft_impute(M.astype(np.float32), observed, penalty=2.0, max_iterations=5)
    assert single.low_rank.dtype == np.float32
    scale = np.linalg.norm(M, 2)
    assert_allclose(single.low_rank, plain.low_rank, atol=100 * 30 * 6e-8 * scale)
    strict = soft_impute(
        array_api_strict.asarray(M), array_api_strict.asarray(observed), penalty=2.0,
        max_iterations=5,
    )  # fmt: skip
    assert_allclose(to_numpy(strict.low_rank), plain.low_rank, atol=1e-10)


def test_refusals(holes):
    M, observed = holes
    with pytest.raises(TypeError, match="observed must be an array of bool"):
        soft_impute(M, observed.astype(float), penalty=1.0)
    with pytest.raises(ValueError, match="observed must hold an entry of every row"):
        soft_impute(M, observed & (np.arange(30) > 0)[:, None], penalty=1.0)
