"""The scattered condition, against geometry, crossings of constraints and known cases."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import pairwise_mixtures
from labkit.sensing import sufficiently_scattered

PAIRS = np.array([[i in pair for pair in combinations(range(4), 2)] for i in range(4)], float)


def crossings(H):
    """Return the corners of the dual slice at r = 3, where two constraints meet."""
    found = []
    for i, j in combinations(range(H.shape[1]), 2):
        x = np.cross(H[:, i], H[:, j])
        if abs(x.sum()) > 1e-9 and np.all(H.T @ x / x.sum() > -1e-12):
            found.append(x / x.sum())
    return np.array(found)


# Oracle


@pytest.mark.parametrize("seed", range(20))
def test_corners_are_where_constraints_meet(seed):
    H = pairwise_mixtures(4, rng=seed)
    verdict, expected = sufficiently_scattered(H), crossings(H)
    if np.isfinite(verdict.largest):
        distance = np.abs(verdict.vertices[:, None] - expected[None]).max(axis=2)
        assert distance.min(axis=1).max() < 1e-9
        assert distance.min(axis=0).max() < 1e-9
        assert verdict.largest == pytest.approx(np.max(np.sum(expected**2, axis=1)), rel=1e-9)


def test_even_mixtures_turn_at_one_sixth():
    for a in (0.05, 0.1, 0.16):
        verdict = sufficiently_scattered(pairwise_mixtures(2, spread=a, even=True))
        # the line x_k = 1/2 + a cuts the disc: (c, c, 1 - 2c) with c = 1 / (1 + 3 (a + 1/2) - 1)
        c = (0.5 + a) / (0.5 + 3 * a)
        assert verdict.largest == pytest.approx(2 * c**2 + (1 - 2 * c) ** 2, rel=1e-9)
        assert not verdict.contains_cone
        assert verdict.necessary
    for a in (0.17, 0.3, 0.5):
        assert sufficiently_scattered(pairwise_mixtures(2, spread=a, even=True)).scattered


def test_even_mixtures_at_one_sixth_touch_the_disc():
    verdict = sufficiently_scattered(pairwise_mixtures(2, spread=1 / 6, even=True))
    assert verdict.contains_cone
    assert not verdict.scattered
    assert verdict.n_other_maximisers == 3


def test_the_maximum_alone_is_not_enough():
    verdict = sufficiently_scattered(PAIRS)
    assert verdict.largest == pytest.approx(1, abs=1e-12)
    assert verdict.contains_cone
    assert verdict.n_other_maximisers == 4
    assert not verdict.scattered
    Q = 0.5 - np.eye(4)  # the other factor
    assert (Q @ PAIRS).min() == 0
    assert abs(np.linalg.det(Q)) == pytest.approx(1)


@pytest.mark.parametrize("r", [2, 3, 4, 6])
def test_separable_columns_are_scattered(r):
    verdict = sufficiently_scattered(np.eye(r))
    assert verdict.scattered
    assert verdict.vertices.shape == (r, r)
    np.testing.assert_allclose(np.sort(verdict.vertices, axis=1)[:, -1], 1, atol=1e-12)


def test_two_sources_need_both_pure_columns():
    assert sufficiently_scattered([[1.0, 0.0], [0.0, 1.0]]).scattered
    assert not sufficiently_scattered([[1.0, 0.1], [0.0, 0.9]]).scattered
    assert sufficiently_scattered([[0.9, 0.1], [0.1, 0.9]]).largest > 1


@pytest.mark.parametrize("pull", [1e-4, 1e-2, 0.3])
def test_pulled_inwards(pull):
    H = pairwise_mixtures(20, even=True)
    largest = sufficiently_scattered((1 - pull) * H + pull / 3).largest
    assert largest == pytest.approx(1 / 3 + 2 / 3 / (1 - pull) ** 2, rel=1e-9)


# Invariance


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 5), r=st.integers(3, 5))
def test_order_and_scale_of_columns_and_order_of_rows(seed, n, r):
    rng = np.random.default_rng(seed)
    H = rng.dirichlet(np.ones(r), 3 * n * r).T * (rng.random((r, 3 * n * r)) < 0.6)
    H = H[:, H.max(axis=0) > 0]
    first = sufficiently_scattered(H)
    moved = H[rng.permutation(r)][:, rng.permutation(H.shape[1])]
    moved = np.hstack([moved * rng.uniform(1e-3, 1e3, H.shape[1]), np.zeros((r, 1))])
    second = sufficiently_scattered(moved)
    assert second.largest == pytest.approx(first.largest, rel=1e-6)
    assert second.scattered == first.scattered
    assert len(second.vertices) == len(first.vertices)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    H = pairwise_mixtures(3, even=True).astype(dtype)
    placed = library.place(H)
    verdict = sufficiently_scattered(placed)
    assert library.holds(verdict.vertices, dtype=dtype)
    assert verdict.scattered
    assert type(verdict.largest) is float
    np.testing.assert_array_equal(to_numpy(placed), H)


# Degenerate data


@pytest.mark.parametrize(
    "H", [np.ones((3, 5)), np.eye(3)[:, :2], np.eye(4)[:, :3], [[1.0, 1], [0.1, 0.2]]]
)
def test_the_slice_is_unbounded(H):
    verdict = sufficiently_scattered(H)
    assert verdict.largest == np.inf
    assert verdict.vertices.shape == (0, len(H))
    assert not verdict.scattered
    assert not verdict.necessary


def test_huge_and_tiny_columns():
    assert sufficiently_scattered(np.eye(3) * [1e-300, 1.0, 1e300]).scattered


# Refusals


@pytest.mark.parametrize(
    ("H", "message"),
    [
        (-np.eye(3), "H must not be negative, got -1"),
        (np.zeros((3, 3)), "H must have a column above zero"),
        (np.ones((1, 3)), r"H must have .*\(2, 1\)|H must"),
    ],
)
def test_refusals(H, message):
    with pytest.raises(ValueError, match=message):
        sufficiently_scattered(H)
