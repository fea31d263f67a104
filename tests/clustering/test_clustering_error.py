"""Clustering error: brute force over renamings, invariance, refusals."""

import itertools

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.clustering import clustering_error

seeds = st.integers(0, 2**32 - 1)


# Oracle


@given(seeds)
def test_brute_force_over_all_renamings(seed):
    rng = np.random.default_rng(seed)
    labels, truth = rng.integers(0, 4, 12), rng.integers(0, 4, 12)
    names = [np.array(p)[labels] for p in itertools.permutations(range(4))]
    assert clustering_error(labels, truth) == min(np.mean(name != truth) for name in names)


def test_more_clusters_than_classes():
    assert clustering_error(np.arange(6), np.zeros(6)) == pytest.approx(5 / 6)


def test_one_sample():
    assert clustering_error(np.array([3]), np.array([8])) == 0.0


# Invariance


@given(seeds)
def test_names_order_and_sides_do_not_count(seed):
    rng = np.random.default_rng(seed)
    labels, truth = rng.integers(0, 3, 15), rng.integers(0, 5, 15)
    order, name = rng.permutation(15), rng.permutation(3)
    error = clustering_error(labels, truth)
    assert clustering_error(name[labels][order], truth[order]) == error
    assert clustering_error(truth, labels) == error


# Arrays


def test_any_library():
    device = array_api_strict.Device("device1")
    labels = array_api_strict.asarray([0, 1, 1, 0], device=device)
    truth = array_api_strict.asarray([1, 1, 1, 0], device=device)
    assert clustering_error(labels, truth) == 0.25


# Refusals


def test_refuses_other_lengths():
    with pytest.raises(ValueError, match="one entry a label, 3, got 2"):
        clustering_error(np.zeros(3), np.zeros(2))
