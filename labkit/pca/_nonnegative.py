"""What methods with nonnegative factors share: the door, the start, the scale, the amounts."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_matrix

TINY = 1e-30
"""Denominators are at least this; float32 still holds it."""


def check_spectra(X: Array, n_endmembers: int) -> tuple[Array, int]:
    """Return the checked pixels, shape (n_pixels, n_bands), and the checked count."""
    X = check_matrix(X, "X", min_samples=2, min_features=2)
    xp = array_namespace(X)
    if float(xp.min(X)) < 0:
        raise ValueError(f"X must not be negative, got {float(xp.min(X)):g}")
    if float(xp.max(X)) == 0:
        raise ValueError("X must hold a positive entry, got zeros only")
    return X, check_count(n_endmembers, "n_endmembers", 1, min(X.shape))


def scaled(X: Array) -> tuple[Array, float]:
    """Return the spectra, bands in rows, in units of a typical band, and the unit.

    The unit is the median over the bands that are not dead of their root mean square, so a few
    wrong bands do not set it.
    """
    xp = array_namespace(X)
    largest = float(xp.max(X))
    X = X / largest
    levels = xp.sort(xp.sqrt(xp.mean(X * X, axis=0)))
    n_dead = int(xp.sum(xp.astype(levels == 0, xp.int64)))
    unit = float(levels[n_dead + (levels.shape[0] - n_dead) // 2])
    return xp.matrix_transpose(X) / unit, unit * largest


def start(X: Array, n_endmembers: int) -> tuple[Array, Array]:
    """Return the spectra of the most different pixels, and equal abundances.

    Successive projections: take the pixel of largest norm, project all others off it, repeat. Each
    band counts the same. A tenth of the mean spectrum is mixed in, since a zero stays a zero.
    """
    xp = array_namespace(X)
    levels = xp.sqrt(xp.mean(X * X, axis=1, keepdims=True))
    left = X / xp.where(levels > 0, levels, xp.ones_like(levels))
    chosen = []
    for _ in range(n_endmembers):
        norms = xp.sum(left * left, axis=0)
        best = int(xp.argmax(norms))
        chosen.append(X[:, best])
        direction = left[:, best] / math.sqrt(max(float(norms[best]), TINY))
        left = left - direction[:, None] * (direction @ left)[None, :]
    M = 0.9 * xp.stack(chosen, axis=1) + 0.1 * xp.mean(X, axis=1, keepdims=True)
    return M, xp.ones_like(X[:n_endmembers, :]) / n_endmembers


def sum_to_one(M: Array, A: Array) -> tuple[Array, Array]:
    """Return the same product with the abundances of a pixel summing to 1, as nearly as can be.

    A column of M times a number and the row of A divided by it change nothing. The numbers are the
    nonnegative least squares solution of ``numbers @ A = 1``, by multiplicative steps.
    """
    xp = array_namespace(A)
    gram, sums = A @ xp.matrix_transpose(A), xp.sum(A, axis=1)
    used = sums > 0
    diagonal = xp.clip(xp.sum(A * A, axis=1), min=TINY)
    numbers = xp.where(used, sums / diagonal / A.shape[0], xp.ones_like(sums))
    for _ in range(200):
        step = sums / xp.clip(gram @ numbers, min=TINY)
        numbers = xp.where(used, numbers * step, numbers)
    numbers = xp.where(numbers > 0, numbers, xp.ones_like(numbers))
    return M / numbers[None, :], A * numbers[:, None]


def sparseness(A: Array) -> Array:
    """Return Hoyer's sparseness of each pixel: 1 for a pure one, 0 for equal shares."""
    xp = array_namespace(A)
    n_endmembers = A.shape[0]
    if n_endmembers == 1:
        return xp.ones_like(A[0, :])
    norms = xp.sqrt(xp.sum(A * A, axis=0))
    ratio = xp.where(norms > 0, xp.sum(A, axis=0) / xp.clip(norms, min=TINY), xp.ones_like(norms))
    root = math.sqrt(n_endmembers)
    return xp.clip((root - ratio) / (root - 1), min=0.0, max=1.0)


def nonnegative_amounts(rows: Array, concepts: Array) -> Array:
    """Return the nonnegative least squares solution of ``amounts @ concepts = rows``.

    Coordinate descent on all rows at once (Hildreth 1957), at most 300 sweeps.
    """
    xp = array_namespace(rows, concepts)
    gram = concepts @ xp.matrix_transpose(concepts)
    pull = rows @ xp.matrix_transpose(concepts)
    amounts = xp.zeros_like(pull)
    least = 1e-7 * float(xp.max(xp.abs(pull)))
    for _ in range(300):
        largest = 0.0
        for k in range(concepts.shape[0]):
            size = float(gram[k, k])
            if size == 0:
                continue
            step = (pull[:, k] - amounts @ gram[:, k]) / size
            moved = xp.clip(amounts[:, k] + step, min=0.0)
            largest = max(largest, size * float(xp.max(xp.abs(moved - amounts[:, k]))))
            amounts[:, k] = moved
        if largest <= least:
            break
    return amounts
