"""What determinantal samplers share: spectra on any scale, and the chain of projections."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device, eps, from_numpy
from labkit.random import Rng, as_generator

LARGEST_BLOCK = 2**24
"""Numbers that the chain keeps at a time."""


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
    """Draw from the projection kernel of the chosen eigenvectors, a set for each row of choices.

    Parameters
    ----------
    vectors : Array, shape (n, n)
        Orthonormal columns.
    chosen : Array of bool, shape (n_draws, n)
        Which columns span the kernel of a draw; a draw has as many items.
    rng : int, Generator or None
        One uniform number an item.

    Returns
    -------
    Array of bool, shape (n_draws, n)
        The items.

    Notes
    -----
    1. An item i is drawn with a probability in proportion to ``d_i``, the squared length of row i
       of the chosen columns, off the rows drawn before.
    2. The part q of the drawn row that is orthogonal to those before, at length one.
    3. ``d_i`` loses the square of the component of row i along q. As q is zero outside the chosen
       columns, all draws share one product with the matrix of vectors.
    """
    xp = array_namespace(vectors)
    n = vectors.shape[0]
    counts = xp.sum(xp.astype(chosen, xp.int64), axis=1)
    longest = int(xp.max(counts))
    uniforms = from_numpy(as_generator(rng).random((longest, chosen.shape[0])), like=vectors)
    uniforms = xp.clip(xp.astype(uniforms, vectors.dtype), max=1 - eps(vectors))
    per_block = max(1, LARGEST_BLOCK // (n * max(longest, 1)))
    drawn = []
    for first in range(0, chosen.shape[0], per_block):
        block = slice(first, min(first + per_block, chosen.shape[0]))
        columns = xp.astype(chosen[block, :], vectors.dtype)
        drawn.append(_chain(vectors, columns, counts[block], uniforms[:, block]))
    return xp.concat(drawn, axis=0)


def _chain(vectors: Array, columns: Array, counts: Array, uniforms: Array) -> Array:
    xp = array_namespace(vectors)
    n, n_draws, n_steps = vectors.shape[0], columns.shape[0], uniforms.shape[0]
    tiny = xp.finfo(vectors.dtype).smallest_normal
    items = xp.arange(n, device=device(vectors))
    taken = xp.zeros((n_draws, n), dtype=xp.bool, device=device(vectors))
    lengths = columns @ xp.matrix_transpose(vectors**2)
    basis = xp.zeros((n_draws, n_steps, n), dtype=vectors.dtype, device=device(vectors))
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
