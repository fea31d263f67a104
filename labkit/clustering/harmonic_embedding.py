"""Coordinates for edges and triangles: how much each has to do with each hole.

On a complex with holes there are flows along the edges that have no source and go around no
triangle: harmonic ones, as many as holes. An edge's share in each is its place in a small space.

Papers: topological-point-cloud-clustering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checks import check_count
from labkit.clustering._simplices import checked_simplices
from labkit.clustering.boundary_matrix import boundary_matrix

DENSE_BELOW = 100
"""A full eigenvalue problem of this size is faster than a factorisation and iterations."""
ZERO = 1e-8
"""Eigenvalues below are zero: a ring of n edges has its next one at (2 pi / n)^2."""


@dataclass(frozen=True)
class HarmonicEmbedding:
    """What `harmonic_embedding` found.

    Attributes
    ----------
    coordinates : ndarray, shape (n_simplices, betti)
        One row a simplex; columns are an orthonormal basis of the kernel, any one of them: only
        lengths and angles of rows mean something, and a row's sign is that of its orientation.
    eigenvalues : ndarray, shape (m,)
        The smallest of the Hodge Laplacian, rising: zeros as many as columns, then the first that
        is not, unless all are zero. Above zero they are exact below 100 simplices, and upper
        estimates beyond.
    """

    coordinates: np.ndarray
    eigenvalues: np.ndarray


def harmonic_embedding(simplices: Sequence[np.ndarray], dimension: int) -> HarmonicEmbedding:
    r"""Return the kernel of the Hodge Laplacian, one row for each simplex.

    .. math:: L_k = B_k^\top B_k + B_{k+1} B_{k+1}^\top, \qquad
              \dim \ker L_k = \beta_k = n_k - \operatorname{rank} B_k - \operatorname{rank} B_{k+1}

    Parameters
    ----------
    simplices : sequence of integer arrays
        A complex, as of `alpha_complex`.
    dimension : int
        k, from 0 to ``len(simplices) - 1``: 0 finds parts, 1 holes with a rim, 2 cavities.

    Returns
    -------
    HarmonicEmbedding
        On the host.

    Raises
    ------
    TypeError, ValueError
        For bad values; a simplex with a side that is not in the list.

    Notes
    -----
    Host: a sparse factorisation.

    1. The Hodge Laplacian from two boundary matrices.
    2. Below 100 simplices all eigenvalues. Otherwise inverse iteration with a block of random
       vectors (of a fixed seed), from a sparse factorisation of ``L_k + ZERO I / 10``: what is not
       in the kernel shrinks by the ratio of this shift to its eigenvalue at each of six steps.
    3. Eigenvalues within the block; if all are zero, again with a block of twice the width. So
       a zero is never missed for being a copy of another, as Lanczos may miss it.
    4. What is below ZERO is the kernel.

    The factorisation takes about n_k^1.5 operations for points of the plane. In the paper: sparse
    eigenvectors, without saying by which method.

    References
    ----------
    Grande, Schaub: Topological point cloud clustering, ICML (2023), arXiv 2303.16716.

    Eckmann: Harmonische Funktionen und Randwertaufgaben in einem Komplex, Commentarii Mathematici
    Helvetici 17 (1944).

    Notebook: ``notebooks/clustering/04_topology.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> ring = (np.arange(3)[:, None], np.array([[0, 1], [0, 2], [1, 2]]))
    >>> np.abs(harmonic_embedding(ring, 1).coordinates.round(3)).tolist()
    [[0.577], [0.577], [0.577]]
    """
    parts = checked_simplices(simplices)
    k = check_count(dimension, "dimension", 0, len(parts) - 1)
    down, up = boundary_matrix(parts, k), boundary_matrix(parts, k + 1)
    L = (down.T @ down + up @ up.T).tocsc()  # step 1
    n = L.shape[0]
    if n == 0:
        return HarmonicEmbedding(np.zeros((0, 0)), np.zeros(0))
    if n < DENSE_BELOW:
        values, vectors = np.linalg.eigh(L.toarray())
    else:
        values, vectors = _lowest(L)
    betti = int(np.sum(values < ZERO))  # step 4
    values = np.where(values < ZERO, 0.0, values)
    return HarmonicEmbedding(vectors[:, :betti], values[: betti + 1])


def _lowest(L: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues near zero, one above it at least, and their eigenvectors."""
    from scipy import sparse
    from scipy.sparse.linalg import splu

    n, width = L.shape[0], 8
    shifted = (L + ZERO / 10 * sparse.eye_array(n)).tocsc()
    factor = splu(shifted, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    draw = np.random.default_rng(0)
    while True:
        block = draw.standard_normal((n, min(width, n)))
        for _ in range(6):  # step 2
            block = np.linalg.qr(factor.solve(block))[0]
        values, turn = np.linalg.eigh(block.T @ (L @ block))  # step 3
        if values[-1] > ZERO or width >= n:
            return values, block @ turn
        width *= 2
