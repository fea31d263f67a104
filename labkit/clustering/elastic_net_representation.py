"""Elastic-net subspace clustering: each sample is a sparse or a dense mixture of the others.

Two penalties pull at the coefficients. The l1 norm wants few, and these come from the sample's own
subspace. The l2 norm wants many, and these hold the samples of a subspace together. With the l1
norm alone this is sparse subspace clustering.

Papers: none of the list; You, Li, Robinson and Vidal (2016), EnSC; Elhamifar and Vidal (2013), SSC.
"""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_matrix, check_real
from labkit.clustering._active_set import elastic_nets
from labkit.clustering._unit_rows import BLOCK_ENTRIES, unit_rows
from labkit.clustering.results import SelfExpression

N_CANDIDATES = 40
"""Samples that a sample chooses from at first: the most aligned ones."""
N_TOGETHER = 256
"""Samples that are worked on at a time, at most."""
TOLERANCE = 1e-8
"""Of the conditions of optimality, relative to the weight of the l1 norm; for float64."""


def elastic_net_representation(
    X: Array, *, l1_share: float = 0.9, fidelity: float = 50.0
) -> SelfExpression:
    r"""Express each sample by others, with a penalty between sparse and dense.

    .. math:: \min_{c_i} \; \lambda \|c_i\|_1 + \frac{1 - \lambda}{2} \|c_i\|_2^2
              + \frac{\gamma_i}{2} \|x_i - c_i X\|_2^2 \quad \text{with} \quad c_{ii} = 0, \quad
              \|x_i\|_2 = 1, \qquad \gamma_i = \alpha \frac{\lambda}{\max_{j \ne i} |x_i x_j|}

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Rows x_i, which are scaled to norm 1 first. Rows of zeros, and such as are orthogonal to all
        others, have no coefficients.
    l1_share : float
        lambda, above 0 and at most 1. With 1 it is sparse subspace clustering by the lasso; with
        less, more samples of a subspace are connected, and then samples of others, too. For 0 see
        `least_squares_representation`.
    fidelity : float
        alpha, from 1 up, where all coefficients are 0. Large without noise.

    Returns
    -------
    SelfExpression
        Coefficients as a SciPy sparse array on the host, with zeros on the diagonal, and residuals
        beside X. ``n_rounds`` is 1 and the most rounds of step 3 that a sample needed.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: the coefficients are sparse, which the array standard does not have.

    For a block of samples at once:

    1. Correlations with all samples; the forty most aligned are the candidates.
    2. Solve the problem on the candidates exactly, by an active set (`_active_set.py`).
    3. The oracle region: a sample is used by the solution of the whole problem only where
       \|x_j (x_i - c_i X)\| > lambda / gamma_i. If no sample outside of the candidates lies in it,
       c_i is the solution of the whole problem.
    4. Else the candidates are those in use and the worst offenders from outside; back to 2. The
       objective falls each time, so no set comes twice and the rounds end.

    2 n^2 n_features flops a round, one or two for most samples, and some twenty small linear
    systems a sample; never more than a block of rows of an n x n matrix in memory. The conditions
    of optimality hold to 1e-8 (float32: 4e-6). This is ORGEN, Algorithm 1 of You and others, and
    EnSC, Algorithm 2, with the solver of their step 2 left open by them; all coefficients are kept
    (their code keeps the 50 largest). The affine constraint and the sparse outliers of Elhamifar
    and Vidal are left out.

    References
    ----------
    Elhamifar, Vidal: Sparse subspace clustering: algorithm, theory, and applications, IEEE PAMI 35
    (2013).

    You, Li, Robinson, Vidal: Oracle based active set algorithm for scalable elastic net subspace
    clustering, CVPR (2016), arXiv:1605.02633.

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 2]])
    >>> found = elastic_net_representation(X, l1_share=1.0, fidelity=100.0)
    >>> found.coefficients.toarray().round(2)[3].tolist()
    [0.0, 0.0, 0.0, 0.0, 0.99]
    """
    X = check_matrix(X, "X")
    l1_share = check_real(l1_share, "l1_share", 0.0, 1.0, open_low=True)
    fidelity = check_real(fidelity, "fidelity", 1.0)
    from scipy import sparse

    rows = unit_rows(to_numpy(X))
    n = len(rows)
    block = min(max(1, BLOCK_ENTRIES // n), N_TOGETHER)
    starts = range(0, n, block) if n > 1 else ()
    parts = [_express(rows, i, min(i + block, n), l1_share, fidelity) for i in starts]
    C, n_rounds = sparse.csr_array((n, n), dtype=rows.dtype), 0
    left = np.linalg.norm(rows, axis=1)
    if parts:
        of, used, values, residuals, rounds = zip(*parts, strict=True)
        entries = np.concatenate(values).astype(rows.dtype)
        C = sparse.csr_array((entries, (np.concatenate(of), np.concatenate(used))), shape=(n, n))
        left, n_rounds = np.concatenate(residuals), max(rounds)
    return SelfExpression(C, from_numpy(left, like=X), n_rounds)


def _express(
    rows: np.ndarray, start: int, stop: int, l1_share: float, fidelity: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Return for samples start to stop: who, by whom, how much; residuals and rounds."""
    n, d = rows.shape
    rounding = d * np.finfo(rows.dtype).eps
    tol = max(TOLERANCE, 32 * np.finfo(rows.dtype).eps)
    here = np.arange(start, stop)
    g = rows[here] @ rows.T  # step 1
    near = np.abs(g)
    near[here - start, here] = -1
    m = min(N_CANDIDATES, n - 1)
    candidates = np.argpartition(near, n - m, axis=1)[:, n - m :]
    top = near.max(axis=1)
    going = np.flatnonzero(top > 4 * rounding)  # counted from start
    gamma = fidelity * l1_share / np.where(top > 4 * rounding, top, 1)
    mu, rho = l1_share / gamma, (1 - l1_share) / gamma
    candidates = candidates[going]
    c = np.zeros(candidates.shape)
    left, n_rounds = rows[here], 1
    found = [(np.zeros(0, int), np.zeros(0, int), np.zeros(0))]
    while len(going):
        atoms = rows[candidates]
        K = atoms @ atoms.swapaxes(1, 2)
        target = np.take_along_axis(g[going], candidates, axis=1)
        c = elastic_nets(K, target, c, mu[going], rho[going], tol)  # step 2
        left[going] = rows[start + going] - (c.astype(rows.dtype)[:, None] @ atoms)[:, 0]
        outside = left[going] @ rows.T  # step 3
        np.abs(outside, out=outside)
        outside[np.arange(len(going)), start + going] = -1
        np.put_along_axis(outside, candidates, -1, axis=1)
        more = outside.max(axis=1) > mu[going] * (1 + tol) + rounding
        one, which = np.nonzero((c != 0) & ~more[:, None])
        found.append((start + going[one], candidates[one, which], c[one, which]))
        going, candidates, c, outside = going[more], candidates[more], c[more], outside[more]
        n_rounds += 1
        if len(going):  # step 4
            n_used = int((c != 0).sum(axis=1).max())
            n_new = min(max(m - n_used, m // 2), n - 1 - candidates.shape[1])
            new = np.argpartition(outside, n - n_new, axis=1)[:, n - n_new :]
            kept = np.argsort(c == 0, axis=1, kind="stable")[:, :n_used]  # those in use first
            candidates = np.hstack([np.take_along_axis(candidates, kept, axis=1), new])
            c = np.hstack([np.take_along_axis(c, kept, axis=1), np.zeros(new.shape)])
    of, used, values = (np.concatenate(part) for part in zip(*found, strict=True))
    return of, used, values, np.linalg.norm(left, axis=1), n_rounds
