"""The right singular vectors of a matrix, through QR where one side is much longer."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, qr_triangle


def right_svd(A: Array) -> tuple[Array, Array]:
    """Return the singular values and the right singular vectors as rows.

    Parameters
    ----------
    A : Array, shape (m, n)
        Any matrix.

    Returns
    -------
    s : Array, shape (min(m, n),)
        Descending.
    Vh : Array, shape (min(m, n), n)
        Orthonormal rows.
    """
    xp = array_namespace(A)
    n_rows, n_columns = A.shape
    if n_rows >= 2 * n_columns:
        A = qr_triangle(A)
    elif n_columns >= 2 * n_rows:
        factors = xp.linalg.qr(xp.matrix_transpose(A))
        _, s, Vh = xp.linalg.svd(xp.matrix_transpose(factors.R), full_matrices=False)
        return s, Vh @ xp.matrix_transpose(factors.Q)
    _, s, Vh = xp.linalg.svd(A, full_matrices=False)
    return s, Vh
