"""Spectral clustering: planted parts, the Laplacian's eigenvalues, sparse and dense alike."""

import array_api_strict
import numpy as np
import pytest
import scipy.sparse

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, spectral_labels


def blocks(sizes, between=0.0, rng=0):
    """Return a random affinity with one dense block for each size, and the blocks' labels."""
    truth = np.repeat(np.arange(len(sizes)), sizes)
    draw = np.random.default_rng(rng).random((len(truth), len(truth)))
    affinity = np.where(truth[:, None] == truth, draw, between * draw)
    return (affinity + affinity.T) / 2, truth


# Oracle


@pytest.mark.parametrize("form", [np.asarray, scipy.sparse.csr_array, scipy.sparse.coo_matrix])
@pytest.mark.parametrize("between", [0.0, 0.05])
def test_finds_planted_blocks(form, between):
    affinity, truth = blocks([20, 15, 9], between)
    found = spectral_labels(form(affinity), 3, rng=0)
    assert clustering_error(found.labels, truth) == 0
    np.testing.assert_allclose(np.linalg.norm(found.embedding, axis=1), 1)


@pytest.mark.parametrize("n", [30, 700])  # dense, Lanczos
def test_eigenvalues_are_the_laplacians(n):
    affinity, _ = blocks([n, n // 2], 0.2)
    np.fill_diagonal(affinity, 0)
    d = 1 / np.sqrt(affinity.sum(axis=1))
    expected = np.linalg.eigvalsh(np.eye(len(d)) - d[:, None] * affinity * d)[:3]
    np.testing.assert_allclose(spectral_labels(affinity, 2, rng=0).eigenvalues, expected, atol=1e-9)


def test_one_zero_for_each_part_of_a_large_graph():
    affinity, truth = blocks([650, 700, 30, 2])
    found = spectral_labels(scipy.sparse.csr_array(affinity), 4, rng=0)
    np.testing.assert_allclose(found.eigenvalues[:4], 0, atol=1e-12)
    assert found.eigenvalues[4] > 0.1
    assert clustering_error(found.labels, truth) == 0


# Invariance


def test_order_and_scale_of_the_points_do_not_count():
    affinity, truth = blocks([12, 8, 10], 0.1)
    order = np.random.default_rng(1).permutation(30)
    found = spectral_labels(7 * affinity[order][:, order], 3, rng=0)
    assert clustering_error(found.labels, truth[order]) == 0


def test_labels_are_numbered_as_they_occur():
    affinity, _ = blocks([5, 5, 5])
    assert spectral_labels(affinity, 3, rng=3).labels.tolist() == [0] * 5 + [1] * 5 + [2] * 5


def test_the_diagonal_does_not_count():
    affinity, _ = blocks([6, 6], 0.3)
    other = affinity + np.diag(np.arange(12.0))
    first, second = (spectral_labels(A, 2, rng=0).eigenvalues for A in (affinity, other))
    np.testing.assert_allclose(first, second)


# Degenerate


def test_no_edges_at_all():
    found = spectral_labels(np.zeros((5, 5)), 2, rng=0)
    np.testing.assert_allclose(found.eigenvalues, 1)
    assert set(found.labels.tolist()) <= {0, 1}


def test_a_point_without_neighbours():
    affinity, _ = blocks([6, 5])
    affinity = np.pad(affinity, (0, 1))
    found = spectral_labels(affinity, 2, rng=0)
    assert (found.embedding[-1] == 0).all()
    assert np.isfinite(found.embedding).all()


def test_more_parts_than_clusters_keeps_the_largest():
    affinity, _ = blocks([9, 7, 2, 2])
    labels = spectral_labels(affinity, 2, rng=0).labels
    assert labels[:9].tolist() == [0] * 9
    assert labels[9:16].tolist() == [1] * 7


@pytest.mark.parametrize("k", [1, 11])
def test_one_cluster_and_as_many_as_points(k):
    affinity, _ = blocks([6, 5], 0.5)
    found = spectral_labels(affinity, k, rng=0)
    assert len(set(found.labels.tolist())) == k
    assert found.eigenvalues.shape == (min(k + 1, 11),)


def test_one_point():
    assert spectral_labels(np.zeros((1, 1)), 1).labels.tolist() == [0]


# Arrays


def test_host_in_any_library():
    affinity, truth = blocks([6, 5])
    affinity.setflags(write=False)
    strict = array_api_strict.asarray(affinity, device=array_api_strict.Device("device1"))
    found = spectral_labels(strict, 2, rng=0)
    assert found.labels.device == strict.device
    assert clustering_error(to_numpy(found.labels), truth) == 0


# Refusals


@pytest.mark.parametrize("form", [np.asarray, scipy.sparse.csr_array])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda A: np.triu(A), "must be symmetric, got entries that differ by"),
        (lambda A: -A, "must not be negative, got an entry of -"),
        (lambda A: A[:2], "must be square"),
        (lambda A: A * np.where(A.max() == A, np.nan, 1), "finite, got .* NaN"),
    ],
)
def test_refuses_what_is_no_affinity(form, change, message):
    with pytest.raises(ValueError, match=message):
        spectral_labels(form(change(blocks([4, 4], 0.5)[0])), 2)
