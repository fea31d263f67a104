"""Matrices of low rank with known holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array
from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator
from labkit.sensing.observed_entries import CompletionState, ObservedEntries


@dataclass(frozen=True)
class CompletionProblem:
    """What is seen of a matrix, and the matrix.

    Attributes
    ----------
    entries : ObservedEntries
        What the methods get.
    left, right : Array, shapes (n_rows, rank) and (n_columns, rank)
        Factors of the truth, for errors only; `right` has orthonormal columns.
    """

    entries: ObservedEntries
    left: Array
    right: Array

    @property
    def truth(self) -> Array:
        """Return the matrix, shape (n_rows, n_columns)."""
        return self.left @ self.right.T

    def recovery_error(self, state: CompletionState) -> float:
        """Return the relative Frobenius error of a state."""
        return state.recovery_error(self.left, self.right)


def completion_problem(
    n_rows: int,
    n_columns: int,
    *,
    rank: int,
    n_observed: int,
    condition: float = 1.0,
    spike: float = 0.0,
    noise: float = 0.0,
    rng: Rng = None,
) -> CompletionProblem:
    """Draw a matrix of low rank and uniformly many of its entries.

    Parameters
    ----------
    n_rows, n_columns : int
        Of the matrix.
    rank : int
        From 1 to the smaller side, and below it where there is a spike.
    n_observed : int
        Entries seen, drawn without replacement.
    condition : float
        First over last of the singular values, which fall geometrically from
        ``sqrt(n_rows n_columns / rank)``; with 1 entries are of size 1.
    spike : float
        From 0 (singular vectors are random and spread over all rows) to 1: the share of the first
        left singular vector, squared, that lies in row 0. With 1 that row has a right singular
        vector to itself, and no other row knows anything of it.
    noise : float
        Standard deviation of Gaussian noise on the entries seen.
    rng : int, Generator or None
        Draws everything.

    Returns
    -------
    CompletionProblem
        On the host.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> problem = completion_problem(30, 20, rank=2, n_observed=200, rng=0)
    >>> problem.truth.shape, problem.entries.n_observed
    ((30, 20), 200)
    """
    check_count(n_rows, "n_rows", 1)
    check_count(n_columns, "n_columns", 1)
    rank = check_count(rank, "rank", 1, min(n_rows, n_columns))
    check_count(n_observed, "n_observed", 1, n_rows * n_columns)
    condition = check_real(condition, "condition", 1.0)
    spike = check_real(spike, "spike", 0.0, 1.0)
    noise = check_real(noise, "noise", 0.0)
    if spike and rank == n_rows:
        raise ValueError(f"rank must be below n_rows where there is a spike, got {rank}")
    generator = as_generator(rng)
    spread = generator.standard_normal((n_rows, rank))
    if spike:
        spread[0] = 0.0
    U = np.linalg.qr(spread)[0]
    if spike:
        U[:, 0] *= np.sqrt(1 - spike)
        U[0, 0] = np.sqrt(spike)
    V = np.linalg.qr(generator.standard_normal((n_columns, rank)))[0]
    exponents = np.arange(rank) / max(rank - 1, 1)
    left = U * (np.sqrt(n_rows * n_columns / rank) * condition**-exponents)
    places = generator.choice(n_rows * n_columns, n_observed, replace=False, shuffle=False)
    rows, columns = np.divmod(np.sort(places), n_columns)
    values = np.einsum("ij,ij->i", left[rows], V[columns])
    if noise:
        values = values + noise * generator.standard_normal(n_observed)
    entries = ObservedEntries(rows, columns, values, (n_rows, n_columns))
    return CompletionProblem(entries, left, V)
