"""Distances to the nearest other points, without forming all differences."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count, check_matrix


def nearest(X: Array, n_neighbors: int) -> tuple[Array, Array]:
    """Return each point's differences from its nearest other points, and the distances.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Checked here; at least three samples.
    n_neighbors : int
        From 2 to n_samples - 1.

    Returns
    -------
    differences : Array, shape (n_samples, n_neighbors, n_features)
        The point less its neighbour, the nearest first.
    distances : Array, shape (n_samples, n_neighbors)
        Rising.
    """
    X = check_matrix(X, min_samples=3)
    n, p = X.shape
    check_count(n_neighbors, "n_neighbors", 2, n - 1)
    xp = array_namespace(X)
    centred = X - xp.mean(X, axis=0)
    squares = xp.sum(centred * centred, axis=1)
    rough = squares[:, None] + squares[None, :] - 2 * centred @ xp.matrix_transpose(centred)
    index = xp.arange(n, device=device(X))
    rough = xp.where(index[:, None] == index[None, :], xp.full_like(rough, float("inf")), rough)
    chosen = xp.argsort(rough, axis=1)[:, :n_neighbors]
    places = xp.reshape(xp.take(centred, xp.reshape(chosen, (-1,)), axis=0), (n, n_neighbors, p))
    differences = centred[:, None, :] - places
    distances = xp.linalg.vector_norm(differences, axis=2)  # exact, where the products cancel
    order = xp.argsort(distances, axis=1)
    distances = xp.take_along_axis(distances, order, axis=1)
    differences = xp.take_along_axis(differences, order[:, :, None], axis=1)
    smallest = float(xp.min(distances[:, -1]))
    if smallest == 0:
        raise ValueError(
            f"X must not hold a point more than n_neighbors = {n_neighbors} times: drop duplicates "
            f"or take more neighbours, got a distance of {smallest:g}"
        )
    return differences, distances
