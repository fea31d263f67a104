"""Representatives by k-medoids: the k members that stand best for the rest of a set.

k-means needs averages, and the average of two solutions of an equation is seldom one. A medoid is
a member of the set, and all that the search asks for is a table of dissimilarities.

Papers: optimal-piecewise-linear-data, physics-informed-cluster-analysis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_count, check_symmetric
from labkit.random import Rng, as_generator

ROUNDING = 1e-12
"""A swap must lower the cost by this share of it, or rounding could swap for ever."""


@dataclass(frozen=True)
class KMedoids:
    """Representatives and their clusters.

    Attributes
    ----------
    medoids : Array of int64, shape (n_clusters,)
        The places of the representatives in the set, rising.
    labels : Array of int64, shape (n_samples,)
        For each member the number of its nearest medoid; a medoid has its own.
    cost : float
        The sum of the dissimilarities to the nearest medoid.
    start_costs : tuple of float
        The cost that each start ended at. If they differ, more starts may find better.
    n_swaps : int
        Swaps made, over all starts; each looks at all n_clusters times n_samples swaps.
    """

    medoids: Array
    labels: Array
    cost: float
    start_costs: tuple[float, ...]
    n_swaps: int


def k_medoids(
    dissimilarity: Array, n_clusters: int, *, n_starts: int = 5, rng: Rng = None
) -> KMedoids:
    r"""Choose representatives so that everything is close to one of them.

    .. math:: \min_{|S| = k} \; \sum_i \min_{m \in S} D_{im}

    Parameters
    ----------
    dissimilarity : Array, shape (n_samples, n_samples)
        D, symmetric and not negative; no triangle inequality is asked for. The diagonal is not
        used: what represents itself costs nothing.
    n_clusters : int
        k, from 1 to n_samples; with n_samples the cost is 0.
    n_starts : int
        Starts of which the best is kept. The first is greedy and draws nothing.
    rng : int, Generator or None
        Draws the other starts.

    Returns
    -------
    KMedoids
        A local minimum: no exchange of one medoid for another member lowers the cost.

    Raises
    ------
    TypeError, ValueError
        For bad values; a table that is not symmetric or has a negative entry.

    Notes
    -----
    Host: a combinatorial search, one exchange after the other.

    1. Start: greedily, each time the member that lowers the cost most (BUILD); later starts draw
       each next medoid with probability in proportion to the dissimilarity to those before it.
    2. With d the dissimilarity to the nearest medoid and e to the second nearest, an exchange of
       medoid m for member c changes the cost by the sum over all i of min(D_ic - d_i, 0), plus, for
       those i whose nearest is m, of clip(D_ic, d_i, e_i) - d_i. That is two array operations for
       all exchanges at once, where the original algorithm takes k times as many.
    3. Make the best exchange; end when none lowers the cost.

    n^2 for each exchange made and n^2 k for each greedy start. This is PAM of Kaufman and Rousseeuw
    with the evaluation of Schubert and Rousseeuw (FastPAM1). Left out: several exchanges at once
    (FastPAM2) and exchanges of the first that helps (FasterPAM), which pay for larger sets. The
    papers name k-medoids and not an algorithm.

    It makes the mean dissimilarity small, not the largest. k-means from scikit-learn is faster
    where averages mean something.

    References
    ----------
    Kaufman, Rousseeuw: Finding groups in data, Wiley (1990), chapter 2.

    Schubert, Rousseeuw: Fast and eager k-medoids clustering, Information Systems 101 (2021).

    Notebook: ``notebooks/clustering/03_local_bases.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
    >>> k_medoids(np.abs(x[:, None] - x), 2, rng=0).medoids.tolist()
    [1, 3]
    """
    dissimilarity = check_symmetric(dissimilarity, "dissimilarity")
    D = np.array(to_numpy(dissimilarity), dtype=float)
    n = len(D)
    check_count(n_clusters, "n_clusters", 1, n)
    check_count(n_starts, "n_starts", 1)
    np.fill_diagonal(D, 0.0)
    if D.min() < 0:
        raise ValueError(f"dissimilarity must not be negative, got an entry of {D.min():g}")
    draw = as_generator(rng)
    found, n_swaps = [], 0
    for start in range(n_starts):
        medoids = _greedy(D, n_clusters) if start == 0 else _drawn(D, n_clusters, draw)
        medoids, swaps = _swapped(D, medoids)
        found.append((float(D[:, medoids].min(axis=1).sum()), medoids))
        n_swaps += swaps
    cost, medoids = min(found, key=lambda pair: pair[0])
    medoids = np.sort(medoids)
    labels = np.argmin(D[:, medoids], axis=1)
    labels[medoids] = np.arange(n_clusters)  # twins of a medoid may be medoids themselves
    medoids, labels = (
        from_numpy(part.astype(np.int64), like=dissimilarity) for part in (medoids, labels)
    )
    return KMedoids(medoids, labels, cost, tuple(c for c, _ in found), n_swaps)


def _greedy(D: np.ndarray, k: int) -> np.ndarray:
    """Return medoids chosen one after the other, each the best at its time."""
    chosen = [int(np.argmin(D.sum(axis=0)))]
    nearest = D[:, chosen[0]]
    while len(chosen) < k:  # step 1
        costs = np.minimum(D, nearest[:, None]).sum(axis=0)
        costs[chosen] = np.inf
        chosen.append(int(np.argmin(costs)))
        nearest = np.minimum(nearest, D[:, chosen[-1]])
    return np.array(chosen)


def _drawn(D: np.ndarray, k: int, draw: np.random.Generator) -> np.ndarray:
    """Return medoids drawn one after the other, what is badly represented with more chance."""
    chosen = [int(draw.integers(len(D)))]
    free = np.ones(len(D), dtype=bool)
    free[chosen] = False
    nearest = D[:, chosen[0]]
    while len(chosen) < k:
        weights = np.where(free, nearest, 0.0)
        total = weights.sum()
        p = weights / total if total > 0 else free / free.sum()
        chosen.append(int(draw.choice(len(D), p=p)))
        free[chosen[-1]] = False
        nearest = np.minimum(nearest, D[:, chosen[-1]])
    return np.array(chosen)


def _swapped(D: np.ndarray, medoids: np.ndarray) -> tuple[np.ndarray, int]:
    """Exchange medoids, the best exchange first, until none helps; also count the exchanges."""
    n, k = len(D), len(medoids)
    if k == n:
        return medoids, 0
    medoids, rows, n_swaps = medoids.copy(), np.arange(n), 0
    while True:
        to_medoids = D[:, medoids]
        owner = np.argmin(to_medoids, axis=1)
        nearest = to_medoids[rows, owner]
        to_medoids[rows, owner] = np.inf
        second = np.minimum(to_medoids.min(axis=1), D.max())  # for k = 1 there is no second
        gained = np.minimum(D - nearest[:, None], 0.0).sum(axis=0)  # step 2
        owns = (owner == np.arange(k)[:, None]).astype(float)
        change = gained + owns @ (np.clip(D, nearest[:, None], second[:, None]) - nearest[:, None])
        leaving, coming = np.unravel_index(np.argmin(change), change.shape)
        if change[leaving, coming] >= -ROUNDING * nearest.sum():
            return medoids, n_swaps
        medoids[leaving] = coming  # step 3
        n_swaps += 1
