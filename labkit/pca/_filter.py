"""How the filters judge the squares along a direction, and what they cut."""

from __future__ import annotations

import math
from typing import Any

from labkit.arrays import Array, array_namespace

MOST = 0.1


def gamma(contamination: float) -> float:
    """Return the relative error in variance that outliers can always hide in.

    Parameters
    ----------
    contamination : float
        Their share.

    Returns
    -------
    float
        ``3 contamination log(1 / contamination)``.
    """
    return 3 * contamination * math.log(1 / contamination) if contamination > 0 else 0.0


def trimmed(scores: Array, contamination: float) -> tuple[Array, Array]:
    """Return the mean of the scores without the largest ones, and the largest that is left.

    Parameters
    ----------
    scores : Array, shape (n,)
        Squares along a direction, of all rows.
    contamination : float
        The share left out, rounded up.

    Returns
    -------
    mean, largest : Array, shape ()
        Scalars.
    """
    xp = array_namespace(scores)
    n = scores.shape[0]
    kept = xp.sort(scores)[: max(n - math.ceil(contamination * n - 1e-9), 1)]
    return xp.mean(kept), kept[-1]


def threshold(scores: Array, accepted: Array, contamination: float, generator: Any) -> float | None:
    """Return above which score to cut, or None if the scores look clean.

    Parameters
    ----------
    scores : Array, shape (n,)
        Squares along a direction, of all rows.
    accepted : Array, shape (n,), bool
        Rows that no cut before has met.
    contamination : float
        The share of outliers.
    generator : numpy.random.Generator
        The cut is uniform between the largest ordinary score and the largest one, and drawn again
        until the rest looks clean: a row falls in proportion to its excess, so that in the mean
        more outliers fall than inliers.

    Returns
    -------
    float or None
        The cut.
    """
    xp = array_namespace(scores)
    mean, ordinary = trimmed(scores, contamination)
    allowed = 1 + gamma(contamination) + 5 * math.sqrt(2 / scores.shape[0])
    cut = None
    while True:
        n_accepted = max(int(xp.sum(xp.astype(accepted, xp.int64))), 1)
        inside = xp.where(accepted, scores, xp.zeros_like(scores))
        largest = float(xp.max(inside))
        clean = float(xp.sum(inside)) <= allowed * float(mean) * n_accepted
        if clean or largest <= float(ordinary):
            return cut
        cut = float(ordinary) + generator.random() * (largest - float(ordinary))
        accepted = accepted & (scores <= cut)
