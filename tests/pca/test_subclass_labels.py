"""Subclass labels: k-means inside each class."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import subclass_labels

seeds = st.integers(0, 2**32 - 1)


def within(X, clusters):
    return sum(np.sum((X[c] - X[c].mean(axis=0)) ** 2) for c in clusters if len(c))


# Oracle


@given(seed=seeds)
def test_two_clusters_are_near_the_best_of_all(seed):
    X = np.random.default_rng(seed).standard_normal((7, 1)) * 5
    labels = np.zeros(7)
    found = subclass_labels(X, labels, n_subclasses=2, rng=0)
    cost = within(X, [np.flatnonzero(found == k) for k in (0, 1)])
    order = np.argsort(X[:, 0])
    best = min(within(X, [order[:i], order[i:]]) for i in range(1, 7))
    assert cost <= best * 1.5 + 1e-9  # k-means promises a local optimum only


@given(seed=seeds)
def test_far_clouds_are_found_in_every_class(seed):
    rng = np.random.default_rng(seed)
    labels, cloud = np.arange(90) % 3, rng.permutation(90) % 2
    centres = np.array([[[0, 0], [30, 0]], [[0, 30], [30, 30]], [[0, 60], [60, 0]]])
    X = centres[labels, cloud] + rng.standard_normal((90, 2))
    found = subclass_labels(X, labels, n_subclasses=2, rng=seed)
    for c in range(3):
        here = labels == c
        agree = np.mean(found[here] == cloud[here])
        assert agree in (0.0, 1.0)


def test_one_subclass():
    assert not subclass_labels(np.eye(4), [0, 0, 1, 1], n_subclasses=1).any()


# Invariance


def test_same_seed_same_cut_and_classes_do_not_mix():
    X = np.random.default_rng(0).standard_normal((40, 3))
    labels = np.arange(40) % 2
    one, two = (subclass_labels(X, labels, n_subclasses=3, rng=5) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    for value, k in itertools.product((0, 1), range(3)):
        assert np.any((labels == value) & (one == k))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = np.random.default_rng(1).standard_normal((30, 3)).astype(dtype)
    labels = np.arange(30) % 2
    placed = library.place(X), library.place(labels)
    found = subclass_labels(*placed, n_subclasses=2, rng=0)
    assert library.holds(found, dtype="int64")
    np.testing.assert_array_equal(
        to_numpy(found), subclass_labels(X, labels, n_subclasses=2, rng=0)
    )
    np.testing.assert_array_equal(to_numpy(placed[0]), X)


# Degenerate data and refusals


def test_equal_samples_make_one_subclass():
    assert not subclass_labels(np.ones((6, 2)), np.arange(6) % 2, n_subclasses=3, rng=0).any()


def test_as_many_subclasses_as_samples():
    found = subclass_labels(np.arange(6.0)[:, None], np.arange(6) % 2, n_subclasses=3, rng=0)
    assert sorted(found.tolist()) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_subclasses": 3}, "n_subclasses must be an integer from 1 to 2, got 3"),
        ({"labels": [0, 1]}, r"labels must have shape \(4,\) like X, got \(2,\)"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.eye(4), "labels": [0, 0, 1, 1], "n_subclasses": 1, **changes}
    with pytest.raises(ValueError, match=message):
        subclass_labels(**arguments)
