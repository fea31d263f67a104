"""Leverage scores as probabilities: how often each row of a regression should be looked at.

The leverage score of a row says how much of some column combination it can hold alone. Scaled to
add up to the number of rows one can afford, and capped at one, the scores become probabilities.

Papers: improved-active-learning-dependent.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_count, check_matrix


def leverage_probabilities(A: Array, *, n_samples: int) -> Array:
    r"""Return probabilities in proportion to the leverage scores, capped at one.

    .. math:: p_i = \min(1, c\, \tau_i), \quad \sum_i p_i = k, \qquad
              \tau_i = \max_x \frac{(a_i \cdot x)^2}{\|A x\|^2}

    Parameters
    ----------
    A : Array, shape (n_rows, n_columns)
        Rows a_i. Columns may be dependent; rows of zeros have probability 0.
    n_samples : int
        k, from 1 to the number of rows that are not zero.

    Returns
    -------
    Array, shape (n_rows,)
        p. With ``n_samples`` at most the rank and no score above its share, all of the p are
        below one.

    Raises
    ------
    TypeError, ValueError
        For bad values; n_samples above the number of rows with a positive score.

    Notes
    -----
    Portable.

    1. Leverage scores are squared row norms of an orthonormal basis of the columns (singular
       vectors; values below ``max(shape) eps`` times the largest are taken for zero).
    2. Scale the scores that are not yet capped to what is left of k, cap those that come out above
       one, and repeat until none does: at most k rounds, as each caps a row or ends.

    n_rows n_columns^2 flops. Shimizu and others (2024), Algorithm 1, start from these; the code
    seen only scales and does not hand on what the cap cuts off. Step 2 does, so the sum is k. Their
    fast approximation of the scores is left out.

    References
    ----------
    Shimizu, Cheng, Musco, Weare: Improved active learning via dependent leverage score sampling,
    ICLR (2024).

    Notebook: ``notebooks/sampling/04_leverage.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[5.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    >>> leverage_probabilities(A, n_samples=2).round(3).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    A = check_matrix(A, "A")
    k = check_count(n_samples, "n_samples", 1, A.shape[0])
    xp = array_namespace(A)
    largest = xp.max(xp.abs(A))
    U, values, _ = xp.linalg.svd(A / xp.where(largest > 0, largest, 1.0), full_matrices=False)
    floor = max(A.shape) * eps(A) * values[0]
    scores = xp.sum(U * U * xp.astype(values > floor, A.dtype), axis=1)  # step 1
    scores = xp.where(xp.any(A != 0, axis=1), scores, xp.zeros_like(scores))
    n_usable = int(xp.sum(xp.astype(scores > 0, xp.int64)))
    if k > n_usable:
        raise ValueError(
            f"n_samples must be an integer from 1 to the {n_usable} rows with a score, got {k}"
        )
    p = k / xp.sum(scores) * scores
    while float(xp.max(p)) > 1:  # step 2
        capped = p >= 1
        rest = xp.where(capped, xp.zeros_like(scores), scores)
        n_capped = int(xp.sum(xp.astype(capped, xp.int64)))
        total = float(xp.sum(rest))
        share = (k - n_capped) / total if total > 0 else 0.0
        p = xp.where(capped, xp.ones_like(scores), share * rest)
    return p
