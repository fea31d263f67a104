"""Sparse subspace clustering by orthogonal matching pursuit: each sample picks a few others.

A sample takes the other sample that is most aligned with it, then the one most aligned with what is
left, and so on, until nothing is left. Samples on one plane need nobody from another plane.

Paper: none of the list; You, Robinson and Vidal (2016), SSC-OMP.
"""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_count, check_matrix, check_real
from labkit.clustering._unit_rows import unit_rows
from labkit.clustering.results import SelfExpression

N_TOGETHER, CACHED_ENTRIES = 32, 2**18
"""Samples at a time, at least; more while their rows of an n x n matrix stay within a cache."""


def matching_pursuit_representation(
    X: Array, *, n_nonzero: int, tol: float = 1e-6
) -> SelfExpression:
    r"""Express each sample by a few others, chosen one after the other.

    .. math:: \min_{c_i} \|x_i - c_i X\|_2 \quad \text{with} \quad c_{ii} = 0, \quad
              \|c_i\|_0 \le k, \qquad \|x_i\|_2 = 1, \quad \text{greedily}

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Rows x_i, which are scaled to norm 1 first. Rows of zeros express and are expressed by
        nothing.
    n_nonzero : int
        k, the most coefficients a row, from 1 to n_samples; the dimension of the subspaces, or a
        little more.
    tol : float
        A sample whose residual is at most this stops. Larger with noise; with 0 all take k steps.

    Returns
    -------
    SelfExpression
        Coefficients as a SciPy sparse array on the host, with zeros on the diagonal, and residuals
        beside X. ``n_rounds`` is the number of steps.

    Raises
    ------
    TypeError, ValueError
        For bad values; n_nonzero above n_samples.

    Notes
    -----
    Host: the coefficients are sparse, which the array standard does not have.

    For a block of samples at once:

    1. The correlations of the residuals with all samples, one matrix product; each sample takes the
       largest in magnitude, itself excluded. In single precision, which halves the time: of two
       that agree to seven digits either may come. Everything else is in the precision of X.
    2. Of the new one, what is orthogonal to those chosen before (Gram-Schmidt, twice), becomes the
       next row of an orthonormal basis Q. A chosen one that adds nothing ends its sample's search.
    3. The residual loses its component along it.
    4. At the end, triangular solves turn coordinates in Q into coefficients.

    2 n^2 n_features flops a step, and never more than a block of rows of an n x n matrix in memory.
    This is Algorithm 1 of You, Robinson and Vidal with Algorithm 2, step 1; their loop over samples
    with a least-squares problem for each step is replaced by blocks, and rows are not scaled again
    before the affinity. It is the fastest sparse representation; `elastic_net_representation` is
    the more careful one, where subspaces are close.

    References
    ----------
    You, Robinson, Vidal: Scalable sparse subspace clustering by orthogonal matching pursuit, CVPR
    (2016), arXiv:1507.01238.

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 2]])
    >>> matching_pursuit_representation(X, n_nonzero=2).coefficients.toarray().round(2)[0].tolist()
    [0.0, 1.41, -1.0, 0.0, 0.0]
    """
    X = check_matrix(X, "X")
    check_count(n_nonzero, "n_nonzero", 1, X.shape[0])
    tol = check_real(tol, "tol", 0.0)
    from scipy import sparse

    rows = unit_rows(to_numpy(X))
    n, d = rows.shape
    k = min(n_nonzero, n - 1, d)
    block = max(N_TOGETHER, CACHED_ENTRIES // n)
    columns = np.ascontiguousarray(rows.T, dtype=np.float32)
    parts = [_pursue(rows, columns, i, min(i + block, n), k, tol) for i in range(0, n, block)]
    chosen, values, left, n_steps = (list(part) for part in zip(*parts, strict=True))
    taken = np.concatenate(chosen)
    kept = taken >= 0
    of = np.repeat(np.arange(n), kept.sum(axis=1))
    C = sparse.csr_array((np.concatenate(values)[kept], (of, taken[kept])), shape=(n, n))
    return SelfExpression(C, from_numpy(np.concatenate(left), like=X), max(n_steps))


def _pursue(
    rows: np.ndarray, columns: np.ndarray, start: int, stop: int, k: int, tol: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return for samples start to stop: chosen (-1 for none), coefficients, residuals, steps."""
    n_here, d = stop - start, rows.shape[1]
    floor = 4 * d * np.finfo(rows.dtype).eps
    left = rows[start:stop].copy()
    chosen = np.full((n_here, k), -1)
    Q = np.zeros((n_here, k, d), rows.dtype)
    R = np.broadcast_to(np.eye(k, dtype=rows.dtype), (n_here, k, k)).copy()
    z = np.zeros((n_here, k), rows.dtype)
    going = np.flatnonzero(np.linalg.norm(left, axis=1) > tol)
    table, step = np.empty((n_here, len(rows)), np.float32), 0
    while step < k and len(going):
        rough = left[going].astype(np.float32)
        correlations = np.matmul(rough, columns, out=table[: len(going)])  # step 1
        best = _largest_of_others(correlations, start + going)
        fresh = rows[best]
        basis = Q[going, :step]
        shares = np.zeros((len(going), step), rows.dtype)
        for _ in range(2):  # step 2
            along = (basis @ fresh[:, :, None])[:, :, 0]
            fresh = fresh - (along[:, None] @ basis)[:, 0]
            shares += along
        length = np.linalg.norm(fresh, axis=1)
        new = length > floor
        going, best, length = going[new], best[new], length[new]
        fresh = fresh[new] / length[:, None]
        chosen[going, step], Q[going, step] = best, fresh
        R[going, :step, step], R[going, step, step] = shares[new], length
        along = np.sum(fresh * left[going], axis=1)
        z[going, step] = along
        left[going] -= along[:, None] * fresh  # step 3
        going = going[np.linalg.norm(left[going], axis=1) > tol]
        step += 1
    values = np.linalg.solve(R, z[:, :, None])[:, :, 0]  # step 4
    return chosen, values, np.linalg.norm(left, axis=1), step


def _largest_of_others(correlations: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return where each row is largest in size, its own place left out; the first of equals."""
    here = np.arange(len(correlations))
    correlations[here, own] = 0.0
    high, low = correlations.argmax(axis=1), correlations.argmin(axis=1)
    up, down = correlations[here, high], -correlations[here, low]
    best = np.where(up > down, high, np.where(up < down, low, np.minimum(high, low)))
    return np.where(best == own, (own + 1) % correlations.shape[1], best)  # all others are zero
