"""The k-means step that ends several methods.

Host: a step that only scikit-learn has.
"""

from __future__ import annotations

import numpy as np


def k_means_labels(rows: np.ndarray, k: int, draw: np.random.Generator) -> np.ndarray:
    """Return the labels of the best of twenty starts, numbered as they first occur.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, n_coordinates)
        Points.
    k : int
        Clusters; fewer if fewer rows differ.
    draw : Generator
        The starts.

    Returns
    -------
    ndarray of int, shape (n_samples,)
        From 0.
    """
    from sklearn.cluster import KMeans

    distinct = len(np.unique(np.round(rows, 9), axis=0))
    means = KMeans(min(k, distinct), n_init=20, random_state=int(draw.integers(2**31)))
    labels = means.fit(rows).labels_
    first = np.unique(labels, return_index=True)[1]
    number = np.empty(len(first), dtype=int)
    number[np.argsort(first)] = np.arange(len(first))
    return number[labels]
