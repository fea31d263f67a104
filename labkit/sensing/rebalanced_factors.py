"""One step that frees a pair of factors from its start: the same product, other factors.

Papers: over-parameterization-slows-down.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real, check_same_device


def rebalanced_factors(F: Array, G: Array, *, singular_value: float) -> tuple[Array, Array]:
    r"""Move all singular values of F to one value and let G make up for it.

    .. math:: F = P \Sigma Q^\top: \qquad F' = \beta P Q^\top, \quad
              G' = \beta^{-1} G Q \Sigma Q^\top, \quad F' G'^\top = F G^\top

    Parameters
    ----------
    F : Array, shape (n_rows, rank)
        The factor to flatten, rank at most n_rows.
    G : Array, shape (n_columns, rank)
        The other one, on its device.
    singular_value : float
        beta, above 0; about the root of the product's largest singular value. Gradient descent
        then closes in at a rate of about ``step_size * beta^2``.

    Returns
    -------
    F, G : Array
        Of the same shapes, with the same product. ``F^T F = beta^2 I``, also where the given F
        had lost rank.

    Raises
    ------
    TypeError, ValueError
        For bad arrays or a bad value.

    Notes
    -----
    Portable.

    1. Singular value decomposition of F.
    2. Flatten F, and move its scale to G.

    To be applied once, when gradient descent has come near; then descend on. It is the modified
    step of the paper, its equation (5.1), written down from its description: all singular values of
    F equal, the product kept. The paper's rule of when to apply it was not read. A singular value
    decomposition of an n_rows by rank matrix.

    References
    ----------
    Xiong, Ding, Du: How over-parameterization slows down gradient descent in matrix sensing, ICLR
    (2024).

    Notebook: ``notebooks/sensing/01_incremental_learning.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> F, G = rebalanced_factors(np.diag([3.0, 1.0]), np.eye(2), singular_value=2.0)
    >>> F.tolist(), (F @ G.T).round(12).tolist()
    ([[2.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 1.0]])
    """
    F, G = check_array(F, "F", n_dims=2), check_array(G, "G", n_dims=2)
    check_same_device(F=F, G=G)
    beta = check_real(singular_value, "singular_value", 0.0, open_low=True)
    if F.shape[1] != G.shape[1]:
        raise ValueError(f"G must have {F.shape[1]} columns, as F has, got {G.shape[1]}")
    if F.shape[1] > F.shape[0]:
        raise ValueError(f"F must have at most as many columns as rows, got {tuple(F.shape)}")
    xp = array_namespace(F, G)
    P, sigma, Qh = xp.linalg.svd(F, full_matrices=False)  # step 1
    Q = xp.matrix_transpose(Qh)
    return beta * (P @ Qh), ((G @ Q) * sigma) @ Qh / beta  # step 2
