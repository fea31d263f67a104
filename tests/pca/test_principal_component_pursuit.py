"""Principal component pursuit: the optimum by its conditions, exact recovery, closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import low_rank_plus_sparse
from labkit.pca import principal_component_pursuit

seeds = st.integers(0, 2**32 - 1)


def objective(low_rank, sparse, penalty):
    return np.linalg.norm(low_rank, "nuc") + penalty * np.abs(sparse).sum()


# Oracle


@pytest.mark.parametrize("shape", [(60, 60), (40, 100), (100, 40)])
def test_exact_recovery(shape):
    low_rank, sparse = low_rank_plus_sparse(shape, rank=2, contamination=0.05, rng=0)
    result = principal_component_pursuit(low_rank + sparse, tol=1e-9)
    assert result.converged
    assert result.rank == 2
    np.testing.assert_allclose(result.low_rank, low_rank, atol=1e-5)
    np.testing.assert_allclose(result.sparse, sparse, atol=1e-5)
    assert result.n_iterations == len(result.residual_history)
    assert result.n_singular_value_decompositions == result.n_iterations + 1
    assert result.residual_history[-1] <= 1e-9


@settings(max_examples=10)
@given(seed=seeds)
def test_no_other_split_is_better(seed):
    rng = np.random.default_rng(seed)
    M = rng.standard_normal((12, 9)) + 5 * (rng.random((12, 9)) < 0.1)
    penalty = 0.4
    result = principal_component_pursuit(M, penalty=penalty, tol=1e-10)
    best = objective(result.low_rank, result.sparse, penalty)
    # The weight grows by half a step, so without structure the optimum is met to a few per cent.
    for size in (0.01, 0.1, 1.0):
        change = size * rng.standard_normal((12, 9))
        other = objective(result.low_rank + change, result.sparse - change, penalty)
        assert other >= best * (1 - 0.05)
    assert best <= min(objective(M, 0 * M, penalty), objective(0 * M, M, penalty)) * 1.05


def test_the_penalty_decides_between_the_two_parts():
    M = np.random.default_rng(1).standard_normal((20, 15))
    # Against any change D: |M + D|_* >= |M|_* - |D|_* and |D|_1 >= |D|_*, so above 1 all is low
    # rank; |M|_1 wins where its subgradient, penalty times signs, is in the unit spectral ball.
    low = principal_component_pursuit(M, penalty=1.01)
    np.testing.assert_allclose(low.low_rank, M, atol=1e-5)
    penalty = 0.99 / np.linalg.norm(np.sign(M), 2)
    sparse = principal_component_pursuit(M, penalty=penalty)
    least = penalty * np.abs(M).sum()
    assert least * (1 - 1e-6) <= objective(sparse.low_rank, sparse.sparse, penalty) <= 1.05 * least


# Degenerate matrices


def test_zero_matrix():
    result = principal_component_pursuit(np.zeros((4, 3)))
    assert (result.rank, result.converged) == (0, True)
    np.testing.assert_array_equal(result.low_rank, 0)
    np.testing.assert_array_equal(result.sparse, 0)


@pytest.mark.parametrize(
    "M", [np.full((6, 5), 0.1), np.ones((1, 7)), np.ones((7, 1)), np.full((1, 1), 3.0), np.eye(20)]
)
def test_small_matrices(M):
    result = principal_component_pursuit(M)
    assert result.converged
    np.testing.assert_allclose(result.low_rank + result.sparse, M, atol=1e-6 * np.abs(M).max())


def test_stopped_early():
    M = np.random.default_rng(2).standard_normal((20, 20))
    result = principal_component_pursuit(M, max_iterations=2)
    assert not result.converged
    assert result.n_iterations == 2


# Invariance


@settings(max_examples=10)
@given(seed=seeds, power=st.integers(-900, 900))
def test_scale_order_and_transpose(seed, power):
    M = sum(low_rank_plus_sparse((30, 25), rank=2, contamination=0.05, rng=3))
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(30), rng.permutation(25)
    a = principal_component_pursuit(M)
    b = principal_component_pursuit(2.0**power * M[rows][:, columns])
    atol = 1e-9 * np.linalg.norm(M)
    np.testing.assert_allclose(b.low_rank / 2.0**power, a.low_rank[rows][:, columns], atol=atol)
    np.testing.assert_allclose(principal_component_pursuit(M.T).low_rank.T, a.low_rank, atol=atol)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    low_rank, sparse = low_rank_plus_sparse((50, 40), rank=2, contamination=0.05, rng=4)
    M = (low_rank + sparse).astype(dtype)
    placed = library.place(M)
    result = principal_component_pursuit(placed)
    assert library.holds(result.low_rank, result.sparse, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(placed), M)
    assert result.converged
    assert result.rank == 2
    atol = 1e-5 if dtype == "float64" else 1e-3
    np.testing.assert_allclose(to_numpy(result.low_rank), low_rank, atol=atol)


# Refusals


@pytest.mark.parametrize(
    ("M", "arguments", "error", "message"),
    [
        (np.ones(3), {}, ValueError, "M must have 2 dimensions, got 1"),
        (np.array([[np.inf]]), {}, ValueError, "M must be finite, got 1 entries"),
        (np.eye(3), {"penalty": 0.0}, ValueError, r"penalty must be .* in \(0, inf\], got 0.0"),
        (np.eye(3), {"tol": -1.0}, ValueError, "tol must be a finite number"),
        (np.eye(3), {"max_iterations": 0}, ValueError, "max_iterations must be an integer from 1"),
    ],
)
def test_refusals(M, arguments, error, message):
    with pytest.raises(error, match=message):
        principal_component_pursuit(M, **arguments)
