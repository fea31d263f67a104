"""Lists of candidates that stand in for a large determinantal process.

Host: lists of random length, and columns that come one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Block = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Returns the entries of L at rows and columns, given as two arrays of indices."""


@dataclass(frozen=True)
class Outline:
    """What a few columns say about a kernel ``scale * L``.

    Attributes
    ----------
    weights, cumulative : ndarray, shape (n,)
        ``l_i``, the diagonal of ``L - Lhat + Lhat (I + Lhat)^-1``, and its sums.
    s, z, log_det : float
        The sum of the weights; trace of ``Lhat (I + Lhat)^-1`` and ``log det(I + Lhat)``.
    q : float
        About how many candidates a list has.
    scale : float
        The factor on L.
    """

    weights: np.ndarray
    cumulative: np.ndarray
    s: float
    z: float
    log_det: float
    q: float
    scale: float


def outline(
    turned: np.ndarray,
    values: np.ndarray,
    left: np.ndarray,
    factor: float,
    scale: float = 1.0,
    least: float = 0.0,
) -> Outline:
    """Return the outline of a kernel from its Nystrom approximation.

    Parameters
    ----------
    turned : ndarray, shape (n, m)
        A factor of Lhat with orthogonal columns.
    values : ndarray, shape (m,)
        Squared lengths of the columns.
    left : ndarray, shape (n,)
        Diagonal of L - Lhat.
    factor : float
        q over s^2, or over 1.
    scale : float
        The factor on L.
    least : float
        The smallest q.

    Returns
    -------
    Outline
        Of ``scale * L``.
    """
    scaled = scale * values
    weights = scale * left + turned**2 @ (scale / (1 + scaled))
    cumulative = np.cumsum(weights)
    s = float(cumulative[-1])
    z, log_det = float(np.sum(scaled / (1 + scaled))), float(np.sum(np.log1p(scaled)))
    q = max(factor * max(s * s, 1.0), least)
    return Outline(weights, cumulative, s, z, log_det, q, scale)


def propose(
    kernel_block: Block, about: Outline, draw: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, float]:
    """Draw a list of candidates.

    Parameters
    ----------
    kernel_block : callable
        Entries of L.
    about : Outline
        Of the kernel.
    draw : Generator
        Draws the list.

    Returns
    -------
    listed : ndarray of int, shape (t,)
        Items, repeated or not.
    M : ndarray, shape (t, t)
        The kernel of the list.
    log_chance : float
        Logarithm of the probability with which the list is to be accepted, at most 0 up to
        rounding.
    """
    s, q = about.s, about.q
    t = int(draw.poisson(q * math.exp(s / q))) if s > 0 else 0
    listed = about.cumulative.searchsorted(draw.random(t) * s, side="right")
    listed = np.minimum(listed, len(about.weights) - 1)
    roots = np.sqrt(about.weights[listed])
    M = block_of(kernel_block, listed, listed) * (about.scale * s / q) / (roots[:, None] * roots)
    log_chance = about.z - about.log_det - t * s / q + np.linalg.slogdet(np.eye(t) + M)[1]
    return listed, M, float(log_chance)


def block_of(kernel_block: Block, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return a block of the kernel, checked.

    Parameters
    ----------
    kernel_block : callable
        Entries of L.
    rows, columns : ndarray of int
        Where.

    Returns
    -------
    ndarray, shape (len(rows), len(columns))
        In double precision.

    Raises
    ------
    ValueError
        For a wrong shape, and for NaN or infinity.
    """
    if len(rows) == 0:
        return np.zeros((0, len(columns)))
    block = np.asarray(kernel_block(rows, columns), dtype=np.float64)
    if block.shape != (len(rows), len(columns)):
        raise ValueError(
            f"kernel_block must return shape {(len(rows), len(columns))}, got {block.shape}"
        )
    if not np.isfinite(block).all():
        raise ValueError("kernel_block must return finite numbers, got NaN or infinity")
    return block


class Columns:
    """A Nystrom approximation that grows: pivots of Cholesky, drawn by the diagonal left.

    Chen, Epperly, Tropp, Webber: Randomly pivoted Cholesky, arXiv 2207.06503 (2022).

    Attributes
    ----------
    left : ndarray, shape (n,)
        Diagonal of L that the columns leave.
    """

    def __init__(self, kernel_block: Block, diagonal: np.ndarray) -> None:
        self.left = diagonal.copy()
        self._block = kernel_block
        self._rounding = 10 * len(diagonal) * np.finfo(float).eps * diagonal
        self._rows = np.empty((16, len(diagonal)))
        self.n_columns = 0

    @property
    def factor(self) -> np.ndarray:
        """F with F F' = Lhat, shape (n, m)."""
        return self._rows[: self.n_columns].T

    def add(self, draw: np.random.Generator) -> None:
        """Take one more column; something must be left."""
        sums = np.cumsum(self.left)
        pivot = int(sums.searchsorted(draw.random() * sums[-1], side="right"))
        everything = np.arange(len(self.left))
        column = block_of(self._block, everything, np.array([pivot]))[:, 0]
        F = self._rows[: self.n_columns]
        column = (column - F[:, pivot] @ F) / math.sqrt(self.left[pivot])
        if self.n_columns == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self.n_columns] = column
        self.n_columns += 1
        left = self.left - column**2
        self.left = np.where(left > self._rounding, left, 0.0)
        self.left[pivot] = 0.0

    def turned(self) -> tuple[np.ndarray, np.ndarray]:
        """Return a factor with orthogonal columns, and their squared lengths, ascending."""
        values, W = np.linalg.eigh(self.factor.T @ self.factor)
        return self.factor @ W, np.clip(values, 0.0, None)
