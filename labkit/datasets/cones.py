"""Two classes whose inputs lie in opposite cones."""

from __future__ import annotations

import math

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def opposed_cones(
    *, n_samples: int, n_features: int, separation: float, rng: Rng = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw unit vectors around an axis for one label, around its opposite for the other.

    .. math:: x_i = y_i (\cos\theta\, c + \sin\theta\, u_i), \qquad
              \langle y_i x_i, y_j x_j \rangle \ge \cos 2\theta = \mu

    Parameters
    ----------
    n_samples : int
        From 2 up; every second one has label 1.
    n_features : int
        From 2 up.
    separation : float
        mu, from -1 to 1. Above 0 two samples of one label are positively correlated, of two labels
        negatively.
    rng : int, Generator or None
        Draws the axis c and the unit vectors u_i across it.

    Returns
    -------
    X : ndarray, shape (n_samples, n_features)
        All rows on the rim of a cone.
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
    generator = as_generator(rng)
    axis = generator.standard_normal(n_features)
    axis /= np.linalg.norm(axis)
    across = generator.standard_normal((n_samples, n_features))
    across -= np.outer(across @ axis, axis)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    angle = math.acos(separation) / 2
    y = np.where(np.arange(n_samples) % 2 == 0, 1.0, -1.0)
    return y[:, None] * (math.cos(angle) * axis + math.sin(angle) * across), y
