"""The shortest round trip through a few places, exactly: the order of clusters on a circle.

Every place is visited once and the trip ends where it began. There are (n - 1)! / 2 such trips.
Trips that have been through the same places and now stand at the same one differ in nothing that
matters later, so only the shortest of them is kept: 2^n states instead of n! orders.

Papers: high-dimensional-clustering-onto.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_symmetric

LARGEST = 16
"""Places at most: 2^15 states of 15 numbers, a second and 20 MiB."""


@dataclass(frozen=True)
class HamiltonianCycle:
    """The shortest round trip.

    Attributes
    ----------
    order : Array of int, shape (n,)
        The places as they are visited, from 0 on, the second one smaller than the last: a trip
        has no beginning and no direction, so one of its 2 n readings is chosen.
    length : float
        The sum of its n distances, the way back included.
    n_states : int
        Pairs of a set of places and a last place that were looked at.
    """

    order: Array
    length: float
    n_states: int


def hamiltonian_cycle(distances: Array) -> HamiltonianCycle:
    r"""Return the shortest cycle through all places.

    .. math:: \min_{\pi} \; d_{\pi_n \pi_1} + \sum_{i < n} d_{\pi_i \pi_{i+1}}

    Parameters
    ----------
    distances : Array, shape (n, n)
        Symmetric, n at most 16; the diagonal is not used. They may be negative and need not be a
        metric: with similarities changed in sign it is the cycle of most similar neighbours.

    Returns
    -------
    HamiltonianCycle
        Of equal trips one is returned, the same one for the same distances.

    Raises
    ------
    TypeError, ValueError
        For bad values; distances that are not symmetric; more than 16 places.

    Notes
    -----
    Host: a search over sets of places, addressed by the bits of integers.

    1. The shortest path from place 0 through a set S to j in S is that through S without j to some
       i, and on to j: c(S, j) = min_i c(S - j, i) + d_ij. Sets of one size at once.
    2. Close the cycle from the full set, and go back through the minima.

    n^2 2^n operations (Held and Karp; Bellman, both 1962), where trying all orders takes n!. The
    paper asks for the optimal cycle; how it finds it was not seen. Nearest-neighbour and 2-opt
    heuristics go further than 16 places and promise nothing.

    References
    ----------
    Held, Karp: A dynamic programming approach to sequencing problems, Journal of the Society for
    Industrial and Applied Mathematics 10 (1962).

    Huang, Cheng, Li, Zhang: High-dimensional clustering onto Hamiltonian cycle, ICML (2023).

    Notebook: ``notebooks/clustering/10_hamiltonian_cycle.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> corners = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    >>> trip = hamiltonian_cycle(np.linalg.norm(corners[:, None] - corners, axis=2))
    >>> trip.order.tolist(), trip.length
    ([0, 2, 1, 3], 4.0)
    """
    distances = check_symmetric(distances, "distances")
    n = distances.shape[0]
    if n > LARGEST:
        raise ValueError(f"distances must be of at most {LARGEST} places, got {n}")
    d = to_numpy(distances).astype(float)
    order, n_states = _shortest(d)
    length = float(d[order, np.roll(order, -1)].sum()) if n > 1 else 0.0
    return HamiltonianCycle(from_numpy(order, like=distances), length, n_states)


def _shortest(d: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the order from place 0 and the number of states; place j + 1 is bit j of a set."""
    m = len(d) - 1
    if m < 2:
        return np.arange(m + 1), m
    bits = 1 << np.arange(m)
    cost = np.full((1 << m, m), np.inf)
    came_from = np.zeros((1 << m, m), dtype=np.int8)
    cost[bits, np.arange(m)] = d[0, 1:]
    sets = np.arange(1 << m)
    sizes = np.sum(sets[:, None] & bits > 0, axis=1)
    for size in range(1, m):  # step 1
        here = sets[sizes == size]
        through = cost[here][:, :, None] + d[1:, 1:]
        row, j = np.nonzero((here[:, None] & bits) == 0)
        larger = here[row] | bits[j]
        cost[larger, j] = np.min(through, axis=1)[row, j]
        came_from[larger, j] = np.argmin(through, axis=1)[row, j]
    everywhere = (1 << m) - 1
    last = int(np.argmin(cost[everywhere] + d[1:, 0]))  # step 2
    path, left = [], everywhere
    while left:
        path.append(last + 1)
        left, last = left & ~(1 << last), int(came_from[left, last])
    order = np.array([0, *reversed(path)])
    return (order if order[1] < order[-1] else np.array([0, *path])), m << (m - 1)
