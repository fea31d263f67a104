"""Determinantal sets: the law of all sets by enumeration, sizes, projections, any scale."""

from itertools import combinations

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import determinantal_sample, marginal_kernel
from tests.sampling.law import p_value


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


def law(L):
    """Return the probability of every set, by its code of bits."""
    n = len(L)
    sets = [[i for i in range(n) if code >> i & 1] for code in range(2**n)]
    return np.array([np.linalg.det(L[np.ix_(S, S)]) for S in sets]) / np.linalg.det(np.eye(n) + L)


def agreement(sets, expected):
    """Return the tail of chi-squared of all sets, rare ones taken together."""
    counts = np.bincount(sets @ 2 ** np.arange(sets.shape[1]), minlength=len(expected))
    assert counts[expected < 1e-12].sum() == 0
    wanted = expected * len(sets)
    rare = wanted < 5
    seen = np.append(counts[~rare], counts[rare].sum())
    wanted = np.append(wanted[~rare], wanted[rare].sum())
    seen, wanted = seen[wanted > 0], wanted[wanted > 0]
    return p_value(seen, wanted)


# Oracle


@pytest.mark.parametrize(("n", "rank"), [(1, 1), (4, 4), (6, 6), (7, 3), (8, 8)])
def test_every_set_is_as_likely_as_its_determinant(n, rank):
    L = 2 * gram(n, rank)
    sets = determinantal_sample(L, n_draws=40000, rng=1)
    assert agreement(sets, law(L)) > 1e-6


def test_the_marginal_kernel_draws_the_same_law():
    L = gram(6, 6)
    sets = determinantal_sample(marginal_kernel(L), kind="marginal", n_draws=40000, rng=2)
    assert agreement(sets, law(L)) > 1e-6


def test_projections_draw_sets_of_their_rank_with_squared_minors():
    Q = np.linalg.qr(np.random.default_rng(3).standard_normal((7, 3)))[0]
    sets = determinantal_sample(Q @ Q.T, kind="marginal", n_draws=40000, rng=3)
    assert (sets.sum(axis=1) == 3).all()
    expected = np.zeros(2**7)
    for S in combinations(range(7), 3):
        expected[sum(2**i for i in S)] = np.linalg.det(Q[list(S)]) ** 2
    assert agreement(sets, expected) > 1e-6


def test_wrong_law_is_noticed():
    """The test has power: items drawn one by one with the right chances fail it."""
    L = 2 * gram(6, 6)
    shares = np.diag(marginal_kernel(L))
    sets = np.random.default_rng(0).random((40000, 6)) < shares
    assert agreement(sets, law(L)) < 1e-12


def test_size_is_a_sum_of_coins():
    L = gram(30, 30)
    values = np.linalg.eigvalsh(L)
    sizes = determinantal_sample(L, n_draws=20000, rng=4).sum(axis=1)
    expected = np.ones(1)
    for p in values / (1 + values):
        expected = np.convolve(expected, [1 - p, p])
    wanted = 20000 * expected
    usual = wanted > 5
    counts = np.bincount(sizes, minlength=31)
    seen = [*counts[usual], counts[~usual].sum()]
    wanted = [*wanted[usual], wanted[~usual].sum()]
    assert p_value(seen, wanted) > 1e-6


# Invariance


def test_draws_do_not_depend_on_how_many_fit_in_memory(monkeypatch):
    L = gram(9, 9)
    whole = determinantal_sample(L, n_draws=50, rng=0)
    monkeypatch.setattr("labkit.sampling._kernels.LARGEST_BLOCK", 100)
    np.testing.assert_array_equal(determinantal_sample(L, n_draws=50, rng=0), whole)


@pytest.mark.parametrize("exponent", [-1000, 1000])
def test_any_scale(exponent):
    L = gram(6, 4)
    sizes = determinantal_sample(np.ldexp(L, exponent), n_draws=20, rng=0).sum(axis=1)
    assert (sizes == (4 if exponent > 0 else 0)).all()


def test_rank_bounds_the_size():
    sets = determinantal_sample(100 * gram(40, 5), n_draws=200, rng=0)
    assert sets.sum(axis=1).max() == 5


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    L = gram(7, 7).astype(dtype)
    placed = library.place(L)
    sets = determinantal_sample(placed, n_draws=5, rng=0)
    assert library.holds(sets, dtype="bool")
    np.testing.assert_array_equal(to_numpy(sets), determinantal_sample(L, n_draws=5, rng=0))
    np.testing.assert_array_equal(to_numpy(placed), L)


# Degenerate data


def test_nothing_and_everything():
    assert not determinantal_sample(np.zeros((3, 3)), n_draws=4, rng=0).any()
    assert determinantal_sample(np.eye(3), kind="marginal", n_draws=4, rng=0).all()
    twins = np.full((2, 2), 5.0)
    assert not determinantal_sample(twins, n_draws=500, rng=0).all(axis=1).any()


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"matrix": np.ones((2, 3))}, r"matrix must be square, got shape \(2, 3\)"),
        ({"matrix": np.array([[1.0, 1], [0, 1]])}, "matrix must be symmetric"),
        ({"matrix": np.diag([1.0, -1])}, "matrix must be positive semidefinite, got .* -1"),
        ({"matrix": 2 * np.eye(2), "kind": "marginal"}, "matrix must have eigenvalues up to 1"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        determinantal_sample(**{"matrix": np.eye(2), **changes})
