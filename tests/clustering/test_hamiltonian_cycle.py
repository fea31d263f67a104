"""The shortest cycle: all orders by enumeration, circles, and names that do not matter."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import hamiltonian_cycle

seeds = st.integers(0, 2**32 - 1)


def symmetric(seed, n):
    d = np.random.default_rng(seed).standard_normal((n, n))
    return d + d.T


def length(d, order):
    return d[order, np.roll(order, -1)].sum()


# Oracle


@given(seed=seeds, n=st.integers(3, 7))
def test_shortest_of_all_orders(seed, n):
    d = symmetric(seed, n)
    found = hamiltonian_cycle(d)
    orders = [np.array([0, *rest]) for rest in itertools.permutations(range(1, n))]
    assert found.length == pytest.approx(min(length(d, order) for order in orders))
    assert found.length == pytest.approx(length(d, found.order))
    assert sorted(found.order) == list(range(n))


@pytest.mark.parametrize("n", [4, 9, 14])
def test_points_of_a_circle_in_their_order(n):
    place = np.random.default_rng(n).permutation(n)
    angles = 2 * np.pi * place / n
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = hamiltonian_cycle(np.linalg.norm(points[:, None] - points, axis=2))
    steps = np.diff(place[found.order]) % n
    assert set(steps.tolist()) in ({1}, {n - 1})
    assert found.length == pytest.approx(2 * n * np.sin(np.pi / n))
    assert found.n_states == (n - 1) * 2 ** (n - 2)


# Invariance


@given(seed=seeds)
def test_names_scale_and_shift_do_not_matter(seed):
    d, order = symmetric(seed, 7), np.random.default_rng(seed).permutation(7)
    first, second = hamiltonian_cycle(d), hamiltonian_cycle(3 * d[np.ix_(order, order)] + 2)
    assert second.length == pytest.approx(3 * first.length + 14)
    renamed = order[second.order]
    assert {frozenset(pair) for pair in zip(renamed, np.roll(renamed, -1), strict=True)} == {
        frozenset(pair) for pair in zip(first.order, np.roll(first.order, -1), strict=True)
    }


def test_one_reading_of_the_cycle():
    for seed in range(10):
        order = hamiltonian_cycle(symmetric(seed, 6)).order
        assert order[0] == 0
        assert order[1] < order[-1]


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    d = symmetric(0, 6).astype(dtype)
    placed = library.place(d)
    found = hamiltonian_cycle(placed)
    assert library.holds(found.order, dtype="int64")
    np.testing.assert_array_equal(to_numpy(found.order), hamiltonian_cycle(d).order)
    np.testing.assert_array_equal(to_numpy(placed), d)


# Degenerate data


def test_few_places_and_equal_distances():
    assert hamiltonian_cycle(np.zeros((1, 1))).order.tolist() == [0]
    assert hamiltonian_cycle(np.zeros((1, 1))).length == 0
    pair = hamiltonian_cycle(np.array([[0.0, 3.0], [3.0, 0.0]]))
    assert (pair.order.tolist(), pair.length) == ([0, 1], 6.0)
    assert hamiltonian_cycle(symmetric(0, 3)).order.tolist() == [0, 1, 2]
    assert hamiltonian_cycle(np.ones((5, 5))).length == 5


def test_the_diagonal_is_not_used():
    d = symmetric(1, 5)
    expected = hamiltonian_cycle(d).order
    np.testing.assert_array_equal(hamiltonian_cycle(d + 100 * np.eye(5)).order, expected)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="at most 16 places, got 17"):
        hamiltonian_cycle(np.ones((17, 17)))
    with pytest.raises(ValueError, match="must be symmetric"):
        hamiltonian_cycle(np.array([[0.0, 1.0], [2.0, 0.0]]))
