"""Three curves wound around a torus: alike in mean and covariance, apart in space."""

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator

N_FEATURES = 20


def linked_curves(
    n_per_curve: int, *, winding: int = 2, noise: float = 0.03, rng: Rng = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw noisy points on three closed curves that no linear map of them tells apart.

    .. math:: x = \sqrt{10}\, Q\, (\cos t, \sin t, \cos s, \sin s)^T + \text{noise}, \qquad
              s = w t + 2 \pi k / 3

    Parameters
    ----------
    n_per_curve : int
        Points on each, at angles t that are spread evenly but for a uniform shift within the step.
    winding : int
        w, how often a curve goes around the tube while it goes once around the torus. With 1 each
        is a circle in a plane, the three planes meeting in the origin alone; from 2 on each spans
        the same four dimensions with the same covariance.
    noise : float
        Standard deviation in each coordinate, as a share of the curve's distance from the origin.
    rng : int, Generator or None
        Draws angles, noise and the basis Q.

    Returns
    -------
    X : ndarray, shape (3 * n_per_curve, 20)
        Entries of size 1 on average, curve after curve.
    labels : ndarray of int, shape (3 * n_per_curve,)
        k, 0 to 2.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    As shares of the distance from the origin, two curves come as close as 1.00, 0.65 and 0.46 for
    w = 1, 2 and 3, before noise.

    Examples
    --------
    >>> from labkit import datasets
    >>> X, labels = datasets.linked_curves(40, rng=0)
    >>> X.shape, labels[[0, 40, 80]].tolist()
    ((120, 20), [0, 1, 2])
    """
    n = check_count(n_per_curve, "n_per_curve", 1)
    w = check_count(winding, "winding", 1)
    noise = check_real(noise, "noise", 0.0)
    draw = as_generator(rng)
    labels = np.repeat(np.arange(3), n)
    t = 2 * np.pi * (np.tile(np.arange(n), 3) + draw.random(3 * n)) / n
    s = w * t + 2 * np.pi * labels / 3
    basis = np.linalg.qr(draw.standard_normal((N_FEATURES, 4)))[0]
    curves = np.stack([np.cos(t), np.sin(t), np.cos(s), np.sin(s)], axis=1) / np.sqrt(2)
    X = curves @ basis.T + noise * draw.standard_normal((3 * n, N_FEATURES))
    return np.sqrt(N_FEATURES) * X, labels
