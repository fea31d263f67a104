"""Mixtures of three sources, as columns of a factor that is known."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def pairwise_mixtures(
    n_per_side: int, *, spread: float = 0.5, even: bool = False, rng: Rng = None
) -> np.ndarray:
    """Return shares of three sources in mixtures of two each: points on a triangle's sides.

    Parameters
    ----------
    n_per_side : int
        Mixtures of each of the three pairs.
    spread : float
        Shares lie between ``0.5 - spread`` and ``0.5 + spread``; from 0 to 0.5.
    even : bool
        Equally spaced from end to end, instead of uniformly at random. A single one lies at the
        lower end.
    rng : int, Generator or None
        Draws the shares. More points a side leave the first ones where they are, and so does
        another spread, but for the scale.

    Returns
    -------
    ndarray, shape (3, 3 * n_per_side)
        Columns sum to 1 and have one zero, exactly.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> pairwise_mixtures(2, spread=0.25, even=True)[:, :3].tolist()
    [[0.25, 0.0, 0.75], [0.75, 0.25, 0.0], [0.0, 0.75, 0.25]]
    """
    check_count(n_per_side, "n_per_side", 1)
    spread = check_real(spread, "spread", 0.0, 0.5)
    places = np.repeat(np.linspace(-1, 1, n_per_side)[:, None], 3, axis=1)
    if not even:
        places = as_generator(rng).uniform(-1, 1, (n_per_side, 3))
    shares = 0.5 + spread * places.ravel()
    column, first = np.arange(3 * n_per_side), np.tile(np.arange(3), n_per_side)
    H = np.zeros((3, 3 * n_per_side))
    H[first, column], H[(first + 1) % 3, column] = shares, 1 - shares
    return H
