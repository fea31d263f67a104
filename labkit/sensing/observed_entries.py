"""A matrix of which some entries were seen: where they stand, what they are, and no table of holes.

Completion never needs more than these entries, twice in order: by row and by column. Here stand
also the states that the methods of completion pass through, and the few products that they are made
of; each product counts what it multiplies.

Used by every method of completion; its sources are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from labkit.arrays import Array, array_namespace, qr_triangle, to_numpy
from labkit.checks import check_array, check_count

CHUNK = 1 << 12
"""Entries handled at a time, so that gathered rows of factors stay in the cache."""


@dataclass(frozen=True)
class ObservedEntries:
    """Entries of a matrix, in any order.

    Host: sums over the entries of a row are sparse products, which the array standard lacks.

    Attributes
    ----------
    rows, columns : Array of int, shape (n_observed,)
        Where the entries stand, each place at most once.
    values : Array, shape (n_observed,)
        What they are.
    shape : tuple of int
        ``(n_rows, n_columns)`` of the matrix.

    Raises
    ------
    TypeError, ValueError
        For places that are no integers, lie outside or come twice, for values that are not finite,
        and for lengths that differ.
    """

    rows: Array
    columns: Array
    values: Array
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        """Check at the door."""
        n_rows, n_columns = (check_count(n, "shape", 1) for n in self.shape)
        object.__setattr__(self, "values", check_array(self.values, "values", n_dims=1))
        for name, n in (("rows", n_rows), ("columns", n_columns)):
            places = to_numpy(getattr(self, name))
            if places.dtype.kind not in "iu":
                raise TypeError(f"{name} must be integers, got dtype {places.dtype}")
            if places.shape != tuple(self.values.shape):
                raise ValueError(f"{name} must be as many as values, got shape {places.shape}")
            if places.min() < 0 or places.max() >= n:
                outside = int(places[(places < 0) | (places >= n)][0])
                raise ValueError(f"{name} must be from 0 to {n - 1}, got {outside}")
        if self.by_row.nnz < len(to_numpy(self.values)):
            raise ValueError("rows and columns must name each place once, got some of them twice")

    @property
    def n_observed(self) -> int:
        """Return the number of entries."""
        return int(self.values.shape[0])

    @cached_property
    def by_row(self) -> Any:
        """Return the entries as a SciPy CSR matrix, zeros kept."""
        from scipy.sparse import csr_matrix

        i, j, x = (to_numpy(a) for a in (self.rows, self.columns, self.values))
        return csr_matrix((x, (i, j)), shape=self.shape)

    @cached_property
    def by_column(self) -> Any:
        """Return the transpose of `by_row` as a CSR matrix: each column's entries in a row."""
        return self.by_row.T.tocsr()

    def residual(self, left: Array, right: Array) -> float:
        """Return ``|P(left right^T - M)|_F / |P(M)|_F`` over the observed entries P."""
        seen = self.by_row
        scale = float(np.linalg.norm(seen.data))
        if scale == 0:
            raise ValueError("values must not all be zero, got zeros only")
        difference = entries_of(seen, to_numpy(left), to_numpy(right), Tally()) - seen.data
        return float(np.linalg.norm(difference)) / scale


@dataclass(frozen=True)
class CompletionState:
    """Two factors of the completed matrix, and what they have cost so far.

    Attributes
    ----------
    left : Array, shape (n_rows, rank)
        Its product with the transpose of `right` is the estimate.
    right : Array, shape (n_columns, rank)
        The other factor.
    n_multiplications : int
        Made since the call, start included, counted product by product as they were made. A QR
        decomposition of an (n, k) matrix counts as ``2 n k^2``.
    """

    left: Array
    right: Array
    n_multiplications: int

    def estimate(self) -> Array:
        """Return the completed matrix, shape (n_rows, n_columns)."""
        return self.left @ array_namespace(self.left).matrix_transpose(self.right)

    def recovery_error(self, left: Array, right: Array) -> float:
        """Return the relative Frobenius distance to ``left right^T``, no matrix being formed."""
        xp = array_namespace(left, self.left)
        F = qr_triangle(xp.concat([self.left, -left], axis=1))
        G = qr_triangle(xp.concat([self.right, right], axis=1))
        truth = qr_triangle(left) @ xp.matrix_transpose(qr_triangle(right))
        norm = xp.linalg.vector_norm
        return float(norm(F @ xp.matrix_transpose(G)) / norm(truth))


