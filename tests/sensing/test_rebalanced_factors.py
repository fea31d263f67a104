"""The one modified step: the product stays, the singular values become equal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.sensing import rebalanced_factors

# Oracle


@given(seed=st.integers(0, 2**32 - 1), beta=st.floats(0.1, 10))
def test_the_product_stays_and_the_factor_is_flat(seed, beta):
    rng = np.random.default_rng(seed)
    F, G = rng.standard_normal((6, 3)), rng.standard_normal((4, 3))
    A, B = rebalanced_factors(F, G, singular_value=beta)
    np.testing.assert_allclose(A @ B.T, F @ G.T, atol=1e-11)
    np.testing.assert_allclose(A.T @ A, beta**2 * np.eye(3), atol=1e-10)


def test_a_factor_that_lost_rank_is_flat_too():
    F = np.outer(np.arange(1.0, 5), [1.0, -1.0])
    A, B = rebalanced_factors(F, np.eye(2), singular_value=2.0)
    np.testing.assert_allclose(A @ B.T, F, atol=1e-12)
    np.testing.assert_allclose(A.T @ A, 4 * np.eye(2), atol=1e-12)


# Invariance


def test_applied_twice_it_changes_nothing():
    rng = np.random.default_rng(0)
    once = rebalanced_factors(*rng.standard_normal((2, 5, 3)), singular_value=1.5)
    twice = rebalanced_factors(*once, singular_value=1.5)
    np.testing.assert_allclose(once, twice, atol=1e-12)


# Arrays


def test_single_precision_stays():
    F, G = np.random.default_rng(0).standard_normal((2, 5, 2)).astype(np.float32)
    A, B = rebalanced_factors(F, G, singular_value=1.0)
    assert A.dtype == B.dtype == np.float32
    np.testing.assert_allclose(A @ B.T, F @ G.T, atol=20 * 1.2e-7 * 10)


# Refusals


@pytest.mark.parametrize(
    ("F", "G", "message"),
    [
        (np.ones((4, 2)), np.ones((4, 3)), "G must have 2 columns, as F has, got 3"),
        (np.ones((2, 3)), np.ones((4, 3)), "F must have at most as many columns as rows"),
    ],
)
def test_refusals(F, G, message):
    with pytest.raises(ValueError, match=message):
        rebalanced_factors(F, G, singular_value=1.0)
