"""The circular map: anchors by hand, the bound on distances, and soft against hard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import circular_map

seeds = st.integers(0, 2**32 - 1)


def soft(seed, n=30, k=5):
    return np.random.default_rng(seed).dirichlet(np.full(k, 0.5), n)


# Oracle


def test_three_clusters_by_hand():
    p = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1.0]])
    found = circular_map(p)
    np.testing.assert_allclose(found.similarities, [[1, 1, 0], [1, 1, 0], [0, 0, 1]], atol=1e-12)
    np.testing.assert_allclose(found.anchors, [[1, 0], [1, 0], [-1, 0]], atol=1e-7)
    np.testing.assert_allclose(found.points, [[1, 0], [1, 0], [-1, 0]], atol=1e-7)
    assert found.length == pytest.approx(2)


def test_neighbours_on_a_ring_follow_each_other():
    place = np.random.default_rng(0).permutation(8)
    near = np.abs(place[:, None] - place)
    p = np.exp(-np.minimum(near, 8 - near))
    found = circular_map(p / p.sum(axis=1, keepdims=True))
    steps = np.diff(place[found.order]) % 8
    assert set(steps.tolist()) in ({1}, {7})
    angles = np.sort(np.arctan2(found.anchors[:, 1], found.anchors[:, 0]))
    np.testing.assert_allclose(np.diff(angles), np.pi / 4, atol=1e-9)


@given(seed=seeds)
def test_sure_points_lie_near_their_anchor(seed):
    p = soft(seed)
    found = circular_map(p)
    apart = np.linalg.norm(found.points[:, None] - found.anchors, axis=2)
    assert (apart <= 2 * (1 - p) + 1e-12).all()
    np.testing.assert_allclose(found.points, p @ found.anchors)
    np.testing.assert_allclose(np.linalg.norm(found.anchors, axis=1), 1)
    assert np.linalg.norm(found.points, axis=1).max() <= 1 + 1e-12


def test_arcs_are_in_proportion_to_dissimilarity():
    found = circular_map(soft(3))
    ahead = np.roll(found.order, -1)
    angles = np.arctan2(found.anchors[:, 1], found.anchors[:, 0])
    arcs = (angles[ahead] - angles[found.order]) % (2 * np.pi)
    lengths = 1 - found.similarities[found.order, ahead]
    np.testing.assert_allclose(arcs / (2 * np.pi), lengths / lengths.sum(), atol=1e-9)
    assert found.length == pytest.approx(lengths.sum())


# Invariance


@given(seed=seeds)
def test_order_of_samples_and_repetition_do_not_matter(seed):
    p = soft(seed)
    order = np.random.default_rng(seed).permutation(len(p))
    first, second = circular_map(p), circular_map(np.concatenate([p[order], p]))
    np.testing.assert_allclose(first.similarities, second.similarities, atol=1e-12)
    np.testing.assert_array_equal(first.order, second.order)
    np.testing.assert_allclose(first.points[order], second.points[: len(p)], atol=1e-6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    p = soft(0).astype(dtype)
    placed = library.place(p)
    found = circular_map(placed)
    assert library.holds(found.points, found.anchors, found.similarities, dtype=dtype)
    assert library.holds(found.order, dtype="int64")
    np.testing.assert_allclose(to_numpy(found.points), circular_map(p).points, rtol=1e-6)
    np.testing.assert_array_equal(to_numpy(placed), p)


# Degenerate data


def test_hard_labels_share_nothing():
    found = circular_map(np.eye(4)[[0, 1, 2, 3, 0]])
    assert found.length == 4
    apart = np.linalg.norm(found.points[:, None] - found.anchors, axis=2).min(axis=1)
    np.testing.assert_allclose(apart, 0, atol=1e-12)


def test_empty_cluster_one_cluster_and_equal_columns():
    p = np.hstack([soft(0, k=3), np.zeros((30, 1))])
    found = circular_map(p)
    assert np.isfinite(found.points).all()
    np.testing.assert_array_equal(found.similarities[3], 0)
    np.testing.assert_allclose(circular_map(np.ones((3, 1))).points, [[1, 0]] * 3)
    equal = circular_map(np.full((3, 4), 0.25))
    np.testing.assert_allclose(equal.points, 0, atol=1e-12)
    assert len(np.unique(equal.anchors.round(9), axis=0)) == 4


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"row sums 1, got 0 to 0\.5"):
        circular_map(np.array([[0.5, 0.0]]))
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\] .* got -0.5 to 1.5"):
        circular_map(np.array([[-0.5, 1.5]]))
    with pytest.raises(ValueError, match="at most 16 clusters, got 17"):
        circular_map(np.full((2, 17), 1 / 17))
