"""How the filters judge the squares along a direction, and what they cut."""

from __future__ import annotations

import math
from typing import Any

from labkit.arrays import Array, array_namespace

MOST = 0.1


def gamma(contamination: float) -> float:
    """Return the relative error in variance that outliers can always hide in, up to a constant.

    Parameters
    ----------
    contamination : float
        Their share.

    Returns
    -------
    float
        ``contamination log(1 / contamination)``.
    """
    return contamination * math.log(1 / contamination) if contamination > 0 else 0.0


def threshold(scores: Array, contamination: float, generator: Any) -> float | None:
    """Return above which score to cut, or None if the scores look clean.

    Parameters
    ----------
    scores : Array, shape (n,)
        Squares along a direction, of the rows that no cut before has met.
    contamination : float
        The share of outliers among them, at most.
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
    n = scores.shape[0]
    if n == 0:
        return None
    scores = xp.sort(scores)
    n_ordinary = max(n - math.ceil(contamination * n - 1e-9), 1)
    ordinary = float(scores[n_ordinary - 1])
    allowed = 1 + 3 * gamma(contamination) + 5 * math.sqrt(2 / n)
    allowed *= float(xp.mean(scores[:n_ordinary]))
    cut = None
    while float(xp.mean(scores)) > allowed and (largest := float(scores[-1])) > ordinary:
        cut = ordinary + generator.random() * (largest - ordinary)
        scores = scores[scores <= cut]
    return cut
