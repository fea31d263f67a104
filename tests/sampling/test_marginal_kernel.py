"""The marginal kernel: a solve, sums over sets, any scale."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import marginal_kernel


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


# Oracle


def test_a_solve():
    L = 2 * gram(8, 6)
    np.testing.assert_allclose(marginal_kernel(L), np.linalg.solve(np.eye(8) + L, L), atol=1e-13)


def test_pairs_by_enumeration():
    L = 2 * gram(5, 5)
    sets = [[i for i in range(5) if code >> i & 1] for code in range(32)]
    law = np.array([np.linalg.det(L[np.ix_(S, S)]) for S in sets])
    inside = np.array([[i in S for i in range(5)] for S in sets])
    both = (inside.T * law) @ inside / law.sum()
    K = marginal_kernel(L)
    chances = np.diag(K)
    expected = np.outer(chances, chances) - K**2
    np.fill_diagonal(expected, chances)
    np.testing.assert_allclose(both, expected, atol=1e-12)


# Invariance


def test_large_and_small_factors():
    L = gram(7, 3)
    values, V = np.linalg.eigh(L)
    space = V[:, 4:] @ V[:, 4:].T
    np.testing.assert_allclose(marginal_kernel(np.ldexp(L, 1000)), space, atol=1e-12)
    small = marginal_kernel(np.ldexp(L, -1000))
    np.testing.assert_allclose(small, np.ldexp(L, -1000), rtol=1e-11)
    assert values[-1] > 0


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    L = gram(7, 7).astype(dtype)
    placed = library.place(L)
    K = marginal_kernel(placed)
    assert library.holds(K, dtype=dtype)
    here = marginal_kernel(L.astype("float64"))
    np.testing.assert_allclose(to_numpy(K), here, atol=1e-13 if dtype == "float64" else 1e-5)
    np.testing.assert_array_equal(to_numpy(placed), L)


# Degenerate data


def test_zero():
    np.testing.assert_array_equal(marginal_kernel(np.zeros((2, 2))), np.zeros((2, 2)))


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="L must be positive semidefinite, got the eigenvalue -1"):
        marginal_kernel(np.array([[1.0, 2], [2, 1]]))
    with pytest.raises(ValueError, match="L must be symmetric, got entries that differ by 1"):
        marginal_kernel(np.array([[1.0, 1], [0, 1]]))
