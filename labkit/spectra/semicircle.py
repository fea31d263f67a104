"""The semicircle law: the eigenvalues of a symmetric matrix of noise."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real
from labkit.spectra.results import SpectralLaw


def semicircle(x: Array, *, variance: float = 1.0) -> SpectralLaw:
    r"""Return density and distribution of the eigenvalues of a symmetric matrix of noise.

    .. math:: f(x) = \frac{\sqrt{4 \sigma^2 - x^2}}{2 \pi \sigma^2}, \qquad |x| \le 2 \sigma

    Parameters
    ----------
    x : Array, shape (n,)
        Places on the line.
    variance : float
        sigma^2, above 0: n times the variance of an entry off the diagonal.

    Returns
    -------
    SpectralLaw
        At x; the edges are -2 sigma and 2 sigma.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Portable.

    1. Measure x in units of sigma, and move what lies outside to the nearer edge.
    2. The distribution is the area of a part of a disc.

    The law holds in the limit of large n, for independent entries above the diagonal. It is also
    the limit of `marchenko_pastur` at small aspect ratio gamma, about sigma^2 and in units of
    sigma^2 sqrt(gamma): a covariance of many samples is the identity plus symmetric noise.

    References
    ----------
    Wigner: On the distribution of the roots of certain symmetric matrices, Annals of Mathematics
    67 (1958).

    Notebook: ``notebooks/spectra/01_random_matrices.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> law = semicircle(np.array([-2.0, 0.0, 1.0, 5.0]))
    >>> law.distribution.round(3).tolist()
    [0.0, 0.5, 0.804, 1.0]
    """
    x = check_array(x, "x", n_dims=1)
    variance = check_real(variance, "variance", 0.0, open_low=True)
    xp = array_namespace(x)
    sigma = math.sqrt(variance)
    y = xp.clip(x / sigma, min=-2.0, max=2.0)  # step 1
    height = xp.sqrt((2 - y) * (2 + y))
    area = y * height / 4 + xp.atan2(y, height)  # step 2
    distribution = xp.clip(0.5 + area / math.pi, min=0.0, max=1.0)
    return SpectralLaw(height / (2 * math.pi * sigma), distribution, (-2 * sigma, 2 * sigma), 0.0)
