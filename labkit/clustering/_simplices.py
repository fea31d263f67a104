"""What the functions on simplicial complexes share: the check of a list of simplices.

Host: lists of vertex numbers, sorted and looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def checked_simplices(simplices: Any) -> tuple[np.ndarray, ...]:
    """Return a complex as arrays of vertex numbers, one for each dimension.

    Parameters
    ----------
    simplices : sequence of integer arrays
        As `alpha_complex` returns it.

    Returns
    -------
    tuple of ndarray of int
        With at least one vertex.

    Raises
    ------
    TypeError
        For anything but a list or tuple of arrays of integers.
    ValueError
        For a wrong shape, vertices that are not numbered 0, 1, ..., rows that do not rise.
    """
    if not isinstance(simplices, Sequence) or isinstance(simplices, str) or not len(simplices):
        raise TypeError(
            "simplices must be a sequence of integer arrays, vertices first, got "
            f"{type(simplices).__name__}"
        )
    found = []
    for k, part in enumerate(simplices):
        rows = np.asarray(part)
        if rows.dtype.kind not in "iu":
            raise TypeError(f"simplices[{k}] must hold integers, got dtype {rows.dtype}")
        if rows.ndim != 2 or rows.shape[1] != k + 1:
            raise ValueError(f"simplices[{k}] must have shape (n, {k + 1}), got {rows.shape}")
        if (np.diff(rows, axis=1) <= 0).any():
            raise ValueError(f"simplices[{k}] must have rows that rise, got one that does not")
        found.append(rows.astype(np.int64))
    n = len(found[0])
    if n == 0 or not np.array_equal(found[0][:, 0], np.arange(n)):
        raise ValueError(f"simplices[0] must be 0, 1, ..., one vertex a row, got {n} others")
    for k, rows in enumerate(found):
        if rows.size and (rows.min() < 0 or rows.max() >= n):
            raise ValueError(
                f"simplices[{k}] must hold vertices from 0 to {n - 1}, "
                f"got {rows.min()} to {rows.max()}"
            )
    return tuple(found)


def row_keys(rows: np.ndarray, n: int) -> np.ndarray:
    """Return one number for each row of numbers below n, in the rows' lexicographic order.

    Parameters
    ----------
    rows : ndarray of int, shape (n_rows, width)
        Each from 0 to n - 1.
    n : int
        The base.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        Equal for equal rows.

    Raises
    ------
    ValueError
        If the numbers do not fit into 63 bits.
    """
    if max(n, 2) ** rows.shape[1] >= 2**63:
        raise ValueError(f"points must be fewer for simplices of {rows.shape[1]}, got {n}")
    keys = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        keys = keys * n + column
    return keys
