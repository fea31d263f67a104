"""Completion by turns: with one factor held, each row of the other is a least-squares problem.

Solved exactly, the problems of a sweep cost rank^2 an observed entry. They need not be: the factors
will move again. A few steps of conjugate gradients from where the row stood cost rank each.

Papers: low-rank-matrix-completion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from labkit.arrays import from_numpy
from labkit.checks import check_choice, check_count
from labkit.random import Rng, as_generator
from labkit.sensing.observed_entries import (
    CompletionState,
    ObservedEntries,
    entries_of,
    leading_right_vectors,
    with_values,
)

SOLVERS = ("warm", "cold", "exact")


def alternating_minimisation(
    entries: ObservedEntries,
    *,
    rank: int,
    solver: str = "warm",
    n_inner: int = 3,
    rng: Rng = None,
) -> Iterator[CompletionState]:
    r"""Return a generator of factors that fit the observed entries better with each sweep.

    .. math:: \min_{L, R} \sum_{(i, j) \in \Omega} \bigl(M_{ij} - (L R^\top)_{ij}\bigr)^2,
              \qquad L \in \mathbb R^{m \times k},\; R \in \mathbb R^{n \times k}

    Parameters
    ----------
    entries : ObservedEntries
        Omega and the entries there. A row wants k of them at least; one with fewer gets the
        solution of smallest norm, and one with none gets zeros.
    rank : int
        k, from 1 to the smaller side.
    solver : {"warm", "cold", "exact"}
        ``"warm"``: conjugate gradients from where each row stood. ``"cold"``: from zero, so that
        each solve leaves an error relative to the row and not to what is left to improve; it
        stalls, and is here to be compared. ``"exact"``: the normal equations.
    n_inner : int
        Steps of conjugate gradients a solve; ``"exact"`` takes none.
    rng : int, Generator or None
        Draws the start of the power iteration.

    Returns
    -------
    iterator of CompletionState
        First the start, its left factor zero; then one state for each sweep, that is a solve for
        L and one for R, without end. `left` has orthonormal columns.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Host: sums over the entries of a row are sparse products, which the array standard lacks.

    1. Start: R spans the leading right singular vectors of the matrix with zeros in its holes.
    2. Make R orthonormal, R = Q T, and pass T to the other side: L T^T Q^T is the same matrix. Now
       each row's normal matrix is near the observed share times the identity, so that few steps
       of conjugate gradients do.
    3. Improve all rows of L at once, each with step lengths of its own (CGLS). Or solve exactly:
       the normal matrices of all rows are one sparse product of the mask with the k (k + 1) / 2
       products of columns of Q.
    4. The same with L and R in each other's place.

    Multiplications a sweep: ``4 |Omega| k`` for each inner step and as many for the residual and
    the first gradient, against ``|Omega| k (k + 3)`` and ``(m + n) k^3 / 3`` exactly; the QR
    decompositions take ``2 (m + n) k^2`` either way. Memory: a few numbers an entry, and
    ``m k^2`` for the normal matrices.

    Gu, Song, Yin and Zhang (2024) draw new entries for every solve, clip large rows of the start,
    and precondition each row's problem by the QR of a random sketch of it, to any accuracy. Here
    all entries serve in every solve, nothing is clipped, and Q is preconditioner enough.

    `completion_descent` has no inner problem at all, `soft_impute` needs no rank.

    References
    ----------
    Gu, Song, Yin, Zhang: Low rank matrix completion via robust alternating minimization in nearly
    linear time, ICLR (2024), arXiv 2302.11068.

    Jain, Netrapalli, Sanghavi: Low-rank matrix completion using alternating minimization, STOC
    (2013).

    Notebook: ``notebooks/sensing/06_completion.ipynb``.

    Examples
    --------
    >>> from labkit.datasets import completion_problem
    >>> from labkit.trace import trace
    >>> problem = completion_problem(60, 50, rank=2, n_observed=1200, rng=0)
    >>> states = alternating_minimisation(problem.entries, rank=2, rng=0)
    >>> run = trace(states, n_steps=30, record={"error": problem.recovery_error})
    >>> bool(run["error"][-1] < 1e-8)
    True
    """
    if not isinstance(entries, ObservedEntries):
        raise TypeError(f"entries must be ObservedEntries, got {type(entries).__name__}")
    rank = check_count(rank, "rank", 1, min(entries.shape))
    check_choice(solver, "solver", SOLVERS)
    check_count(n_inner, "n_inner", 1)
    generator = as_generator(rng)

    def states() -> Iterator[CompletionState]:
        R, work = leading_right_vectors(entries, rank, generator)  # step 1
        L = np.zeros((entries.shape[0], rank), dtype=R.dtype)
        while True:
            left, right = (from_numpy(F, like=entries.values) for F in (L, R))
            yield CompletionState(left, right, work)
            for pattern in (entries.by_row, entries.by_column):  # steps 2 to 4
                Q, T = np.linalg.qr(R)
                start = np.zeros_like(L) if solver == "cold" else L @ T.T
                if solver == "exact":
                    L = _exact(pattern, Q)
                    work += pattern.nnz * rank * (rank + 3) / 2 + len(L) * rank**3 / 3
                else:
                    L = _improved(pattern, Q, start, n_inner)
                    work += 2 * pattern.nnz * rank * (n_inner + 1)
                work += 2 * len(Q) * rank**2
                L, R = Q, L

    return states()


def _improved(pattern: Any, Q: np.ndarray, L: np.ndarray, n_steps: int) -> np.ndarray:
    """Return L after steps of CGLS on every row's problem."""
    residual = pattern.data - entries_of(pattern, L, Q)
    S = with_values(pattern, residual) @ Q
    P, gamma = S, np.sum(S * S, axis=1)
    for _ in range(n_steps):
        moved = entries_of(pattern, P, Q)
        length = _row_sums(pattern, moved * moved)
        step = np.divide(gamma, length, out=np.zeros_like(gamma), where=length > 0)
        L = L + step[:, None] * P
        residual = residual - np.repeat(step, np.diff(pattern.indptr)) * moved
        S = with_values(pattern, residual) @ Q
        previous, gamma = gamma, np.sum(S * S, axis=1)
        turn = np.divide(gamma, previous, out=np.zeros_like(gamma), where=previous > 0)
        P = S + turn[:, None] * P
    return L


def _exact(pattern: Any, Q: np.ndarray) -> np.ndarray:
    """Return the least-squares solution of every row, of smallest norm where it is not one."""
    n_rows, k = pattern.shape[0], Q.shape[1]
    upper = np.triu_indices(k)
    mask = with_values(pattern, np.ones_like(pattern.data))
    normal = np.empty((n_rows, k, k), dtype=Q.dtype)
    normal[:, upper[0], upper[1]] = mask @ (Q[:, upper[0]] * Q[:, upper[1]])
    normal[:, upper[1], upper[0]] = normal[:, upper[0], upper[1]]
    right = pattern @ Q
    few = np.diff(pattern.indptr) < 2 * k
    normal[few] = np.linalg.pinv(normal[few], rcond=k * np.finfo(Q.dtype).eps, hermitian=True)
    normal[~few] = np.linalg.inv(normal[~few])
    return np.einsum("ijk,ik->ij", normal, right)


def _row_sums(pattern: Any, values: np.ndarray) -> np.ndarray:
    """Return the sums of values over the rows of a CSR matrix."""
    return with_values(pattern, values) @ np.ones(pattern.shape[1], dtype=values.dtype)