def check_entries(entries: Any, rank: Any) -> int:
    """Return the rank of factors for these entries, or say what is wrong with either.

    Parameters
    ----------
    entries : ObservedEntries
        What a caller gave.
    rank : int
        From 1 to the smaller side.

    Returns
    -------
    int
        The rank.
    """
    if not isinstance(entries, ObservedEntries):
        raise TypeError(f"entries must be ObservedEntries, got {type(entries).__name__}")
    return check_count(rank, "rank", 1, min(entries.shape))


@dataclass
class Tally:
    """Multiplications so far; the products below add theirs, from the sizes of their operands."""

    n_multiplications: int = 0


def entries_of(pattern: Any, left: np.ndarray, right: np.ndarray, tally: Tally) -> np.ndarray:
    """Return the entries of ``left right^T`` at the places of a CSR matrix, in its order.

    Parameters
    ----------
    pattern : csr_matrix, shape (m, n)
        Its values are not looked at.
    left, right : ndarray, shapes (m, rank) and (n, rank)
        The factors.
    tally : Tally
        ``n_observed * rank`` are added.

    Returns
    -------
    ndarray, shape (n_observed,)
        Chunk by chunk, so that no table of gathered rows is kept.
    """
    rows = row_numbers(pattern)
    found = np.empty(len(rows), dtype=np.result_type(left, right))
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        one = left.take(rows[part], axis=0, mode="clip")  # faster than left[rows[part]]
        other = right.take(pattern.indices[part], axis=0, mode="clip")
        np.einsum("ij,ij->i", one, other, out=found[part])
    tally.n_multiplications += len(rows) * left.shape[1]
    return found


def times(pattern: Any, values: np.ndarray, right: np.ndarray, tally: Tally) -> np.ndarray:
    """Return the product of a matrix with holes, zeros in them, and a dense one.

    Parameters
    ----------
    pattern : csr_matrix, shape (m, n)
        Gives the places.
    values : ndarray, shape (n_observed,)
        What stands there, in its order.
    right : ndarray, shape (n, rank)
        The dense matrix.
    tally : Tally
        ``n_observed * rank`` are added.

    Returns
    -------
    ndarray, shape (m, rank)
        No copy of the places is made.
    """
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((values, pattern.indices, pattern.indptr), shape=pattern.shape, copy=False)
    tally.n_multiplications += len(values) * right.shape[1]
    return matrix @ right


def orthonormal(factor: np.ndarray, tally: Tally) -> tuple[np.ndarray, np.ndarray]:
    """Return the QR decomposition of a tall matrix.

    Parameters
    ----------
    factor : ndarray, shape (n, rank)
        Of any rank.
    tally : Tally
        ``2 n rank^2`` are added: LAPACK finds the triangle and forms Q.

    Returns
    -------
    tuple of ndarray, shapes (n, rank) and (rank, rank)
        Orthonormal columns and the triangle.
    """
    tally.n_multiplications += 2 * factor.shape[0] * factor.shape[1] ** 2
    Q, T = np.linalg.qr(factor)
    return Q, T


def row_numbers(pattern: Any) -> np.ndarray:
    """Return the row of every entry of a CSR matrix, in its order.

    Parameters
    ----------
    pattern : csr_matrix
        Its values are not looked at.

    Returns
    -------
    ndarray of int, shape (n_observed,)
        Each row's number as often as it has entries.
    """
    counts = np.diff(pattern.indptr)
    return np.repeat(np.arange(len(counts), dtype=pattern.indices.dtype), counts)


def leading_right_vectors(
    entries: ObservedEntries, rank: int, rng: np.random.Generator, tally: Tally
) -> np.ndarray:
    """Return the leading right singular vectors of the zero-filled matrix.

    Twelve rounds of block power iteration with five columns more than asked for.

    Parameters
    ----------
    entries : ObservedEntries
        The matrix.
    rank : int
        How many.
    rng : Generator
        Draws the start.
    tally : Tally
        Of the products and decompositions.

    Returns
    -------
    ndarray, shape (n_columns, rank)
        Orthonormal columns.
    """
    by_row, by_column = entries.by_row, entries.by_column
    width = min(rank + 5, *entries.shape)
    Q = rng.standard_normal((entries.shape[1], width)).astype(by_row.dtype)
    for _ in range(12):
        P, _ = orthonormal(times(by_row, by_row.data, Q, tally), tally)
        Q, _ = orthonormal(times(by_column, by_column.data, P, tally), tally)
    _, T = orthonormal(times(by_row, by_row.data, Q, tally), tally)
    Vh = np.linalg.svd(T)[2]
    tally.n_multiplications += Q.shape[0] * width * rank
    return Q @ Vh[:rank].T
