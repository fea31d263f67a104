"""Determinantal sets from features: the law by enumeration, both sizes, a long list of items."""

from itertools import combinations

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import low_rank_determinantal_sample
from tests.sampling.law import p_value


def laws(B, size):
    """Return every set that can occur and its probability, from the definition."""
    n, m = B.shape
    sizes = range(m + 1) if size is None else [size]
    every = [S for k in sizes for S in combinations(range(n), k)]
    L = B @ B.T
    dets = np.array([np.linalg.det(L[np.ix_(S, S)]) for S in every])
    return every, dets / dets.sum()


# Oracle


@pytest.mark.parametrize(("n", "m", "size"), [(7, 3, None), (8, 2, 2), (8, 4, 3), (5, 5, None)])
def test_every_set_is_as_likely_as_its_determinant(n, m, size):
    B = np.random.default_rng(n).standard_normal((n, m))
    sets = low_rank_determinantal_sample(B, size=size, n_draws=30000, rng=1)
    codes = sets @ 2 ** np.arange(n)
    every, expected = laws(B, size)
    counts = np.array([np.sum(codes == sum(2**i for i in S)) for S in every])
    assert counts.sum() == 30000
    rare = 30000 * expected < 5
    seen = [*counts[~rare], counts[rare].sum() + 1e-9]
    wanted = [*(30000 * expected[~rare]), 30000 * expected[rare].sum() + 1e-9]
    assert p_value(seen, wanted) > 1e-6


def test_a_long_list_of_items_has_the_mean_size_of_its_eigenvalues():
    B = np.random.default_rng(0).standard_normal((20000, 8)) / 100  # goes the way of rejections
    values = np.linalg.eigvalsh(B.T @ B)
    shares = values / (1 + values)
    sizes = low_rank_determinantal_sample(B, n_draws=300, rng=0).sum(axis=1)
    error = np.sqrt(np.sum(shares * (1 - shares)) / 300)
    assert abs(sizes.mean() - shares.sum()) < 5.5 * error


def test_items_of_a_long_list_come_as_often_as_their_leverage_says():
    B = np.zeros((50000, 3))
    B[:4] = 0.1 * np.arange(1, 13).reshape(4, 3) % 0.7
    B[4:, 0] = 1e-3
    values, vectors = np.linalg.eigh(B.T @ B)
    scores = np.sum((B @ vectors) ** 2 / (1 + values), axis=1)  # the diagonal of K
    sets = low_rank_determinantal_sample(B, n_draws=800, rng=3)
    seen = sets[:, :4].mean(axis=0)
    assert (np.abs(seen - scores[:4]) < 5.5 * np.sqrt(scores[:4] * (1 - scores[:4]) / 800)).all()


# Invariance


def test_rotation_and_scale():
    rng = np.random.default_rng(0)
    B, turn = rng.standard_normal((50, 4)), np.linalg.qr(rng.standard_normal((4, 4)))[0]
    one = low_rank_determinantal_sample(B, size=3, n_draws=20, rng=5)
    np.testing.assert_array_equal(
        low_rank_determinantal_sample(np.ldexp(B @ turn, -600), size=3, n_draws=20, rng=5), one
    )


# Degenerate


def test_no_features_at_all():
    assert not low_rank_determinantal_sample(np.zeros((5, 2)), n_draws=3, rng=0).any()


def test_repeated_and_constant_features():
    B = np.repeat(np.random.default_rng(0).standard_normal((9, 2)), 2, axis=1)
    sets = low_rank_determinantal_sample(np.c_[B, np.zeros(9)], size=2, n_draws=50, rng=0)
    assert (sets.sum(axis=1) == 2).all()


def test_badly_scaled_features_keep_their_directions_orthonormal():
    B = np.random.default_rng(0).standard_normal((300, 6)) * 10.0 ** -np.arange(6)
    sets = low_rank_determinantal_sample(B, size=6, n_draws=20, rng=0)
    assert (sets.sum(axis=1) == 6).all()


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    B = np.random.default_rng(0).standard_normal((30, 4)).astype(dtype)
    B.setflags(write=False)
    sets = low_rank_determinantal_sample(library.place(B), size=3, n_draws=4, rng=0)
    assert to_numpy(sets).dtype == bool
    assert (to_numpy(sets).sum(axis=1) == 3).all()


# Refusals


def test_refuses_a_size_above_the_rank():
    B = np.ones((6, 3))
    with pytest.raises(ValueError, match="size must be at most the rank of B, 1, got 2"):
        low_rank_determinantal_sample(B, size=2)
