"""The kernel given what is in and out: the law by enumeration, other formulas, degenerate cases."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import conditioned_kernel, determinantal_sample, marginal_kernel


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


def law(L):
    """Return the probability of every set, by its code."""
    n = len(L)
    p = np.zeros(2**n)
    for k in range(n + 1):
        for S in combinations(range(n), k):
            p[sum(2**i for i in S)] = np.linalg.det(L[np.ix_(S, S)])
    return p / p.sum()


# Oracle


@pytest.mark.parametrize(
    ("n", "rank", "included", "excluded"),
    [
        (6, 6, [2], []),
        (6, 6, [], [0, 5]),
        (8, 8, [1, 7], [3, 4]),
        (8, 4, [0, 1, 2], [6]),
        (5, 5, [0, 1, 2, 3, 4], []),
        (5, 3, [4, 0, 2], [1, 3]),
        (4, 4, [], []),
    ],
)
def test_the_law_is_the_conditional_one(n, rank, included, excluded):
    L = gram(n, rank)
    whole = law(L)
    codes = np.arange(2**n)
    has = codes[:, None] // 2 ** np.arange(n) % 2 == 1
    meets = has[:, included].all(axis=1) & ~has[:, excluded].any(axis=1)
    expected = np.zeros(2**n)
    expected[codes[meets] - sum(2**i for i in included)] = whole[meets] / whole[meets].sum()
    found = law(conditioned_kernel(L, included=included, excluded=excluded))
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_form_with_two_inverses():
    L, A = gram(9, 9), [3, 5]
    others = np.delete(np.arange(9), A)
    mark = np.diag(np.isin(range(9), others).astype(float))
    textbook = np.linalg.inv(np.linalg.inv(L + mark)[np.ix_(others, others)]) - np.eye(7)
    found = conditioned_kernel(L, included=A)
    np.testing.assert_allclose(found[np.ix_(others, others)], textbook, atol=1e-9)
    assert not found[A].any()
    assert not found[:, A].any()


def test_pairs_of_the_conditioned_process():
    L = gram(8, 8)
    K = marginal_kernel(L)
    inner = marginal_kernel(conditioned_kernel(L, included=[0]))
    for i, j in combinations(range(1, 8), 2):
        with_first = np.linalg.det(K[np.ix_([0, i, j], [0, i, j])]) / K[0, 0]
        assert inner[i, i] * inner[j, j] - inner[i, j] ** 2 == pytest.approx(with_first, abs=1e-10)


def test_drawn_rest_has_the_conditional_chances():
    L = gram(7, 7)
    K = marginal_kernel(L)
    sets = determinantal_sample(conditioned_kernel(L, included=[2]), n_draws=20000, rng=0)
    chances = np.diag(K) - K[2] ** 2 / K[2, 2]
    chances[2] = 0
    assert np.all(np.abs(sets.mean(axis=0) - chances) < 6 * np.sqrt(chances / 20000) + 1e-12)


# Invariance


@given(st.permutations(range(7)), st.integers(-300, 300))
def test_step_by_step_in_any_order_and_on_any_scale(order, exponent):
    L = np.ldexp(gram(7, 7), exponent)
    at_once = conditioned_kernel(L, included=order[:2], excluded=order[2:3])
    steps = conditioned_kernel(L, excluded=order[2:3])
    for item in order[:2]:
        steps = conditioned_kernel(steps, included=[item])
    np.testing.assert_allclose(steps, at_once, atol=1e-11 * np.abs(L).max())


# Degenerate


def test_duplicates_of_what_is_in_are_out():
    X = np.random.default_rng(0).standard_normal((5, 5))
    X[3] = 2 * X[1]
    X[4] = X[0] + X[1]
    found = conditioned_kernel(X @ X.T, included=[1])
    assert not found[3].any()
    assert found[4].any()
    assert not conditioned_kernel(X @ X.T, included=[0, 1])[[3, 4]].any()


def test_nothing_is_left_of_rank_two_after_two():
    assert not conditioned_kernel(gram(6, 2), included=[0, 3]).any()


def test_items_of_very_different_length():
    L = gram(5, 5) * np.outer(10.0 ** np.arange(0, 15, 3), 10.0 ** np.arange(0, 15, 3))
    found = conditioned_kernel(L, included=[4])
    scale = 10.0 ** np.arange(0, 15, 3)
    expected = conditioned_kernel(gram(5, 5), included=[4]) * np.outer(scale, scale)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    L = gram(7, 5).astype(dtype)
    placed = library.place(L)
    found = conditioned_kernel(placed, included=[1, 4], excluded=[0])
    assert library.holds(found, dtype=dtype)
    expected = conditioned_kernel(L.astype(float), included=[1, 4], excluded=[0])
    tolerance = 100 * 7 * np.finfo(dtype).eps / np.linalg.eigvalsh(L[1::3, 1::3]).min()
    np.testing.assert_allclose(to_numpy(found), expected, atol=tolerance * np.abs(L).max() ** 2)
    np.testing.assert_array_equal(to_numpy(placed), L)


# Refusals


def test_items_that_cannot_come_together():
    twins = np.kron(np.eye(2), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"items that can come together, got \[0, 1\]"):
        conditioned_kernel(twins, included=[0, 1])
    with pytest.raises(ValueError, match=r"items that can come together, got \[1\]"):
        conditioned_kernel(np.diag([1.0, 0.0]), included=[1])


def test_items_in_both_lists():
    with pytest.raises(ValueError, match=r"no item in common, got \[2\]"):
        conditioned_kernel(gram(4, 4), included=[2, 0], excluded=[2])


def test_not_semidefinite():
    with pytest.raises(ValueError, match="L must be positive semidefinite, got a remainder of -3"):
        conditioned_kernel(np.array([[1.0, 2.0], [2.0, 1.0]]), included=[0])
    with pytest.raises(ValueError, match="L must be positive semidefinite, got -1"):
        conditioned_kernel(np.diag([1.0, -1.0]), included=[0])
