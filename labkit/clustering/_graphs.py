"""Graphs at the door: any affinity becomes a symmetric sparse matrix in rows, without loops.

Host: SciPy has sparse matrices, the array standard has none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_symmetric


def checked_sparse(affinity: Any, name: str = "affinity") -> Any:
    """Return a square, symmetric, finite sparse matrix in rows, without its diagonal.

    Parameters
    ----------
    affinity : SciPy sparse, shape (n, n)
        What the caller gave.
    name : str
        The argument's name, for the message.

    Returns
    -------
    csr_array, shape (n, n)
        Of float64.
    """
    from scipy import sparse

    A = sparse.csr_array(affinity, dtype=float)
    if A.shape[0] != A.shape[1] or A.shape[0] == 0:
        raise ValueError(f"{name} must be square and not empty, got shape {A.shape}")
    if not np.isfinite(A.data).all():
        n_bad = int((~np.isfinite(A.data)).sum())
        raise ValueError(f"{name} must be finite, got {n_bad} entries that are NaN or infinite")
    apart = float(abs(A - A.T).max())
    if apart > 1e-10 * float(abs(A).max()):
        raise ValueError(f"{name} must be symmetric, got entries that differ by {apart:.3g}")
    return sparse.csr_array(A - sparse.diags_array(A.diagonal()))


def checked_graph(affinity: Array, name: str = "affinity") -> Any:
    """Return a sparse symmetric graph without negative weights, from a dense or sparse matrix.

    Parameters
    ----------
    affinity : Array or SciPy sparse, shape (n, n)
        What the caller gave.
    name : str
        The argument's name, for the message.

    Returns
    -------
    csr_array, shape (n, n)
        Of float64, no diagonal, no stored zeros, sorted.
    """
    from scipy import sparse

    if not sparse.issparse(affinity):
        affinity = sparse.csr_array(to_numpy(check_symmetric(affinity, name)).astype(float))
    A = checked_sparse(affinity, name)
    A.eliminate_zeros()
    A.sort_indices()
    if A.nnz and A.data.min() < 0:
        raise ValueError(f"{name} must not be negative, got an entry of {A.data.min():g}")
    return A
