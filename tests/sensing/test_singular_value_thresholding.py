"""Thresholding: SVD, the noise that must not pass, the error to first order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import clustered_individuals
from labkit.sensing import singular_value_thresholding

FULL = np.ones((6, 4), bool)


# Oracle


def test_is_the_svd_of_the_zero_filled_matrix_over_the_share():
    rng = np.random.default_rng(0)
    M, observed = rng.standard_normal((30, 20)), rng.random((30, 20)) < 0.6
    found = singular_value_thresholding(M, observed, threshold=5.0)
    U, s, Vh = np.linalg.svd(np.where(observed, M, 0.0), full_matrices=False)
    kept = s > 5.0
    expected = (U[:, kept] * s[kept]) @ Vh[kept] / observed.mean()
    np.testing.assert_allclose(found.low_rank, expected, atol=1e-12)
    assert found.rank == kept.sum()
    assert found.observed_share == observed.mean()


def test_threshold_zero_keeps_all_and_a_large_one_nothing():
    M = np.random.default_rng(0).standard_normal((6, 4))
    np.testing.assert_allclose(
        singular_value_thresholding(M, FULL, threshold=0.0).low_rank, M, atol=1e-12
    )
    nothing = singular_value_thresholding(M, FULL, threshold=1e9)
    assert nothing.rank == 0
    np.testing.assert_array_equal(nothing.low_rank, np.zeros((6, 4)))


@pytest.mark.parametrize("seed", range(5))
def test_pure_noise_hardly_passes(seed):
    M = np.random.default_rng(seed).standard_normal((200, 100))
    found = singular_value_thresholding(M, np.ones(M.shape, bool))
    assert found.rank <= 1  # the largest value lies within 200^(-2/3) of the threshold
    assert found.singular_values[0] < 1.1 * found.threshold


def test_error_is_that_of_first_order():
    people = clustered_individuals(
        600, 400, rank=3, n_clusters=12, observed_share=0.6, noise=0.3, rng=0
    )
    found = singular_value_thresholding(people.M, people.observed)
    v = np.mean((0.3**2 + 0.4 * people.truth**2) / 0.6)
    error = np.mean((found.low_rank - people.truth) ** 2)
    assert found.rank == 3
    assert error < 2 * v * 3 * (1 / 600 + 1 / 400)


# Invariance


@given(seed=st.integers(0, 2**32 - 1), factor=st.sampled_from([-1e-8, 3.0, 1e8]))
def test_order_scale_and_what_is_hidden(seed, factor):
    rng = np.random.default_rng(seed)
    M = rng.standard_normal((12, 1)) @ rng.standard_normal((1, 8))
    observed = rng.random(M.shape) < 0.7
    observed[:, 0] = True
    rows, columns = rng.permutation(12), rng.permutation(8)
    one = singular_value_thresholding(M, observed)
    hidden = np.where(observed, M, 5.0) * factor
    other = singular_value_thresholding(hidden[rows][:, columns], observed[rows][:, columns])
    np.testing.assert_allclose(
        other.low_rank / factor, one.low_rank[rows][:, columns], atol=1e-9 * np.abs(M).max()
    )


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    people = clustered_individuals(
        60, 40, rank=2, n_clusters=6, observed_share=0.8, noise=0.1, rng=0
    )
    M = people.M.astype(dtype)
    placed = library.place(M)
    found = singular_value_thresholding(placed, library.place(people.observed))
    assert library.holds(found.low_rank, found.singular_values, dtype=dtype)
    assert isinstance(found.threshold, float)
    assert np.mean((to_numpy(found.low_rank) - people.truth) ** 2) < 0.2
    np.testing.assert_array_equal(to_numpy(placed), M)


# Degenerate data and refusals


def test_zeros_stay_zeros():
    found = singular_value_thresholding(np.zeros((6, 4)), FULL)
    assert found.rank == 0
    np.testing.assert_array_equal(found.low_rank, np.zeros((6, 4)))


def test_overflow_is_refused():
    with (
        pytest.raises(ValueError, match="M must have squares that do not overflow"),
        np.errstate(over="ignore"),
    ):
        singular_value_thresholding(np.full((6, 4), 1e200), FULL)
