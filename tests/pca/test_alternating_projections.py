"""Alternating projections: what they recover, what they count, and that they say when they fail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import low_rank_plus_sparse
from labkit.pca import alternating_projections, principal_component_pursuit

seeds = st.integers(0, 2**32 - 1)


def signed(shape, rank, contamination, magnitude, seed, kind="signs", condition=1.0):
    """Return a low-rank matrix of unit variance, and errors that are all of one size or normal."""
    rng = np.random.default_rng(seed)
    left = rng.standard_normal((shape[0], rank)) * np.geomspace(1, 1 / condition, rank)
    low_rank = left @ rng.standard_normal((rank, shape[1]))
    low_rank /= low_rank.std()
    errors = {
        "signs": rng.choice([-1.0, 1.0], shape),
        "positive": np.ones(shape),
        "normal": rng.standard_normal(shape),
    }[kind]
    return low_rank, np.where(rng.random(shape) < contamination, magnitude * errors, 0.0)


def error(result, low_rank):
    return np.linalg.norm(to_numpy(result.low_rank) - low_rank) / np.linalg.norm(low_rank)


def assert_recovers(result, low_rank, sparse, accuracy=1e-7):
    assert result.converged
    assert result.rank == np.linalg.matrix_rank(low_rank)
    assert error(result, low_rank) <= accuracy
    size = np.linalg.norm(low_rank)
    assert np.abs(result.sparse - sparse).max() <= 10 * accuracy * size


# Oracle


@pytest.mark.parametrize("magnitude", [1, 10])
@pytest.mark.parametrize("contamination", [0.05, 0.1])
def test_the_case_that_peers_are_measured_on(contamination, magnitude):
    low_rank, sparse = signed((500, 500), 25, contamination, magnitude, seed=0)
    result = alternating_projections(low_rank + sparse)
    assert_recovers(result, low_rank, sparse)
    assert result.n_iterations <= 30
    # a full decomposition of 500 x 500 costs as much as about 13 * 500 products
    assert result.n_products <= 0.5 * 13 * 500
    assert result.n_singular_value_decompositions == 0


@pytest.mark.parametrize("kind", ["signs", "positive", "normal"])
@pytest.mark.parametrize("magnitude", [0.3, 1, 10, 100])
@pytest.mark.parametrize("contamination", [0.01, 0.12])
@pytest.mark.parametrize(
    ("shape", "rank"), [((100, 100), 5), ((300, 100), 8), ((150, 400), 10), ((200, 200), 15)]
)
def test_nothing_needs_tuning(shape, rank, contamination, magnitude, kind):
    low_rank, sparse = signed(shape, rank, contamination, magnitude, 1, kind)
    assert_recovers(alternating_projections(low_rank + sparse), low_rank, sparse)


@pytest.mark.parametrize("condition", [10, 1000])
def test_weak_components_are_found_when_the_strong_are_known(condition):
    low_rank, sparse = signed((200, 200), 6, 0.1, 5, 2, condition=condition)
    assert_recovers(alternating_projections(low_rank + sparse), low_rank, sparse)


def test_the_convex_method_agrees():
    low_rank, sparse = low_rank_plus_sparse((80, 60), rank=3, contamination=0.08, rng=3)
    result = alternating_projections(low_rank + sparse)
    convex = principal_component_pursuit(low_rank + sparse, tol=1e-9)
    assert_recovers(result, low_rank, sparse)
    np.testing.assert_allclose(result.low_rank, convex.low_rank, rtol=0, atol=1e-5)
    assert convex.rank == result.rank == 3


def test_no_errors_cost_nothing():
    low_rank, _ = signed((60, 90), 4, 0, 1, 4)
    result = alternating_projections(low_rank)
    assert_recovers(result, low_rank, np.zeros_like(low_rank))
    np.testing.assert_array_equal(result.sparse, 0)


def test_the_wrong_entries_are_named():
    low_rank, sparse = signed((120, 120), 4, 0.1, 2, 5)
    result = alternating_projections(low_rank + sparse)
    np.testing.assert_array_equal(result.sparse != 0, sparse != 0)


@settings(max_examples=15)
@given(seed=seeds)
def test_any_seed_is_recovered(seed):
    low_rank, sparse = low_rank_plus_sparse((120, 100), rank=4, contamination=0.1, rng=seed)
    result = alternating_projections(low_rank + sparse)
    assert result.converged
    assert error(result, low_rank) <= 1e-7


def test_counts_add_up():
    low_rank, sparse = signed((60, 60), 3, 0.05, 5, 6)
    result = alternating_projections(low_rank + sparse)
    assert len(result.residual_history) == result.n_iterations
    assert result.residual_history[-1] <= 1e-7
    # a block of 16: 3 steps in the first round, 1 in each later one, 2 products a column and step
    assert result.n_products == 32 * (result.n_iterations + 2) + 3 * result.n_iterations


# Where it fails, it says so


@pytest.mark.parametrize("contamination", [0.45, 0.5])
def test_too_many_errors(contamination):
    low_rank, sparse = signed((150, 150), 10, contamination, 10, 7)
    result = alternating_projections(low_rank + sparse)
    assert not result.converged
    assert np.isfinite(result.low_rank).all()


def test_noise_is_filtered_but_no_split_is_claimed():
    low_rank, sparse = signed((150, 150), 3, 0.05, 10, 8)
    noise = 0.01 * np.random.default_rng(9).standard_normal((150, 150))
    result = alternating_projections(low_rank + sparse + noise)
    assert not result.converged
    assert result.rank == 3
    # of the noise a rank-3 fit keeps 6 / 150 of the energy, 0.2 of the norm, if nothing is missing
    assert error(result, low_rank) <= 0.3 * 0.01


def test_pure_noise():
    result = alternating_projections(np.random.default_rng(10).standard_normal((80, 60)))
    assert not result.converged
    assert result.rank <= 1


@pytest.mark.parametrize("magnitude", [1, 100])
def test_a_row_that_is_all_wrong_is_no_sparse_error(magnitude):
    M, _ = signed((80, 80), 3, 0, 1, 11)
    M[5] = magnitude * np.random.default_rng(12).standard_normal(80)
    assert not alternating_projections(M).converged


def test_stopped_early():
    low_rank, sparse = signed((60, 60), 3, 0.05, 5, 13)
    result = alternating_projections(low_rank + sparse, max_iterations=3)
    assert not result.converged
    assert result.n_iterations == len(result.residual_history) == 3


# Degenerate matrices


@pytest.mark.parametrize(
    ("M", "rank"),
    [
        (np.zeros((5, 4)), 0),
        (np.full((6, 5), 0.1), 1),
        (np.full((60, 50), -3.0), 1),
        (np.arange(1.0, 8.0)[None, :], 1),
        (np.arange(1.0, 8.0)[:, None], 1),
        (np.full((1, 1), 7.0), 1),
        (np.outer([1.0, 2.0, 3.0], [1.0, -1.0]), 1),
    ],
)
def test_small_matrices_without_errors(M, rank):
    for allowed in (None, min(M.shape)):
        result = alternating_projections(M, rank=allowed)
        assert result.converged
        assert result.rank == rank
        np.testing.assert_allclose(result.low_rank, M, rtol=1e-14)
        np.testing.assert_array_equal(result.sparse, 0)


def test_a_sparse_matrix_has_no_low_rank_part():
    M = np.where(np.random.default_rng(14).random((30, 20)) < 0.2, 5.0, 0.0)
    for S in (M, np.eye(9)):
        result = alternating_projections(S)
        assert (result.rank, result.converged) == (0, True)
        np.testing.assert_array_equal(result.low_rank, 0)
        np.testing.assert_array_equal(result.sparse, S)


def test_full_rank_leaves_nothing():
    M = np.random.default_rng(15).standard_normal((20, 15))
    result = alternating_projections(M, rank=15)
    assert result.converged
    assert result.rank == 15
    np.testing.assert_allclose(result.low_rank, M, atol=1e-13)
    np.testing.assert_array_equal(result.sparse, 0)


def test_the_rank_allowed_is_not_exceeded():
    low_rank, sparse = signed((80, 80), 6, 0.05, 5, 16)
    result = alternating_projections(low_rank + sparse, rank=4)
    assert result.rank <= 4
    assert not result.converged
    generous = alternating_projections(low_rank + sparse, rank=20)
    assert_recovers(generous, low_rank, sparse)


# Invariance


@settings(max_examples=15)
@given(seed=seeds, power=st.integers(-900, 900))
def test_scale_and_order(seed, power):
    low_rank, sparse = signed((60, 50), 3, 0.08, 5, 17)
    M = low_rank + sparse
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(60), rng.permutation(50)
    a = alternating_projections(M)
    b = alternating_projections(2.0**power * M[rows][:, columns])
    assert b.rank == a.rank
    atol = 2e-7 * np.linalg.norm(low_rank)
    np.testing.assert_allclose(b.low_rank / 2.0**power, a.low_rank[rows][:, columns], atol=atol)
    np.testing.assert_allclose(alternating_projections(M.T).low_rank.T, a.low_rank, atol=atol)


def test_it_is_deterministic():
    M = sum(signed((60, 50), 3, 0.08, 5, 18))
    a, b = alternating_projections(M), alternating_projections(M)
    np.testing.assert_array_equal(a.low_rank, b.low_rank)


# Arrays


@pytest.mark.parametrize("shape", [(60, 60), (40, 90), (90, 40)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, shape, dtype):
    low_rank, sparse = signed(shape, 3, 0.05, 8, 19)
    M = (low_rank + sparse).astype(dtype)
    placed = library.place(M)
    result = alternating_projections(placed)
    assert library.holds(result.low_rank, result.sparse, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(placed), M)
    assert result.converged
    assert result.rank == 3
    # float32: the entries are rounded, and the search ends at 8 eps, about 1e-6
    assert error(result, low_rank) <= (1e-7 if dtype == "float64" else 5e-6)
    assert type(result.converged) is bool
    assert type(result.residual_history[-1]) is float


def test_integers_become_float64(library):
    M = np.outer(np.arange(1, 31), np.arange(1, 21))
    M[3, 4] = 5000
    result = alternating_projections(library.place(M))
    assert library.holds(result.low_rank, result.sparse)
    np.testing.assert_allclose(to_numpy(result.sparse)[3, 4], 5000 - 20, rtol=1e-6)


# Refusals


@pytest.mark.parametrize(
    ("M", "arguments", "error", "message"),
    [
        (np.ones(3), {}, ValueError, "M must have 2 dimensions, got 1"),
        (np.array([[np.nan]]), {}, ValueError, "M must be finite, got 1 entries"),
        (np.eye(3), {"rank": 0}, ValueError, "rank must be an integer from 1 to 3, got 0"),
        (np.eye(3), {"rank": 4}, ValueError, "rank must be an integer from 1 to 3, got 4"),
        (np.eye(3), {"rank": 1.0}, TypeError, "rank must be an integer from 1 to 3, got 1.0"),
        (np.eye(3), {"tol": -1e-7}, ValueError, "tol must be a finite number"),
        (np.eye(3), {"max_iterations": 0}, ValueError, "max_iterations must be an integer from 1"),
    ],
)
def test_refusals(M, arguments, error, message):
    with pytest.raises(error, match=message):
        alternating_projections(M, **arguments)
