"""The greedy set: the same by brute force, falling gains, near the best, any scale."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import greedy_determinantal_subset


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T


def log_det(L, S):
    return np.linalg.slogdet(L[np.ix_(S, S)])[1]


# Oracle


@given(seed=st.integers(0, 2**32 - 1))
def test_every_step_is_the_best_one(seed):
    L = gram(8, 8, seed)
    found = greedy_determinantal_subset(L, size=6)
    S: list[int] = []
    for item, height in zip(found.items, found.log_determinants, strict=True):
        rest = [i for i in range(8) if i not in S]
        heights = [log_det(L, [*S, i]) for i in rest]
        S.append(item)
        assert height == pytest.approx(log_det(L, S), abs=1e-6)
        assert height == pytest.approx(max(heights), abs=1e-6)


@given(seed=st.integers(0, 2**32 - 1))
def test_within_its_share_of_the_best(seed):
    L = np.eye(7) + gram(7, 7, seed)  # the determinant grows with every item
    found = greedy_determinantal_subset(L, size=3).log_determinants[-1]
    best = max(log_det(L, list(S)) for S in combinations(range(7), 3))
    assert (1 - 1 / np.e) * best - 1e-9 <= found <= best + 1e-9


def test_it_stops_where_the_determinant_does_not_grow():
    L = np.diag([4.0, 2.0, 0.5])
    found = greedy_determinantal_subset(L)
    assert found.items == (0, 1)
    assert found.log_determinants == pytest.approx((np.log(4), np.log(8)))
    assert greedy_determinantal_subset(0.1 * L).items == ()


# Invariance


@pytest.mark.parametrize("exponent", [-900, 900])
def test_any_scale(exponent):
    L = gram(40, 30)
    one = greedy_determinantal_subset(L, size=20)
    other = greedy_determinantal_subset(np.ldexp(L, exponent), size=20)
    assert one.items == other.items
    shift = np.arange(1, 21) * exponent * np.log(2)
    np.testing.assert_allclose(other.log_determinants - shift, one.log_determinants, atol=1e-9)


def test_gains_fall():
    heights = greedy_determinantal_subset(gram(30, 30), size=30).log_determinants
    assert (np.diff(heights, 2) <= 1e-9).all()


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    L = gram(9, 9).astype(dtype)
    found = greedy_determinantal_subset(library.place(L), size=4)
    here = greedy_determinantal_subset(L.astype("float64"), size=4)
    assert found.items == here.items
    np.testing.assert_allclose(to_numpy(found.log_determinants), here.log_determinants, atol=1e-4)


# Degenerate data


def test_zero_and_twins():
    assert greedy_determinantal_subset(np.zeros((3, 3))).items == ()
    assert greedy_determinantal_subset(np.full((2, 2), 5.0)).items == (0,)


# Refusals


@pytest.mark.parametrize(
    ("L", "message"),
    [
        (gram(6, 3), "size must be at most the rank of L, 3, got 4"),
        (-np.eye(4), "L must be positive semidefinite, got -1 on the diagonal"),
    ],
)
def test_refusals(L, message):
    with pytest.raises(ValueError, match=message):
        greedy_determinantal_subset(L, size=4)
