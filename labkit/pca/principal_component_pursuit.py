"""Principal component pursuit: split a matrix into low rank plus sparse by a convex problem.

Some entries of a low-rank matrix are wrong, by any amount, and nobody says which. The nuclear norm
stands for the rank, the sum of magnitudes for the number of wrong entries. There is a guarantee
and no rank to choose; it takes a full singular value decomposition a step.
`alternating_projections` is the fast, non-convex way.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_count, check_matrix, check_real
from labkit.pca._scale import power_of_two
from labkit.pca.results import LowRankPlusSparse

GROWTH = 1.5
"""By which factor the penalty of the constraint grows in each step."""


def principal_component_pursuit(
    M: Array, *, penalty: float | None = None, tol: float = 1e-7, max_iterations: int = 500
) -> LowRankPlusSparse:
    r"""Solve principal component pursuit by an inexact augmented Lagrangian.

    .. math:: \min_{L, S} \; \|L\|_* + \lambda \|S\|_1 \quad \text{subject to} \quad L + S = M

    Parameters
    ----------
    M : Array, shape (m, n)
        The matrix. It is not centred.
    penalty : float, optional
        lambda, above 0; by default ``1 / sqrt(max(m, n))``, for which the theorem holds.
    tol : float
        Stop when ``|M - L - S|`` is at most this share of ``|M|`` in Frobenius norm; less than 8
        machine epsilons counts as that.
    max_iterations : int
        Steps, at least 1.

    Returns
    -------
    LowRankPlusSparse
        `residual_history` holds ``|M - L - S| / |M|`` after each step. For a zero matrix all is
        zero.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`.

    Notes
    -----
    Portable. With the multiplier Y and the weight w of the constraint, each step

    1. takes the low-rank part: the singular values of ``M - S + Y / w``, less 1 / w;
    2. takes the sparse part: the entries of ``M - L + Y / w``, less lambda / w in magnitude;
    3. moves the multiplier by w times what is left, and lets w grow by 1.5.

    The start is that of Lin, Chen and Ma: Y = M over the larger of its spectral norm and its
    largest entry over lambda, w = 1.25 over its spectral norm. This is their Algorithm 5 (inexact
    ALM) with full decompositions where they take partial ones. About 25 decompositions give 1e-7.
    The growth of w is a compromise: where there is nothing to recover exactly, the multiplier stops
    short and the sum was seen 1 per cent above its minimum; a growth of 1.1 reaches it in twice
    the steps.

    Candes, Li, Ma and Wright prove exact recovery, with high probability, if the singular vectors
    of L are spread out, its rank is at most a constant times n / (mu log^2 n), and the wrong
    entries are at random places and at most a constant share.

    References
    ----------
    Candes, Li, Ma, Wright: Robust principal component analysis?, J. ACM 58 (2011).

    Lin, Chen, Ma: The augmented Lagrange multiplier method for exact recovery of corrupted
    low-rank matrices, arXiv 1009.5055 (2010).

    Notebook: ``notebooks/pca/03_outliers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> M = np.outer(np.arange(1.0, 21.0), np.ones(20))
    >>> M[2, 3] = 50.0
    >>> result = principal_component_pursuit(M)
    >>> result.rank, float(result.sparse[2, 3].round(4)), result.converged
    (1, 47.0, True)
    """
    M = check_matrix(M, "M")
    xp = array_namespace(M)
    wanted = 1 / math.sqrt(max(M.shape)) if penalty is None else penalty
    weight_of_sparse = check_real(wanted, "penalty", 0.0, open_low=True)
    tol = max(check_real(tol, "tol", 0.0), 8 * eps(M))
    check_count(max_iterations, "max_iterations", 1)

    scale = power_of_two(M)
    M = M / scale
    size = float(xp.linalg.matrix_norm(M))
    zero = xp.zeros_like(M)
    if size == 0:
        return LowRankPlusSparse(zero, zero, 0, True, 0, (), 0, 0)
    spectral = float(xp.linalg.matrix_norm(M, ord=2))
    Y = M / max(spectral, float(xp.max(xp.abs(M))) / weight_of_sparse)
    w, sparse = 1.25 / spectral, zero
    history: list[float] = []
    n_products = 0
    while len(history) < max_iterations and not (history and history[-1] <= tol):
        U, s, Vh = xp.linalg.svd(M - sparse + Y / w, full_matrices=False)  # step 1
        rank = int(xp.sum(xp.astype(s > 1 / w, xp.int64)))
        low_rank = (U[:, :rank] * (s[:rank] - 1 / w)) @ Vh[:rank, :]
        n_products += rank
        rest = M - low_rank + Y / w  # step 2
        sparse = xp.sign(rest) * xp.clip(xp.abs(rest) - weight_of_sparse / w, min=0.0)
        left = M - low_rank - sparse  # step 3
        Y = Y + w * left
        w = GROWTH * w
        history.append(float(xp.linalg.matrix_norm(left)) / size)
    return LowRankPlusSparse(
        low_rank=low_rank * scale,
        sparse=sparse * scale,
        rank=rank,
        converged=history[-1] <= tol,
        n_iterations=len(history),
        residual_history=tuple(history),
        n_singular_value_decompositions=len(history) + 1,
        n_products=n_products,
    )
