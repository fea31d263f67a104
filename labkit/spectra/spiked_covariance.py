"""Noise with a few directions that stand out: what of them the sample shows.

A direction with more variance than the others shows as an eigenvalue outside of the bulk only if
the surplus exceeds a threshold. Below it the sample says nothing, however one looks at its largest
eigenvalue and eigenvector.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real


@dataclass(frozen=True)
class SpikedCovariance:
    """What `spiked_covariance` returns.

    Attributes
    ----------
    eigenvalues : Array, shape (n_spikes,)
        Where the sample eigenvalue of each spike goes; the bulk's edge below the threshold.
    overlaps : Array, shape (n_spikes,)
        Squared cosine between the sample's eigenvector and the spike's direction; 0 below it.
    threshold : float
        The smallest surplus that shows.
    """

    eigenvalues: Array
    overlaps: Array
    threshold: float


def spiked_covariance(
    spikes: Array, *, aspect_ratio: float, variance: float = 1.0
) -> SpikedCovariance:
    r"""Return limits of the largest sample eigenvalues and of the overlap of their eigenvectors.

    .. math:: \Sigma = \sigma^2 I + \sum_i \theta_i u_i u_i^\top, \qquad
              \lambda_i \to (\sigma^2 + \theta_i) \Bigl(1 + \frac{\gamma \sigma^2}{\theta_i}\Bigr),
              \qquad (v_i \cdot u_i)^2 \to
              \frac{1 - \gamma \sigma^4 / \theta_i^2}{1 + \gamma \sigma^2 / \theta_i}

    Parameters
    ----------
    spikes : Array, shape (n_spikes,)
        theta: by how much the variance along each direction exceeds sigma^2, not negative.
    aspect_ratio : float
        gamma = n_features / n_samples, above 0. Toward 0 every spike shows, at its own value.
    variance : float
        sigma^2, above 0.

    Returns
    -------
    SpikedCovariance
        The formulae hold where theta exceeds the threshold, sigma^2 sqrt(gamma); below it the
        eigenvalue is the edge sigma^2 (1 + sqrt(gamma))^2 and the overlap 0.

    Raises
    ------
    TypeError, ValueError
        For bad values; a negative spike.

    Notes
    -----
    Portable.

    1. Measure in units of the variance; below the threshold take the threshold itself, at which
       the first formula gives the edge and the second zero.
    2. The two formulae.

    They are limits of large matrices at a fixed aspect ratio with a fixed number of spikes. The
    eigenvalue fluctuates by ``(sigma^2 + theta) sqrt(2 (1 - gamma sigma^4 / theta^2) / n_samples)``
    for normal samples, by an order more than the edge of the bulk (`tracy_widom`). Spikes below the
    bulk (directions of too little variance) are left out.

    References
    ----------
    Baik, Ben Arous, Peche: Phase transition of the largest eigenvalue for nonnull complex sample
    covariance matrices, Annals of Probability 33 (2005).

    Paul: Asymptotics of sample eigenstructure for a large dimensional spiked covariance model,
    Statistica Sinica 17 (2007).

    Notebook: ``notebooks/spectra/01_random_matrices.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> found = spiked_covariance(np.array([2.0, 0.1]), aspect_ratio=0.25)
    >>> found.eigenvalues.tolist(), found.overlaps.round(3).tolist(), found.threshold
    ([3.375, 2.25], [0.833, 0.0], 0.5)
    """
    spikes = check_array(spikes, "spikes", n_dims=1)
    gamma = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    variance = check_real(variance, "variance", 0.0, open_low=True)
    xp = array_namespace(spikes)
    if float(xp.min(spikes)) < 0:
        raise ValueError(f"spikes must not be negative, got {float(xp.min(spikes)):g}")
    theta = xp.clip(spikes / variance, min=math.sqrt(gamma))  # step 1
    eigenvalues = variance * (1 + theta) * (1 + gamma / theta)  # step 2
    root = math.sqrt(gamma) / theta
    overlaps = (1 - root) * (1 + root) / (1 + gamma / theta)
    return SpikedCovariance(eigenvalues, xp.clip(overlaps, min=0.0), variance * math.sqrt(gamma))
