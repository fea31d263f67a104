"""Points on a shape whose holes are known: two rings and the bridge between them."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def joined_rings(
    n_samples: int,
    *,
    radius: float = 0.5,
    bridge: float = 2.0,
    noise: float = 0.05,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw points on two rings of the plane that a straight bridge joins, with noise.

    .. math:: x = \gamma(u) + \sigma \varepsilon, \qquad u \text{ uniform by length},\;
              \varepsilon \sim N(0, I)

    Parameters
    ----------
    n_samples : int
        Points, at least 1.
    radius : float
        r of the second ring, above 0; the first has radius 1, its centre at the origin.
    bridge : float
        Length b of the bridge, 0 or larger; it runs from (1, 0) to (1 + b, 0).
    noise : float
        Standard deviation of both coordinates, 0 or larger.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    points : ndarray, shape (n_samples, 2)
        In random order.
    labels : ndarray of int, shape (n_samples,)
        0 on the first ring, 1 on the second, 2 on the bridge.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host. For one seed the draws are common to all noises: points move
    straight away from their places as it grows.

    Examples
    --------
    >>> points, labels = joined_rings(200, noise=0.0, rng=0)
    >>> bool(np.allclose(np.linalg.norm(points[labels == 0], axis=1), 1))
    True
    """
    check_count(n_samples, "n_samples", 1)
    radius = check_real(radius, "radius", 0.0, open_low=True)
    bridge = check_real(bridge, "bridge", 0.0)
    noise = check_real(noise, "noise", 0.0)
    draw = as_generator(rng)
    lengths = np.array([2 * np.pi, 2 * np.pi * radius, bridge])
    along = draw.random(n_samples) * lengths.sum()
    labels = np.searchsorted(np.cumsum(lengths), along, side="right")
    labels = np.minimum(labels, 2)
    angle = draw.random(n_samples) * 2 * np.pi
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    straight = np.stack([1 + bridge * angle / (2 * np.pi), np.zeros(n_samples)], axis=1)
    second = radius * circle + np.array([1 + bridge + radius, 0.0])
    points = np.where(labels[:, None] == 0, circle, second)
    points = np.where(labels[:, None] == 2, straight, points)
    return points + noise * draw.standard_normal((n_samples, 2)), labels
