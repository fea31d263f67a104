"""Clusters of different shapes, by a semidefinite program that never places a centre.

K-means measures all distances alike, so a long cluster loses its tail to a round neighbour. With a
covariance for each cluster the likelihood of a partition can be written in distances between pairs
of points, each group with its own; that is linear in the groups' membership matrices, and is
relaxed as k-means is. The covariances are estimated anew from the memberships, and so on.

Papers: likelihood-adjusted-semidefinite-programs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_count, check_matrix, check_real, check_same_device
from labkit.clustering._membership_program import membership_program, rounded
from labkit.clustering.k_means_sdp import k_means_sdp


@dataclass(frozen=True)
class LikelihoodAdjustedSdp:
    """A partition with a shape for each of its groups.

    Attributes
    ----------
    labels : Array of int, shape (n_samples,)
        Groups from 0: the more likely of two roundings, see step 4.
    shares : Array, shape (n_samples, n_clusters)
        Z_k 1: not negative, with rows that add up to 1.
    memberships : Array, shape (n_clusters, n_samples, n_samples)
        Z_k; a block of entries 1 / n_k where the relaxation is tight.
    covariances : Array, shape (n_clusters, n_features, n_features)
        Sigma_k, estimated from the memberships or, where that is more likely, from a partition.
    likelihoods : tuple of float
        The log-likelihood after each round, of these covariances and what they are estimated from.
    residual : float
        Of the last program: how far the Z_k are from semidefinite of trace 1.
    n_iterations : int
        Of all rounds; each is n_clusters eigenvalue problems of size n_samples.
    converged : bool
        The last program's residual came down to `tol`.
    """

    labels: Array
    shares: Array
    memberships: Array
    covariances: Array
    likelihoods: tuple[float, ...]
    residual: float
    n_iterations: int
    converged: bool


def likelihood_adjusted_sdp(
    X: Array,
    n_clusters: int,
    *,
    covariances: Array | None = None,
    n_rounds: int = 10,
    ridge: float = 1e-3,
    tol: float = 1e-3,
    max_iterations: int = 300,
) -> LikelihoodAdjustedSdp:
    r"""Return groups and covariances that together make the labelled likelihood large.

    .. math:: \max_{Z_1, \dots, Z_K} \sum_k \langle A_k, Z_k \rangle, \qquad
              A_{k, ij} = -\tfrac14 (x_i - x_j)^\top \Sigma_k^{-1} (x_i - x_j)
              - \tfrac12 \log \det (2 \pi \Sigma_k)

    over :math:`Z_k \succeq 0, Z_k \ge 0, \operatorname{tr} Z_k = 1, \sum_k Z_k 1 = 1`.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Samples in rows.
    n_clusters : int
        K, from 1 to n_samples.
    covariances : Array, shape (n_clusters, n_features, n_features), optional
        Sigma_k to begin with. By default those of the partition that `k_means_sdp` finds. Their
        common factor does not matter; all alike, they leave only step 4 to tell the groups apart.
    n_rounds : int
        Programs solved at most; with 1 and true covariances this is the program for known shapes.
    ridge : float
        Added to the diagonal of the estimated Sigma_k, in units of the mean variance of all data.
        Above 0: a group of few points has a likelihood without limit. Large, it makes all groups
        round and alike, and the method k-means.
    tol : float
        The residual at which a program stops, and the gain in log-likelihood for each sample below
        which the rounds do.
    max_iterations : int
        For each program.

    Returns
    -------
    LikelihoodAdjustedSdp
        Labels, memberships, covariances and the likelihood round by round.

    Raises
    ------
    TypeError, ValueError
        For bad values; more clusters than samples; covariances that are not positive definite.

    Notes
    -----
    Portable.

    1. A_k from Sigma_k. With the means at their best, the squared distances from the mean of a
       group are those between its pairs, summed and divided by twice its size: for
       Z_k = 1_G 1_G' / |G| the objective is the log-likelihood of the labelled data.
    2. The program, by the splitting of `k_means_sdp` with a block for each group, from where the
       last round ended.
    3. Sigma_k = sum_ij Z_k,ij (x_i - x_j)(x_i - x_j)' / (2 sum_ij Z_k,ij), plus the ridge: what
       maximises the objective at given Z_k, without a centre.
    4. Two partitions compete with the Z_k: the largest share of each point, and the rows of
       sum_k Z_k cut as `k_means_sdp` does. The most likely of the three gives the next Sigma_k.
       Where shapes are nearly alike, two groups may share two clusters between them, each half:
       their sum is then right, their shares say nothing, and the second partition parts them.

    Each step raises one objective, so the likelihood rises, up to the tolerance and the ridge; to
    which maximum it leads depends on the start, as the alternation is not convex. K n^3 for each
    iteration.

    Derived here from the abstract and its idea (labels as parameters, group-specific memberships,
    no centroids), the authors' text not having been at hand; step 4 is ours. Here each Z_k has
    trace 1; a sum of traces K, the weaker form, lets one group take two clusters and leave another
    group empty. The labelled likelihood has no weights of the groups. `GaussianMixture` of
    scikit-learn has weights, soft labels and centres; from a good start it is as accurate and far
    cheaper.

    References
    ----------
    Zhuang, Chen, Yang: Likelihood adjusted semidefinite programs for clustering heterogeneous data,
    ICML (2023).

    Notebook: ``notebooks/clustering/09_unequal_clusters.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> line, dot = np.linspace(-9, 9, 9), np.linspace(-0.5, 0.5, 6)
    >>> X = np.concatenate([np.stack([line, 0 * line], 1), np.stack([11 + 0 * dot, dot], 1)])
    >>> likelihood_adjusted_sdp(X, 2).labels.tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    """
    X = check_matrix(X)
    xp, (n, p) = array_namespace(X), X.shape
    n_groups = check_count(n_clusters, "n_clusters", 1, n)
    check_count(n_rounds, "n_rounds", 1)
    ridge = check_real(ridge, "ridge", 0.0, open_low=True)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    identity = xp.eye(p, dtype=X.dtype, device=device(X))
    X = X - xp.mean(X, axis=0)
    widest = float(xp.max(xp.abs(X)))
    if widest * n * p > float(xp.finfo(X.dtype).max) ** 0.5:
        raise ValueError(f"X must have squares that do not overflow, got {widest:g}")
    unit = float(xp.sum(X * X)) / (n * p)
    floor = identity * (ridge * unit if unit > 0 else 1.0)
    if covariances is None:
        labels = k_means_sdp(X, n_groups, tol=tol, max_iterations=max_iterations).labels
        sigma = _estimated(X, _blocks(labels, n_groups, X)) + floor
    else:
        sigma = _checked(covariances, X, n_groups)
    found, likelihoods, n_iterations = None, [], 0
    for _ in range(n_rounds):
        A = _pairwise(X, sigma)  # step 1
        found = membership_program(
            A, 1.0, tol=tol, max_iterations=max_iterations, start=found
        )  # step 2
        n_iterations += found.n_iterations
        shares = xp.matrix_transpose(xp.sum(found.Z, axis=2))
        cut = rounded(xp.sum(found.Z, axis=0), n_groups), xp.argmax(shares, axis=1)
        options = []
        for Z in (_blocks(cut[0], n_groups, X), _blocks(cut[1], n_groups, X), found.Z):
            candidate = _estimated(X, Z) + floor  # step 3
            options.append((float(xp.sum(_pairwise(X, candidate) * Z)), candidate))
        likelihood, sigma = max(options, key=lambda option: option[0])
        likelihoods.append(likelihood)
        if len(likelihoods) > 1 and likelihoods[-1] - likelihoods[-2] < tol * n:
            break
    assert found is not None
    labels = cut[0] if options[0][0] > options[1][0] else cut[1]
    return LikelihoodAdjustedSdp(
        labels, shares, found.Z, sigma, tuple(likelihoods),
        found.residual, n_iterations, found.residual <= tol,
    )  # fmt: skip


def _blocks(labels: Array, n_groups: int, like: Array) -> Array:
    """Return the membership matrix of each group of a partition; zeros for an empty one."""
    xp = array_namespace(like)
    numbers = xp.arange(n_groups, dtype=labels.dtype, device=device(like))
    inside = xp.astype(numbers[:, None] == labels[None, :], like.dtype)
    sizes = xp.sum(inside, axis=1)[:, None, None]
    return inside[:, :, None] * inside[:, None, :] / xp.maximum(sizes, xp.ones_like(sizes))


def _pairwise(X: Array, sigma: Array) -> Array:
    """Return A_k for each covariance."""
    xp = array_namespace(X)
    G = X @ xp.linalg.solve(sigma, xp.broadcast_to(X.T, (sigma.shape[0], *X.T.shape)))
    squares = xp.linalg.diagonal(G)
    distances = squares[:, :, None] + squares[:, None, :] - G - xp.matrix_transpose(G)
    level = xp.linalg.slogdet(sigma)[1] + X.shape[1] * math.log(2 * math.pi)
    return -distances / 4 - level[:, None, None] / 2


def _estimated(X: Array, Z: Array) -> Array:
    """Return the covariance of each membership matrix, from pairs alone."""
    xp = array_namespace(X)
    shares = xp.sum(Z, axis=2)
    weighted = xp.matrix_transpose(X * shares[:, :, None]) @ X
    crossed = X.T @ (Z @ X)
    sizes = xp.sum(shares, axis=1)
    sigma = (weighted - crossed) / xp.maximum(sizes, xp.ones_like(sizes))[:, None, None]
    return (sigma + xp.matrix_transpose(sigma)) / 2


def _checked(covariances: Array, X: Array, n_groups: int) -> Array:
    """Return positive definite covariances of the right shape, in the type of X."""
    xp, p = array_namespace(X), X.shape[1]
    sigma = check_array(covariances, "covariances", n_dims=3)
    check_same_device(X=X, covariances=sigma)
    if tuple(sigma.shape) != (n_groups, p, p):
        raise ValueError(
            f"covariances must have shape {(n_groups, p, p)}, got {tuple(sigma.shape)}"
        )
    smallest = float(xp.min(xp.linalg.eigvalsh((sigma + xp.matrix_transpose(sigma)) / 2)))
    if smallest <= 0:
        raise ValueError(
            f"covariances must be positive definite, got an eigenvalue of {smallest:.3g}"
        )
    return xp.astype((sigma + xp.matrix_transpose(sigma)) / 2, X.dtype, copy=False)
