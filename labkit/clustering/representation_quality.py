"""What a self-expression is worth before any clustering: is it within the classes, all of each.

Both are needed. A graph without edges between classes may fall into pieces within a class; a graph
that is well connected within may have edges between.

Papers: none of the list; the measures of You, Robinson and Vidal (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_matrix, check_same_device

DENSE_BELOW = 600
"""A full eigenvalue problem of this size is faster than Lanczos and never fails to converge."""


@dataclass(frozen=True)
class RepresentationQuality:
    """How a self-expression fits the classes.

    Attributes
    ----------
    subspace_preserving_error : float
        The mean over samples of the share of \\|C\\| that lies outside of the sample's class; from
        0 to 1. A sample without coefficients counts as 0.
    connectivity : float
        The smallest, over classes, of the second eigenvalue of the normalised Laplacian of the
        class's own affinity: 0 if a class falls into pieces, about 1 if all samples of it are tied
        to all.
    """

    subspace_preserving_error: float
    connectivity: float


def representation_quality(coefficients: Any, truth: Array) -> RepresentationQuality:
    r"""Measure how well coefficients keep to the classes and connect them.

    .. math:: e = \frac{1}{n} \sum_i \Bigl( 1 - \frac{\sum_{j \sim i} |C_{ij}|}{\sum_j |C_{ij}|}
              \Bigr), \qquad
              \kappa = \min_k \lambda_2 \bigl( I - D_k^{-1/2} A_k D_k^{-1/2} \bigr), \quad
              A = |C| + |C|^\top

    Parameters
    ----------
    coefficients : Array or SciPy sparse, shape (n_samples, n_samples)
        C; an affinity will do as well. The diagonal is not used.
    truth : Array, shape (n_samples,)
        The classes, one number a sample.

    Returns
    -------
    RepresentationQuality
        Both numbers.

    Raises
    ------
    TypeError, ValueError
        For bad values; coefficients that are not square or do not fit the classes.

    Notes
    -----
    Host: eigenvalues of sparse graphs, which the array standard does not have.

    1. Shares of the rows of \|C\| outside of the class.
    2. For each class the part of A within; if it is not connected, 0. A class of one is taken as
       connected, with eigenvalue 1.
    3. Else the second smallest eigenvalue, by a full problem or by Lanczos above 600 samples.

    You, Robinson and Vidal give the error in per cent.

    References
    ----------
    You, Robinson, Vidal: Scalable sparse subspace clustering by orthogonal matching pursuit, CVPR
    (2016), arXiv:1507.01238.

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> C = np.array([[0, 1.0, 1.0], [2.0, 0, 0], [0, 0, 0]])
    >>> representation_quality(C, np.array([0, 0, 1])).subspace_preserving_error.__round__(3)
    0.167
    """
    from scipy import sparse

    truth = check_array(truth, "truth", n_dims=1)
    if sparse.issparse(coefficients):
        C = abs(sparse.csr_array(coefficients, dtype=float))
        if not np.isfinite(C.data).all():
            raise ValueError("coefficients must be finite, got entries that are NaN or infinite")
    else:
        coefficients = check_matrix(coefficients, "coefficients")
        check_same_device(coefficients=coefficients, truth=truth)
        C = abs(sparse.csr_array(to_numpy(coefficients), dtype=float))
    if C.shape[0] != C.shape[1]:
        raise ValueError(f"coefficients must be square, got shape {C.shape}")
    classes = to_numpy(truth)
    if len(classes) != C.shape[0]:
        raise ValueError(f"truth must have one entry a sample, {C.shape[0]}, got {len(classes)}")
    C = C - sparse.diags_array(C.diagonal())
    pairs = C.tocoo()
    across = np.where(classes[pairs.row] == classes[pairs.col], 0.0, pairs.data)
    total = np.bincount(pairs.row, pairs.data, len(classes))
    outside = np.bincount(pairs.row, across, len(classes)) / np.where(total > 0, total, 1.0)
    A = sparse.csr_array(C + C.T)
    parts = (np.flatnonzero(classes == value) for value in np.unique(classes))
    return RepresentationQuality(
        float(outside.mean()),  # step 1
        min(_second_eigenvalue(A[part][:, part]) for part in parts),
    )


def _second_eigenvalue(A: Any) -> float:
    from scipy import sparse
    from scipy.linalg import eigh
    from scipy.sparse.linalg import eigsh

    A.eliminate_zeros()
    n = A.shape[0]
    if n == 1:
        return 1.0
    if sparse.csgraph.connected_components(A, directed=False)[0] > 1:  # step 2
        return 0.0
    scale = sparse.diags_array(1 / np.sqrt(A.sum(axis=1)))
    B = scale @ A @ scale
    if n <= DENSE_BELOW:  # step 3
        second = eigh(B.toarray(), eigvals_only=True, subset_by_index=[n - 2, n - 2])[0]
    else:
        second = eigsh(B, 2, which="LA", return_eigenvectors=False, v0=np.ones(n) / n).min()
    return float(max(1 - second, 0.0))
