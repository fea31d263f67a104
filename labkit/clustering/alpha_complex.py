"""A shape from points: balls of one radius around them, and who touches whom.

Let every point grow into a ball. Where balls meet, an edge; where three meet at once, a triangle.
The alpha complex keeps of these only what is needed, and still has the holes of the union of balls.

Papers: topological-point-cloud-clustering.
"""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_matrix, check_real
from labkit.clustering._simplices import row_keys

TOUCH = 1 + 1e-12
"""Balls that just touch meet, whatever rounding says."""


def alpha_complex(points: Array, *, radius: float) -> tuple[np.ndarray, ...]:
    r"""Return the simplices of the alpha complex of points at one radius.

    .. math:: \sigma \in K_r \iff \bigcap_{i \in \sigma} \left( B_r(x_i) \cap V_i \right)
              \ne \emptyset, \qquad V_i \text{ the points of space nearest to } x_i

    Parameters
    ----------
    points : Array, shape (n_samples, n_features)
        x_i, no two the same. Meant for the plane and space: the triangulation of n points in d
        dimensions may have n^(d/2) simplices.
    radius : float
        r, of the balls, 0 or larger. At 0 there are points only; at a large radius the whole
        Delaunay triangulation, which has no holes.

    Returns
    -------
    tuple of ndarray of int
        Entry k has shape (n_k, k + 1): the k-simplices, vertices rising, rows in lexicographic
        order. The last entry has the dimension of the points' affine hull; entries may be empty.

    Raises
    ------
    TypeError, ValueError
        For bad values; points that repeat others, up to rounding.

    Notes
    -----
    Host: a triangulation made by Qhull.

    1. Coordinates in the affine hull: points of the plane may lie on a line.
    2. The Delaunay triangulation (Qhull); on a line, neighbours.
    3. The radius at which each simplex comes in, from the top dimension down: that of its smallest
       circumscribed ball if no neighbour's vertex is inside, otherwise that of the earliest simplex
       that it is a side of.
    4. Keep what has come in at r.

    By the nerve theorem the complex has the holes of the union of balls, in every dimension. In the
    plane n log n. The paper leaves the kind of complex open; a Vietoris-Rips complex needs no more
    than distances, but has about (points in reach)^k / k! times as many k-simplices.

    References
    ----------
    Edelsbrunner, Harer: Computational Topology, American Mathematical Society (2010).

    Notebook: ``notebooks/clustering/04_topology.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.1]])
    >>> [len(part) for part in alpha_complex(square, radius=0.6)]
    [4, 4, 0]
    """
    points = check_matrix(points, "points")
    radius = check_real(radius, "radius", 0.0)
    places = _in_affine_hull(to_numpy(points).astype(float))  # step 1
    n, d = places.shape
    top = _triangulation(places)  # step 2
    parts = [np.sort(top, axis=1).astype(np.int64)]
    entered = [_circumscribed(places[parts[0]])[1]]
    for k in range(d, 0, -1):  # step 3
        simplices, value = parts[0], entered[0]
        sides = np.concatenate([np.delete(simplices, i, axis=1) for i in range(k + 1)])
        opposite = np.concatenate([simplices[:, i] for i in range(k + 1)])
        _, first, which = np.unique(row_keys(sides, n), return_index=True, return_inverse=True)
        faces = sides[first]
        middle, squared = _circumscribed(places[faces])
        apart = np.sum((places[opposite] - middle[which]) ** 2, axis=1)
        inside = apart < squared[which] * (1 - 1e-12)
        covered = np.bincount(which[inside], minlength=len(faces)) > 0
        earliest = np.full(len(faces), np.inf)
        np.minimum.at(earliest, which, np.tile(value, k + 1))
        entered.insert(0, np.where(covered, earliest, np.minimum(squared, earliest)))
        parts.insert(0, faces)
    kept = [
        rows[at <= TOUCH * radius**2] for rows, at in zip(parts, entered, strict=True)
    ]  # step 4
    return tuple(rows[np.argsort(row_keys(rows, n))] for rows in kept)


def _in_affine_hull(points: np.ndarray) -> np.ndarray:
    """Return coordinates along the directions in which the points differ, none for one point."""
    centred = points - points.mean(axis=0)
    _, values, Vh = np.linalg.svd(centred, full_matrices=False)
    floor = max(points.shape) * np.finfo(float).eps * max(np.abs(points).max(), values[0])
    return centred @ Vh[values > floor].T


def _triangulation(places: np.ndarray) -> np.ndarray:
    n, d = places.shape
    if d == 0 and n == 1:
        return np.zeros((1, 1), dtype=np.int64)
    n_repeated = n - len(np.unique(places, axis=0)) if d else n - 1
    if d > 1 and not n_repeated:
        from scipy.spatial import Delaunay

        mesh = Delaunay(places)
        n_repeated = len(mesh.coplanar)
    if n_repeated:
        raise ValueError(
            f"points must differ, got {n_repeated} that repeat others; np.unique(points, axis=0) "
            "leaves them out"
        )
    if d == 1:
        order = np.argsort(places[:, 0])
        return np.stack([order[:-1], order[1:]], axis=1)
    return mesh.simplices


def _circumscribed(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return centres and squared radii of the smallest balls with all corners on the sphere."""
    origin, legs = corners[:, 0], corners[:, 1:] - corners[:, :1]
    if legs.shape[1] == 0:
        return origin, np.zeros(len(origin))
    gram = legs @ legs.transpose(0, 2, 1)
    lengths = np.diagonal(gram, axis1=1, axis2=2)
    scale = np.maximum(lengths.max(axis=1), 1e-300)[:, None, None]
    gram = gram / scale
    flat = np.linalg.det(gram) < 1e-14  # a sliver: its ball is as large as rounding lets it be
    gram = gram + flat[:, None, None] * 1e-10 * np.eye(legs.shape[1])
    weights = np.linalg.solve(gram, lengths[:, :, None] / scale / 2)
    offsets = (weights.transpose(0, 2, 1) @ legs)[:, 0]
    return origin + offsets, np.sum(offsets**2, axis=1)
