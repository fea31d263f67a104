"""The triangles of least area around points of the plane, all of them.

Columns mixed from three sources are points of a triangle whose corners are the sources. Who looks
for the sources by least volume looks for the smallest triangle around the points: it is the truth
where the points are sufficiently scattered.

Papers: checking-sufficiently-scattered-condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_array, check_real

if TYPE_CHECKING:
    Corners = np.ndarray


def smallest_triangles(points: Array, *, tol: float = 1e-9) -> Array:
    r"""Return every triangle of least area that holds the points.

    .. math:: \min_W |\det(w_2 - w_1, w_3 - w_1)|
        \quad \text{s.t.} \quad p_i \in \operatorname{conv}(w_1, w_2, w_3)

    Parameters
    ----------
    points : Array, shape (n_points, 2)
        Not on one line.
    tol : float
        By which share an area may exceed the least and still count as the least.

    Returns
    -------
    Array, shape (n_triangles, 3, 2)
        Corners, counterclockwise; one triangle where the least area is attained once. Where a
        family of triangles shares it, those of which two sides lie along edges of the hull.

    Raises
    ------
    TypeError, ValueError
        For points on a line or a bad tolerance.

    Notes
    -----
    Host: a search through all pairs and triples of edges of the hull, which Qhull finds.

    1. Map the points to unit covariance. Ratios of areas stay.
    2. A smallest triangle touches the hull at the midpoint of each side, and two sides can be taken
       to lie along edges. The third lies along an edge, too: all triples whose normals surround
       the origin;
    3. or its midpoint is a corner of the hull: for each pair of edges and each corner one line,
       kept if all points are on one side.
    4. Keep those of least area, each once.

    About ``h^3`` candidates for h edges, the third kind with h tests each. Linear time is possible
    (O'Rourke and others, 1986); h is small here. The paper does not compute triangles: for more
    than three sources least volume is a hard problem.

    References
    ----------
    Gillis, Luce: Checking the sufficiently scattered condition using a global non-convex
    optimization software, arXiv 2402.06019 (2024).

    O'Rourke, Aggarwal, Maddila, Baldwin: An optimal algorithm for finding minimal enclosing
    triangles, Journal of Algorithms 7 (1986).

    Notebook: ``notebooks/sensing/20_scattered.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> corners = smallest_triangles(square)
    >>> sides = corners[:, 1:] - corners[:, :1]
    >>> bool(np.allclose(np.linalg.det(sides) / 2, 2.0))
    True
    """
    points = check_array(points, "points", n_dims=2, min_shape=(3, 2))
    tol = check_real(tol, "tol", 0.0)
    if points.shape[1] != 2:
        raise ValueError(f"points must have shape (n, 2), got {tuple(points.shape)}")
    given = to_numpy(points)
    raw = given.astype(np.float64)
    centre = raw.mean(axis=0)
    largest = np.abs(raw - centre).max()
    _, spread, axes = np.linalg.svd((raw - centre) / (largest or 1.0), full_matrices=False)
    if spread[1] <= 1e-10 * spread[0]:
        raise ValueError(f"points must not lie on one line, got singular values {spread}")
    axes[1] *= np.sign(np.linalg.det(axes))  # no mirror: what is counterclockwise stays
    unit = ((raw - centre) / largest) @ axes.T / spread  # step 1

    normals, offsets, hull = _edges(unit)
    lines = normals, offsets
    found = np.concatenate([_three_edges(*lines), _two_edges(*lines, hull)])  # steps 2 and 3
    doubled = _cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])
    found = np.where((doubled < 0)[:, None, None], found[:, ::-1], found)
    least = found[np.abs(doubled) <= np.abs(doubled).min() * (1 + tol)]  # step 4
    first = least[..., 0].argmin(axis=1)[:, None] + np.arange(3)  # begin with the leftmost corner
    least = np.take_along_axis(least, (first % 3)[..., None], axis=1)
    _, keep = np.unique(least.round(6), axis=0, return_index=True)
    corners = (least[keep] * spread) @ axes * largest + centre
    return from_numpy(corners.astype(given.dtype), like=points)


def _edges(points: Corners) -> tuple[Corners, Corners, Corners]:
    """Return unit normals and offsets of the hull's edges, and its corners."""
    from scipy.spatial import ConvexHull

    hull = ConvexHull(points)
    _, first = np.unique(hull.equations.round(9), axis=0, return_index=True)
    equations = hull.equations[first]
    return equations[:, :2], -equations[:, 2], points[hull.vertices]


def _three_edges(normals: Corners, offsets: Corners) -> Corners:
    """Return the triangles whose sides lie along three edges."""
    n = len(normals)
    triples = np.stack(np.meshgrid(*[np.arange(n)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    triples = triples[(triples[:, 0] < triples[:, 1]) & (triples[:, 0] < triples[:, 2])]
    pairs = [triples[:, [k, (k + 1) % 3]] for k in range(3)]
    turns = [_cross(normals[pair[:, 0]], normals[pair[:, 1]]) for pair in pairs]
    around = np.min(turns, axis=0) > 1e-9
    corners = [_meet(normals[pair[around]], offsets[pair[around]]) for pair in pairs]
    return np.stack(corners, axis=1)


def _two_edges(normals: Corners, offsets: Corners, hull: Corners) -> Corners:
    """Return the triangles with two sides along edges and the third halved by a corner."""
    i, j, v = np.meshgrid(*[np.arange(m) for m in (len(normals), len(normals), len(hull))])
    keep = (i < j) & (np.abs(_cross(normals[i], normals[j])) > 1e-9)
    i, j, middle = i[keep], j[keep], hull[v[keep]]
    pair, bound = normals[np.stack([i, j], axis=1)], offsets[np.stack([i, j], axis=1)]
    off = np.min(bound - np.sum(pair * middle[:, None], axis=2), axis=1) > 1e-9  # of both edges
    pair, bound, middle = pair[off], bound[off], middle[off]
    apex = _meet(pair, bound)
    mirrored = 2 * np.sum(pair[:, 1] * middle, axis=1) - bound[:, 1]
    p = _meet(pair, np.stack([bound[:, 0], mirrored], axis=1))
    side = 2 * (middle - p)
    heights = _cross(side[:, None], hull[None] - p[:, None])
    towards = _cross(side, apex - p)
    holds = np.min(heights * np.sign(towards)[:, None], axis=1) >= -1e-9 * np.abs(towards)
    holds &= np.abs(towards) > 1e-9
    return np.stack([apex, p, p + side], axis=1)[holds]


def _meet(normals: Corners, offsets: Corners) -> Corners:
    """Return where pairs of lines ``<n, x> = d`` meet, shape (n_pairs, 2)."""
    (a, b), (c, d) = normals[:, 0].T, normals[:, 1].T
    first, second = offsets.T
    return (
        np.stack([d * first - b * second, a * second - c * first], axis=1)
        / (a * d - b * c)[:, None]
    )


def _cross(a: Corners, b: Corners) -> Corners:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
