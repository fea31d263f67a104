"""Semidefinite k-means: brute force, certificates, and what the relaxation must keep."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, k_means_sdp
from labkit.clustering._membership_program import membership_program

seeds = st.integers(0, 2**32 - 1)


def cost(X, labels):
    return sum(np.sum((X[labels == g] - X[labels == g].mean(axis=0)) ** 2) for g in set(labels))


def best_cost(X, k):
    """Return the smallest cost over all partitions into k groups, by enumeration."""
    partitions = itertools.product(range(k), repeat=len(X))
    return min(cost(X, np.array(p)) for p in partitions if len(set(p)) == k)


# Oracle


@settings(max_examples=8)
@given(seed=seeds, k=st.integers(2, 3))
def test_bounds_hold_the_best_of_all_partitions(seed, k):
    X = np.random.default_rng(seed).standard_normal((7, 2))
    found = k_means_sdp(X, k)
    best = best_cost(X, k)
    assert found.lower_bound <= best * (1 + 1e-9)
    assert found.cost >= best * (1 - 1e-9)
    assert found.cost == pytest.approx(cost(X, found.labels))


def test_the_bound_holds_however_early_it_stops():
    X = np.random.default_rng(0).standard_normal((8, 2))
    bounds = [k_means_sdp(X, 2, max_iterations=n) for n in (1, 5, 20, 200)]
    assert all(run.lower_bound <= best_cost(X, 2) for run in bounds)
    assert not bounds[0].converged
    assert bounds[-1].converged


def test_separated_clusters_are_found_and_certified():
    rng = np.random.default_rng(1)
    truth = rng.permutation(np.arange(30) % 3)
    X = 12 * np.array([[0.0, 0], [1, 0], [0, 1]])[truth] + rng.standard_normal((30, 2))
    found = k_means_sdp(X, 3, tol=1e-5)
    assert clustering_error(found.labels, truth) == 0
    assert found.lower_bound == pytest.approx(found.cost, rel=1e-3)
    same = truth[:, None] == truth
    np.testing.assert_allclose(found.membership, same / 10, atol=1e-3)


def test_solution_is_feasible():
    X = np.random.default_rng(2).standard_normal((20, 3))
    found = k_means_sdp(X, 4, tol=1e-6, max_iterations=5000)
    Z = found.membership
    assert found.converged
    assert Z.min() >= 0
    np.testing.assert_allclose(Z, Z.T, atol=1e-12)
    np.testing.assert_allclose(Z.sum(axis=1), 1, atol=1e-8)
    assert np.trace(Z) == pytest.approx(4, abs=1e-4)
    assert np.linalg.eigvalsh(Z).min() > -1e-4


def test_value_and_bound_of_the_program_meet():
    A = np.random.default_rng(3).standard_normal((2, 12, 12))
    A = A + A.transpose(0, 2, 1) + 5  # constant parts must come back into the value
    found = membership_program(A, 1.0, tol=1e-7, max_iterations=20000)
    assert found.value == pytest.approx(np.sum(A * found.Z))
    assert found.bound == pytest.approx(found.value, abs=1e-3)
    start = membership_program(A, 1.0, tol=1e-7, max_iterations=20000, start=found)
    assert start.n_iterations < found.n_iterations


# Invariance


@settings(max_examples=8)
@given(seed=seeds)
def test_rotation_shift_scale_and_order(seed):
    rng = np.random.default_rng(seed)
    truth = np.arange(16) % 2
    X = 9 * truth[:, None] + rng.standard_normal((16, 2))
    Q = np.linalg.qr(rng.standard_normal((2, 2)))[0]
    order = rng.permutation(16)
    first, second = k_means_sdp(X, 2), k_means_sdp(1e3 * (X @ Q + 7)[order], 2)
    assert clustering_error(first.labels[order], second.labels) == 0
    assert second.cost == pytest.approx(1e6 * first.cost)
    assert first.labels[0] == 0  # numbered as they first occur


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    rng = np.random.default_rng(0)
    X = (8 * (np.arange(12) % 3)[:, None] + rng.standard_normal((12, 2))).astype(dtype)
    placed = library.place(X)
    found = k_means_sdp(placed, 3)
    assert library.holds(found.membership, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(found.labels), np.arange(12) % 3)
    assert found.cost == pytest.approx(cost(X, np.arange(12) % 3), rel=1e-4)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_one_cluster_one_each_and_equal_points():
    X = np.random.default_rng(0).standard_normal((5, 2))
    assert set(k_means_sdp(X, 1).labels.tolist()) == {0}
    assert k_means_sdp(X, 5).labels.tolist() == [0, 1, 2, 3, 4]
    assert k_means_sdp(X[:1], 1).cost == 0
    equal = k_means_sdp(np.ones((4, 2)), 2)
    assert equal.cost == 0
    assert equal.lower_bound <= 1e-9
    assert np.isfinite(equal.membership).all()


def test_values_of_any_size():
    X = np.array([[0.0], [1.0], [9.0], [10.0]])
    for size in (1e-150, 1e150):
        assert k_means_sdp(size * X, 2).labels.tolist() == [0, 0, 1, 1]


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_clusters must be an integer from 1 to 3, got 4"):
        k_means_sdp(np.eye(3), 4)
    with pytest.raises(ValueError, match="tol must be a finite number"):
        k_means_sdp(np.eye(3), 2, tol=-1.0)
