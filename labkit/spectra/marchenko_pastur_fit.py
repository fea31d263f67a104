"""Fit the Marchenko-Pastur law to a spectrum that is mostly noise, and count what is not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_real
from labkit.spectra.marchenko_pastur import marchenko_pastur

EDGE_QUANTILE = 2.0234
"""Of the standard Tracy-Widom law: noise alone exceeds it once in a hundred spectra."""


@dataclass(frozen=True)
class BulkFit:
    """What `marchenko_pastur_fit` returns.

    Attributes
    ----------
    variance : float
        sigma^2 of the noise.
    edges : tuple of two floats
        Of the bulk, in the limit of large matrices.
    cutoff : float
        The upper edge and what the largest eigenvalue of noise may exceed it by.
    n_outliers : int
        Eigenvalues above the cutoff.
    distance : float
        Largest difference between the distribution of the eigenvalues up to the cutoff and the law:
        about log(p) / p if the rest is noise.
    """

    variance: float
    edges: tuple[float, float]
    cutoff: float
    n_outliers: int
    distance: float


def marchenko_pastur_fit(eigenvalues: Array, *, aspect_ratio: float) -> BulkFit:
    r"""Return the noise variance that puts the law's median where the spectrum's is.

    .. math:: \sigma^2 = \frac{\mathrm{median}_i\; \lambda_i}{F_\gamma^{-1}(1/2)}

    Parameters
    ----------
    eigenvalues : Array, shape (n_features,)
        All those of ``X^T X / n_samples``, in any order, not negative but for rounding.
    aspect_ratio : float
        gamma = n_features / n_samples, above 0. Above 1, only the 1 / gamma largest share is used,
        as the others are zero.

    Returns
    -------
    BulkFit
        The fit, and the count of what exceeds it.

    Raises
    ------
    TypeError, ValueError
        For bad values; a negative eigenvalue; a median of zero, as of a matrix whose rank is less
        than half of what the aspect ratio says.

    Notes
    -----
    Host: a few hundred numbers are sorted and counted, and a median found by bisection.

    1. The law's median for variance 1.
    2. The median of the eigenvalues that are not counted as outliers, over that of the law.
    3. Count as outliers what exceeds the upper edge by more than the largest eigenvalue of noise
       does in 99 of 100 cases (`tracy_widom`); back to step 2 until the count stays. It only grows,
       and never reaches the median.

    A median does not see how far the outliers are away, the mean, which is the trace over the
    number, does. Gavish and Donoho (2014) match the median once; step 3 corrects for the places
    that outliers take. For a spectrum that is no Marchenko-Pastur law at all, the fit is to
    its lower half, and ``distance`` says so.

    References
    ----------
    Gavish, Donoho: The optimal hard threshold for singular values is 4 / sqrt(3), IEEE Trans.
    Information Theory 60 (2014).

    Notebook: ``notebooks/spectra/01_random_matrices.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = 3 * np.random.default_rng(0).standard_normal((400, 100))
    >>> X[:, 0] *= 4
    >>> fit = marchenko_pastur_fit(np.linalg.eigvalsh(X.T @ X / 400), aspect_ratio=100 / 400)
    >>> round(fit.variance, 1), fit.n_outliers
    (9.0, 1)
    """
    from scipy.optimize import brentq

    values = np.sort(to_numpy(check_array(eigenvalues, "eigenvalues", n_dims=1)).astype(float))
    gamma = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    lowest = -1e-6 * max(values[-1], 0.0)
    if values[0] < lowest or values[-1] < 0:
        raise ValueError(f"eigenvalues must not be negative, got {values[0]:g}")
    p = len(values)
    n_used = max(1, min(p, round(p / gamma)))
    values = values[p - n_used :]

    def above_half(y: float) -> float:
        law = marchenko_pastur(np.array([y]), aspect_ratio=gamma)
        return float(law.distribution[0] - (1 + law.mass_at_zero) / 2)

    low, high = (1 - math.sqrt(gamma)) ** 2, (1 + math.sqrt(gamma)) ** 2
    median = brentq(above_half, low, high, xtol=1e-12 * high)  # step 1
    root, other = math.sqrt(max(p / gamma - 1, 1.0)), math.sqrt(p)
    spare = EDGE_QUANTILE * (root + other) * math.cbrt(1 / root + 1 / other) * gamma / p
    n_outliers = -1
    while True:
        kept = values[: n_used - max(n_outliers, 0)]
        middle = float(np.median(kept))  # step 2
        if middle <= 0:
            raise ValueError(f"eigenvalues must have a median above 0, got {middle:g}")
        variance = middle / median
        cutoff = variance * (high + spare)
        found = int(np.sum(values > cutoff))  # step 3
        if found == n_outliers:
            break
        n_outliers = found
    law = marchenko_pastur(kept, aspect_ratio=gamma, variance=variance)
    share = (law.distribution - law.mass_at_zero) / (1 - law.mass_at_zero)
    ranks = np.arange(len(kept) + 1) / len(kept)
    distance = float(max(np.max(ranks[1:] - share), np.max(share - ranks[:-1])))
    return BulkFit(variance, (variance * low, variance * high), cutoff, n_outliers, distance)
