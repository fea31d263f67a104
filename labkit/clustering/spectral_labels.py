"""Spectral clustering: from an affinity between points to labels.

The affinity is a graph. Its normalised Laplacian has as many zero eigenvalues as the graph has
parts; with the parts nearly apart, the rows of the lowest eigenvectors nearly are one point a part,
and k-means finds them.

Paper: none; the textbook's last step of nearly every method of the family.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_count, check_symmetric
from labkit.clustering._graphs import checked_sparse
from labkit.clustering._k_means import k_means_labels
from labkit.random import Rng, as_generator

DENSE_BELOW = 600
"""A full eigenvalue problem of this size is faster than Lanczos and never fails to converge."""


@dataclass(frozen=True)
class SpectralLabels:
    """What spectral clustering found.

    Attributes
    ----------
    labels : Array, shape (n_samples,)
        Integers from 0 to n_clusters - 1, in the order in which clusters first occur.
    embedding : Array, shape (n_samples, n_clusters)
        Unit rows, what k-means saw; a row of zeros for a point without any neighbour.
    eigenvalues : Array, shape (n_clusters + 1,)
        The smallest of the normalised Laplacian, rising; the gap before the last one says whether
        the number of clusters fits. With n_clusters = n_samples there are n_clusters only.
    """

    labels: Array
    embedding: Array
    eigenvalues: Array


def spectral_labels(affinity: Array, n_clusters: int, *, rng: Rng = None) -> SpectralLabels:
    r"""Cut a graph into clusters by its normalised Laplacian.

    .. math:: L = I - D^{-1/2} A D^{-1/2}, \qquad D_{ii} = \sum_j A_{ij}

    Parameters
    ----------
    affinity : Array or SciPy sparse, shape (n_samples, n_samples)
        A, symmetric and not negative; the diagonal is not used.
    n_clusters : int
        k, from 1 to n_samples.
    rng : int, Generator or None
        The starts of k-means.

    Returns
    -------
    SpectralLabels
        Of the affinity's library; NumPy's for a sparse one.

    Raises
    ------
    TypeError, ValueError
        For bad values; an affinity that is not symmetric or has a negative entry.

    Notes
    -----
    Host: sparse eigenvalues and k-means, which the array standard does not have.

    1. Scale: L as above. A point without neighbours has eigenvalue 1.
    2. The eigenvectors of the k smallest eigenvalues, one connected part of the graph at a time: an
       eigenvalue 0 that occurs once a part is what Lanczos may miss copies of. With more parts than
       clusters the largest parts are clusters, and the rest has rows of zeros.
    3. The rows scaled to norm 1; k-means on them, the best of twenty starts.

    n^3 for a part of up to 600 points, for larger ones Lanczos, at some dozens of products with A
    for each cluster; k-means costs n k^2 a step. This is the algorithm of Ng, Jordan and Weiss.

    References
    ----------
    Ng, Jordan, Weiss: On spectral clustering: analysis and an algorithm, NeurIPS (2001).

    von Luxburg: A tutorial on spectral clustering, Statistics and Computing 17 (2007).

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> affinity = np.kron(np.eye(2), np.ones((3, 3)))
    >>> spectral_labels(affinity, 2, rng=0).labels.tolist()
    [0, 0, 0, 1, 1, 1]
    """
    from scipy import sparse

    if sparse.issparse(affinity):
        A = checked_sparse(affinity)
    else:
        affinity = check_symmetric(affinity, "affinity")
        A = to_numpy(affinity).astype(float)
        np.fill_diagonal(A, 0.0)
    if A.min() < 0:
        raise ValueError(f"affinity must not be negative, got an entry of {A.min():g}")
    n = A.shape[0]
    check_count(n_clusters, "n_clusters", 1, n)
    draw = as_generator(rng)
    values, vectors = _lowest(A, min(n_clusters + 1, n), draw)
    norms = np.linalg.norm(vectors[:, :n_clusters], axis=1, keepdims=True)
    rows = np.where(norms > 1e-12, vectors[:, :n_clusters] / np.maximum(norms, 1e-12), 0.0)
    labels = k_means_labels(rows, n_clusters, draw)  # step 3
    if sparse.issparse(affinity):
        return SpectralLabels(labels, rows, values)
    return SpectralLabels(*(from_numpy(part, like=affinity) for part in (labels, rows, values)))


def _lowest(A: Any, k: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the k smallest eigenvalues of L and their eigenvectors in columns."""
    from scipy import sparse

    n = A.shape[0]
    part = sparse.csgraph.connected_components(sparse.csr_array(A), directed=False)[1]
    found = []  # eigenvalue, size of its part, the part's points, eigenvector on them
    for points in np.split(np.argsort(part, kind="stable"), np.cumsum(np.bincount(part))[:-1]):
        if len(points) == 1:
            found.append((1.0, 1, points, np.ones(1)))
            continue
        B = A[points][:, points]
        scale = 1 / np.sqrt(np.asarray(B.sum(axis=1)))
        B = sparse.diags_array(scale) @ B @ sparse.diags_array(scale)  # step 1
        for value, vector in _largest(B, min(k, len(points)), draw):  # step 2
            found.append((max(1 - value, 0.0), len(points), points, vector))
    found.sort(key=lambda entry: (round(entry[0], 12), -entry[1]))
    values, vectors = np.zeros(k), np.zeros((n, k))
    for column, (value, _, points, vector) in enumerate(found[:k]):
        values[column] = value
        vectors[points, column] = vector
    return values, vectors


def _largest(B: Any, k: int, draw: np.random.Generator) -> list[tuple[float, np.ndarray]]:
    """Return the k largest eigenvalues of a symmetric matrix, each with its eigenvector."""
    from scipy.linalg import eigh
    from scipy.sparse.linalg import eigsh

    n = B.shape[0]
    if n <= DENSE_BELOW or 3 * k >= n:
        dense = B if isinstance(B, np.ndarray) else B.toarray()
        values, vectors = eigh(dense, subset_by_index=[n - k, n - 1])
    else:
        values, vectors = eigsh(B, k, which="LA", v0=draw.standard_normal(n))
    order = np.argsort(-values)
    return [(float(values[i]), vectors[:, i]) for i in order]
