"""Whether nonnegative columns are spread enough for a factorisation to be the only one.

Scaled to sum 1 the columns are points of a simplex. The condition asks that their hull hold the
ball inscribed in the simplex, and that no facet touch the ball but those of the simplex itself.
Every facet of the hull is one vertex of a dual polytope, so the condition is a maximum of a convex
function over those vertices.

Papers: checking-sufficiently-scattered-condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_array, check_real

if TYPE_CHECKING:
    Points = np.ndarray


@dataclass(frozen=True)
class Scattering:
    """The verdict on columns, and the vertices that it rests on.

    Attributes
    ----------
    largest : float
        Of ``|x|^2`` over the dual slice: at least 1; infinite where the slice is unbounded.
    vertices : Array, shape (n_vertices, rank)
        Of the dual slice, each once; none where it is unbounded.
    n_other_maximisers : int
        Vertices of squared norm 1 or more that are no unit vector.
    necessary : bool
        Whether ``e - e_k`` lies in the cone of the columns for every k.
    contains_cone : bool
        The first half of the condition (SSC1): ``largest`` is 1.
    scattered : bool
        Both halves: besides, no vertex but the unit vectors attains it.
    """

    largest: float
    vertices: Array
    n_other_maximisers: int
    necessary: bool
    contains_cone: bool
    scattered: bool


def sufficiently_scattered(H: Array, *, tol: float = 1e-7) -> Scattering:
    r"""Check the sufficiently scattered condition by looking at every vertex.

    .. math:: \max_x \|x\|^2 \quad \text{s.t.} \quad H^\top x \ge 0, \; e^\top x = 1

    Parameters
    ----------
    H : Array, shape (rank, n_columns)
        Not negative, rank at least 2. Scaling a column changes nothing, zero columns are passed
        over. Zeros must be exact: what is a little above 0 is inside the simplex.
    tol : float
        How far ``|x|^2`` may lie above 1, and the squared distance of x from a unit vector above 0.

    Returns
    -------
    Scattering
        The condition holds where `scattered` is true. It is sufficient for a unique factorisation,
        not necessary: False says nothing about uniqueness.

    Raises
    ------
    TypeError, ValueError
        For negative entries, no column above zero, rank 1 or a bad tolerance.

    Notes
    -----
    Host: enumerating facets is combinatorial, and done by Qhull in float64.

    1. Scale the columns to sum 1 and place the centre of the simplex at the origin.
    2. The dual slice is bounded where the centre is inside their hull. Elsewhere neither half
       holds.
    3. A facet of the hull ``<u, p> <= d`` (u a unit vector) gives the vertex
       ``x = e / r - u / (r d)``, and ``|x|^2 = 1 / r + 1 / (r d)^2``.
    4. That is at most 1 where d is at least ``1 / sqrt(r (r - 1))``, the radius of the ball.
    5. ``e - e_k`` is in the cone where no vertex has a k-th entry above 1.

    The number of facets can grow like ``n_columns^(floor((r - 1) / 2))``: seconds at rank 8 with a
    hundred columns. The paper first solves r linear programs for the necessary condition of step 5,
    then maximises by branch and bound (Gurobi), which goes further; here both come from the
    vertices, as in the enumeration that the paper's problem invites. Its time limits and its
    bilinear bounds are left out.

    References
    ----------
    Gillis, Luce: Checking the sufficiently scattered condition using a global non-convex
    optimization software, arXiv 2402.06019 (2024).

    Notebook: ``notebooks/sensing/20_scattered.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> verdict = sufficiently_scattered(np.eye(3))
    >>> verdict.scattered, round(verdict.largest, 9)
    (True, 1.0)
    """
    H = check_array(H, "H", n_dims=2, min_shape=(2, 1))
    tol = check_real(tol, "tol", 0.0)
    given = to_numpy(H)
    columns = given.astype(np.float64)
    if columns.min() < 0:
        raise ValueError(f"H must not be negative, got {columns.min():g}")
    columns = columns[:, columns.max(axis=0) > 0]
    if columns.shape[1] == 0:
        raise ValueError("H must have a column above zero, got only zeros")
    r = columns.shape[0]

    columns = columns / columns.max(axis=0)  # so that no sum overflows
    basis = np.linalg.qr(np.hstack([np.ones((r, 1)), np.eye(r)[:, 1:]]))[0][:, 1:]
    points = (columns / columns.sum(axis=0)).T @ basis  # step 1
    normals, offsets = _facets(points)
    if np.min(offsets, initial=np.inf) <= 1e-12 or len(offsets) == 0:  # step 2
        none = from_numpy(np.empty((0, r), given.dtype), like=H)
        return Scattering(float("inf"), none, 0, False, False, False)

    vertices = 1 / r - (normals / (r * offsets[:, None])) @ basis.T  # step 3
    squared = np.sum(vertices**2, axis=1)
    largest = float(squared.max())
    off_unit = np.sum(vertices**2, axis=1) - 2 * vertices.max(axis=1) + 1  # |x - e_k|^2
    others = int(np.sum((squared >= 1 - tol) & (off_unit > max(tol, 1e-12))))
    contains = largest <= 1 + tol  # step 4
    return Scattering(
        largest=largest,
        vertices=from_numpy(vertices.astype(given.dtype), like=H),
        n_other_maximisers=others,
        necessary=bool(vertices.max() <= 1 + tol),  # step 5
        contains_cone=contains,
        scattered=contains and others == 0,
    )


def _facets(points: Points) -> tuple[Points, Points]:
    """Return unit normals and offsets of the hull, each facet once; none if it is flat."""
    n_dims = points.shape[1]
    if n_dims == 1:
        return np.array([[1.0], [-1.0]]), np.array([points.max(), -points.min()])
    from scipy.spatial import ConvexHull

    if np.linalg.matrix_rank(points - points.mean(axis=0), tol=1e-10) < n_dims:
        return np.empty((0, n_dims)), np.empty(0)
    equations = ConvexHull(points).equations  # of simplices: one facet may come in several
    _, first = np.unique(equations.round(9), axis=0, return_index=True)
    return equations[first, :-1], -equations[first, -1]
