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
    Tally,
    check_entries,
    entries_of,
    leading_right_vectors,
    orthonormal,
    row_numbers,
    times,
)

SOLVERS = ("warm", "cold", "exact")


def alternating_minimisation(
    entries: ObservedEntries,
    *,
    rank: int,
    solver: str = "warm",
    n_inner: int = 2,
    rng: Rng = None,
) -> Iterator[CompletionState]:
    r"""Return a generator of factors that fit the observed entries better with each sweep.

    .. math:: \min_{L, R} \sum_{(i, j) \in \Omega} \bigl(M_{ij} - (L R^\top)_{ij}\bigr)^2,
              \qquad L \in \mathbb R^{m \times k},\; R \in \mathbb R^{n \times k}

    Parameters
    ----------
    entries : ObservedEntries
        Omega and the entries there. A row wants k of them at least. Of one with fewer, and of one
        that does not meet all columns of the other factor, some coordinates stay open: where they
        were (``"warm"``), or at zero. A row without entries is zero.
    rank : int
        k, from 1 to the smaller side. Above the rank of the truth many matrices fit what was seen,
        and more inner steps tend to find a better one.
    solver : {"warm", "cold", "exact"}
        ``"warm"``: conjugate gradients from where each row stood. ``"cold"``: from zero, so that
        each solve leaves an error relative to the row and not to what is left to improve; with
        fewer inner steps than k it stalls, and is here to be compared. ``"exact"``: the normal
        equations.
    n_inner : int
        Steps of conjugate gradients a solve, from 1; ``"exact"`` takes none, and k steps are exact.
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
    2. Make R orthonormal, R = Q T, and pass T to the other side: L T^T Q^T is the same matrix.
    3. Improve all rows of L at once, each with step lengths of its own (CGLS). Or solve exactly:
       the normal matrices of all rows are one product of the mask with the k (k + 1) / 2 products
       of columns of Q, and are eliminated together.
    4. The same with L and R in each other's place.

    A row with c entries sees c rows of Q, whose singular values spread like ``1 +- s``,
    ``s = sqrt(k / c)``. So n_inner steps leave about ``2 s^n_inner`` of what the row has to move.
    That must not cover the smallest component: with a condition number of 1 two steps do, with 10
    three or four.

    Multiplications a sweep: ``2 (2 n_inner + 1) |Omega| k``, against ``|Omega| k (k + 3)`` and
    ``(m + n) k^3 / 3`` exactly, which is less up to ``k = 4 n_inner - 1`` or so; either way
    about ``2 (m + n) k^2`` for the QR decompositions. In time the exact solve, whose products are
    wider, is ahead for some ranks more. Memory: a few numbers an entry, and ``m k^2`` for the
    normal matrices.

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
    rank = check_entries(entries, rank)
    check_choice(solver, "solver", SOLVERS)
    check_count(n_inner, "n_inner", 1)
    generator = as_generator(rng)

    def states() -> Iterator[CompletionState]:
        tally = Tally()
        R = leading_right_vectors(entries, rank, generator, tally)  # step 1
        L = np.zeros((entries.shape[0], rank), dtype=R.dtype)
        while True:
            left, right = (from_numpy(F, like=entries.values) for F in (L, R))
            yield CompletionState(left, right, tally.n_multiplications)
            for pattern in (entries.by_row, entries.by_column):
                Q, T = orthonormal(R, tally)  # step 2
                if solver == "exact":
                    L = _exact(pattern, Q, tally)  # step 3
                else:
                    start = np.zeros_like(L) if solver == "cold" else L @ T.T
                    L = _improved(pattern, Q, start, n_inner, tally)
                    tally.n_multiplications += L.size * rank
                L, R = Q, L  # step 4

    return states()


def _improved(pattern: Any, Q: np.ndarray, L: np.ndarray, n_steps: int, tally: Tally) -> np.ndarray:
    """Return L after steps of CGLS on the problem of every row at once."""
    rows = row_numbers(pattern)
    residual = pattern.data - entries_of(pattern, L, Q, tally)
    P = S = times(pattern, residual, Q, tally)
    squares = np.sum(S * S, axis=1)
    tally.n_multiplications += S.size
    for step in range(1, n_steps + 1):
        moved = entries_of(pattern, P, Q, tally)
        lengths = np.zeros_like(squares)
        np.add.at(lengths, rows, moved * moved)
        steps = _quotient(squares, lengths)
        L = L + steps[:, None] * P
        residual = residual - steps[rows] * moved
        tally.n_multiplications += 2 * len(moved) + L.size + len(L)
        if step < n_steps:
            S = times(pattern, residual, Q, tally)
            before, squares = squares, np.sum(S * S, axis=1)
            P = S + _quotient(squares, before)[:, None] * P
            tally.n_multiplications += 2 * S.size + len(S)
    return L


def _quotient(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a / b, zero where b is not above zero."""
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def _exact(pattern: Any, Q: np.ndarray, tally: Tally) -> np.ndarray:
    """Return the least-squares solution of every row, zero in coordinates it leaves open."""
    k = Q.shape[1]
    i, j = np.triu_indices(k)
    products = times(pattern, np.ones_like(pattern.data), Q[:, i] * Q[:, j], tally)
    tally.n_multiplications += Q.shape[0] * len(i)
    normal = np.empty((pattern.shape[0], k, k), dtype=Q.dtype)
    normal[:, i, j] = normal[:, j, i] = products
    solution = times(pattern, pattern.data, Q, tally)
    largest = np.max(np.diagonal(normal, axis1=1, axis2=2), axis=1)
    smallest = np.finfo(pattern.data.dtype).eps ** 0.5 * largest
    tally.n_multiplications += len(largest)
    for c in range(k):  # elimination; a coordinate without a pivot is open
        pivot = normal[:, c, c]
        scale = np.divide(1, pivot, out=np.zeros_like(pivot), where=pivot > smallest)
        ratio = normal[:, c, c + 1 :] * scale[:, None]
        normal[:, c + 1 :, c + 1 :] -= ratio[:, :, None] * normal[:, c, None, c + 1 :]
        solution[:, c + 1 :] -= ratio * solution[:, c, None]
        normal[:, c, c + 1 :] = ratio
        solution[:, c] *= scale
        tally.n_multiplications += ratio.size * (k - c + 1) + 2 * len(pivot)
    for c in range(k - 2, -1, -1):
        solution[:, c] -= np.einsum("ij,ij->i", normal[:, c, c + 1 :], solution[:, c + 1 :])
        tally.n_multiplications += len(solution) * (k - 1 - c)
    return solution
