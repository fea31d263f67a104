"""Labels by holes: rings and bridges, a shared wall, a cavity, what has no holes."""

import numpy as np
import pytest

from labkit import datasets
from labkit.clustering import alpha_complex, clustering_error, topological_labels


def ring(n):
    edges = np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
    return np.arange(n)[:, None], np.sort(edges, axis=1)


def chain(*vertices):
    return np.sort(np.array([vertices[:-1], vertices[1:]]).T, axis=1)


# Oracle


def test_two_rings_and_a_path_of_edges():
    edges = np.concatenate([ring(6)[1], ring(9)[1] + 6, chain(0, 15, 16, 17, 6)])
    found = topological_labels((np.arange(18)[:, None], edges), 3, rng=0)
    assert found.betti == (1, 2)
    truth = np.repeat([0, 1, 2], [6, 9, 3])
    assert clustering_error(found.labels, truth) == 0
    assert set(found.lines[1][:6]) != set(found.lines[1][6:15])
    np.testing.assert_array_equal(found.lines[1][15:], -1)


@pytest.mark.parametrize("seed", range(3))
def test_two_noisy_rings_and_a_bridge(seed):
    points, truth = datasets.joined_rings(300, noise=0.04, rng=seed)
    found = topological_labels(alpha_complex(points, radius=0.2), 3, rng=0)
    assert found.betti == (1, 2, 0)
    assert clustering_error(found.labels, truth) < 0.15


def test_a_shared_wall_needs_three_lines():
    """A theta of three arcs between vertices 0 and 1: two holes, three directions."""
    arcs = [chain(0, *range(2 + 6 * i, 8 + 6 * i), 1) for i in range(3)]
    parts = (np.arange(20)[:, None], np.concatenate(arcs))
    truth = np.repeat([0, 1, 2], 6)
    found = topological_labels(parts, 3, n_lines=3, rng=0)
    assert found.betti == (1, 2)
    assert clustering_error(found.labels[2:], truth) == 0
    assert clustering_error(topological_labels(parts, 3, rng=0).labels[2:], truth) > 0.2


def test_a_cavity_and_a_ring():
    sphere = spiral_sphere(250)
    angle = 2 * np.pi * (np.arange(40) + 0.5) / 40
    around = np.stack([2 + np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    found = topological_labels(
        alpha_complex(np.concatenate([sphere, around]), radius=0.3), 2, rng=0
    )
    assert found.betti == (1, 1, 1, 0)
    assert clustering_error(found.labels, np.repeat([0, 1], [250, 40])) < 0.05


def spiral_sphere(n):
    """Return points of a spiral that covers the sphere evenly."""
    height = 1 - (2 * np.arange(n) + 1) / n
    angle = np.pi * (1 + 5**0.5) * np.arange(n)
    width = np.sqrt(1 - height**2)
    return np.stack([width * np.cos(angle), width * np.sin(angle), height], axis=1)


def test_parts_are_holes_of_dimension_zero():
    edges = np.concatenate([chain(*range(5)), chain(*range(5, 9))])
    found = topological_labels((np.arange(9)[:, None], edges), 2, rng=0)
    assert found.betti == (2, 0)
    assert found.labels.tolist() == [0] * 5 + [1] * 4


# Invariance


def test_names_of_the_vertices_do_not_count():
    points, _ = datasets.joined_rings(200, noise=0.02, rng=1)
    order = np.random.default_rng(0).permutation(200)
    first, second = (
        topological_labels(alpha_complex(places, radius=0.25), 3, rng=0).labels
        for places in (points, points[order])
    )
    assert clustering_error(first[order], second) == 0


# Degenerate


def test_no_holes_make_one_cluster():
    found = topological_labels(alpha_complex(np.random.default_rng(0).random((30, 2)), radius=9), 3)
    assert found.betti == (1, 0, 0)
    assert set(found.labels) == {0}


def test_one_vertex():
    assert topological_labels((np.array([[0]]),), 1).labels.tolist() == [0]


def test_more_lines_than_there_are_simplices():
    parts = ring(3)
    assert set(topological_labels(parts, 1, n_lines=50).labels) == {0}


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_clusters must be an integer from 1 to 4, got 5"):
        topological_labels(ring(4), 5)
    with pytest.raises(ValueError, match="n_lines must be an integer from 1 up, got 0"):
        topological_labels(ring(4), 2, n_lines=0)
