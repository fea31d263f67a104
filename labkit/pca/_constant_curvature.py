"""Points, distances and spans in the three spaces of constant curvature, by inner products alone.

The sphere is the unit vectors of Euclidean space. The hyperbolic space is one sheet of a
hyperboloid, the vectors with ``<x, x> = -1`` and positive first coordinate, where ``<x, y>`` is
the Minkowski product ``-x[0] y[0] + x[1] y[1] + ...``. In both, the totally geodesic subspaces are
the cuts with linear subspaces.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_choice, check_matrix

GEOMETRIES = ("euclidean", "sphere", "hyperbolic")


def check_points(X: Array, name: str, geometry: str) -> Array:
    """Return points that lie in the space they should.

    Parameters
    ----------
    X : Array or array-like, shape (n_points, n_coordinates)
        What the caller gave.
    name : str
        The argument's name, for the message.
    geometry : {"euclidean", "sphere", "hyperbolic"}
        The space.

    Returns
    -------
    Array
        As `labkit.checks.check_matrix` returns it.

    Raises
    ------
    ValueError
        For points off the sphere or the hyperboloid by more than rounding, or an unknown space.
    """
    check_choice(geometry, "geometry", GEOMETRIES)
    X = check_matrix(X, name, min_features=1 if geometry == "euclidean" else 2)
    if geometry == "euclidean":
        return X
    xp = array_namespace(X)
    allowed = 100 * X.shape[1] * eps(X)
    norms = xp.sum(X * metric(X, geometry) * X, axis=1)
    wanted = 1.0 if geometry == "sphere" else -1.0
    off = float(
        xp.max(xp.abs(norms - wanted) / xp.maximum(xp.sum(X * X, axis=1), xp.ones_like(norms)))
    )
    if off > allowed:
        raise ValueError(
            f"{name} must have rows with <x, x> = {wanted:g}, got one off by {off:.1e}"
        )
    if geometry == "hyperbolic" and float(xp.min(X[:, 0])) <= 0:
        least = float(xp.min(X[:, 0]))
        raise ValueError(f"{name} must have positive first coordinates, got {least:.3g}")
    return X


def metric(X: Array, geometry: str) -> Array:
    """Return the signs of the inner product.

    Parameters
    ----------
    X : Array, shape (n_points, n_coordinates)
        Decides namespace, device and precision.
    geometry : {"euclidean", "sphere", "hyperbolic"}
        The space.

    Returns
    -------
    Array, shape (n_coordinates,)
        Ones, the first of them negative for the hyperboloid.
    """
    xp = array_namespace(X)
    signs = xp.ones_like(X[0, :])
    if geometry == "hyperbolic":
        signs[0] = -1.0
    return signs


def squared_distances(gram: Array, geometry: str) -> Array:
    """Return the squared distances of the points on the sphere or the hyperboloid.

    Parameters
    ----------
    gram : Array
        Inner products of points.
    geometry : {"sphere", "hyperbolic"}
        The space.

    Returns
    -------
    Array
        Of the same shape.
    """
    xp = array_namespace(gram)
    if geometry == "sphere":
        return xp.acos(xp.clip(gram, min=-1.0, max=1.0)) ** 2
    return xp.acosh(xp.clip(-gram, min=1.0)) ** 2


def squared_distances_to_span(squares: Array, geometry: str) -> Array:
    """Return the squared distances of points from a geodesic subspace.

    Parameters
    ----------
    squares : Array
        Squared norms of the points' components normal to the span.
    geometry : {"euclidean", "sphere", "hyperbolic"}
        The space.

    Returns
    -------
    Array
        Of the same shape. On the sphere at most (pi / 2)^2: the nearest point of a great sphere
        is never farther.
    """
    xp = array_namespace(squares)
    squares = xp.clip(squares, min=0.0)
    if geometry == "euclidean":
        return squares
    if geometry == "sphere":
        return xp.asin(xp.sqrt(xp.clip(squares, max=1.0))) ** 2
    return xp.asinh(xp.sqrt(squares)) ** 2
