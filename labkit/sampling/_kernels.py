"""What determinantal samplers share: spectra on any scale, and the chain of projections."""

from __future__ import annotations

import math
from typing import Any

from labkit.arrays import Array, array_namespace, device, eps, from_numpy, to_numpy
from labkit.random import Rng, as_generator

SMALL = 2**17
"""Entries of vectors up to which draws are made side by side; more of them, one after the other."""
LARGEST_BLOCK = 2**24
"""Numbers that draws side by side keep at a time."""


def spectrum(matrix: Array, name: str) -> tuple[Array, Array, float]:
    """Return eigenvalues, ascending, eigenvectors, and a power of two that was divided out.

    Parameters
    ----------
    matrix : Array, shape (n, n)
        Symmetric, as `check_symmetric` returns it.
    name : str
        The argument's name, for the message.

    Returns
    -------
    values : Array, shape (n,)
        Of the matrix over the scale; those within rounding of zero are zero.
    vectors : Array, shape (n, n)
        In columns.
    log_scale : float
        The natural logarithm of the scale.

    Raises
    ------
    ValueError
        For an eigenvalue that is negative beyond rounding.
    """
    xp = array_namespace(matrix)
    exponent = math.frexp(float(xp.max(xp.abs(matrix))))[1]
    half = exponent // 2  # in two parts: the scale itself may overflow
    values, vectors = xp.linalg.eigh(matrix * 2.0**-half * 2.0 ** (half - exponent))
    rounding = 10 * matrix.shape[0] * eps(matrix) * max(float(values[-1]), 0.0)
    if float(values[0]) < -10 * rounding:
        raise ValueError(
            f"{name} must be positive semidefinite, got the eigenvalue "
            f"{math.ldexp(float(values[0]), exponent):.3g}"
        )
    values = xp.where(values > rounding, values, xp.zeros_like(values))
    return values, vectors, exponent * math.log(2.0)


def log_of(values: Array) -> Array:
    """Return logarithms of numbers from 0 up, minus infinity of zero, without a warning.

    Parameters
    ----------
    values : Array
        Not negative.

    Returns
    -------
    Array
        Of the same shape.
    """
    xp = array_namespace(values)
    positive = values > 0
    logs = xp.log(xp.where(positive, values, xp.ones_like(values)))
    return xp.where(positive, logs, xp.full_like(values, -math.inf))


def probability_of(log_odds: Array) -> Array:
    """Return ``x / (1 + x)`` from the logarithm of x, whatever its size.

    Parameters
    ----------
    log_odds : Array
        Finite or minus infinity.

    Returns
    -------
    Array
        From 0 to 1.
    """
    xp = array_namespace(log_odds)
    small = xp.exp(-xp.abs(log_odds))
    return xp.where(log_odds > 0, xp.ones_like(small), small) / (1 + small)


