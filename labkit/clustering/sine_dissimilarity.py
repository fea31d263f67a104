"""Sine dissimilarity: how badly the line through one function approximates another.

Two solutions of an equation that differ by a factor only are the same to a linear basis. The sine
of the angle between them says so; their distance does not.

Papers: optimal-piecewise-linear-data, physics-informed-cluster-analysis.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device
from labkit.clustering._inner_product import check_functions, factor, unit_rows

CLOSE = 1e-2
"""Below this sine the cosine has lost digits, and the chord is measured instead."""
CHUNK = 2**20
"""Entries of differences that are held at a time."""


def sine_dissimilarity(
    snapshots: Array, others: Array | None = None, *, mass: Array | None = None
) -> Array:
    r"""Return the sine of the angle between every two functions.

    .. math:: \delta(u, v) = \sqrt{1 - \frac{\langle u, v \rangle^2}{\|u\|^2 \|v\|^2}}
              = \min_\alpha \frac{\|u - \alpha v\|}{\|u\|}, \qquad
              \langle u, v \rangle = u^\top M v

    Parameters
    ----------
    snapshots : Array, shape (n_samples, n_features)
        One function a row: its values on a grid, or its coefficients. None may be zero.
    others : Array, shape (n_others, n_features), optional
        The second functions, by default the snapshots themselves.
    mass : Array, shape (n_features, n_features), optional
        M, symmetric and positive definite: the mass matrix of finite elements, or a diagonal of
        quadrature weights. By default the identity, which is right on a uniform grid.

    Returns
    -------
    Array, shape (n_samples, n_samples) or (n_samples, n_others)
        Between 0 (the same line) and 1 (orthogonal). Blind to scale and sign. Without `others` it
        is symmetric with zeros on the diagonal.

    Raises
    ------
    TypeError, ValueError
        For bad values; a function that is zero; a mass matrix that is not positive definite.

    Notes
    -----
    Portable.

    1. With M = C C^T (Cholesky) the inner product is that of the rows times C; these are scaled to
       norm 1.
    2. All cosines from one product; sine = root of (1 - cosine^2).
    3. That loses half of the digits of small sines. Where it is below 0.01, the chord h between the
       unit rows, signs aligned, gives the sine as h root of (1 - h^2 / 4), to a few units of
       rounding.

    n^2 n_features flops for n functions, some three times as much where all are close;
    n_features^3 more with a mass matrix, which is dense here. The papers define the dissimilarity
    for the L2 product and any Hilbert space; how it is computed without loss is ours.

    For subspaces instead of lines see `labkit.linalg.principal_angles`.

    References
    ----------
    Daniel, Casenave, Akkari, Ryckelynck: Optimal piecewise linear data compression for solutions of
    parametrized partial differential equations, arXiv 2108.12291 (2021).

    Notebook: ``notebooks/clustering/03_local_bases.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> snapshots = np.array([[1.0, 0.0], [-3.0, 0.0], [3.0, 4.0]])
    >>> sine_dissimilarity(snapshots)[0].round(3).tolist()
    [0.0, 0.0, 0.8]
    """
    rows = {"snapshots": snapshots} | ({} if others is None else {"others": others})
    *functions, mass = check_functions(mass, **rows)
    C = factor(mass)
    U, V = (unit_rows(f, C) for f in (functions[0], functions[-1]))  # step 1
    xp = array_namespace(U, V)
    cosines = U @ xp.matrix_transpose(V)
    sines = xp.sqrt(xp.clip(1 - cosines * cosines, min=0.0))  # step 2
    close = sines < CLOSE
    if others is None:
        close = close & ~xp.eye(U.shape[0], dtype=xp.bool, device=device(U))
    if bool(xp.any(close)):
        sines[close] = _chord_sines(U, V, cosines, close)  # step 3
    if others is None:
        off_diagonal = 1 - xp.eye(U.shape[0], dtype=sines.dtype, device=device(U))
        sines = off_diagonal * (sines + xp.matrix_transpose(sines)) / 2
    return sines


def _chord_sines(U: Array, V: Array, cosines: Array, close: Array) -> Array:
    """Return the sines of the close pairs, in the order of their places in the matrix."""
    xp = array_namespace(U, V)
    first, second = xp.nonzero(close)
    signs = 1 - 2 * xp.astype(cosines[close] < 0, U.dtype)
    parts, step = [], max(CHUNK // U.shape[1], 1)
    for start in range(0, first.shape[0], step):
        part = slice(start, min(start + step, first.shape[0]))
        ends = xp.take(V, second[part], axis=0) * signs[part, None]
        chords = xp.linalg.vector_norm(xp.take(U, first[part], axis=0) - ends, axis=1)
        parts.append(chords * xp.sqrt(1 - chords * chords / 4))
    return xp.concat(parts)
