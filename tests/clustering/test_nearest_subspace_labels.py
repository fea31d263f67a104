"""Nearest local subspace: distances by least squares, what does not count, small clusters."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.clustering import nearest_subspace_labels


def planes(n, rng, noise=0.0, n_clusters=3):
    """Return points on random planes in seven dimensions, and their planes."""
    bases = np.linalg.qr(np.random.default_rng(99).standard_normal((n_clusters, 7, 2)))[0]
    labels = rng.integers(0, n_clusters, n)
    X = np.einsum("nij,nj->ni", bases[labels], rng.standard_normal((n, 2)))
    return X + noise * rng.standard_normal((n, 7)), labels


# Oracle


def test_least_loss_by_least_squares():
    rng = np.random.default_rng(0)
    X, labels = planes(40, rng, noise=0.3)
    new = rng.standard_normal((25, 7))
    loss = []
    for c in range(3):
        basis = np.linalg.svd(X[labels == c])[2][:2].T
        rest = new.T - basis @ np.linalg.lstsq(basis, new.T, rcond=None)[0]
        loss.append(np.linalg.norm(rest, axis=0))
    expected = np.argmin(loss, axis=0)
    found = nearest_subspace_labels(new, X, labels, n_dimensions=2)
    np.testing.assert_array_equal(found, expected)


def test_points_on_the_planes_come_home():
    rng = np.random.default_rng(1)
    X, labels = planes(60, rng)
    new, truth = planes(200, rng)
    np.testing.assert_array_equal(nearest_subspace_labels(new, X, labels, n_dimensions=2), truth)


# Invariance


def test_lengths_signs_rotation_and_order_do_not_count():
    rng = np.random.default_rng(2)
    X, labels = planes(40, rng, noise=0.2)
    new, order = rng.standard_normal((15, 7)), rng.permutation(40)
    Q = np.linalg.qr(rng.standard_normal((7, 7)))[0]
    first = nearest_subspace_labels(new, X, labels, n_dimensions=2)
    scale = rng.standard_normal((15, 1))
    second = nearest_subspace_labels(
        scale * new @ Q, 1e6 * X[order] @ Q, 5 * labels[order] - 3, n_dimensions=2
    )
    np.testing.assert_array_equal(5 * first - 3, second)


# Degenerate


def test_small_clusters_and_zeros():
    X = np.array([[1.0, 0, 0], [0, 1, 0], [0, 1, 1e-20], [0, 0, 0]])
    labels = [0, 1, 1, 2]
    new = [[2.0, 0, 1], [0, 3, 1], [0, 0, 0]]
    assert nearest_subspace_labels(new, X, labels, n_dimensions=3).tolist() == [0, 1, 0]


def test_one_cluster():
    assert nearest_subspace_labels([[1.0, 2]], [[3.0, 1]], [4], n_dimensions=1).tolist() == [4]


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    rng = np.random.default_rng(3)
    X, labels = planes(40, rng, noise=0.2)
    new, _ = planes(30, rng, noise=0.2)
    parts = [library.place(part) for part in (new.astype(dtype), X.astype(dtype), labels)]
    found = nearest_subspace_labels(*parts, n_dimensions=2)
    assert found.dtype == parts[2].dtype
    expected = nearest_subspace_labels(new, X, labels, n_dimensions=2)
    np.testing.assert_array_equal(to_numpy(found), expected)


# Refusals


def test_refusals():
    X, labels = planes(8, np.random.default_rng(4))
    with pytest.raises(ValueError, match="X_new must have 7 features, as X, got 6"):
        nearest_subspace_labels(X[:, :6], X, labels, n_dimensions=2)
    with pytest.raises(ValueError, match="labels must be 8, one a row of X, got 7"):
        nearest_subspace_labels(X, X, labels[:7], n_dimensions=2)
    with pytest.raises(ValueError, match="n_dimensions must be an integer from 1 to 7, got 8"):
        nearest_subspace_labels(X, X, labels, n_dimensions=8)
