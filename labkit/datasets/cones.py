"""Two classes whose inputs lie in nearly opposite cones."""

from __future__ import annotations

import math

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def opposed_cones(
    *, n_samples: int, n_features: int, separation: float, turn: float = 0.0, rng: Rng = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw unit vectors around an axis for one label, around nearly its opposite for the other.

    .. math:: x_i = y_i (\cos\theta\, c_{y_i} + \sin\theta\, u_i), \qquad
              \langle y_i x_i, y_j x_j \rangle \ge \cos(\alpha + 2\theta) = \mu, \qquad
              \langle c_+, c_- \rangle = \cos \alpha

    Parameters
    ----------
    n_samples : int
        From 2 up; every second one has label 1.
    n_features : int
        From 2 up.
    separation : float
        mu, from -1 to 1. Above 0 two samples of one label are positively correlated, of two labels
        negatively.
    turn : float
        alpha, in radians, from 0 (the cones are opposite) to arccos(mu), where nothing is left for
        the cones' opening theta.
    rng : int, Generator or None
        Draws the axes and the unit vectors u_i across them.

    Returns
    -------
    X : ndarray, shape (n_samples, n_features)
        All rows on the rims of the cones.
    y : ndarray, shape (n_samples,)
        1.0 and -1.0 in turn.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, y = opposed_cones(n_samples=6, n_features=4, separation=0.5, rng=0)
    >>> signed = y[:, None] * X
    >>> bool((signed @ signed.T).min() > 0.5 - 1e-12)
    True
    """
    check_count(n_samples, "n_samples", 2)
    check_count(n_features, "n_features", 2)
    separation = check_real(separation, "separation", -1.0, 1.0)
    turn = check_real(turn, "turn", 0.0, math.acos(separation))
    generator = as_generator(rng)
    plane = np.linalg.qr(generator.standard_normal((n_features, 2))).Q.T
    y = np.where(np.arange(n_samples) % 2 == 0, 1.0, -1.0)
    axes = math.cos(turn / 2) * plane[0] + math.sin(turn / 2) * y[:, None] * plane[1]
    across = generator.standard_normal((n_samples, n_features))
    across -= np.sum(across * axes, axis=1, keepdims=True) * axes
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    opening = (math.acos(separation) - turn) / 2
    return y[:, None] * (math.cos(opening) * axes + math.sin(opening) * across), y