def projection_draws(vectors: Array, chosen: Array, rng: Rng) -> Array:
    """Draw from the projection kernel of the chosen vectors, a set for each row of choices.

    Parameters
    ----------
    vectors : Array, shape (n, m)
        Orthonormal columns.
    chosen : Array of bool, shape (n_draws, m)
        Which columns span the kernel of a draw; a draw has as many items.
    rng : int, Generator or None
        For k items, k uniform numbers, or about ``2 k log k`` if there are many vectors.

    Returns
    -------
    Array of bool, shape (n_draws, n)
        The items.

    Notes
    -----
    An item i is drawn with a probability in proportion to ``d_i``, the squared length of row i of
    the chosen columns, off the rows drawn before. Two ways to the same law. Few vectors: all of
    ``d`` after every item, for many draws side by side, n m operations an item. Many vectors: the
    chain with rejections, which looks at all rows once and then at candidates only.
    """
    xp = array_namespace(vectors)
    n, m = vectors.shape
    draw = as_generator(rng)
    if n * m > SMALL:
        positions = xp.arange(m, device=device(vectors))
        sets = [
            _draw_by_rejection(xp.take(vectors, positions[chosen[d, :]], axis=1), draw)
            for d in range(chosen.shape[0])
        ]
        return indicators(sets, n, like=vectors)
    counts = xp.sum(xp.astype(chosen, xp.int64), axis=1)
    longest = int(xp.max(counts))
    uniforms = from_numpy(draw.random((longest, chosen.shape[0])), like=vectors)
    uniforms = xp.clip(xp.astype(uniforms, vectors.dtype), max=1 - eps(vectors))
    per_block = max(1, LARGEST_BLOCK // (n * max(longest, 1)))
    drawn = []
    for first in range(0, chosen.shape[0], per_block):
        block = slice(first, min(first + per_block, chosen.shape[0]))
        columns = xp.astype(chosen[block, :], vectors.dtype)
        drawn.append(_draws_side_by_side(vectors, columns, counts[block], uniforms[:, block]))
    return xp.concat(drawn, axis=0)


def indicators(sets: list[list[int]], n: int, *, like: Array) -> Array:
    """Return rows of booleans, true at the items of each set.

    Parameters
    ----------
    sets : list of list of int
        Items from 0 to n - 1.
    n : int
        Number of items in all.
    like : Array
        Decides namespace and device.

    Returns
    -------
    Array of bool, shape (len(sets), n)
        Along the sets.
    """
    hosts = array_namespace(to_numpy(like))
    rows = hosts.zeros((len(sets), n), dtype=bool)
    for row, items in zip(rows, sets, strict=True):
        row[items] = True
    return from_numpy(rows, like=like)


def _draw_by_rejection(V: Array, draw: Any) -> list[int]:
    """Return the items of one set, from its orthonormal columns; the chain runs on the host.

    1. Candidates, independent of each other: item i with a probability in proportion to the squared
       length of row i.
    2. A candidate is taken with the share of its squared length that lies off the rows taken
       before, or else thrown away: with t items taken it passes with probability ``1 - t / k``. So
       k log k candidates make a set, and k^3 log k operations after the n k for the lengths.
    3. The part q of the taken row that is orthogonal to those before, at length one, is taken out
       of the candidates behind it.

    Barthelme, Tremblay and Amblard: A faster sampler for discrete determinantal point processes,
    AISTATS (2023).
    """
    xp = array_namespace(V)
    n, k = V.shape
    lengths = to_numpy(xp.sum(V * V, axis=1)).astype(float)
    cumulative = lengths.cumsum()
    hp = array_namespace(cumulative)
    Q = hp.zeros((k, k))  # orthonormal rows
    taken: list[int] = []  # and their items
    while len(taken) < k:
        t = len(taken)
        uniforms = draw.random((2, max(k, 32)))
        items = cumulative.searchsorted(uniforms[0] * cumulative[-1], side="right")  # step 1
        items = hp.clip(items, max=n - 1)
        rows = to_numpy(xp.take(V, from_numpy(items, like=V), axis=0)).astype(float)
        coins = uniforms[1] * hp.sum(rows * rows, axis=1)
        off = hp.sum(rows * rows, axis=1) - hp.sum((rows @ Q[:t].T) ** 2, axis=1)
        off[hp.isin(items, taken)] = 0.0
        while len(taken) < k and (passing := off > coins).any():  # step 2
            first = int(passing.argmax())
            q = rows[first]
            for _ in range(2 if taken else 0):  # step 3; twice is enough
                q = q - Q[: len(taken)].T @ (Q[: len(taken)] @ q)
            Q[len(taken)] = q / hp.sqrt(q @ q)
            taken.append(int(items[first]))
            items, rows, coins = (part[first + 1 :] for part in (items, rows, coins))
            off = off[first + 1 :] - (rows @ Q[len(taken) - 1]) ** 2
            off[items == taken[-1]] = 0.0
    return taken


def _draws_side_by_side(vectors: Array, columns: Array, counts: Array, uniforms: Array) -> Array:
    """Return the items of many sets, each from its own columns, along rows.

    1. An item in proportion to ``d_i``.
    2. The part q of the drawn row that is orthogonal to those before, at length one.
    3. ``d_i`` loses the square of the component of row i along q. As q is zero outside the chosen
       columns, all draws share one product with the matrix of vectors.
    """
    xp = array_namespace(vectors)
    (n, m), n_draws, n_steps = vectors.shape, columns.shape[0], uniforms.shape[0]
    tiny = xp.finfo(vectors.dtype).smallest_normal
    items = xp.arange(n, device=device(vectors))
    taken = xp.zeros((n_draws, n), dtype=xp.bool, device=device(vectors))
    lengths = columns @ xp.matrix_transpose(vectors**2)
    basis = xp.zeros((n_draws, n_steps, m), dtype=vectors.dtype, device=device(vectors))
    for t in range(n_steps):
        active = counts > t
        sums = xp.cumulative_sum(lengths, axis=1)
        target = uniforms[t, :] * sums[:, -1]
        item = xp.sum(xp.astype(sums <= target[:, None], xp.int64), axis=1)  # step 1
        item = xp.clip(item, max=n - 1)  # where nothing is left, and nothing is wanted
        q = xp.take(vectors, item, axis=0) * columns
        for _ in range(2 if t else 0):  # step 2; twice is enough
            before = basis[:, :t, :]
            along = before @ q[:, :, None]
            q = q - (xp.matrix_transpose(before) @ along)[:, :, 0]
        norms = xp.sqrt(xp.sum(q * q, axis=1, keepdims=True))
        q = xp.where(active[:, None], q / xp.clip(norms, min=tiny), xp.zeros_like(q))
        basis[:, t, :] = q
        taken = taken | (active[:, None] & (items[None, :] == item[:, None]))
        lengths = lengths - (q @ xp.matrix_transpose(vectors)) ** 2  # step 3
        lengths = xp.where(taken, xp.zeros_like(lengths), xp.clip(lengths, min=0.0))
    return taken
