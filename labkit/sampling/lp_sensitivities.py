"""Sensitivities: how much of a sum of p-th powers a single row can be.

Leverage scores say it for squares. For other powers the worst combination of columns is another,
and a row that hardly counts in squares may be nearly all of a sum of fourth powers.

Papers: sharper-bounds-ell-p.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix, check_real

FLOOR = 1e-7
"""Smallest residual, relative to the largest, that a weight is computed from."""


def lp_sensitivities(A: Array, *, p: float, max_iterations: int = 60) -> Array:
    r"""Return the sensitivities of the rows, one convex problem each.

    .. math:: \sigma_i = \max_x \frac{|a_i \cdot x|^p}{\|A x\|_p^p}
              = \Bigl( \min_{a_i \cdot x = 1} \|A x\|_p^p \Bigr)^{-1}

    Parameters
    ----------
    A : Array, shape (n_rows, n_columns)
        Rows a_i; columns independent.
    p : float
        The power, from 1 to 8. With 2 these are the leverage scores.
    max_iterations : int
        Newton steps of each problem.

    Returns
    -------
    Array, shape (n_rows,)
        sigma, between 0 and 1; rows of zeros have 0. Each is the value at a point that satisfies
        the constraint, so none is too large, and after too few steps some are too small.

    Raises
    ------
    TypeError, ValueError
        For bad values; columns that are dependent to working precision.

    Notes
    -----
    Portable.

    1. Work in an orthonormal basis of the columns, which changes no sensitivity; start each problem
       at the solution for p = 2.
    2. Weigh the squared residuals by ``|r|^(p - 2)`` and solve the weighted problem: for p at most
       2 its solution is the next point (reweighted least squares), beyond that a share
       1 / (p - 1) of the way is Newton's step.
    3. Keep the best value of each row.

    n_rows^2 n_columns^2 flops a step and n_rows^2 numbers of memory: for a few hundred rows.
    Woodruff and Yasuda (2023) ask for constant-factor approximations; these are exact to the
    optimiser. Sampling itself is one line, ``rng.random(n) < minimum(1, c sigma)`` with rows
    scaled by ``q^(-1/p)``.
    Left out: their root leverage scores, flattening, and the proofs.

    References
    ----------
    Woodruff, Yasuda: Sharper bounds for lp sensitivity sampling, ICML (2023).

    Notebook: ``notebooks/sampling/06_lp_sensitivities.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[3.0], [1.0], [1.0]])
    >>> [lp_sensitivities(A, p=p).round(2).tolist() for p in (1, 2, 4)]
    [[0.6, 0.2, 0.2], [0.82, 0.09, 0.09], [0.98, 0.01, 0.01]]
    """
    A = check_matrix(A, "A")
    p = check_real(p, "p", 1.0, 8.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(A)
    n, d = A.shape
    largest = xp.max(xp.abs(A))
    U, values, _ = xp.linalg.svd(A / xp.where(largest > 0, largest, 1.0), full_matrices=False)
    if n < d or float(values[-1]) <= max(n, d) * eps(A) * float(values[0]):
        raise ValueError(f"A must have independent columns, got rank below {d} of shape {(n, d)}")
    zero = xp.all(A == 0, axis=1)
    scores = xp.where(zero, xp.ones_like(U[:, 0]), xp.sum(U * U, axis=1))
    x = U / scores[:, None]  # step 1: row i is the point of problem i, u_i x_i = 1
    share = 1 / (p - 1) if p > 2 else 1.0
    outer = xp.reshape(U[:, :, None] * U[:, None, :], (n, d * d))
    identity = xp.eye(d, dtype=A.dtype, device=device(A))
    best = xp.zeros_like(scores)
    for _ in range(max_iterations):
        residuals = xp.abs(x @ xp.matrix_transpose(U))
        tops = xp.max(residuals, axis=1, keepdims=True)
        tops = xp.where(zero[:, None], xp.ones_like(tops), tops)
        relative = residuals / tops
        sums = xp.where(zero, xp.ones_like(scores), xp.sum(relative**p, axis=1))
        values = 1 / (sums * tops[:, 0] ** p)
        best = xp.where(values > best, values, best)  # step 3
        weights = xp.where(relative > FLOOR, relative, FLOOR * xp.ones_like(relative)) ** (p - 2)
        grams = xp.reshape(weights @ outer, (n, d, d))  # step 2
        grams = grams + 1e-12 * xp.max(xp.abs(grams), axis=(1, 2), keepdims=True) * identity
        solved = xp.linalg.solve(grams, U[:, :, None])[:, :, 0]
        height = xp.where(zero, xp.ones_like(scores), xp.sum(U * solved, axis=1))
        x = xp.where(zero[:, None], x, x + share * (solved / height[:, None] - x))
    return xp.where(zero, xp.zeros_like(best), xp.where(best < 1, best, xp.ones_like(best)))
