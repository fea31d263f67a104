"""The Lanczos recurrence: a symmetric operator, seen from one vector, becomes tridiagonal.

Papers: empirical-analysis-hessian-over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps, to_numpy
from labkit.checks import check_array, check_count, check_same_device


@dataclass(frozen=True)
class LanczosResult:
    """A compression of a symmetric operator A to the Krylov space of a start.

    Attributes
    ----------
    values : Array, shape (k,)
        Ritz values, rising: the eigenvalues of T. The outermost are near eigenvalues of A first.
    rotation : Array, shape (k, k)
        Eigenvectors of T in columns; ``basis @ rotation`` are the Ritz vectors. The squares of its
        first row are the weights of a quadrature with the Ritz values as nodes.
    errors : Array, shape (k,)
        Within this of each Ritz value there is an eigenvalue of A.
    diagonal : Array, shape (k,)
        Of the tridiagonal matrix T.
    off_diagonal : Array, shape (k - 1,)
        Of T, above 0.
    basis : Array, shape (n, k)
        Orthonormal columns Q with T = Q' A Q, the first along the start.
    """

    values: Array
    rotation: Array
    errors: Array
    diagonal: Array
    off_diagonal: Array
    basis: Array


def lanczos(operator: Callable[[Array], Array], start: Array, *, n_steps: int) -> LanczosResult:
    r"""Return the tridiagonal matrix of a symmetric operator over a Krylov space.

    .. math:: A Q = Q T + \beta_k \, q_{k+1} e_k^\top, \qquad
              \operatorname{span} Q = \operatorname{span}\{b, A b, \dots, A^{k-1} b\}

    Parameters
    ----------
    operator : callable
        Takes a vector of shape (n,) and returns A times it. A must be symmetric; that is watched
        from the second step on, by the entries of T that should vanish.
    start : Array, shape (n,)
        b, not zero. What it is orthogonal to is never found.
    n_steps : int
        Products with A, from 1; at most n are made.

    Returns
    -------
    LanczosResult
        With k = n_steps, or fewer where the space cannot grow: A maps it into itself, and then all
        Ritz values are eigenvalues. Of a multiple eigenvalue one copy is found.

    Raises
    ------
    TypeError, ValueError
        For bad values, a start of zeros, an operator that returns another shape, numbers that are
        not finite, or is not symmetric.

    Notes
    -----
    Portable.

    1. Multiply the last basis vector.
    2. Take off its components along all earlier ones, and again: twice is enough (Parlett, Kahan).
       In exact arithmetic the last two would do; in floating point that lets converged Ritz vectors
       back in and shows eigenvalues several times.
    3. The norm of what is left is the next entry of T. If it is rounding, stop.
    4. Diagonalise T.

    k products with A, 4 n k^2 for step 2, n k numbers of memory. Without restarts: for a few
    eigenvalues of a large sparse matrix ``scipy.sparse.linalg.eigsh`` needs less memory. All
    eigenvalues at once, roughly, are in `labkit.spectra.lanczos_density`.

    References
    ----------
    Lanczos: An iteration method for the solution of the eigenvalue problem of linear differential
    and integral operators, J. Res. Nat. Bureau of Standards 45 (1950).

    Notebook: ``notebooks/spectra/06_hessians.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> found = lanczos(lambda v: np.array([1.0, 2.0, 2.0]) * v, np.ones(3), n_steps=3)
    >>> found.values.round(6).tolist()  # one copy of the double eigenvalue
    [1.0, 2.0]
    """
    if not callable(operator):
        raise TypeError(f"operator must be callable, got {type(operator).__name__}")
    start = check_array(start, "start", n_dims=1)
    check_count(n_steps, "n_steps", 1)
    xp = array_namespace(start)
    n = start.shape[0]
    largest = xp.max(xp.abs(start))  # first, so that squares neither overflow nor vanish
    if float(largest) == 0:
        raise ValueError(f"start must not be zero, got {n} zeros")
    q = start / largest
    q = q / xp.linalg.vector_norm(q)
    columns, diagonal, off_diagonal = [q], [], []
    size, before = 0.0, 0.0
    while True:
        w = _product(operator, q)  # step 1
        Q = xp.stack(columns, axis=1)
        along = xp.matrix_transpose(Q) @ w
        w = w - Q @ along  # step 2
        w = w - Q @ (xp.matrix_transpose(Q) @ w)
        beta = xp.linalg.vector_norm(w)
        stray = xp.max(xp.abs(along[:-2])) if len(columns) > 2 else xp.zeros_like(beta)
        last_but_one = along[-2] if len(columns) > 1 else xp.zeros_like(beta)
        numbers = to_numpy(xp.stack([along[-1], beta, last_but_one, stray]))
        alpha, norm, back, off = (float(x) for x in numbers)
        if not math.isfinite(alpha + norm + back + off):
            raise ValueError("operator must return finite numbers, got NaN or infinity")
        size = max(size, abs(alpha) + norm)
        apart = max(off, abs(back - before))
        if apart > eps(start) ** 0.25 * size:
            raise ValueError(f"operator must be symmetric, got entries that differ by {apart:.3g}")
        diagonal.append(alpha)
        ended = norm <= 10 * n**0.5 * eps(start) * size  # step 3
        if ended or len(diagonal) == min(n_steps, n):
            break
        off_diagonal.append(norm)
        q, before = w / beta, norm
        columns.append(q)
    place = {"dtype": start.dtype, "device": device(start)}
    a, b = xp.asarray(diagonal, **place), xp.asarray(off_diagonal, **place)
    k = len(diagonal)
    index = xp.arange(k, device=device(start))
    T = xp.where(index[:, None] == index[None, :], a, xp.zeros_like(a))  # step 4
    if k > 1:
        side = xp.concat([b, xp.zeros_like(b[:1])])
        upper = xp.where(index[:, None] + 1 == index[None, :], side[:, None], xp.zeros_like(T))
        T = T + upper + xp.matrix_transpose(upper)
    values, rotation = xp.linalg.eigh(T)
    errors = (0.0 if ended else norm) * xp.abs(rotation[-1, :])
    return LanczosResult(values, rotation, errors, a, b, Q)


def _product(operator: Callable[[Array], Array], q: Array) -> Array:
    """Return the operator's product, checked for its shape and place."""
    w = operator(q)
    if tuple(getattr(w, "shape", ())) != tuple(q.shape):
        seen = getattr(w, "shape", None) or w
        raise ValueError(f"operator must return shape {tuple(q.shape)}, got {seen}")
    check_same_device(start=q, operator=w)
    return array_namespace(q).astype(w, q.dtype, copy=False)
