"""A map of clusters on a circle: neighbours alike, members at the rim, doubtful points inside.

Each cluster gets a place on a circle, its anchor. The anchors follow each other on the shortest
round trip through the clusters, and those that share many points lie close together. Each point is
the mean of the anchors, weighted by its probabilities: sure of one cluster it lies there, torn
between two on the chord between them, at home nowhere near the middle.

Papers: high-dimensional-clustering-onto.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_matrix
from labkit.clustering.hamiltonian_cycle import LARGEST, hamiltonian_cycle


@dataclass(frozen=True)
class CircularMap:
    """Where clusters and points lie.

    Attributes
    ----------
    points : Array, shape (n_samples, 2)
        In the unit disc.
    anchors : Array, shape (n_clusters, 2)
        On the unit circle; row k is cluster k.
    order : Array of int, shape (n_clusters,)
        The clusters as they follow each other, counterclockwise from cluster 0 at (1, 0).
    similarities : Array, shape (n_clusters, n_clusters)
        Between 0, no point in common, and 1.
    length : float
        Of the cycle, in 1 - similarity.
    """

    points: Array
    anchors: Array
    order: Array
    similarities: Array
    length: float


def circular_map(shares: Array) -> CircularMap:
    r"""Place clusters on a circle by what they share, and points between them.

    .. math:: z_n = \sum_k p_{nk} a_k, \qquad
              s_{jk} = \frac{\sum_n p_{nj} p_{nk}}{\sqrt{\sum_n p_{nj}^2 \sum_n p_{nk}^2}}

    Parameters
    ----------
    shares : Array, shape (n_samples, n_clusters)
        p, the probabilities of the clusters for each sample: from 0 up, with row sums 1; at most
        16 clusters. If all are 0 or 1, the clusters share
        nothing: any order is the best, and each point lies on an anchor, outliers too.

    Returns
    -------
    CircularMap
        Points, anchors, and the cycle.

    Raises
    ------
    TypeError, ValueError
        For bad values; negative probabilities or rows that do not add up to 1; more than 16
        clusters.

    Notes
    -----
    Host: the order of the anchors is a search over cycles, small against the rest.

    1. Similarities s, the cosines between the columns of p; an empty cluster is like no other.
    2. The shortest cycle in 1 - s, exactly: `hamiltonian_cycle`.
    3. Anchors on the circle, the arc from one to the next in proportion to 1 - s. Where all of
       these are 0, equal arcs.
    4. Points: convex combinations of the anchors.

    The anchors have norm 1, so :math:`\|z_n - a_k\| \le 2 (1 - p_{nk})`: who is sure of a cluster
    lies near its anchor. The reverse fails: near an anchor may lie who is torn between its two
    neighbours, and the middle holds those torn between opposite clusters beside outliers.

    n K^2 + K^2 2^K operations. The abstract gives the steps (cycle by similarities, arcs, closer
    for a higher probability); their formulas are ours. The deep clustering that makes the
    probabilities in the paper (GLDC) is left out: any soft clustering will do.

    References
    ----------
    Huang, Cheng, Li, Zhang: High-dimensional clustering onto Hamiltonian cycle, ICML (2023).

    Notebook: ``notebooks/clustering/10_hamiltonian_cycle.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> p = np.array([[1.0, 0, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0.5, 0], [0, 0.5, 0, 0.5]])
    >>> circular_map(p).order.tolist()
    [0, 2, 1, 3]
    """
    shares = check_matrix(shares, "shares")
    xp = array_namespace(shares)
    p = to_numpy(shares).astype(float)
    n_clusters = p.shape[1]
    if n_clusters > LARGEST:
        raise ValueError(f"shares must be of at most {LARGEST} clusters, got {n_clusters}")
    sums = p.sum(axis=1)
    if p.min() < 0 or np.abs(sums - 1).max() > 1e-4:
        raise ValueError(
            f"shares must lie in [0, 1] with row sums 1, got {p.min():g} to {p.max():g} "
            f"with sums from {sums.min():g} to {sums.max():g}"
        )
    norms = np.linalg.norm(p, axis=0)
    unit = p / np.where(norms > 0, norms, 1.0)
    similarities = np.clip(unit.T @ unit, 0.0, 1.0)  # step 1
    similarities = (similarities + similarities.T) / 2
    cycle = hamiltonian_cycle(1 - similarities)  # step 2
    order = to_numpy(cycle.order)
    arcs = 1 - similarities[order, np.roll(order, -1)]  # step 3
    if n_clusters == 1 or arcs.sum() <= 1e-12:
        arcs = np.ones(n_clusters)
    angles = np.empty(n_clusters)
    angles[order] = 2 * np.pi * (np.cumsum(arcs) - arcs) / arcs.sum()
    anchors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points, there, shared = (
        xp.astype(from_numpy(part, like=shares), shares.dtype, copy=False)
        for part in (p @ anchors, anchors, similarities)  # step 4
    )
    return CircularMap(points, there, from_numpy(order, like=shares), shared, cycle.length)
