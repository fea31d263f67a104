"""Chances of items: enumeration, sums, large and low-rank kernels, any scale."""

from itertools import combinations

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import inclusion_probabilities, marginal_kernel


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


# Oracle


@pytest.mark.parametrize(
    ("n", "rank", "k"), [(6, 6, 1), (7, 7, 3), (7, 4, 4), (7, 4, 2), (5, 5, 5)]
)
def test_a_given_size_by_enumeration(n, rank, k):
    L = gram(n, rank)
    chances, total = np.zeros(n), 0.0
    for S in map(list, combinations(range(n), k)):
        volume = np.linalg.det(L[np.ix_(S, S)])
        chances[S] += volume
        total += volume
    found = inclusion_probabilities(L, size=k)
    np.testing.assert_allclose(found, chances / total, atol=1e-12)


def test_a_free_size_is_the_diagonal_of_the_marginal_kernel():
    L = 3 * gram(8, 5)
    np.testing.assert_allclose(inclusion_probabilities(L), np.diag(marginal_kernel(L)), atol=1e-14)


def test_they_sum_to_the_size_at_784_items():
    L = gram(784, 392)
    chances = inclusion_probabilities(L, size=300)
    assert chances.sum() == pytest.approx(300, abs=1e-9)
    assert chances.min() > 0
    assert chances.max() < 1
    for exponent in (-1000, 1000):
        scaled = inclusion_probabilities(np.ldexp(L, exponent), size=300)
        np.testing.assert_allclose(scaled, chances, atol=1e-12)


# Invariance


def test_order_of_items():
    L = gram(9, 9)
    order = np.random.default_rng(1).permutation(9)
    permuted = inclusion_probabilities(L[np.ix_(order, order)], size=3)
    np.testing.assert_allclose(permuted, inclusion_probabilities(L, size=3)[order], atol=1e-13)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [None, 3])
def test_arrays(library, dtype, size):
    L = gram(7, 7).astype(dtype)
    placed = library.place(L)
    chances = inclusion_probabilities(placed, size=size)
    assert library.holds(chances, dtype=dtype)
    here = inclusion_probabilities(L.astype("float64"), size=size)
    np.testing.assert_allclose(to_numpy(chances), here, atol=1e-13 if dtype == "float64" else 1e-4)
    np.testing.assert_array_equal(to_numpy(placed), L)


# Refusals


def test_sizes_above_the_rank():
    with pytest.raises(ValueError, match="size must be at most the rank of L, 3, got 4"):
        inclusion_probabilities(gram(6, 3), size=4)
