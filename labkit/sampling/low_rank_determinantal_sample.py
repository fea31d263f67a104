"""Determinantal sets from features: the n x n kernel is never formed.

A kernel made of m features has rank m at most, and a matrix of m x m knows its spectrum. So a
million items with fifty features are a small problem with a long list attached.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device, eps, from_numpy
from labkit.checks import check_count, check_matrix
from labkit.random import Rng, as_generator
from labkit.sampling._choice import choose_vectors
from labkit.sampling._kernels import (
    log_of,
    probability_of,
    projection_draws,
)


def low_rank_determinantal_sample(
    B: Array, *, size: int | None = None, n_draws: int = 1, rng: Rng = None
) -> Array:
    r"""Draw sets from the determinantal point process of the kernel of features.

    .. math:: L = B B^T, \qquad \Pr(S) = \frac{\det L_S}{\det(I + B^T B)}

    Parameters
    ----------
    B : Array, shape (n, m)
        Features of the items in rows; n is as large as memory holds B twice.
    size : int, optional
        k, from 1 to the rank of B: sets of k items, a k-DPP. By default the size is random.
    n_draws : int
        Independent sets, at least 1.
    rng : int, Generator or None
        Draws the sets.

    Returns
    -------
    Array of bool, shape (n_draws, n)
        True at the items of each set.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a size above the rank of B.

    Notes
    -----
    Portable.

    1. Eigenvalues and eigenvectors w of the dual kernel ``C = B' B``, m x m; the eigenvalues of L
       are the same, its eigenvectors are ``B w`` at length one. Directions whose eigenvalue is
       within rounding of zero are left out, twice: squaring B loses half of the digits, so the
       vectors kept are made orthonormal by a second such step.
    2. Choose eigenvectors as `determinantal_sample` or `k_determinantal_sample` does.
    3. Draw from the projection on them.

    4 n m^2 once; n k and k^3 log k for a set of k items. This is the dual sampler of Kulesza and
    Taskar's section 3.3, with the chain of projections by rejection instead of their updates in the
    dual space.

    References
    ----------
    Kulesza, Taskar: Determinantal point processes for machine learning, Found. Trends Mach. Learn.
    5 (2012), arXiv 1207.6083.

    Notebook: ``notebooks/sampling/09_choosing_a_sampler.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> B = np.random.default_rng(0).standard_normal((10000, 5))
    >>> low_rank_determinantal_sample(B, size=3, n_draws=2, rng=0).sum(axis=1).tolist()
    [3, 3]
    """
    B = check_matrix(B, "B")
    n_draws = check_count(n_draws, "n_draws", 1)
    generator = as_generator(rng)
    xp = array_namespace(B)
    scale = float(xp.max(xp.abs(B))) or 1.0
    values, vectors = spectrum_of_features(B / scale)  # step 1
    rank = values.shape[0]
    if size is not None:
        size = check_count(size, "size", 1)
        if size > rank:
            raise ValueError(f"size must be at most the rank of B, {rank}, got {size}")
    if rank == 0:
        return xp.zeros((n_draws, B.shape[0]), dtype=xp.bool, device=device(B))
    if size is None:  # step 2
        shares = xp.astype(probability_of(log_of(values) + 2 * math.log(scale)), xp.float64)
        chosen = from_numpy(generator.random((n_draws, rank)), like=B) < shares[None, :]
    else:
        chosen = from_numpy(choose_vectors(values, size, n_draws, generator), like=B)
    return projection_draws(vectors, chosen, generator)  # step 3


def spectrum_of_features(B: Array) -> tuple[Array, Array]:
    """Return what is not zero of the spectrum of ``B B'``.

    Parameters
    ----------
    B : Array, shape (n, m)
        Finite, and far from overflow when squared.

    Returns
    -------
    values : Array, shape (rank,)
        Eigenvalues, ascending.
    vectors : Array, shape (n, rank)
        Orthonormal, in columns.
    """
    xp = array_namespace(B)
    values, W = xp.linalg.eigh(xp.matrix_transpose(B) @ B)
    least = 10 * B.shape[1] * eps(B) * xp.max(values)
    rank = int(xp.sum(xp.astype(values > least, xp.int64)))
    values, W = values[values.shape[0] - rank :], W[:, W.shape[1] - rank :]
    vectors = (B @ W) / xp.sqrt(values)[None, :]
    if rank:  # G is the identity up to what squaring lost
        G, turn = xp.linalg.eigh(xp.matrix_transpose(vectors) @ vectors)
        vectors = vectors @ ((turn / xp.sqrt(G)[None, :]) @ xp.matrix_transpose(turn))
    return values, vectors
