"""The boundary of a simplex: two ends of an edge, three sides of a triangle, with signs.

What has no boundary and bounds nothing goes around a hole. With the boundary written as a matrix
that is linear algebra: kernels, ranks, and a Laplacian for edges and triangles as for points.

Papers: topological-point-cloud-clustering.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checks import check_count
from labkit.clustering._simplices import checked_simplices, row_keys


def boundary_matrix(simplices: Sequence[np.ndarray], dimension: int) -> Any:
    r"""Return the matrix that sends each simplex to its sides.

    .. math:: B_k [v_0, \dots, v_k] = \sum_i (-1)^i [v_0, \dots, v_{i-1}, v_{i+1}, \dots, v_k]

    Parameters
    ----------
    simplices : sequence of integer arrays
        ``simplices[k]`` has shape (n_k, k + 1): the vertices of each k-simplex, rising, which fixes
        its orientation. ``simplices[0]`` is 0, 1, ... in a column. Each side of a simplex is there
        too.
    dimension : int
        k, from 0 to ``len(simplices)``. At the ends the matrix has no rows or no columns.

    Returns
    -------
    SciPy sparse array, shape (n_(k-1), n_k)
        B_k, with k + 1 entries of 1 or -1 a column. The product of two in a row is zero.

    Raises
    ------
    TypeError, ValueError
        For bad values; a simplex with a side that is not in the list.

    Notes
    -----
    Host: sparse signs at looked-up places.

    1. The i-th side of every simplex: its row without vertex i.
    2. The row number of each side, by binary search in the sorted list; sign (-1)^i.

    n_k k log n. The Hodge Laplacian ``B_k' B_k + B_(k+1) B_(k+1)'`` does not depend on the
    orientations, but for the signs of rows and columns.

    References
    ----------
    Lim: Hodge Laplacians on graphs, SIAM Review 62 (2020).

    Notebook: ``notebooks/clustering/04_topology.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> triangle = (np.array([[0], [1], [2]]), np.array([[0, 1], [0, 2], [1, 2]]))
    >>> boundary_matrix(triangle, 1).toarray().astype(int).tolist()
    [[-1, -1, 0], [1, 0, -1], [0, 1, 1]]
    """
    from scipy import sparse

    parts = checked_simplices(simplices)
    k = check_count(dimension, "dimension", 0, len(parts))
    if k == 0 or k == len(parts):
        return sparse.csr_array((len(parts[k - 1]) if k else 0, 0 if k else len(parts[0])))
    faces, rows = parts[k - 1], parts[k]
    keys = row_keys(faces, len(parts[0]))
    order = np.argsort(keys)
    places, signs = [], []
    for i in range(k + 1):
        side = row_keys(np.delete(rows, i, axis=1), len(parts[0]))  # step 1
        at = np.minimum(np.searchsorted(keys, side, sorter=order), max(len(keys) - 1, 0))  # step 2
        if len(rows) and (len(keys) == 0 or (keys[order[at]] != side).any()):
            raise ValueError(f"simplices[{k - 1}] must hold every side of simplices[{k}]")
        places.append(order[at] if len(rows) else at)
        signs.append(np.full(len(rows), (-1.0) ** i))
    columns = np.tile(np.arange(len(rows)), k + 1)
    return sparse.csr_array(
        (np.concatenate(signs), (np.concatenate(places), columns)), shape=(len(faces), len(rows))
    )
