"""Locality-preserving projections: directions along which neighbours stay neighbours.

Principal components look for directions of large spread. Here the spread between neighbours is made
small against the whole: a linear map that keeps a graph of neighbours together.

Papers: combating-financial-crimes-unsupervised, which clusters customers after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix, check_new_samples
from labkit.linalg import fix_signs


@dataclass(frozen=True)
class LocalityPreservingProjections:
    """Directions that keep neighbours together.

    Attributes
    ----------
    directions : Array, shape (n_features, n_components)
        a_1, a_2, ..., scaled so that scores have weighted second moments 1; not orthogonal.
    eigenvalues : Array, shape (n_components,)
        Ascending, from 0 to 2: the share of the weighted spread that lies between neighbours.
    mean : Array, shape (n_features,)
        Of the samples, weighted by their numbers of neighbours.
    """

    directions: Array
    eigenvalues: Array
    mean: Array

    def scores(self, X: Array) -> Array:
        """Return the coordinates of samples along the directions.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the directions.

        Returns
        -------
        Array, shape (n_new, n_components)
            Of the samples less the mean.

        Raises
        ------
        TypeError, ValueError
            For bad values, a wrong number of features, samples on another device.
        """
        X = check_new_samples(X, self.mean.shape[0], directions=self.directions)
        return (X - self.mean) @ self.directions


def locality_preserving_projections(
    X: Array, *, n_components: int, n_neighbours: int = 5
) -> LocalityPreservingProjections:
    r"""Return the linear map that keeps the graph of nearest neighbours together.

    .. math:: \min_a \frac{\sum_{ij} W_{ij} (a^\top x_i - a^\top x_j)^2}
              {2 \sum_i D_{ii} (a^\top x_i)^2}, \qquad D_{ii} = \sum_j W_{ij}

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least two samples.
    n_components : int
        Directions, from 1 to the rank of the centred data.
    n_neighbours : int
        From 1 to n_samples - 1. With all of them the graph is complete, all spread is between
        neighbours, and the directions are arbitrary.

    Returns
    -------
    LocalityPreservingProjections
        The directions of the smallest eigenvalues.

    Raises
    ------
    TypeError, ValueError
        For bad values; more components than the rank of the data.

    Notes
    -----
    Portable.

    1. W_ij = 1 if i is among the nearest neighbours of j or j of i, else 0. Equal distances count
       all.
    2. Centre by the mean weighted with D: the constant vector, for which the quotient is 0 and
       which says nothing, is then no solution.
    3. T = eigenvectors of X' D X over the roots of their eigenvalues, those at rounding left out:
       X may have more features than samples, or constant ones.
    4. The eigenvectors of T' X' (D - W) X T with the smallest eigenvalues, times T.

    n_samples^2 n_features flops and n_samples^2 numbers for the distances, n_features^3 for the
    eigenvectors. He and Niyogi also weigh neighbours by a heat kernel, which is left out. Bakry and
    others (2024) use the method as it is; which neighbours and weights they took was not seen.

    `labkit.pca.principal_components` keeps large spread instead, in orthogonal directions; with as
    many features as samples the directions here can fit any graph, and the eigenvalues are 0.

    References
    ----------
    He, Niyogi: Locality preserving projections, NeurIPS (2003).

    Notebook: ``notebooks/clustering/13_reductions.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 0.0], [0.0, 3.0], [1.0, 0.0], [1.0, 3.0], [9.0, 0.0], [9.0, 3.0]])
    >>> found = locality_preserving_projections(X, n_components=1, n_neighbours=2)
    >>> abs(found.directions[:, 0]).argmax().item()  # the groups differ along the first feature
    0
    """
    X = check_matrix(X, "X", min_samples=2)
    n_samples, n_features = X.shape
    k = check_count(n_components, "n_components", 1, n_features)
    n_near = check_count(n_neighbours, "n_neighbours", 1, n_samples - 1)
    xp = array_namespace(X)
    largest = xp.max(xp.abs(X))
    scale = xp.where(largest > 0, largest, xp.ones_like(largest))
    Z = X / scale
    W = _neighbours(Z, n_near)  # step 1
    degree = xp.sum(W, axis=1)
    mean = (degree @ Z) / xp.sum(degree)  # step 2
    Z = Z - mean
    values, vectors = xp.linalg.eigh(xp.matrix_transpose(Z) @ (degree[:, None] * Z))  # step 3
    floor = max(n_samples, n_features) * eps(X) * xp.max(xp.abs(values))
    rank = int(xp.sum(xp.astype(values > floor, xp.int64)))
    if k > rank:
        raise ValueError(
            f"n_components must be an integer from 1 to the rank of the data, {rank}, got {k}"
        )
    T = vectors[:, n_features - rank :] / xp.sqrt(values[n_features - rank :])
    whitened = Z @ T
    together = xp.matrix_transpose(whitened) @ (degree[:, None] * whitened - W @ whitened)
    eigenvalues, turn = xp.linalg.eigh((together + xp.matrix_transpose(together)) / 2)
    directions = T @ turn[:, :k]  # step 4
    directions = xp.matrix_transpose(fix_signs(xp.matrix_transpose(directions)))
    return LocalityPreservingProjections(
        directions=directions / scale,
        eigenvalues=xp.clip(eigenvalues[:k], 0.0, 2.0),
        mean=mean * scale,
    )


def _neighbours(Z: Array, n_near: int) -> Array:
    """Return the symmetric matrix of ones between nearest neighbours."""
    xp = array_namespace(Z)
    squares = xp.sum(Z * Z, axis=1)
    apart = squares[:, None] + squares - 2 * (Z @ xp.matrix_transpose(Z))
    itself = xp.eye(Z.shape[0], dtype=Z.dtype, device=device(Z)) > 0
    apart = xp.where(itself, xp.asarray(xp.inf, dtype=Z.dtype, device=device(Z)), apart)
    reach = xp.sort(apart, axis=1)[:, n_near - 1]
    near = (apart <= reach[:, None]) | (apart <= reach)
    return xp.astype(near & ~itself, Z.dtype)
