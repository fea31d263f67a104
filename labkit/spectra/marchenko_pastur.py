"""The Marchenko-Pastur law: the eigenvalues of a sample covariance of noise.

All population eigenvalues are equal, the sample's are not: they fill an interval. Whatever lies
beyond it was not put there by noise.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real
from labkit.spectra.results import SpectralLaw


def marchenko_pastur(x: Array, *, aspect_ratio: float, variance: float = 1.0) -> SpectralLaw:
    r"""Return density and distribution of the eigenvalues of ``X^T X / n_samples``.

    .. math:: f(x) = \frac{\sqrt{(b - x)(x - a)}}{2 \pi \gamma \sigma^2 x}, \qquad
              a, b = \sigma^2 (1 \mp \sqrt{\gamma})^2

    Parameters
    ----------
    x : Array, shape (n,)
        Places on the line.
    aspect_ratio : float
        gamma = n_features / n_samples, above 0. Toward 0 all eigenvalues are sigma^2; at 1 the
        density grows without bound toward 0; above 1 a share 1 - 1 / gamma of them is zero.
    variance : float
        sigma^2 of the entries, above 0.

    Returns
    -------
    SpectralLaw
        At x; the edges are a and b. The density at x = 0 is infinite where gamma is 1.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Portable.

    1. Measure x in units of the variance, and move what lies outside to the nearer edge.
    2. The density has the antiderivative

       .. math:: \sqrt{R} + \tfrac{a + b}{2} \arctan \frac{x - (a + b) / 2}{\sqrt{R}}
                 - \sqrt{a b} \arctan \frac{(a + b) x - 2 a b}{2 \sqrt{a b R}},
                 \quad R = (b - x)(x - a),

       over 2 pi gamma. Angles from both legs of the triangle are exact to rounding at the edges,
       where an arc sine would lose half of the digits.

    The law holds in the limit of large matrices at a fixed gamma, for independent entries of one
    variance, normal or not. A matrix has p eigenvalues that stay within about log(p) / p of it.
    For the largest eigenvalue alone see `tracy_widom`, for noise with a few directions that stand
    out `spiked_covariance`, for sigma^2 from data `marchenko_pastur_fit`.

    References
    ----------
    Marchenko, Pastur: Distribution of eigenvalues for some sets of random matrices, Math. USSR
    Sbornik 1 (1967).

    Notebook: ``notebooks/spectra/01_random_matrices.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> law = marchenko_pastur(np.array([0.25, 1.0, 2.25]), aspect_ratio=0.25)
    >>> law.edges, law.distribution.round(3).tolist()
    ((0.25, 2.25), [0.0, 0.553, 1.0])
    """
    x = check_array(x, "x", n_dims=1)
    gamma = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    variance = check_real(variance, "variance", 0.0, open_low=True)
    xp = array_namespace(x)
    root = math.sqrt(gamma)
    a, b = (1 - root) ** 2, (1 + root) ** 2
    y = xp.clip(x / variance, min=a, max=b)  # step 1
    inside = (y > a) & (y < b)
    wave = xp.sqrt(xp.clip(b - y, min=0.0)) * xp.sqrt(xp.clip(y - a, min=0.0))
    density = wave / (2 * math.pi * gamma * variance) / xp.where(inside, y, xp.ones_like(y))
    if a == 0:
        density = xp.where(x == 0, xp.full_like(x, math.inf), density)

    angle = xp.atan2(y - (a + b) / 2, wave) + math.pi / 2  # step 2
    product = abs(1 - gamma)
    turn = xp.atan2((a + b) * y - 2 * a * b, 2 * product * wave) + math.pi / 2
    share = (wave + (a + b) / 2 * angle - product * turn) / (2 * math.pi * gamma)
    mass_at_zero = max(0.0, 1 - 1 / gamma)
    continuous = min(1.0, 1 / gamma)
    share = mass_at_zero + xp.clip(share, min=0.0, max=continuous)
    share = xp.where(x / variance >= b, xp.ones_like(x), share)
    distribution = xp.where(x < 0, xp.zeros_like(x), share)
    return SpectralLaw(density, distribution, (variance * a, variance * b), mass_at_zero)
