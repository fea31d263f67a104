"""Boundary matrices: by hand, twice is zero, ranks of known shapes."""

import itertools

import numpy as np
import pytest

from labkit.clustering import alpha_complex, boundary_matrix


def full_simplex(n, dimension):
    """Return all faces of n vertices up to a dimension: a sphere if dimension is n - 2."""
    return tuple(
        np.array(list(itertools.combinations(range(n), k + 1))) for k in range(dimension + 1)
    )


# Oracle


def test_tetrahedron_by_hand():
    B = boundary_matrix(full_simplex(4, 3), 3).toarray()
    # [123] - [023] + [013] - [012], and the triangles in lexicographic order
    np.testing.assert_array_equal(B[:, 0], [-1, 1, -1, 1])


@pytest.mark.parametrize("n", [4, 6])
def test_ranks_of_a_full_simplex(n):
    from math import comb

    parts = full_simplex(n, n - 1)
    for k in range(1, n):
        assert np.linalg.matrix_rank(boundary_matrix(parts, k).toarray()) == comb(n - 1, k)


# Invariance


def test_a_boundary_has_no_boundary():
    points = np.random.default_rng(0).random((30, 3))
    parts = alpha_complex(points, radius=0.4)
    for k in range(1, 4):
        product = boundary_matrix(parts, k) @ boundary_matrix(parts, k + 1)
        assert product.shape == (len(parts[k - 1]), len(parts[k + 1]) if k < 3 else 0)
        assert abs(product).sum() == 0


def test_order_of_rows_permutes():
    points, edges = np.arange(4)[:, None], np.array([[0, 1], [1, 2], [0, 3]])
    order = [2, 0, 1]
    B = boundary_matrix((points, edges), 1).toarray()
    np.testing.assert_array_equal(boundary_matrix((points, edges[order]), 1).toarray(), B[:, order])
    triangle = (points, np.array([[1, 2], [0, 1], [0, 2]]), np.array([[0, 1, 2]]))
    assert boundary_matrix(triangle, 2).toarray()[:, 0].tolist() == [1, 1, -1]


# Degenerate


def test_ends_have_no_rows_or_no_columns():
    parts = full_simplex(3, 1)
    assert boundary_matrix(parts, 0).shape == (0, 3)
    assert boundary_matrix(parts, 2).shape == (3, 0)
    assert boundary_matrix((*parts, np.zeros((0, 3), dtype=int)), 2).shape == (3, 0)


# Refusals


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (([[0], [1]], [[0, 1, 2]]), r"simplices\[1\] must have shape \(n, 2\), got \(1, 3\)"),
        (([[0], [1]], [[1, 0]]), r"simplices\[1\] must have rows that rise"),
        (([[0], [2]],), r"simplices\[0\] must be 0, 1, ..., one vertex a row, got 2 others"),
        (([[0], [1]], [[0, 2]]), r"simplices\[1\] must hold vertices from 0 to 1, got 0 to 2"),
        (([[0], [1], [2]], [[0, 1]], [[0, 1, 2]]), r"simplices\[1\] must hold every side of"),
    ],
)
def test_refuses_what_is_no_complex(parts, message):
    parts = tuple(np.array(part) for part in parts)
    with pytest.raises(ValueError, match=message):
        boundary_matrix(parts, len(parts) - 1)
