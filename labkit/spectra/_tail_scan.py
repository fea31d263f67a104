"""The scan for the cutoff of a power law: every candidate's distance, most of them only from below.

For sorted values the exponents of all candidates follow from one cumulative sum. The distances are
n^2 / 2 evaluations of an exponential, unless a few places show that a candidate cannot win: a
distance at some places is a lower bound for the distance at all.

Host: candidates are sorted, thrown out and looked at one by one.

Used by: power_law_fit, power_law_goodness, power_law_interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array

N_PLACES = 8
"""Where each candidate is looked at first."""
BLOCK = 16384
"""Candidates that are looked at together, to bound the memory."""


class TailScan(NamedTuple):
    """The winner: where its tail starts, its exponent, its distance, and the work."""

    start: int
    exponent: float
    distance: float
    n_evaluations: int


def sorted_positive(values: Array, name: str) -> np.ndarray:
    """Return the values on the host, rising, in double precision; at least two are different."""
    checked = check_array(values, name, n_dims=1)
    x = np.sort(to_numpy(checked).astype(float))
    if x[0] <= 0:
        raise ValueError(f"{name} must be above 0, got {x[0]:g}")
    if x[0] == x[-1]:
        raise ValueError(f"{name} must hold two different values, got {x[0]:g} only")
    return x


def exponents(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first places of the distinct values but the largest, and the fits from there.

    The exponent is ``1 + n_i / sum_j (log x_j - log x_i)`` over the tail from i.
    """
    n = len(logs)
    starts = np.flatnonzero(np.r_[True, logs[1:] > logs[:-1]])[:-1]
    sums = np.cumsum((logs - logs[-1])[::-1])[::-1][starts]
    n_tail = n - starts
    return starts, 1 + n_tail / (sums - n_tail * (logs[starts] - logs[-1]))


def distance(above: np.ndarray, exponent: float) -> float:
    """Return the distance between a tail, rising logarithms over the cutoff, and its power law."""
    n = len(above)
    share = -np.expm1((1 - exponent) * above)
    ranks = np.arange(n + 1) / n
    return float(max(np.max(ranks[1:] - share), np.max(share - ranks[:-1])))


def scan(logs: np.ndarray, largest: float = np.inf) -> TailScan:
    """Return the cutoff whose tail is closest to its own power law, of exponents up to a limit.

    1. A lower bound for each candidate, from `N_PLACES` ranks of its tail.
    2. The candidate with the lowest bound is looked at in full. Nobody whose bound is at or above
       the best distance so far can win any more.
    3. Where it is furthest from its law, above and below, others may be as well: all candidates
       that are left are looked at there. Back to step 2 while there are any.
    """
    n = len(logs)
    starts, alphas = exponents(logs)
    alphas = np.minimum(alphas, largest)
    bound = np.empty(len(starts))
    share_of = np.linspace(0, 1, N_PLACES)
    for first in range(0, len(starts), BLOCK):  # step 1
        i, alpha = starts[first : first + BLOCK, None], alphas[first : first + BLOCK, None]
        places = i + np.rint(share_of * (n - 1 - i)).astype(int)
        bound[first : first + BLOCK] = np.max(_away(logs, i, places, alpha), axis=1)
    work = N_PLACES * len(starts)

    best, winner = np.inf, 0
    left = np.arange(len(starts))
    while len(left):
        candidate = left[np.argmin(bound[left])]  # step 2
        start, alpha = starts[candidate], alphas[candidate]
        above = logs[start:] - logs[start]
        found = distance(above, alpha)
        bound[candidate] = np.inf
        if found < best:
            best, winner = found, candidate
        left = left[bound[left] < best]
        lag = -np.expm1((1 - alpha) * above) - np.arange(n - start) / (n - start)
        for place in (start + np.argmax(lag), start + np.argmin(lag)):  # step 3
            there = left[starts[left] <= place]
            others = _away(logs, starts[there], np.full(len(there), place), alphas[there])
            bound[there] = np.maximum(bound[there], others)
            work += len(there)
        left = left[bound[left] < best]
        work += n - start
    return TailScan(int(starts[winner]), float(alphas[winner]), best, int(work))


def _away(logs: np.ndarray, i: np.ndarray, places: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return how far the staircase of the tails from i is from their laws, at some places."""
    share = -np.expm1((1 - alpha) * (logs[places] - logs[i]))
    share *= len(logs) - i
    share -= places - i
    return np.maximum(share, 1 - share) / (len(logs) - i)
