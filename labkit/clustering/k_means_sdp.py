"""K-means as a semidefinite program: one convex problem in place of many starts.

Lloyd's algorithm goes downhill from where it starts. Here the partition itself is the unknown,
written as a matrix that holds 1 / (size of the cluster) for each pair of one cluster. The set of
such matrices is blown up to a convex one, in which the best is found, and duality says how far any
partition whatever can be below: a certificate that no number of starts gives.

Papers: likelihood-adjusted-semidefinite-programs (the program it starts from).
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_matrix, check_real
from labkit.clustering._membership_program import membership_program, rounded


@dataclass(frozen=True)
class KMeansSdp:
    """A partition and the certificate beside it.

    Attributes
    ----------
    labels : Array of int, shape (n_samples,)
        Clusters from 0, in the order in which they first occur.
    membership : Array, shape (n_samples, n_samples)
        Z: not negative, with rows that add up to 1; in blocks of equal entries where the relaxation
        is tight.
    cost : float
        Sum of squared distances from the cluster means, of the labels.
    lower_bound : float
        No partition into n_clusters costs less, whatever the residual.
    residual : float
        How far Z is from semidefinite of trace n_clusters, relative to its norm, or the last step.
    n_iterations : int
        Eigenvalue problems of size n_samples.
    converged : bool
        The residual came down to `tol`.
    """

    labels: Array
    membership: Array
    cost: float
    lower_bound: float
    residual: float
    n_iterations: int
    converged: bool


def k_means_sdp(
    X: Array, n_clusters: int, *, tol: float = 1e-3, max_iterations: int = 500
) -> KMeansSdp:
    r"""Return the partition that the semidefinite relaxation of k-means gives.

    .. math:: \min_Z \; \tfrac12 \sum_{ij} \|x_i - x_j\|^2 Z_{ij}, \qquad
              Z \succeq 0, \quad Z \ge 0, \quad Z 1 = 1, \quad \operatorname{tr} Z = k

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Samples in rows.
    n_clusters : int
        k, from 1 to n_samples.
    tol : float
        The residual at which to stop. With 1e-3 the labels hardly ever change any more; the
        certificate closes to about the same relative gap.
    max_iterations : int
        Eigenvalue problems at most.

    Returns
    -------
    KMeansSdp
        The labels, Z, and a lower bound on the cost of every partition.

    Raises
    ------
    TypeError, ValueError
        For bad values; more clusters than samples.

    Notes
    -----
    Portable.

    1. Alternate between two sets that can be projected onto (the alternating direction method of
       multipliers): the semidefinite matrices of trace k, by an eigenvalue problem; and the
       symmetric matrices from 0 up with row sums 1, by a Newton method for the row sums.
    2. The lower bound comes from the multipliers of step 1 and the largest eigenvalue of what they
       leave of the objective.
    3. Labels: k rows of Z far from each other, then Lloyd's steps on the rows.

    n^3 for each of 30 to 300 iterations, more of them the less the clusters are apart: n up to some
    hundreds. The relaxation is that of Peng and Wei (2007); the papers solve it by general
    packages. If many starts of scikit-learn's KMeans give one result, that is the same partition,
    cheaper and without a certificate. For clusters of different shapes: `likelihood_adjusted_sdp`.

    References
    ----------
    Peng, Wei: Approximating k-means-type clustering via semidefinite programming, SIAM Journal on
    Optimization 18 (2007).

    Zhuang, Chen, Yang: Likelihood adjusted semidefinite programs for clustering heterogeneous data,
    ICML (2023).

    Notebook: ``notebooks/clustering/09_unequal_clusters.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> found = k_means_sdp(np.array([[0.0], [1.0], [9.0], [10.0]]), 2, tol=1e-6)
    >>> found.labels.tolist(), round(found.cost, 2), round(found.lower_bound, 2)
    ([0, 0, 1, 1], 1.0, 1.0)
    """
    X = check_matrix(X)
    xp, n = array_namespace(X), X.shape[0]
    k = check_count(n_clusters, "n_clusters", 1, n)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    X = X - xp.mean(X, axis=0)
    width = float(xp.max(xp.abs(X))) or 1.0
    X = X / width  # squares of what comes in could overflow
    G = X @ xp.matrix_transpose(X)
    squares = xp.linalg.diagonal(G)
    A = G - (squares[:, None] + squares[None, :]) / 2
    found = membership_program(A[None, ...], k, tol=tol, max_iterations=max_iterations)  # 1, 2
    Z = found.Z[0, ...]
    labels = rounded(Z, k)  # step 3
    cost = 0.0
    for j in range(k):
        inside = xp.astype(labels == j, X.dtype)
        mean = inside @ X / xp.maximum(xp.sum(inside), xp.ones_like(inside[0]))
        cost += float(xp.sum(inside[:, None] * (X - mean) ** 2))
    return KMeansSdp(
        labels, Z, width**2 * cost, -(width**2) * found.bound,
        found.residual, found.n_iterations, found.residual <= tol,
    )  # fmt: skip
