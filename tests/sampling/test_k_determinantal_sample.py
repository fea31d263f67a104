"""Determinantal sets of given size: the law by enumeration, all items, low rank, any scale."""

from itertools import combinations

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import k_determinantal_sample
from tests.sampling.law import p_value


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


# Oracle


@pytest.mark.parametrize(
    ("n", "rank", "k"), [(5, 5, 1), (6, 6, 2), (8, 8, 3), (8, 4, 3), (8, 4, 4), (7, 7, 6)]
)
def test_every_set_is_as_likely_as_its_determinant(n, rank, k):
    L = gram(n, rank)
    sets = k_determinantal_sample(L, size=k, n_draws=40000, rng=1)
    codes = sets @ 2 ** np.arange(n)
    every = [list(S) for S in combinations(range(n), k)]
    expected = np.array([np.linalg.det(L[np.ix_(S, S)]) for S in every])
    expected *= 40000 / expected.sum()
    counts = np.array([np.sum(codes == sum(2**i for i in S)) for S in every])
    assert counts.sum() == 40000
    rare = expected < 5
    seen, wanted = [*counts[~rare], counts[rare].sum()], [*expected[~rare], expected[rare].sum()]
    if not rare.any():
        seen, wanted = counts, expected
    assert p_value(seen, wanted) > 1e-6


def test_all_items():
    assert k_determinantal_sample(gram(6, 6), size=6, n_draws=50, rng=0).all()


def test_three_hundred_items_of_rank_392():
    L = gram(784, 392)
    sets = k_determinantal_sample(L, size=300, n_draws=2, rng=0)
    assert (sets.sum(axis=1) == 300).all()
    for exponent in (-1000, -33, 1000):
        scaled = k_determinantal_sample(np.ldexp(L, exponent), size=300, n_draws=2, rng=0)
        np.testing.assert_array_equal(scaled, sets)


def test_eigenvalues_of_very_different_size():
    L = np.diag(10.0 ** -np.arange(0, 12, 2))
    sets = k_determinantal_sample(L, size=4, n_draws=2000, rng=0)
    assert (sets.sum(axis=1) == 4).all()
    assert sets.mean(axis=0)[3] > 0.97


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    L = gram(7, 5).astype(dtype)
    placed = library.place(L)
    sets = k_determinantal_sample(placed, size=4, n_draws=5, rng=0)
    assert library.holds(sets, dtype="bool")
    assert (to_numpy(sets).sum(axis=1) == 4).all()
    here = k_determinantal_sample(L, size=4, n_draws=5, rng=0)
    np.testing.assert_array_equal(to_numpy(sets), here)
    np.testing.assert_array_equal(to_numpy(placed), L)


# Refusals


def test_sizes_above_the_rank():
    with pytest.raises(ValueError, match="size must be at most the rank of L, 3, got 4"):
        k_determinantal_sample(gram(6, 3), size=4)
    with pytest.raises(ValueError, match="size must be at most the rank of L, 0, got 1"):
        k_determinantal_sample(np.zeros((3, 3)), size=1)


def test_negative_eigenvalues():
    with pytest.raises(ValueError, match="L must be positive semidefinite"):
        k_determinantal_sample(np.array([[1.0, 2], [2, 1]]), size=1)
