"""Determinantal sets item by item, without eigenvectors: a Cholesky factorization with coins.

Walk through the items once. The pivot that a factorization of K meets at an item is the chance of
this item, given what was decided before; a coin decides, and the factorization goes on with it.
"""

from __future__ import annotations

from typing import Any

from labkit.arrays import Array, array_namespace, device, eps, from_numpy
from labkit.checks import check_count, check_symmetric
from labkit.random import Rng, as_generator
from labkit.sampling._kernels import LARGEST_BLOCK


def cholesky_determinantal_sample(K: Array, *, n_draws: int = 1, rng: Rng = None) -> Array:
    r"""Draw sets from the determinantal point process of a marginal kernel.

    .. math:: \Pr(A \subseteq S) = \det K_A, \qquad
              \Pr(j \in S \mid S \cap \{1, \dots, j - 1\}) = d_j, \qquad
              d_j = K_{jj} - \sum_{i < j} \frac{l_{ji}^2}{p_i}

    Parameters
    ----------
    K : Array, shape (n, n)
        Symmetric, with eigenvalues from 0 to 1. A projection of rank r gives sets of r items.
    n_draws : int
        Independent sets, at least 1.
    rng : int, Generator or None
        A uniform number for each item of each set.

    Returns
    -------
    Array of bool, shape (n_draws, n)
        True at the items of each set.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a matrix that is not square and symmetric, or has
        an eigenvalue below 0 or above 1 beyond rounding.

    Notes
    -----
    Portable.

    1. The column of item j: ``l_j = K_j - sum over i < j of l_i l_ji / p_i``. Its entry at j is the
       chance of the item.
    2. A coin. The pivot p_j is the chance if the item is in, and the chance minus one if it is out.
    3. Go on with the next item.

    Why: with the item in, what is left of K is its Schur complement, as of any Gaussian that one
    conditions; with the item out, ``K - e_j e_j'`` takes the place of K, since
    ``Pr(A in S, j not in S) = det K_A - det K_{A + j}``. No pivoting is needed: where the item is
    in, ``l_ji^2 <= p_i K_jj``, where it is out, ``l_ji^2 <= -p_i (1 - K_jj)``: nothing grows.

    n^3 / 3 for each set, and nothing before but two Cholesky factorizations that look at the
    eigenvalues. So it is faster than `determinantal_sample`, 9 n^3 once, for a few sets or if K is
    what is known, and slower for many. If L is known and K is not, ``marginal_kernel`` takes the
    eigenvectors, and nothing is gained.

    Poulson's (2020) factorization with coins, columns taken when their turn comes. Left out are his
    blocks of columns, sparse kernels, and kernels that are not symmetric. Launay, Galerne and
    Desolneux (2020) draw from the same conditional chances, and skip items by a thinning.

    References
    ----------
    Poulson: High-performance sampling of generic determinantal point processes, Phil. Trans. R.
    Soc. A 378 (2020), arXiv 1905.00165.

    Launay, Galerne, Desolneux: Exact sampling of determinantal point processes without
    eigendecomposition, J. Appl. Probab. 57 (2020), arXiv 1802.08429.

    Notebook: ``notebooks/sampling/10_diverse_pictures.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> either = np.array([[0.5, 0.5], [0.5, 0.5]])  # a projection: one of the two
    >>> cholesky_determinantal_sample(either, n_draws=100, rng=0).sum(axis=1).max()
    np.int64(1)
    """
    K = check_symmetric(K, "K")
    n_draws = check_count(n_draws, "n_draws", 1)
    generator = as_generator(rng)
    xp = array_namespace(K)
    n = K.shape[0]
    K = (K + xp.matrix_transpose(K)) / 2
    slack = 100 * n * eps(K)
    _check_eigenvalues(K, slack)
    uniforms = xp.astype(from_numpy(generator.random((n_draws, n)), like=K), K.dtype)
    per_block = max(1, LARGEST_BLOCK // n**2)
    drawn = [
        _walk(K, uniforms[first : min(first + per_block, n_draws), :], slack)
        for first in range(0, n_draws, per_block)
    ]
    return xp.concat(drawn, axis=0)


def _check_eigenvalues(K: Array, slack: float) -> None:
    """Refuse a kernel with eigenvalues outside of [0, 1], by factorizations, not by eigenvalues."""
    xp = array_namespace(K)
    identity = xp.eye(K.shape[0], dtype=K.dtype, device=device(K))
    for name, M in (("from 0", K), ("up to 1", identity - K)):
        diagonal = xp.linalg.diagonal(M)
        if float(xp.min(diagonal)) < -slack or not _is_semidefinite(M, slack):
            found = xp.linalg.eigvalsh(K)
            raise ValueError(
                f"K must have eigenvalues {name} as a marginal kernel, got {float(found[0]):.3g} "
                f"to {float(found[-1]):.3g}"
            )


def _is_semidefinite(M: Array, slack: float) -> bool:
    xp: Any = array_namespace(M)
    try:
        factor = xp.linalg.cholesky(M + slack * xp.eye(M.shape[0], dtype=M.dtype, device=device(M)))
    except ValueError:  # NumPy's LinAlgError is one
        return False
    return bool(xp.all(xp.isfinite(factor)))  # elsewhere a failure shows as NaN


def _walk(K: Array, uniforms: Array, slack: float) -> Array:
    """Return the items of many sets, along rows; all draws share the order of the items."""
    xp = array_namespace(K)
    n_draws, n = uniforms.shape
    columns = xp.zeros((n_draws, n, n), dtype=K.dtype, device=device(K))
    pivots = xp.ones((n_draws, n), dtype=K.dtype, device=device(K))
    taken = xp.zeros((n_draws, n), dtype=xp.bool, device=device(K))
    for j in range(n):
        shares = columns[:, :j, j] / pivots[:, :j]
        known = shares[:, None, :] @ columns[:, :j, j:]
        column = K[None, j, j:] - known[:, 0, :]  # step 1
        chance = column[:, 0]
        chance = xp.where(chance < slack, xp.zeros_like(chance), chance)
        chance = xp.where(chance > 1 - slack, xp.ones_like(chance), chance)
        inside = uniforms[:, j] < chance  # step 2
        taken[:, j] = inside
        pivots[:, j] = xp.where(inside, chance, chance - 1)
        columns[:, j, j:] = column  # step 3
    return taken
