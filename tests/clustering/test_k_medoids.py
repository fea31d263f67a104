"""k-medoids: brute force over all sets of representatives, exchanges one by one, twins."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, k_medoids
from labkit.clustering.k_medoids import _drawn

seeds = st.integers(0, 2**32 - 1)


def random_dissimilarity(rng, n):
    D = rng.random((n, n))
    D = D + D.T
    np.fill_diagonal(D, 0)
    return D


def cost(D, medoids):
    return D[:, list(medoids)].min(axis=1).sum()


# Oracle


@given(seed=seeds, n=st.integers(2, 9), share=st.floats(0, 1))
def test_brute_force_over_all_sets(seed, n, share):
    D = random_dissimilarity(np.random.default_rng(seed), n)
    k = 1 + int(share * (n - 1))
    best = min(cost(D, medoids) for medoids in itertools.combinations(range(n), k))
    found = k_medoids(D, k, n_starts=20, rng=seed)
    assert found.cost == pytest.approx(best)
    assert found.cost == pytest.approx(cost(D, found.medoids))


@given(seed=seeds)
def test_no_exchange_helps(seed):
    D = random_dissimilarity(np.random.default_rng(seed), 15)
    found = k_medoids(D, 4, n_starts=1, rng=seed)
    inside = set(found.medoids.tolist())
    for leaving, coming in itertools.product(inside, set(range(15)) - inside):
        assert cost(D, inside - {leaving} | {coming}) >= found.cost - 1e-9


def test_finds_separated_groups():
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(6), 20)
    points = 10 * rng.standard_normal((6, 3))[truth] + 0.1 * rng.standard_normal((120, 3))
    D = np.linalg.norm(points[:, None] - points, axis=2)
    assert clustering_error(k_medoids(D, 6, rng=0).labels, truth) == 0


def test_more_starts_are_no_worse_and_the_best_is_kept():
    D = random_dissimilarity(np.random.default_rng(3), 60)
    few, many = (k_medoids(D, 8, n_starts=n, rng=0) for n in (1, 12))
    assert many.start_costs[0] == few.cost
    assert many.cost == min(many.start_costs) <= few.cost
    assert len(set(many.start_costs)) > 1


def test_later_starts_are_drawn_far_apart():
    x = np.array([0.0, 0.0, 0.0, 0.0, 9.0])
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert 4 in _drawn(np.abs(x[:, None] - x), 2, rng)


# Invariance


@given(seed=seeds)
def test_order_and_scale_do_not_count(seed):
    rng = np.random.default_rng(seed)
    D, order = random_dissimilarity(rng, 8), rng.permutation(8)
    found = k_medoids(D, 3, n_starts=20, rng=0)  # enough for the global minimum, see above
    assert k_medoids(D[order][:, order], 3, n_starts=20, rng=0).cost == pytest.approx(found.cost)
    scaled = k_medoids(2.0**-40 * D, 3, n_starts=20, rng=0)
    assert scaled.medoids.tolist() == found.medoids.tolist()


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    D = random_dissimilarity(np.random.default_rng(1), 10).astype(dtype)
    placed = library.place(D)
    found = k_medoids(placed, 3, rng=0)
    assert library.holds(found.medoids, found.labels, dtype="int64")
    expected = k_medoids(D, 3, rng=0)
    np.testing.assert_array_equal(to_numpy(found.labels), expected.labels)
    np.testing.assert_array_equal(to_numpy(placed), D)


# Degenerate data


def test_one_point_one_cluster_all_clusters():
    alone = k_medoids(np.zeros((1, 1)), 1)
    assert (alone.medoids.tolist(), alone.labels.tolist(), alone.cost) == ([0], [0], 0.0)
    D = random_dissimilarity(np.random.default_rng(2), 6)
    assert k_medoids(D, 1).medoids.tolist() == [int(np.argmin(D.sum(axis=0)))]
    every = k_medoids(D, 6)
    assert (every.labels.tolist(), every.cost, every.n_swaps) == (list(range(6)), 0.0, 0)


def test_twins_leave_no_cluster_empty():
    D = np.zeros((5, 5))
    D[4, :4] = D[:4, 4] = 1.0
    found = k_medoids(D, 4, rng=0)
    assert sorted(set(found.labels.tolist())) == [0, 1, 2, 3]
    assert found.cost == 0
    assert k_medoids(np.zeros((4, 4)), 3, rng=0).labels.max() == 2


def test_the_diagonal_does_not_count():
    D = random_dissimilarity(np.random.default_rng(4), 8)
    other = k_medoids(D + np.diag(np.arange(8.0)), 2, rng=0)
    assert other.labels.tolist() == k_medoids(D, 2, rng=0).labels.tolist()


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="dissimilarity must not be negative, got an entry of -1"):
        k_medoids(np.array([[0.0, -1.0], [-1.0, 0.0]]), 1)
    with pytest.raises(ValueError, match="n_clusters must be an integer from 1 to 3, got 4"):
        k_medoids(np.zeros((3, 3)), 4)
