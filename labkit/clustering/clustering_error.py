"""Clustering error: the share of points that the best renaming of the clusters leaves wrong.

Clusters have no names: a method that finds the right groups may call them anything. So the labels
are first renamed to fit the truth as well as they can, one name for one name, and then the misses
are counted.

Paper: none; the textbook's measure, which the papers of the family report as 1 - accuracy.
"""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_same_device


def clustering_error(labels: Array, truth: Array) -> float:
    r"""Return the share of points left wrong by the best renaming.

    .. math:: \min_{\pi} \frac{1}{n} \, \# \{ i : \pi(\text{labels}_i) \ne \text{truth}_i \},
              \qquad \pi \text{ one to one}

    Parameters
    ----------
    labels : Array, shape (n_samples,)
        One number a sample, equal for samples of one cluster.
    truth : Array, shape (n_samples,)
        The classes, in the same way. The numbers of clusters may differ: what has no partner
        counts as wrong.

    Returns
    -------
    float
        Between 0 and 1 - 1 / max(number of clusters, number of classes).

    Raises
    ------
    TypeError, ValueError
        For bad values; labels and truth of different lengths.

    Notes
    -----
    Host: an assignment problem, which no array library solves.

    1. Count how many points each pair of cluster and class shares.
    2. Find the one-to-one assignment with most points in it (the Hungarian method).

    It is symmetric in its arguments. The adjusted Rand index of scikit-learn counts pairs of points
    instead and is 0 for random labels, where this error depends on the number of clusters.

    References
    ----------
    Kuhn: The Hungarian method for the assignment problem, Naval Research Logistics Quarterly 2
    (1955).

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> clustering_error(np.array([5, 5, 7, 7]), np.array([1, 1, 0, 1]))
    0.25
    """
    labels = check_array(labels, "labels", n_dims=1)
    truth = check_array(truth, "truth", n_dims=1)
    check_same_device(labels=labels, truth=truth)
    if labels.shape != truth.shape:
        raise ValueError(
            f"truth must have one entry a label, {labels.shape[0]}, got {truth.shape[0]}"
        )
    from scipy.optimize import linear_sum_assignment

    clusters, cluster = np.unique(to_numpy(labels), return_inverse=True)
    classes, klass = np.unique(to_numpy(truth), return_inverse=True)
    shared = np.zeros((len(clusters), len(classes)), dtype=int)
    np.add.at(shared, (cluster, klass), 1)  # step 1
    rows, columns = linear_sum_assignment(shared, maximize=True)  # step 2
    return float((len(cluster) - shared[rows, columns].sum()) / len(cluster))
