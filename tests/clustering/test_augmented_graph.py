"""The augmented graph: block by block, whatever the form of the graph and the names of values."""

import array_api_strict
import numpy as np
import pytest
import scipy.sparse

from labkit.arrays import to_numpy
from labkit.clustering import augmented_graph, clustering_error, spectral_labels
from labkit.datasets import attributed_block_model

PATH = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
LABELS = np.array([[3, 0.5], [9, 0.5], [3, 0.5], [9, 0.5], [-1, 0.5]])


# Oracle


@pytest.mark.parametrize("form", [np.asarray, scipy.sparse.csr_array, scipy.sparse.coo_matrix])
def test_blocks(form):
    found = augmented_graph(form(PATH), LABELS, edge_weight=2.0)
    whole = found.adjacency.toarray()
    has = np.array([[0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1]])
    np.testing.assert_array_equal(whole[:5, :5], PATH)
    np.testing.assert_array_equal(whole[:5, 5:], 2 * has)
    np.testing.assert_array_equal(whole, whole.T)
    assert not whole[5:, 5:].any()
    np.testing.assert_array_equal(found.value_vertices, [[6, 8], [7, 8], [6, 8], [7, 8], [5, 8]])


def test_labels_join_what_the_graph_does_not():
    rng = np.random.default_rng(0)
    A, _, truth = attributed_block_model(150, 1, n_classes=3, homophily=1 / 3, rng=rng)
    found = augmented_graph(A, truth[:, None], edge_weight=20.0)
    labels = spectral_labels(found.adjacency, 3, rng=0).labels[:150]
    assert clustering_error(labels, truth) < 0.02
    assert clustering_error(spectral_labels(A, 3, rng=0).labels, truth) > 0.4


# Invariance


def test_names_of_values_and_loops_do_not_count():
    first = augmented_graph(PATH, LABELS)
    second = augmented_graph(PATH + 7 * np.eye(5), 2 * LABELS - 100)
    assert (first.adjacency != second.adjacency).nnz == 0
    np.testing.assert_array_equal(first.value_vertices, second.value_vertices)


def test_order_of_vertices_goes_through():
    order = np.array([4, 2, 0, 1, 3])
    whole = augmented_graph(PATH, LABELS).adjacency.toarray()
    turned = augmented_graph(PATH[order][:, order], LABELS[order]).adjacency.toarray()
    both = np.append(order, np.arange(5, 9))
    np.testing.assert_array_equal(turned, whole[both][:, both])


# Degenerate


def test_one_vertex_and_a_value_for_each():
    assert augmented_graph(np.zeros((1, 1)), [[4]]).adjacency.toarray().tolist() == [[0, 1], [1, 0]]
    each = augmented_graph(PATH, np.arange(5.0)[:, None]).adjacency
    np.testing.assert_array_equal(each[5:, :5].toarray(), np.eye(5))


# Arrays


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_host_in_any_library(dtype):
    A, attributes = PATH.astype(dtype), LABELS.astype(dtype)
    A.setflags(write=False)
    attributes.setflags(write=False)
    place = array_api_strict.Device("device1")
    strict = [array_api_strict.asarray(x, device=place) for x in (A, attributes)]
    found = augmented_graph(*strict)
    assert found.value_vertices.device == place
    np.testing.assert_array_equal(
        to_numpy(found.value_vertices), augmented_graph(A, attributes).value_vertices
    )
    assert found.adjacency.dtype == np.float64


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="attributes must have 5 rows, got 4"):
        augmented_graph(PATH, LABELS[:4])
    with pytest.raises(ValueError, match="affinity must not be negative, got an entry of -1"):
        augmented_graph(-PATH, LABELS)
    with pytest.raises(ValueError, match="affinity must be symmetric"):
        augmented_graph(scipy.sparse.csr_array(np.triu(PATH)), LABELS)
    with pytest.raises(ValueError, match="edge_weight must be"):
        augmented_graph(PATH, LABELS, edge_weight=0.0)
