"""Classes that consist of several clouds: find the clouds of each class by k-means.

Papers: speed-up-multi-view.
"""

from __future__ import annotations

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_array, check_count, check_matrix, check_same_device
from labkit.random import Rng, as_generator

N_STARTS = 8


def subclass_labels(X: Array, labels: Array, *, n_subclasses: int, rng: Rng = None) -> Array:
    r"""Cut every class into subclasses by k-means inside the class.

    .. math:: \min \sum_{x \text{ in class } c} \min_k \|x - \mu_{ck}\|^2 \quad
              \text{for each class } c

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data.
    labels : Array, shape (n_samples,)
        Any numbers that name the classes.
    n_subclasses : int
        In each class, from 1 to the number of samples in the smallest class.
    rng : int, Generator or None
        Draws the starts of k-means.

    Returns
    -------
    Array of int64, shape (n_samples,)
        From 0 to ``n_subclasses - 1`` within each class. A class with fewer distinct samples has
        fewer subclasses.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`.

    Notes
    -----
    Host: SciPy does the k-means, ``scipy.cluster.vq.kmeans2``; eight starts a class at random
    samples, four iterations each, and thirty more from the best. scikit-learn's is for larger data:
    a call of it on a few hundred samples takes ten times as long. The paper leaves the number of
    subclasses to a search on validation data.

    References
    ----------
    Chumachenko, Raitoharju, Iosifidis, Gabbouj: Speed-up and multi-view extensions to subclass
    discriminant analysis, Pattern Recognition 111 (2021).

    Notebook: ``notebooks/pca/10_labels.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [0.1], [9.0], [9.1], [4.0], [4.1], [6.0]])
    >>> found = subclass_labels(X, np.array([0, 0, 0, 0, 1, 1, 1]), n_subclasses=2, rng=0)
    >>> bool(found[0] == found[1] != found[2] == found[3])
    True
    """
    import warnings

    import numpy as np
    from scipy.cluster.vq import kmeans2

    X, labels = check_matrix(X, "X"), check_array(labels, "labels", n_dims=1)
    check_same_device(X=X, labels=labels)
    points, classes = to_numpy(X), to_numpy(labels)
    if len(classes) != len(points):
        raise ValueError(f"labels must have shape ({len(points)},) like X, got {classes.shape}")
    smallest = int(np.unique(classes, return_counts=True)[1].min())
    k = check_count(n_subclasses, "n_subclasses", 1, smallest)
    generator = as_generator(rng)

    found = np.zeros(len(points), dtype=np.int64)
    for value in np.unique(classes) if k > 1 else ():
        here = np.flatnonzero(classes == value)
        cloud = points[here].astype(np.float64)
        starts = [cloud[generator.choice(len(cloud), k, replace=False)] for _ in range(N_STARTS)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fewer distinct samples than subclasses
            runs = [kmeans2(cloud, start, iter=4, minit="matrix") for start in starts]
            inertias = [float(np.sum((cloud - centres[near]) ** 2)) for centres, near in runs]
            best = runs[int(np.argmin(inertias))][0]
            found[here] = kmeans2(cloud, best, iter=30, minit="matrix")[1]
    return from_numpy(found, like=X)
