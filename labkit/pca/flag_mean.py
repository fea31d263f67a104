"""The mean of nested subspaces: the flag with the least sum of squared chordal distances.

For plain subspaces it is a matter of eigenvectors. With several levels the blocks compete for
directions, and a polar decomposition settles the competition step by step.

Papers: chordal-averaging-flag-manifolds.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, eps, frobenius_norm
from labkit.checks import check_array, check_count, check_real, check_same_device
from labkit.pca._flags import (
    check_flags,
    check_levels,
    common_span,
    greedy_basis,
    polar_step,
    projectors,
    sorted_within_levels,
)
from labkit.pca.results import Subspace


def flag_mean(
    flags: Array,
    weights: Array | None = None,
    *,
    dimensions: Sequence[int] | None = None,
    start: Array | None = None,
    tol: float = 1e-9,
    max_iterations: int = 1000,
) -> Subspace:
    r"""Average flags under the chordal distance.

    .. math:: \min_{Y^\top Y = I} \sum_j w_j\, d(X^{(j)}, Y)^2
              = k \sum_j w_j - \max_{Y^\top Y = I} \sum_i \operatorname{tr}(Y_i^\top P_i Y_i),
              \qquad P_i = \sum_j w_j X_i^{(j)} X_i^{(j)\top}

    Parameters
    ----------
    flags : Array, shape (n_flags, n_features, k)
        Orthonormal columns, see `chordal_distances`.
    weights : Array, shape (n_flags,), optional
        Not negative, not all zero, on the device of the flags; ones by default.
    dimensions : sequence of int, optional
        Of the nested subspaces, increasing up to k. By default ``(k,)``, plain subspaces: the
        Grassmann mean.
    start : Array, shape (n_features, k), optional
        Orthonormal columns to climb from; by default see step 2.
    tol : float
        Stop when a step moves the basis by less than this, in the Frobenius norm; at least ten
        roundings.
    max_iterations : int
        Polar steps, at least 1.

    Returns
    -------
    Subspace
        `basis` holds the mean flag, the columns of each level ordered by `values`: the eigenvalues
        of ``Y_i.T @ P_i @ Y_i`` over the sum of weights, 1 where all flags agree.
        `objective_history` holds the weighted sum of squared distances.

    Raises
    ------
    TypeError, ValueError
        For columns that are not orthonormal, weights, dimensions or shapes that do not fit, or
        arrays on different devices.

    Notes
    -----
    Portable.

    1. Form P_i, in coordinates of the span of all flags where that is the smaller space.
    2. Start with leading eigenvectors of P_1, then of P_2 off them, and so on. With one level this
       is the mean, and nothing is left to do.
    3. Y <- U V' with the singular vectors of ``[P_1 Y_1, ..., P_k Y_k]``, until it rests.

    No step raises the objective: f(Y) = sum_i tr(Y_i' P_i Y_i) is convex, because each P_i is
    positive semidefinite, so f(Z) >= f(Y) + 2 <G, Z - Y> with G the matrix of step 3, and among
    orthonormal Z the polar factor of G makes <G, Z> largest, at least <G, Y>. f is bounded, so the
    gains vanish, and at rest G = Y S with S symmetric: a point without slope. It may be a local
    optimum; from the start of step 2 none was met except for a dozen flags without a centre.

    The problem and P_i are the paper's. Its first algorithm, the chordal flag-mean, climbs with a
    Riemannian trust region on the Stiefel manifold from the QR factor of the entrywise mean; step 3
    (Bolla et al. 1998) needs no line search, radius or Hessian, and the start of step 2 does not
    depend on which basis stands for a flag. Orientations (the paper's averages of rotations) are
    left out. A step costs n k^2 and a product with each P_i; the nearer the flags, the fewer.

    Outliers weigh by the square of their distance: then `flag_median`.

    References
    ----------
    Mankovich, Birdal: Chordal averaging on flag manifolds and its applications, ICCV (2023).
    Bolla, Michaletzky, Tusnady, Ziermann: Extrema of sums of heterogeneous quadratic forms, Linear
    Algebra Appl. 269 (1998).

    Notebook: ``notebooks/pca/06_flags.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> angles = np.array([-0.1, 0.1])
    >>> lines = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, :, None]
    >>> np.abs(flag_mean(lines).basis[:, 0]).round(3).tolist()
    [1.0, 0.0]
    """
    flags = check_flags(flags, "flags")
    xp = array_namespace(flags)
    _, n, k = flags.shape
    levels = check_levels(dimensions, k)
    tol = max(check_real(tol, "tol", 0.0), 10 * eps(flags))
    check_count(max_iterations, "max_iterations", 1)
    weights = xp.ones_like(flags[:, 0, 0]) if weights is None else _checked(weights, flags)
    if start is not None:
        start = check_flags(check_array(start, "start", n_dims=2)[None, ...], "start")[0, ...]
        check_same_device(flags=flags, start=start)
        if start.shape != (n, k):
            raise ValueError(f"start must have shape {(n, k)}, got {tuple(start.shape)}")

    span, inside = common_span(flags) if start is None else (None, flags)
    P = projectors(inside, weights, levels)  # step 1
    basis = greedy_basis(P, levels) if start is None else start  # step 2
    total = float(xp.sum(weights))
    history: list[float] = []
    at_rest = False
    while not at_rest and len(history) <= max_iterations:
        following, height = polar_step(P, basis, levels)  # step 3
        history.append(max(0.0, k * total - float(height)))
        at_rest = frobenius_norm(following - basis) <= tol
        basis = basis if at_rest else following

    basis, values = sorted_within_levels(P, basis, levels)
    return Subspace(
        basis=basis if span is None else span @ basis,
        values=values / total,
        objective_history=tuple(history),
        n_iterations=len(history) - 1,
        converged=at_rest,
    )


def _checked(weights: Array, flags: Array) -> Array:
    weights = check_array(weights, "weights", n_dims=1)
    check_same_device(flags=flags, weights=weights)
    xp = array_namespace(flags)
    if weights.shape[0] != flags.shape[0]:
        raise ValueError(f"weights must be {flags.shape[0]}, one a flag, got {weights.shape[0]}")
    smallest, largest = float(xp.min(weights)), float(xp.max(weights))
    if smallest < 0 or largest == 0:
        raise ValueError(
            f"weights must not be negative nor all zero, got {smallest:g} to {largest:g}"
        )
    return xp.astype(weights, flags.dtype)
