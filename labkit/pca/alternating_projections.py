"""Robust PCA by alternating projections: a low-rank matrix behind gross sparse errors, fast.

Some entries of a low-rank matrix are wrong, by any amount, and nobody says which. Guess the wrong
ones by the size of their residual, replace them by the present estimate, project on low rank,
repeat with a smaller threshold. Each round costs a few products with thin matrices, and no full
singular value decomposition is taken: this is the fast way, without convexity and its guarantee;
`principal_component_pursuit` is the convex one.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, eps, to_numpy
from labkit.checks import check_count, check_matrix, check_real
from labkit.pca._scale import power_of_two
from labkit.pca.results import LowRankPlusSparse
from labkit.random import as_generator, standard_normal

NORMAL_MEDIAN = 0.6745  # the median magnitude of a standard normal number
FIRST, LAST, DECAY = 10.0, 3.0, 0.7  # thresholds: first and last in scales of the residual, ratio
SAMPLE = 128  # entries, or up to twice as many, stand for a longer row or column
OWN = 4.0  # a wrong entry's residual is above this many medians of its row, and of its column
FALL, SPREAD = 0.5, 0.2  # a component below these is a trace of wrong entries
STALLED, PATIENCE = 0.9, 10  # a round that leaves this share of the distance; how many end it
WIDTH, EXTRA = 16, 8  # columns of the first block; columns beyond the rank


def alternating_projections(
    M: Array,
    *,
    rank: int | None = None,
    tol: float = 1e-7,
    max_iterations: int = 200,
) -> LowRankPlusSparse:
    r"""Split a matrix into a low-rank and a sparse one by alternating projections.

    .. math:: \text{find } L, S: \quad M = L + S, \qquad \operatorname{rank} L \le r, \qquad
              S \text{ has few entries other than zero}

    Parameters
    ----------
    M : Array, shape (m, n)
        The matrix. It is not centred.
    rank : int, optional
        The largest rank allowed, from 1 to ``min(m, n)``; by default it is found, see Notes.
    tol : float
        Relative accuracy of `low_rank` that ends the search, 0 or larger; less than 8 machine
        epsilons counts as that.
    max_iterations : int
        Rounds, at least 1.

    Returns
    -------
    LowRankPlusSparse
        In the namespace, on the device and in the precision of M. Where no such split was found,
        `converged` is False and the two matrices are the last guess.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`.

    Notes
    -----
    Portable; deterministic, for the start block comes from a fixed seed. One round:

    1. Scale: s is the median of the rows' medians of ``|M - L|``, divided by the median magnitude
       of a standard normal number.
    2. Threshold: 10 s in the first round, then 0.7 times the last one, but at least 3 s. An entry
       is held to be wrong if its residual is above that, and above 4 times the median of its row
       and of its column, so that no large row is given up. D is L there and M elsewhere. Long
       rows and columns are stood for by 128 to 255 evenly spread entries in these medians.
    3. Subspace: one power step, from the right singular vectors of the last round, on a block of
       8 columns more than the rank, then the SVD of its small triangular factor (Halko,
       Martinsson, Tropp 2011). Three steps where the block is new.
    4. Rank. Traces of wrong entries are dropped, with all components behind them: those whose
       singular value has halved since the last round, and those that live on few entries, the
       medians of whose two unit vectors multiply to less than 0.2 / sqrt(m n) (0.45 if normal).
       In the first round, and when the distance ``|D - L|`` stops falling while the threshold is
       at its least, components are added: of those that rise above the noise, the ones before the
       widest gap. Component k does so if its singular value is above
       1.2 (1 / sqrt(m) + 1 / sqrt(n)) times the norm of all that is behind it, the edge of a
       random matrix of that size and norm, and above 1.5 times the threshold, which a single
       entry can reach. Where all columns of the block rise above, the block is doubled.
    5. L is the block cut to that rank. The search ends one round after ``|D - L|`` is at most
       `tol` times ``|L|``, in Frobenius norm, and so is the sum of the distances to come if they
       go on to fall at the last rate. `residual_history` holds ``|D - L| / |L|``.

    A round costs about 4 m n (rank + 8) + 2 m n rank flops and a few sweeps over the entries.
    Distances fall by a constant factor a round, the smaller the fewer entries are wrong; 15 to 40
    rounds give 1e-7, at the price of 0.4 to 1 full singular value decompositions.

    This is the AltProj of Netrapalli et al. 2014 (their Algorithm 1) with every step made cheaper.
    Theirs raises the rank by one in each stage and runs a fixed number of rounds in it, here
    components come in groups, and fall out again. Theirs has the threshold
    beta (sigma_{k+1} + 2^{-t} sigma_k) with a beta that needs the coherence of L, here it follows
    the residual, with the constants of step 2, which are ours. Theirs takes a truncated SVD in
    each round, here it is one power step. The theorem (exact recovery for at most a share
    1 / (512 mu^2 r) of wrong entries in each row and column, mu the coherence) is theirs and does
    not cover these changes.

    It fails, and mostly says so, where about a third of the entries are wrong (a quarter at rank
    min(m, n) / 10; the convex method fails earlier), where most entries of one row or column are
    wrong (a sample that is an outlier is `self_paced_components`' case), or where dense noise is
    present: the distance then stays at the noise, which `low_rank` still filters. Three answers
    may surprise. A matrix more than half of whose entries are zero is held to be sparse, with
    ``low_rank`` zero, and a component that lives on few entries to be a trace of wrong ones; use
    the convex method there. `converged` asks that each row and column has `rank` entries held to
    be right, without which it could be anything; it cannot ask that the split be unique, and with
    15 per cent of wrong entries or more a split with a component too many was seen to converge,
    about once in 500 cases. And with ``rank = min(m, n)`` a matrix without structure is all
    `low_rank`.

    References
    ----------
    Netrapalli, Niranjan, Sanghavi, Anandkumar, Jain: Non-convex robust PCA, NeurIPS 2014.

    Cai, Cai, Wei: Accelerated alternating projections for robust principal component analysis,
    JMLR 20 (2019), projects on a tangent space instead of taking power steps.

    Halko, Martinsson, Tropp: Finding structure with randomness, SIAM Review 53 (2011).

    Notebook: ``notebooks/pca/03_outliers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> M = np.outer(np.arange(1.0, 7.0), np.ones(6))
    >>> M[2, 3] = 50.0
    >>> result = alternating_projections(M)
    >>> result.rank, result.low_rank[2].round(6), result.sparse[2].round(6)
    (1, array([3., 3., 3., 3., 3., 3.]), array([ 0.,  0.,  0., 47.,  0.,  0.]))
    """
    M = check_matrix(M, "M")
    n_rows, n_columns = M.shape
    smaller, n_entries = min(n_rows, n_columns), n_rows * n_columns
    allowed = smaller if rank is None else check_count(rank, "rank", 1, smaller)
    tol = max(check_real(tol, "tol", 0.0), 8 * eps(M))
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(M)
    scale = power_of_two(M)
    M = M / scale
    edge = 1.2 * (1 / math.sqrt(n_rows) + 1 / math.sqrt(n_columns))
    generator = as_generator(0)

    def widened(V: Array, width: int) -> Array:
        kept = min(V.shape[1], width)
        new = standard_normal(generator, (n_columns, width - kept), like=M)
        return xp.concat([V[:, :kept], new], axis=1)

    L, size, distance, zeta = xp.zeros_like(M), 0.0, _square(M), xp.max(M)
    width = min(smaller, WIDTH if rank is None else allowed + EXTRA)
    V = standard_normal(generator, (n_columns, width), like=M)
    k, n_products, n_stalled, done = 0, 0, 0, False
    values: list[float] = []
    history: list[float] = []
    for n_iterations in range(1, max_iterations + 1):
        residual = xp.abs(M - L)
        rows = _median(residual[:, :: max(1, n_columns // SAMPLE)], 1)
        columns = _median(residual[:: max(1, n_rows // SAMPLE), :], 0)
        s = _median(rows, 0)[0, 0] / NORMAL_MEDIAN  # step 1
        least = xp.clip(LAST * s, min=10 * tol * size / math.sqrt(n_entries))  # step 2
        zeta = FIRST * s if n_iterations == 1 else xp.maximum(least, DECAY * zeta)
        wrong = (residual > zeta) & (residual > OWN * rows) & (residual > OWN * columns)
        D = xp.where(wrong, L, M)
        n_steps = 3 if n_iterations == 1 else 1
        U, sigma, V = _power_steps(D, V, n_steps)  # step 3
        n_products += 2 * n_steps * V.shape[1]

        settled = xp.astype(zeta <= 1.01 * least, M.dtype)
        facts = xp.stack([distance, settled, _square(D), xp.minimum(zeta, xp.max(residual))])
        measured = to_numpy(xp.concat([facts, sigma, _spread(U, V)])).tolist()
        squared_distance, at_least, energy, spike = measured[:4]
        before, values, spread = values, measured[4 : 4 + V.shape[1]], measured[4 + V.shape[1] :]
        if n_iterations > 1:
            history.append(_ratio(math.sqrt(squared_distance), size))
            done = _still_to_go(history, eps(M)) <= tol
        if not done:  # step 4
            fallen = [i for i in range(k) if values[i] < FALL * before[i] or spread[i] < SPREAD]
            rank_before, k = k, fallen[0] if fallen else k
            stalled = len(history) > 1 and at_least == 1 and history[-1] >= STALLED * history[-2]
            if n_iterations == 1 or stalled:
                while True:
                    n_above = _count_above_noise(values, spread, energy, edge, 1.5 * spike)
                    if n_above < len(values) or len(values) >= min(smaller, allowed + EXTRA):
                        break
                    U, sigma, V = _power_steps(D, widened(V, min(2 * len(values), smaller)), 3)
                    n_products += 6 * V.shape[1]
                    values = to_numpy(sigma).tolist()
                    spread = to_numpy(_spread(U, V)).tolist()
                n_above = min(n_above, allowed)
                if n_above <= k and (k == 0 or rank is not None):
                    n_above = 1 if rank is None else allowed
                if n_above > k:
                    k = _widest_gap(values, k + 1, n_above)
            n_stalled = n_stalled + 1 if stalled and k == rank_before else 0
            if n_stalled == PATIENCE:
                break

        k = sum(value > tol * values[0] for value in values[:k])
        L = (U[:, :k] * sigma[:k]) @ xp.matrix_transpose(V[:, :k])  # step 5
        n_products += k
        size, distance = math.hypot(*values[:k]), _square(D - L)
        if done:
            break
        if rank is None:
            V = widened(V, min(smaller, max(WIDTH, k + EXTRA)))
    history.append(_ratio(math.sqrt(float(distance)), size))
    counts = [xp.sum(xp.astype(~wrong, xp.int64), axis=axis) for axis in (0, 1)]
    determined = all(int(xp.min(count)) >= k for count in counts)
    converged = determined and (done or _still_to_go(history, eps(M)) <= tol)
    residual = M - L
    cut = 10 * tol * size / math.sqrt(n_entries)
    sparse = xp.where(xp.abs(residual) > cut if converged else wrong, residual, 0.0)
    return LowRankPlusSparse(
        low_rank=L * scale,
        sparse=sparse * scale,
        rank=k,
        converged=converged,
        n_iterations=n_iterations,
        residual_history=tuple(history),
        n_singular_value_decompositions=0,
        n_products=n_products,
    )


def _power_steps(D: Array, V: Array, n_steps: int) -> tuple[Array, Array, Array]:
    """Return approximate leading singular vectors and values after power steps from a block."""
    xp = array_namespace(D)
    for _ in range(n_steps):
        Q = xp.linalg.qr(D @ V).Q
        V, R = xp.linalg.qr(xp.matrix_transpose(D) @ Q)
    U, sigma, Wh = xp.linalg.svd(xp.matrix_transpose(R), full_matrices=False)
    return Q @ U, sigma, V @ xp.matrix_transpose(Wh)


def _square(X: Array) -> Array:
    """Return the squared Frobenius norm."""
    entries = array_namespace(X).reshape(X, (-1,))
    return array_namespace(X).vecdot(entries, entries)


def _median(X: Array, axis: int) -> Array:
    """Return the upper median along an axis, which stays."""
    middle = slice(X.shape[axis] // 2, X.shape[axis] // 2 + 1)
    in_order = array_namespace(X).sort(X, axis=axis, stable=False)
    return in_order[middle, :] if axis == 0 else in_order[:, middle]


def _spread(U: Array, V: Array) -> Array:
    """Return the typical entry of each component, relative to its root mean square."""
    xp = array_namespace(U)
    typical = _median(xp.abs(U), 0)[0, :] * _median(xp.abs(V), 0)[0, :]
    return typical * math.sqrt(U.shape[0] * V.shape[0])


def _count_above_noise(
    values: list[float], spread: list[float], energy: float, edge: float, spike: float
) -> int:
    """Return how many leading singular values stand above all that is behind them."""
    for k, value in enumerate(values):
        energy = max(energy - value**2, 0.0)
        if value <= max(edge * math.sqrt(energy), spike) or spread[k] < SPREAD:
            return k
    return len(values)


def _widest_gap(values: list[float], low: int, high: int) -> int:
    """Return the k in a closed range with the largest ratio of values k and k + 1."""
    following = [*values, 0.0]
    return max(range(low, high + 1), key=lambda k: _ratio(values[k - 1], following[k]))


def _still_to_go(history: list[float], rounding: float) -> float:
    """Return the last distance, or the sum of those to come if they fall on at the last rate."""
    *_, before, last = [math.inf, *history]
    falls = 8 * rounding < last < before
    return last * max(1.0, _ratio(last, before - last)) if falls else last


def _ratio(a: float, b: float) -> float:
    """Return a / b, where 0 / 0 is 0."""
    return a / b if b > 0 else (math.inf if a > 0 else 0.0)
