"""Subspace clustering by thresholding: each sample is tied to those at the smallest angles to it.

No optimisation at all: of two samples only the angle between their lines counts, and the nearest
neighbours in it are mostly of the same subspace where subspaces are far apart or densely sampled.

Paper: none of the list; Heckel and Boelcskei (2015), TSC.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_count, check_matrix
from labkit.clustering._unit_rows import BLOCK_ENTRIES, unit_rows


def thresholding_affinity(X: Array, *, n_neighbours: int) -> Any:
    r"""Return the graph of nearest neighbours in angle.

    .. math:: A = Z + Z^\top, \qquad Z_{ij} = \exp(-2 \arccos |x_i x_j|) \quad
              \text{for the } q \text{ largest } |x_i x_j|, \qquad \|x_i\|_2 = 1

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Rows x_i, which are scaled to norm 1 first.
    n_neighbours : int
        q, from 1 to n_samples - 1: well below the number of samples of a subspace, above its
        dimension.

    Returns
    -------
    SciPy sparse array, shape (n_samples, n_samples)
        A, what `spectral_labels` takes. Its entries lie between 2 and exp(-pi); rows of zeros have
        no neighbours.

    Raises
    ------
    TypeError, ValueError
        For bad values; n_neighbours above n_samples - 1.

    Notes
    -----
    Host: a sparse graph, which the array standard does not have.

    1. Correlations of a block of samples with all; itself left out.
    2. The q largest in magnitude, of ties any; exp(-2 angle).

    2 n^2 n_features flops, once. Heckel and Boelcskei's estimate of the number of clusters from the
    Laplacian's gap, and their detection of outliers by the largest correlation, are left out.
    It is the cheapest affinity and asks most of the data: two samples at a small angle must be of
    one subspace. `matching_pursuit_representation` asks that of the first neighbour only.

    References
    ----------
    Heckel, Boelcskei: Robust subspace clustering via thresholding, IEEE Transactions on Information
    Theory 61 (2015), arXiv:1307.4891.

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0], [-2, 0], [0, 3], [0, 1]])
    >>> thresholding_affinity(X, n_neighbours=1).toarray()[0].tolist()
    [0.0, 2.0, 0.0, 0.0]
    """
    X = check_matrix(X, "X", min_samples=2)
    q = check_count(n_neighbours, "n_neighbours", 1, X.shape[0] - 1)
    from scipy import sparse

    rows = unit_rows(to_numpy(X))
    n = len(rows)
    block = max(1, BLOCK_ENTRIES // n)
    neighbours, cosines = np.empty((n, q), int), np.empty((n, q), rows.dtype)
    for start in range(0, n, block):
        here = np.arange(start, min(start + block, n))
        correlations = np.abs(rows[here] @ rows.T)  # step 1
        correlations[here - start, here] = -1
        largest = np.argpartition(-correlations, q - 1, axis=1)[:, :q]  # step 2
        neighbours[here] = largest
        cosines[here] = np.take_along_axis(correlations, largest, axis=1)
    weights = np.exp(-2 * np.arccos(np.clip(cosines, 0, 1)))
    known = np.any(rows, axis=1)
    kept = known[:, None] & known[neighbours]
    of = np.repeat(np.arange(n), kept.sum(axis=1))
    Z = sparse.csr_array((weights[kept], (of, neighbours[kept])), shape=(n, n))
    return Z + Z.T.tocsr()
