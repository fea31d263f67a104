"""K-subspaces: k-means with a subspace through the origin in place of each mean.

Points that lie near one of several low-dimensional subspaces are sorted by turns: each point goes
to the subspace that holds most of it, each subspace turns to fit its points. Each turn helps, but
the end depends on the start, so many starts are run side by side and the best is kept.

Papers: diffusion-models-learn-low, which shows that a denoiser is trained to the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, device, eps, from_numpy
from labkit.checks import check_count, check_matrix
from labkit.random import Rng, as_generator, standard_normal


@dataclass(frozen=True)
class KSubspaces:
    """Subspaces and the points that belong to them.

    Attributes
    ----------
    labels : Array of int, shape (n_samples,)
        The subspace of each point, from 0; a point that two hold equally goes to the first.
    bases : Array, shape (n_clusters, n_features, rank)
        Orthonormal columns; directions that the data leave open are filled up arbitrarily.
    residual : float
        The share of the squared norm of the data outside of the subspaces, from 0 to 1.
    residuals : Array, shape (n_restarts,)
        The same for each start; many different values say that more starts are needed.
    n_iterations : int
        Rounds until no label changed in any start, or `max_iterations`.
    converged : bool
        Whether no label changed in the last round.
    """

    labels: Array
    bases: Array
    residual: float
    residuals: Array
    n_iterations: int
    converged: bool


def k_subspaces(
    X: Array,
    n_clusters: int,
    *,
    rank: int,
    n_restarts: int = 20,
    max_iterations: int = 100,
    rng: Rng = None,
) -> KSubspaces:
    r"""Return subspaces of one dimension that together hold most of the points.

    .. math:: \max_{U_1, \dots, U_K} \sum_i \max_k \| U_k^\top x_i \|^2, \qquad
              U_k^\top U_k = I_d

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Points x_i in rows. They are not centred: the subspaces pass through the origin.
    n_clusters : int
        K, from 1 to n_samples.
    rank : int
        d, from 1 to n_features. With n_features every subspace holds everything.
    n_restarts : int
        Starts that run side by side. With one subspace all of them end alike.
    max_iterations : int
        Rounds at most.
    rng : int, Generator or None
        The starts.

    Returns
    -------
    KSubspaces
        The best of all starts.

    Raises
    ------
    TypeError, ValueError
        For bad values; more clusters than points.

    Notes
    -----
    Portable.

    1. Write the points in a basis of their span: r coordinates, at most min(n_samples, n_features),
       and the rest is done there. Scale by the largest norm.
    2. Each start: the spans of K times d points, drawn at random.
    3. Each point goes to the subspace with the largest projection.
    4. Each subspace turns to the d leading eigenvectors of its points' second moments. One without
       points turns anywhere, which costs nothing.
    5. Repeat 3 and 4 until no label changes; keep the start with the smallest residual.

    n_samples n_features min(n_samples, n_features) flops for step 1, then for each start, cluster
    and round n_samples r^2 + 10 r^3. The objective never falls, but it has many local maxima where
    the points are few for their dimension: compare `residuals`, and add starts. Wang and others
    (2025) use the problem, not an algorithm for it; equal dimensions are assumed here.

    References
    ----------
    Bradley, Mangasarian: k-plane clustering, J. Global Optimization 16 (2000).

    Wang, Zhang, Zhang, Chen, Ma, Qu: Diffusion models learn low-dimensional distributions via
    subspace clustering, arXiv 2409.02426.

    Notebook: ``notebooks/clustering/02_diffusion.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [0.0, 1.0]])
    >>> found = k_subspaces(X, 2, rank=1, rng=0)
    >>> bool(found.labels[0] == found.labels[2] != found.labels[1]), found.residual < 1e-12
    (True, True)
    """
    X = check_matrix(X, "X")
    n_samples, n_features = X.shape
    K = check_count(n_clusters, "n_clusters", 1, n_samples)
    d = check_count(rank, "rank", 1, n_features)
    check_count(n_restarts, "n_restarts", 1)
    check_count(max_iterations, "max_iterations", 1)
    draw = as_generator(rng)
    xp = array_namespace(X)
    Z, frame = _coordinates(X, d, draw)  # step 1
    bases = _spans(Z, (n_restarts, K, d), draw)  # step 2
    labels = xp.full((n_restarts, n_samples), -1, dtype=xp.int64, device=device(X))
    names = xp.arange(K, dtype=xp.int64, device=device(X))[None, :, None]
    converged, n_iterations = False, 0
    while True:
        held = _held(Z, bases)
        before, labels = labels, xp.astype(xp.argmax(held, axis=1), xp.int64)  # step 3
        converged = not bool(xp.any(labels != before))
        if converged or n_iterations == max_iterations:
            break
        members = xp.astype(labels[:, None, :] == names, Z.dtype)
        weighted = members[..., None] * Z  # (restart, cluster, sample, coordinate)
        moments = xp.matrix_transpose(weighted) @ Z
        bases = xp.linalg.eigh(moments)[1][..., -d:]  # step 4
        n_iterations += 1
    total = xp.sum(Z * Z)
    lost = total - xp.sum(xp.max(held, axis=1), axis=1)
    residuals = xp.clip(lost / xp.where(total > 0, total, xp.ones_like(total)), 0.0, 1.0)
    best = int(xp.argmin(residuals))  # step 5
    return KSubspaces(
        labels=labels[best, :],
        bases=frame @ bases[best, ...],
        residual=float(residuals[best]),
        residuals=residuals,
        n_iterations=n_iterations,
        converged=converged,
    )


def _coordinates(X: Array, d: int, draw: Any) -> tuple[Array, Array]:
    """Return coordinates of scaled points in their span, d at least, and the orthonormal frame."""
    xp = array_namespace(X)
    largest = xp.max(xp.abs(X))
    scaled = X / xp.where(largest > 0, largest, xp.ones_like(largest))
    _, values, Vh = xp.linalg.svd(scaled, full_matrices=False)
    floor = max(X.shape) * eps(X) * values[0]
    r = int(xp.sum(xp.astype(values > floor, xp.int64)))
    frame = xp.matrix_transpose(Vh[:r, :])
    if r < d:  # any directions do for what the data leave open
        more = standard_normal(draw, (X.shape[1], d - r), like=X)
        for _ in range(2):  # twice is enough, Parlett
            more = more - frame @ (xp.matrix_transpose(frame) @ more)
            more, _ = xp.linalg.qr(more)
        frame = xp.concat([frame, more], axis=1)
    return scaled @ frame, frame


def _spans(Z: Array, shape: tuple[int, int, int], draw: Any) -> Array:
    """Return orthonormal bases of the spans of d random points, for each start and cluster."""
    xp = array_namespace(Z)
    n_samples, d = Z.shape[0], shape[2]
    order = draw.random((*shape[:2], max(n_samples, d))).argsort(axis=-1)[..., :d] % n_samples
    chosen = xp.take(Z, from_numpy(order.ravel(), like=Z), axis=0)
    chosen = xp.reshape(chosen, (*shape, Z.shape[1]))
    return xp.linalg.qr(xp.matrix_transpose(chosen))[0]


def _held(Z: Array, bases: Array) -> Array:
    """Return the squared norms of all projections, shape (restart, cluster, sample)."""
    xp = array_namespace(Z)
    scores = Z @ bases
    return xp.sum(scores * scores, axis=-1)
