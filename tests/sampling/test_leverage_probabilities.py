"""Leverage probabilities: against projections, and where the cap bites."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import leverage_probabilities

seeds = st.integers(0, 2**32 - 1)


# Oracle


def test_below_the_cap_they_are_the_diagonal_of_the_projection():
    A = np.random.default_rng(0).standard_normal((30, 4))
    projection = A @ np.linalg.inv(A.T @ A) @ A.T
    np.testing.assert_allclose(
        leverage_probabilities(A, n_samples=3), 3 / 4 * np.diag(projection), rtol=1e-10
    )


def test_what_the_cap_cuts_off_goes_to_the_others():
    A = np.diag([3.0, 2.0, 1.0, 1.0])[:, :3]
    A[3, 2] = 1.0  # scores 1, 1, 1/2, 1/2
    np.testing.assert_allclose(leverage_probabilities(A, n_samples=2), [2 / 3, 2 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(leverage_probabilities(A, n_samples=3), [1, 1, 0.5, 0.5])
    np.testing.assert_allclose(leverage_probabilities(A, n_samples=4), [1, 1, 1, 1])


@given(seed=seeds, k=st.integers(1, 12))
def test_they_add_up_and_are_capped_and_keep_the_order_of_the_scores(seed, k):
    A = np.random.default_rng(seed).standard_t(1, (12, 3))
    p = leverage_probabilities(A, n_samples=k)
    assert p.sum() == pytest.approx(k, rel=1e-9)
    assert p.min() >= 0
    assert p.max() <= 1
    scores = leverage_probabilities(A, n_samples=1)
    assert (np.diff(p[np.argsort(scores)]) >= -1e-9).all()


# Invariance


@given(seed=seeds, factor=st.sampled_from([1e-200, 1e-6, 1e6, 1e200]))
def test_columns_may_be_mixed_and_scaled(seed, factor):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((10, 3))
    mixed = factor * A @ (rng.standard_normal((3, 3)) + 4 * np.eye(3))
    np.testing.assert_allclose(
        leverage_probabilities(mixed, n_samples=5),
        leverage_probabilities(A, n_samples=5),
        atol=1e-7,
    )


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A = np.random.default_rng(0).standard_normal((20, 3)).astype(dtype)
    placed = library.place(A)
    p = leverage_probabilities(placed, n_samples=6)
    assert library.holds(p, dtype=dtype)
    expected = leverage_probabilities(A.astype(float), n_samples=6)
    np.testing.assert_allclose(to_numpy(p), expected, atol=200 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(to_numpy(placed), A)


# Degenerate data


def test_dependent_columns_and_rows_of_zeros():
    A = np.ones((6, 3))
    A[0] = 0
    np.testing.assert_allclose(leverage_probabilities(A, n_samples=2), [0, *[0.4] * 5])


def test_a_matrix_of_zeros_has_nothing_to_choose():
    with pytest.raises(ValueError, match="n_samples must be an integer from 1 to the 0 rows"):
        leverage_probabilities(np.zeros((4, 2)), n_samples=1)


# Refusals


def test_refusals():
    A = np.eye(4)[:, :2]
    with pytest.raises(ValueError, match="n_samples must be an integer from 1 to the 2 rows"):
        leverage_probabilities(A, n_samples=3)
    with pytest.raises(ValueError, match="n_samples must be an integer from 1 to 4, got 5"):
        leverage_probabilities(A, n_samples=5)
