"""Clusters by the holes they surround: points that go around the same one belong together.

Two rings and the bridge between them are one connected shape, and no graph distance says where one
ring ends. The flows that go around do: an edge of the first ring carries only the first ring's.

Papers: topological-point-cloud-clustering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labkit.checks import check_count
from labkit.clustering._k_means import k_means_labels
from labkit.clustering._simplices import checked_simplices
from labkit.clustering.harmonic_embedding import harmonic_embedding
from labkit.random import Rng, as_generator

WEAK = 0.25
"""A simplex with less than this share of its line's median goes around nothing to speak of."""


@dataclass(frozen=True)
class TopologicalLabels:
    """What `topological_labels` found.

    Attributes
    ----------
    labels : ndarray of int, shape (n_vertices,)
        From 0 to n_clusters - 1 at most, in the order in which clusters first occur.
    signatures : ndarray, shape (n_vertices, total number of lines)
        What k-means saw: for each dimension and line, the share of the vertex's simplices on it.
    coordinates : tuple of ndarray
        One array a dimension: the harmonic embedding of its simplices.
    lines : tuple of ndarray of int
        One array a dimension: the line of each simplex, counted from 0; -1 for none.
    betti : tuple of int
        Holes of each dimension.
    """

    labels: np.ndarray
    signatures: np.ndarray
    coordinates: tuple[np.ndarray, ...]
    lines: tuple[np.ndarray, ...]
    betti: tuple[int, ...]


def topological_labels(
    simplices: Sequence[np.ndarray], n_clusters: int, *, n_lines: int | None = None, rng: Rng = None
) -> TopologicalLabels:
    r"""Cluster the vertices of a complex by the holes that their simplices surround.

    .. math:: s_{v, (k, c)} = \frac{\# \{ \sigma \ni v : \dim \sigma = k, \sigma \text{ on line } c
              \}}{\# \{ \sigma \ni v : \dim \sigma = k \}}

    Parameters
    ----------
    simplices : sequence of integer arrays
        A complex, as of `alpha_complex`.
    n_clusters : int
        From 1 to the number of vertices. With fewer different signatures there are fewer clusters.
    n_lines : int, optional
        Lines in each dimension that has holes; by default as many as holes there. More are needed
        where holes share a wall: each piece between two crossings has a line of its own.
    rng : int, Generator or None
        The starts of k-means.

    Returns
    -------
    TopologicalLabels
        On the host.

    Raises
    ------
    TypeError, ValueError
        For bad values; a simplex with a side that is not in the list.

    Notes
    -----
    Host: sparse factorisations and k-means.

    1. For each dimension k the harmonic embedding of the k-simplices: the rows lie near lines
       through the origin, to both sides of it, as the sign of a row is its orientation's.
    2. Lines: starts far from each other, then by turns each row to the line of the largest squared
       cosine, and each line to the leading direction of its rows (k-subspaces, of dimension one).
    3. A row with a coordinate along its line below a quarter of the line's median is on none: a
       bridge carries no flow around anything.
    4. Signatures: for each vertex the shares of the formula.
    5. k-means on them, the best of twenty starts.

    One factorisation a dimension, see `harmonic_embedding`, and n_k betti_k^2 a turn of step 2. The
    steps are those of Grande and Schaub (2023), as far as the scheme of their Figure 1 says; step 2
    is the plainest subspace clustering, and the quarter of step 3 is ours.

    Where clusters are dense and apart, `spectral_labels` finds them without a complex.

    References
    ----------
    Grande, Schaub: Topological point cloud clustering, ICML (2023), arXiv 2303.16716.

    Notebook: ``notebooks/clustering/04_topology.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> edges = np.array([[0, 1], [0, 2], [1, 2], [2, 3], [3, 4]])  # a ring with a tail
    >>> topological_labels((np.arange(5)[:, None], edges), 2, rng=0).labels.tolist()
    [0, 0, 0, 1, 1]
    """
    parts = checked_simplices(simplices)
    n = len(parts[0])
    check_count(n_clusters, "n_clusters", 1, n)
    if n_lines is not None:
        check_count(n_lines, "n_lines", 1)
    embedded = tuple(harmonic_embedding(parts, k).coordinates for k in range(len(parts)))  # step 1
    betti = tuple(coordinates.shape[1] for coordinates in embedded)
    shares, lines = [], []
    for k, rows in enumerate(parts):
        lines.append(_lines(embedded[k], min(n_lines or betti[k], len(rows)) if betti[k] else 0))
        n_on = int(lines[k].max(initial=-1)) + 1
        incident = np.bincount(rows.ravel(), minlength=n)
        for line in range(n_on):  # step 4
            on = np.bincount(rows[lines[k] == line].ravel(), minlength=n)
            shares.append(on / np.maximum(incident, 1))
    signatures = np.stack(shares, axis=1)
    labels = k_means_labels(signatures, n_clusters, as_generator(rng))  # step 5
    return TopologicalLabels(labels, signatures, embedded, tuple(lines), betti)


def _lines(rows: np.ndarray, n_lines: int) -> np.ndarray:
    """Return the line through the origin that each row is near, -1 for none."""
    if n_lines == 0:
        return np.full(len(rows), -1)
    squares = np.sum(rows**2, axis=1)
    left, directions = squares, np.zeros((n_lines, rows.shape[1]))
    for line in range(n_lines):
        start = rows[np.argmax(left)]
        directions[line] = start / np.maximum(np.linalg.norm(start), 1e-300)
        left = np.minimum(left, squares - (rows @ directions[line]) ** 2)
    for _ in range(20):  # step 2
        nearest = np.argmax((rows @ directions.T) ** 2, axis=1)
        before = directions.copy()
        for line in range(n_lines):
            here = rows[nearest == line]
            if len(here):
                directions[line] = np.linalg.eigh(here.T @ here)[1][:, -1]
        if np.allclose(np.abs(np.sum(before * directions, axis=1)), 1, atol=1e-12):
            break
    along = np.abs(np.sum(rows * directions[nearest], axis=1))
    for line in np.unique(nearest):  # step 3
        here = nearest == line
        nearest = np.where(here & (along < WEAK * np.median(along[here])), -1, nearest)
    return nearest
