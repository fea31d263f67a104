"""Pivotal sampling: the exact law of small tournaments, marginals, and spread."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import pivotal_sampling

seeds = st.integers(0, 2**32 - 1)


def chosen(p, points=None, rng=0):
    *_, last = pivotal_sampling(p, points, rng=rng)
    return last


def law(p):
    """Return the probability of every sample of four points in order, game by game."""

    def games(a, b):
        if a + b <= 1:
            return [(a / (a + b), (a + b, 0.0)), (b / (a + b), (0.0, a + b))]
        first = (1 - b) / (2 - a - b)
        return [(first, (1.0, a + b - 1)), (1 - first, (a + b - 1, 1.0))]

    found = {}
    for (u, left), (v, right) in itertools.product(games(*p[:2]), games(*p[2:])):
        state = [*left, *right]
        i, j = (next((k for k in pair if 0 < state[k] < 1), None) for pair in ((0, 1), (2, 3)))
        i, j = (0 if i is None else i), (2 if j is None else j)
        for w, (a, b) in games(state[i], state[j]):
            after = list(state)
            after[i], after[j] = a, b
            key = tuple(np.round(after).astype(int))
            found[key] = found.get(key, 0.0) + u * v * w
    return found


# Oracle


def test_law_of_four_by_enumeration():
    p = np.array([0.3, 0.5, 0.6, 0.6])  # games below one, above one, and a final
    rng, n_draws = np.random.default_rng(0), 20000
    expected, counts = law(p), {}
    assert sum(expected.values()) == pytest.approx(1)
    for _ in range(n_draws):
        key = tuple(chosen(p, rng=rng).astype(int))
        counts[key] = counts.get(key, 0) + 1
    assert set(counts) <= set(expected)
    for key, q in expected.items():  # a normal tail of 5.5 standard errors: 4e-8 each
        assert abs(counts.get(key, 0) - n_draws * q) < 5.5 * np.sqrt(n_draws * q * (1 - q)) + 1


def test_marginals_in_space():
    rng = np.random.default_rng(1)
    points, p = rng.standard_normal((13, 2)), rng.random(13)
    total, n_draws = np.zeros(13), 10000
    for _ in range(n_draws):
        total += chosen(p, points, rng)
    z = (total - n_draws * p) / np.sqrt(n_draws * p * (1 - p))
    assert np.abs(z).max() < 5.5  # 13 normal tails of 4e-8


def test_every_half_gets_its_share():
    p = np.full(64, 0.25)
    for seed in range(20):
        inside = chosen(p, np.arange(64.0)[:, None], seed)
        np.testing.assert_array_equal(inside.reshape(-1, 4).sum(axis=1), np.ones(16))


def test_the_tree_takes_coordinates_in_turn():
    points = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0)), axis=-1).reshape(-1, 2)
    for seed in range(20):  # 16 points of 1/4: one of each quadrant
        inside = chosen(np.full(16, 0.25), points, seed).reshape(4, 4)
        quadrants = inside.reshape(2, 2, 2, 2).sum(axis=(1, 3))
        np.testing.assert_array_equal(quadrants, np.ones((2, 2)))


# Invariance


@given(seed=seeds, n=st.integers(1, 40))
def test_sum_stays_and_ends_in_zeros_and_ones(seed, n):
    rng = np.random.default_rng(seed)
    p = rng.random(n) * rng.integers(0, 2, n)
    states = list(pivotal_sampling(p, rng=rng))
    np.testing.assert_array_equal(states[0], p)
    for state in states[:-1]:
        assert state.sum() == pytest.approx(p.sum())
        assert (state >= 0).all()
        assert (state <= 1 + 1e-12).all()
    assert set(np.unique(states[-1])) <= {0.0, 1.0}
    assert abs(states[-1].sum() - p.sum()) < 1 + 1e-9
    assert not states[-1][p == 0].any()
    assert len(states) == max(n - 1, 0).bit_length() + (2 if n == 1 else 1)


@given(seed=seeds)
def test_order_of_rows_and_scale_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    points, p, order = rng.standard_normal((9, 2)), rng.random(9), rng.permutation(9)
    first = chosen(p, points, 5)
    np.testing.assert_array_equal(first[order], chosen(p[order], 1e6 * points[order], 5))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    rng = np.random.default_rng(0)
    p, points = np.full(10, 0.3, dtype=dtype), rng.standard_normal((10, 2)).astype(dtype)
    placed = library.place(p)
    *_, last = pivotal_sampling(placed, library.place(points), rng=3)
    assert library.holds(last, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(last), chosen(p, points, 3))
    assert to_numpy(last).sum() == 3
    np.testing.assert_array_equal(to_numpy(placed), p)


# Degenerate data


def test_sure_and_impossible_points():
    np.testing.assert_array_equal(chosen(np.array([1.0, 0, 1, 0, 1])), [1, 0, 1, 0, 1])
    np.testing.assert_array_equal(chosen(np.zeros(3)), np.zeros(3))
    np.testing.assert_array_equal(chosen(np.ones(5), np.zeros((5, 2))), np.ones(5))


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"probabilities must lie in \[0, 1\], got -0.1 to 0.5"):
        pivotal_sampling(np.array([-0.1, 0.5]))
    with pytest.raises(ValueError, match=r"probabilities must lie in \[0, 1\], got 0.5 to 1.1"):
        pivotal_sampling(np.array([1.1, 0.5]))
    with pytest.raises(ValueError, match="points must have 2 rows, got 3"):
        pivotal_sampling(np.array([0.1, 0.5]), np.zeros((3, 1)))
