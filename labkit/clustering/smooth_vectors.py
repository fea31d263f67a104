"""Smooth vectors: what a multigrid solver for the graph cannot reduce, found by asking it.

A relaxation such as Jacobi's reduces what is rough on a graph and leaves what is smooth. A coarse
graph, made of pairs of vertices, is built to reduce the smooth rest; what this solver leaves in
turn makes the next coarse graph, and so on. The rests are few, cheap, and span what the lowest
eigenvectors of the Laplacian span: coordinates of the vertices.

Papers: extending-bootstrap-amg-clustering.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import Array, from_numpy
from labkit.checks import check_count
from labkit.clustering._graphs import checked_graph
from labkit.random import Rng, as_generator

COARSEST = 40
"""A level of this many vertices or fewer is solved directly."""


@dataclass(frozen=True)
class SmoothVectors:
    """What the bootstrap found.

    Attributes
    ----------
    vectors : Array, shape (n_vertices, n_vectors)
        Smoothest first. Weighted with the degrees each has mean 0 and mean square 1, and they are
        uncorrelated. Vertices without neighbours have zeros, and so have the last vectors if more
        were asked for than the graph has.
    roughness : Array, shape (n_vectors,)
        x^T L x / x^T D x of each, rising: at least the eigenvalue of the normalised Laplacian of
        the same rank, 0 for the constant not counted; 2, its upper end, for vectors of zeros.
    rates : Array, shape (n_vectors,)
        The factor by which one cycle with so many hierarchies reduces the slowest error: near 1
        while something smooth is still missing.
    sizes : tuple of tuple of int
        Vertices of each level of each hierarchy.
    n_entries : tuple of int
        Matrix entries touched for each vector, its hierarchy included.
    """

    vectors: Array
    roughness: Array
    rates: Array
    sizes: tuple[tuple[int, ...], ...]
    n_entries: tuple[int, ...]


def smooth_vectors(
    affinity: Array, n_vectors: int, *, n_iterations: int = 10, rng: Rng = None
) -> SmoothVectors:
    r"""Return vectors that multigrid cycles reduce slowly, the space of a graph's low modes.

    .. math:: x \leftarrow (I - B_r^{-1} L) \cdots (I - B_1^{-1} L)\, x, \qquad L = D - A

    Parameters
    ----------
    affinity : Array or SciPy sparse, shape (n_vertices, n_vertices)
        A, symmetric and not negative; the diagonal is not used.
    n_vectors : int
        From 1 to n_vertices - 1. Of a graph with more parts than one the parts come first.
    n_iterations : int
        Cycles on each random start. With 1 the vectors are hardly smooth; with many they all lean
        towards the one slowest mode and say less of the others.
    rng : int, Generator or None
        The starts.

    Returns
    -------
    SmoothVectors
        Vectors, roughness and rates of the affinity's library; NumPy's for a sparse one.

    Raises
    ------
    TypeError, ValueError
        For bad values; an affinity that is not symmetric or has a negative entry.

    Notes
    -----
    Host: matchings and sparse products, which the array standard does not have.

    1. Start with the constant w = 1, which L sends to zero.
    2. A hierarchy B for w: pair neighbours of equal sign by locally heaviest weight
       1 + 2 a_ij w_i w_j / (d_i w_i^2 + d_j w_j^2), twice, so that up to four vertices are one;
       the columns of the prolongation P are w on these aggregates, scaled to norm 1; the coarse
       matrix is P^T L P, the coarse w is P^T w; again until `COARSEST` are left.
    3. Cycle a random x, all hierarchies in turn: on each level relax (Jacobi with the row sums of
       magnitudes, which never diverges), correct by the coarse level, relax.
    4. What is left of x, scaled, is the next smooth vector and the next w.
    5. Rayleigh and Ritz in the span: vectors in the order of their roughness.

    A cycle touches a number of entries in proportion to the edges as long as coarse graphs are
    sparse, as of neighbours in space. Pairs of a random graph hardly ever share edges: there each
    level has nearly all of them, and a logarithm comes in. The r-th vector needs r hierarchies a
    cycle. This is the bootstrap of D'Ambra, Vassilevski and Cutillo as their program has it. Left
    out: their stop at a target rate (`rates` tells), symmetrised and additive compositions, W
    cycles and smoothed prolongations, matching by auction, pairs of unequal sign. Different:
    constants are projected out, where they add a rank-one term to L; Jacobi instead of Gauss and
    Seidel. And step 5: they take all singular vectors of the raw vectors, all of one length. The
    span is the same, but with an order one can keep the first few and drop the rest, which
    separates weak clusters much better; degrees as weights keep vertices of few edges from getting
    vectors of their own.

    For a few thousand vertices Lanczos in `spectral_labels` is as fast and exact.

    References
    ----------
    D'Ambra, Vassilevski, Cutillo: Extending bootstrap AMG for clustering of attributed graphs,
    Applied Mathematics and Computation 447 (2023).

    Notebook: ``notebooks/clustering/06_attributed_graphs.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> halves = np.kron(np.eye(2), np.ones((30, 30)))
    >>> halves[29, 30] = halves[30, 29] = 1.0
    >>> sign = smooth_vectors(halves, 3, rng=0).vectors[:, 0] > 0
    >>> bool(np.all(sign[:30] != sign[30:]))
    True
    """
    from scipy import sparse

    A = checked_graph(affinity)
    n = A.shape[0]
    check_count(n_vectors, "n_vectors", 1, n - 1)
    check_count(n_iterations, "n_iterations", 1)
    draw = as_generator(rng)
    A = A / A.sum() if A.nnz else A  # one scale for all graphs
    degrees = np.asarray(A.sum(axis=1))
    L = sparse.csr_array(sparse.diags_array(degrees) - A)
    measure = degrees if A.nnz else np.full(n, 1 / n)
    hierarchies: list[list[_Level]] = []
    found, rates, entries = np.empty((n, n_vectors)), np.zeros(n_vectors), []
    w = np.ones(n)  # step 1
    for column in range(n_vectors):
        hierarchy, n_touched = _hierarchy(L, w)  # step 2
        hierarchies.append(hierarchy)
        x = _unit(draw.standard_normal(n), measure)
        for _ in range(n_iterations):  # step 3
            w = x
            for levels in hierarchies:
                x, touched = _cycle(levels, np.zeros(n), x)
                n_touched += touched
            before, after = w @ (L @ w), x @ (L @ x)
            rates[column] = np.sqrt(max(after, 0) / before) if before > 1e-14 else 0.0
            x = _unit(x, measure)
            if not x.any():  # nothing was left to reduce
                break
        w = x if x.any() else w  # step 4
        found[:, column] = w
        entries.append(n_touched)
    root = np.sqrt(measure)[:, None]  # step 5
    basis, values, _ = np.linalg.svd(root * found, full_matrices=False)
    basis = basis[:, values > 1e-10 * values[0]] / np.where(root > 0, root, 1.0)
    energies, turn = np.linalg.eigh(basis.T @ (L @ basis))
    vectors, roughness = np.zeros((n, n_vectors)), np.full(n_vectors, 2.0)
    vectors[:, : len(energies)] = basis @ turn
    roughness[: len(energies)] = np.maximum(energies, 0.0)
    parts = vectors, roughness, rates
    sizes = tuple(tuple(level.L.shape[0] for level in levels) for levels in hierarchies)
    if not sparse.issparse(affinity):
        kind = np.float32 if "float32" in str(affinity.dtype) else np.float64
        parts = tuple(from_numpy(part.astype(kind), like=affinity) for part in parts)
    return SmoothVectors(*parts, sizes, tuple(entries))


def _unit(x: np.ndarray, measure: np.ndarray) -> np.ndarray:
    """Return x without its mean, of mean square 1; zeros if only rounding is left."""
    size = np.sqrt(measure @ (x * x))
    x = np.where(measure > 0, x - measure @ x, 0.0)
    left = np.sqrt(measure @ (x * x))
    return x / left if left > 1e-12 * max(size, 1e-3) else np.zeros_like(x)


@dataclass(frozen=True)
class _Level:
    """A graph of a hierarchy, and the way down to the next one, or to its solution."""

    L: Any
    weight: np.ndarray
    P: Any
    R: Any
    inverse: np.ndarray | None


def _hierarchy(L: Any, w: np.ndarray) -> tuple[list[_Level], int]:
    """Return levels that reproduce w exactly, and how many entries were touched."""
    from scipy import sparse

    levels, n_touched = [], 0
    while L.shape[0] > COARSEST:
        P, coarse, coarse_w = sparse.eye_array(L.shape[0], format="csr"), L, w
        for _ in range(2):
            aggregate, touched = _matching(coarse, coarse_w)
            pairs = _prolongation(aggregate, coarse_w)
            n_touched += touched + 2 * coarse.nnz
            coarse = sparse.csr_array(pairs.T @ coarse @ pairs)
            coarse_w = pairs.T @ coarse_w
            P = sparse.csr_array(P @ pairs)
        if coarse.shape[0] > 0.9 * L.shape[0]:
            break
        levels.append(_Level(L, _relaxation(L), P, sparse.csr_array(P.T), None))
        L, w = coarse, coarse_w
    small = L.shape[0] <= 20 * COARSEST
    inverse = np.linalg.pinv(L.toarray(), rcond=1e-10, hermitian=True) if small else None
    levels.append(_Level(L, _relaxation(L), None, None, inverse))
    return levels, n_touched


def _relaxation(L: Any) -> np.ndarray:
    sums = np.asarray(abs(L).sum(axis=1))
    return np.where(sums > 0, 1 / np.where(sums > 0, sums, 1.0), 0.0)


def _matching(L: Any, w: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the number of its pair for each vertex, and the edges looked at.

    A vertex proposes to its heaviest free neighbour; who propose to each other are a pair. Repeated
    until nobody is, this is a maximal matching of at least half of the largest weight.
    """
    n = L.shape[0]
    row = np.repeat(np.arange(n), np.diff(L.indptr))
    column, value, diagonal = L.indices, L.data, L.diagonal()
    edge = (row != column) & (value * w[row] * w[column] < 0)
    row, column, value = row[edge], column[edge], value[edge]
    scale = diagonal[row] * w[row] ** 2 + diagonal[column] * w[column] ** 2
    weight = 1 - 2 * value * w[row] * w[column] / scale
    low, high = np.minimum(row, column), np.maximum(row, column)
    lot = (low * 7919 + high) * 2654435761 % 4294967291  # alike from both ends, without long chains
    order = np.lexsort((lot, weight))
    row, column = row[order], column[order]
    partner, n_touched = np.full(n, -1), 0
    while len(row):
        n_touched += len(row)
        best = np.full(n, -1)
        best[row] = column  # the last one written is the heaviest
        here = np.flatnonzero(best >= 0)
        mutual = here[best[best[here]] == here]
        partner[mutual] = best[mutual]
        free = (partner[row] < 0) & (partner[column] < 0)
        row, column = row[free], column[free]
    leader = np.where(partner < 0, np.arange(n), np.minimum(np.arange(n), partner))
    return np.unique(leader, return_inverse=True)[1], n_touched


def _prolongation(aggregate: np.ndarray, w: np.ndarray) -> Any:
    """Return w on each aggregate as a column of norm 1; ones where w vanishes."""
    from scipy import sparse

    n = len(w)
    norm = np.sqrt(np.bincount(aggregate, w * w))
    flat = norm[aggregate] < 1e-150
    norm = np.where(norm < 1e-150, np.sqrt(np.bincount(aggregate)), norm)
    values = np.where(flat, 1.0, w) / norm[aggregate]
    return sparse.csr_array((values, (np.arange(n), aggregate)), shape=(n, len(norm)))


def _cycle(levels: list[_Level], b: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, int]:
    """Return x after one V cycle for L x = b, and how many entries were touched."""
    level = levels[0]
    if level.inverse is not None:
        return level.inverse @ (b - level.L @ x) + x, level.L.nnz + level.inverse.size
    x = x + level.weight * (b - level.L @ x)
    if level.P is None:
        return x, level.L.nnz
    rest = level.R @ (b - level.L @ x)
    correction, n_touched = _cycle(levels[1:], rest, np.zeros(len(rest)))
    x = x + level.P @ correction
    x = x + level.weight * (b - level.L @ x)
    return x, n_touched + 3 * level.L.nnz + 2 * level.P.nnz
