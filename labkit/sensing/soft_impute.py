"""Completion without a rank: fill the holes, shrink the singular values, fill again.

Mazumder, Hastie and Tibshirani 2010; no paper of the list. The convex baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, frobenius_norm
from labkit.checks import check_count, check_matrix, check_real
from labkit.sensing._observed import check_observed


@dataclass(frozen=True)
class SoftImputation:
    """A completed matrix of low nuclear norm.

    Attributes
    ----------
    low_rank : Array, shape (m, n)
        The estimate, observed entries shrunk too.
    singular_values : Array, shape (min(m, n),)
        Of it, descending; those past the rank are zero.
    objective_history : tuple of float
        Half the squared residual plus penalty times nuclear norm, after each iteration; it never
        rises.
    n_iterations : int
        Singular value decompositions made.
    converged : bool
        Whether it stopped by `tol`.
    """

    low_rank: Array
    singular_values: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


def soft_impute(
    M: Array,
    observed: Array,
    *,
    penalty: float,
    tol: float = 1e-6,
    max_iterations: int = 500,
) -> SoftImputation:
    r"""Complete a matrix at least nuclear norm.

    .. math:: \min_Z \; \tfrac12 \| P_\Omega(M - Z) \|_F^2 + \lambda \| Z \|_*

    Parameters
    ----------
    M : Array, shape (m, n)
        What stands where nothing was observed is never used, but has to be finite: write zeros.
    observed : Array of bool, shape (m, n)
        Omega, an entry or more of each row.
    penalty : float
        lambda, above 0, in units of M. From the largest singular value of the zero-filled matrix on
        the answer is zero; the smaller it is, the slower.
    tol : float
        It stops when an iteration changes the estimate by less, relative to its norm.
    max_iterations : int
        At least 1.

    Returns
    -------
    SoftImputation
        See there.

    Raises
    ------
    TypeError, ValueError
        For bad values, a mask that is not boolean or of another shape, or one with an empty row.

    Notes
    -----
    Portable.

    1. Fill the holes of M with the estimate, which is zero at first.
    2. Singular value decomposition; subtract lambda from each value, down to zero.

    An iteration is a decomposition of a full matrix, ``O(m n min(m, n))``: it pays for every hole.
    Mazumder, Hastie and Tibshirani run down a path of penalties with warm starts and keep the
    filled matrix as sparse plus low rank; here is one penalty, and a full decomposition. Values
    that are left are too small by about lambda over the observed share, so that the error on exact
    data does not go to zero, as that of `alternating_minimisation` does.

    References
    ----------
    Mazumder, Hastie, Tibshirani: Spectral regularization algorithms for learning large incomplete
    matrices, J. Mach. Learn. Res. 11 (2010), algorithm 1.

    Notebook: ``notebooks/sensing/06_completion.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> M = np.outer(np.arange(1.0, 7), [1.0, 2, 1, 2])
    >>> observed = np.ones(M.shape, dtype=bool)
    >>> observed[2, 1] = False
    >>> found = soft_impute(np.where(observed, M, 0.0), observed, penalty=0.1)
    >>> bool(abs(found.low_rank[2, 1] - 6.0) < 0.05)
    True
    """
    M = check_matrix(M, "M")
    mask = check_observed(M, observed, "M")
    xp = array_namespace(M)
    penalty = check_real(penalty, "penalty", 0.0, open_low=True)
    tol = check_real(tol, "tol", 0.0, open_low=True)
    check_count(max_iterations, "max_iterations", 1)

    history: list[float] = []
    Z, converged = xp.zeros_like(M), False
    while not converged and len(history) < max_iterations:
        U, s, Vh = xp.linalg.svd(Z + mask * (M - Z), full_matrices=False)  # step 1
        s = xp.where(s > penalty, s - penalty, xp.zeros_like(s))  # step 2
        previous, Z = Z, (U * s) @ Vh
        residual = frobenius_norm(mask * (M - Z))
        history.append(residual**2 / 2 + penalty * float(xp.sum(s)))
        converged = frobenius_norm(Z - previous) <= tol * frobenius_norm(Z)
    return SoftImputation(Z, s, tuple(history), len(history), converged)
