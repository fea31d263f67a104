"""Pivotal sampling: a tournament between neighbours that spreads a random sample over space.

Each point has a probability of being chosen. Two neighbours play for their joint probability: one
of them is settled, in or out, and the other goes on with what is left. Every point is chosen as
often as it should be, and yet seldom together with its neighbours.

Papers: improved-active-learning-dependent.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_array, check_matrix, check_same_device
from labkit.random import Rng, as_generator

ROUNDING = 1e-6
"""The champion of a sum that is an integer is settled by rounding: no coin for 1e-16."""


def pivotal_sampling(
    probabilities: Array, points: Array | None = None, *, rng: Rng = None
) -> Iterator[Array]:
    r"""Return a generator of probabilities that become zero or one, pair by pair.

    .. math:: (p, q) \to \begin{cases} (p + q, 0) \text{ or } (0, p + q) & p + q \le 1 \\
              (1, p + q - 1) \text{ or } (p + q - 1, 1) & p + q > 1 \end{cases}
              \qquad \text{with } (p, q) \text{ as the mean}

    Parameters
    ----------
    probabilities : Array, shape (n_points,)
        p_i in [0, 1]: how often each point is to be chosen.
    points : Array, shape (n_points, n_dimensions), optional
        Where the points lie: neighbours meet early. By default they meet in the order given.
    rng : int, Generator or None
        The coins.

    Returns
    -------
    iterator of Array, each of shape (n_points,)
        The probabilities, first as given, then after each round of the tournament; in the last
        state they are 0 or 1. At every time each has its first value as expectation, and their sum
        never changes but in the last state, where it is rounded to a neighbouring integer.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; probabilities outside of [0, 1].

    Notes
    -----
    Host: a tournament of coins, each round half as long as the one before.

    1. Split the points at the median of a coordinate, the halves at that of the next coordinate,
       and so on: the leaves of a binary tree. Two points share a game the earlier, the later the
       split that separates them.
    2. In each round the two contenders of every node play. Where p + q <= 1 the first wins with
       probability p / (p + q), carries p + q, and the other is out. Where p + q > 1 the first is in
       with probability (1 - q) / (2 - p - q), and the other carries p + q - 1.
    3. The champion is in with the probability it carries, which is 0 or 1 if the sum is an integer.

    n log^2 n for the tree, n for the games. This is Algorithms 1 and 2 of Shimizu and others (2024)
    with coordinates in turn; their other tree, which splits along principal directions, is left
    out: rotate the points for that. Games of one depth are played at once, which changes no law.

    Independent coins (Bernoulli sampling) have the same probabilities and no spread. A
    determinantal process has spread by features instead of space, at n^3.

    References
    ----------
    Deville, Tille: Unequal probability sampling without replacement through a splitting method,
    Biometrika 85 (1998).

    Shimizu, Cheng, Musco, Weare: Improved active learning via dependent leverage score sampling,
    ICLR (2024).

    Notebook: ``notebooks/sampling/04_leverage.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> *_, last = pivotal_sampling(np.full(8, 0.25), np.arange(8.0)[:, None], rng=0)
    >>> last.reshape(2, 4).sum(axis=1).tolist()  # one of each half
    [1.0, 1.0]
    """
    probabilities = check_array(probabilities, "probabilities", n_dims=1)
    start = to_numpy(probabilities).astype(float)
    if start.min() < 0 or start.max() > 1:
        raise ValueError(
            f"probabilities must lie in [0, 1], got {start.min():g} to {start.max():g}"
        )
    places = np.arange(len(start))[:, None]
    if points is not None:
        points = check_matrix(points, "points")
        check_same_device(probabilities=probabilities, points=points)
        if points.shape[0] != len(start):
            raise ValueError(f"points must have {len(start)} rows, got {points.shape[0]}")
        places = to_numpy(points)
    leaves = _leaves(places)  # step 1
    coins = as_generator(rng)

    def states() -> Iterator[Array]:
        p = start.copy()
        contenders = leaves
        yield _like(p, probabilities)
        while len(contenders) > 1:  # step 2; -1 stands for nobody
            first, second = contenders[0::2], contenders[1::2]
            a, b = (np.where(who < 0, 0.0, p[who]) for who in (first, second))
            total = a + b
            high = total > 1
            chance = np.where(high, 1 - b, a) / np.maximum(np.where(high, 2 - total, total), 1e-300)
            settled = coins.random(len(first)) < chance  # the first is in, or goes on
            carried = np.where(high, total - 1, total)
            done = np.where(high, 1.0, 0.0)
            goes_on = np.where(settled ^ high, first, second)
            goes_on = np.where(second < 0, first, goes_on)
            loser = np.where(goes_on == first, second, first)
            p[loser[loser >= 0]] = done[loser >= 0]
            p[goes_on[goes_on >= 0]] = carried[goes_on >= 0]
            contenders = goes_on
            if len(contenders) > 1:
                yield _like(p, probabilities)
        champion = int(contenders[0])
        chance = p[champion]
        near = abs(chance - round(chance)) < ROUNDING
        p[champion] = round(chance) if near else float(coins.random() < chance)  # step 3
        yield _like(p, probabilities)

    return states()


def _leaves(points: np.ndarray) -> np.ndarray:
    """Return the points in the order of the leaves of a full binary tree, -1 for empty leaves."""
    n, d = points.shape
    n_levels = max(n - 1, 0).bit_length()
    place = np.zeros(n, dtype=int)
    for level in range(n_levels):
        order = np.lexsort((points[:, level % d], place))
        counts = np.bincount(place, minlength=2**level)
        rank = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
        right = rank >= np.repeat((counts + 1) // 2, counts)
        place[order] = 2 * place[order] + right
    leaves = np.full(2**n_levels, -1)
    leaves[place] = np.arange(n)
    return leaves


def _like(p: np.ndarray, like: Array) -> Array:
    xp = array_namespace(like)
    return xp.astype(from_numpy(p.copy(), like=like), like.dtype, copy=False)
