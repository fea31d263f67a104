"""Labels for new points from clusters of old ones: each goes to the nearest local subspace.

A clustering by graphs has no model of where a cluster lies. So each cluster gets one afterwards,
the subspace of its leading singular vectors, and a new point joins the cluster whose subspace loses
least of it.

Papers: multilayer-graph-approach-deep.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, as_array, eps
from labkit.checks import check_array, check_count, check_matrix, check_same_device


def nearest_subspace_labels(X_new: Array, X: Array, labels: Array, *, n_dimensions: int) -> Array:
    r"""Assign new points to the clusters of old ones by the distance to their subspaces.

    .. math:: \text{label}(x) = \arg\min_c \| x - U_c U_c^T x \|, \qquad
              X_c^T = U \Sigma V^T, \; U_c = (u_1, \dots, u_d)

    Parameters
    ----------
    X_new : Array, shape (n_new, n_features)
        The points to be labelled. Their lengths and signs do not count.
    X : Array, shape (n_samples, n_features)
        The points that were clustered. Nothing is subtracted: the subspaces go through the origin.
    labels : Array, shape (n_samples,)
        Their clusters, as numbers.
    n_dimensions : int
        d, from 1 to n_features. A cluster of smaller rank has a subspace of its rank; with d
        equal to n_features every subspace of full rank is the whole space and tells nothing.

    Returns
    -------
    Array, shape (n_new,)
        Values of `labels`, of its dtype; the smallest where several are equally near.

    Raises
    ------
    TypeError, ValueError
        For bad values; another number of labels or features.

    Notes
    -----
    Portable.

    1. The leading right singular vectors of each cluster; those of singular values below
       ``max(shape) eps`` times the largest are left out.
    2. The subspace with the largest projection loses least.

    An SVD a cluster, d products a new point and cluster. This is Sindicic and Kopriva's step for
    data out of the sample, without their scaling of features to norm 1.

    References
    ----------
    Sindicic, Kopriva: Multilayer graph approach to deep subspace clustering, arXiv 2401.17033
    (2024).

    Notebook: ``notebooks/clustering/05_layers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [-3.0, 0.0], [0.0, 2.0]])
    >>> nearest_subspace_labels([[-5.0, 1.0]], X, [7, 7, 9], n_dimensions=1).tolist()
    [7]
    """
    X, X_new = check_matrix(X, "X"), check_matrix(X_new, "X_new")
    checked = check_array(labels, "labels", n_dims=1)
    labels = as_array(labels)
    check_same_device(X_new=X_new, X=X, labels=labels)
    n, n_features = X.shape
    d = check_count(n_dimensions, "n_dimensions", 1, n_features)
    if X_new.shape[1] != n_features:
        raise ValueError(f"X_new must have {n_features} features, as X, got {X_new.shape[1]}")
    if checked.shape[0] != n:
        raise ValueError(f"labels must be {n}, one a row of X, got {checked.shape[0]}")
    clusters, bases = cluster_bases(X, labels, d)  # step 1
    return array_namespace(X).take(clusters, nearest_basis(X_new, bases), axis=0)  # step 2


def cluster_bases(X: Array, labels: Array, n_dimensions: int) -> tuple[Array, list[Array]]:
    """Return the clusters' numbers, rising, and the leading directions of each cluster.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Checked samples.
    labels : Array, shape (n_samples,)
        Their clusters.
    n_dimensions : int
        Directions at most.

    Returns
    -------
    clusters : Array, shape (n_clusters,)
        As in `labels`.
    bases : list of Array, each of shape (at most n_dimensions, n_features)
        Orthonormal rows, rows of zeros beyond the rank.
    """
    xp = array_namespace(X)
    clusters, bases = xp.unique_values(labels), []
    for c in range(clusters.shape[0]):
        inside = xp.take(X, xp.nonzero(labels == clusters[c])[0], axis=0)
        largest = xp.max(xp.abs(inside))
        inside = inside / xp.where(largest > 0, largest, xp.ones_like(largest))
        _, values, Vh = xp.linalg.svd(inside, full_matrices=False)
        kept = values[:n_dimensions] > max(inside.shape) * eps(X) * values[0]
        bases.append(Vh[:n_dimensions, :] * xp.astype(kept, X.dtype)[:, None])
    return clusters, bases


def nearest_basis(X: Array, bases: list[Array]) -> Array:
    """Return which basis holds most of each row.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Checked samples.
    bases : list of Array
        As `cluster_bases` returns them.

    Returns
    -------
    Array of int, shape (n_samples,)
        The first where several hold as much.
    """
    xp = array_namespace(X)
    held = [xp.linalg.vector_norm(X @ xp.matrix_transpose(basis), axis=1) for basis in bases]
    return xp.argmax(xp.stack(held), axis=0)
