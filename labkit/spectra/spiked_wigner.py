"""A symmetric matrix with a few large eigenvalues, and symmetric noise on it: what one then sees.

The noise pushes every eigenvalue that stands out farther away from zero, and hides the others in
its own bulk. The curvature that a small batch of samples shows is larger than that of all data.

Papers: learning-rates-function-batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real


@dataclass(frozen=True)
class SpikedWigner:
    """What `spiked_wigner` returns.

    Attributes
    ----------
    eigenvalues : Array, shape (n_planted,)
        Where each eigenvalue goes; an edge of the semicircle up to the threshold.
    overlaps : Array, shape (n_planted,)
        Squared cosine between the eigenvectors with and without noise; 0 up to the threshold.
    threshold : float
        The smallest size of an eigenvalue that shows.
    """

    eigenvalues: Array
    overlaps: Array
    threshold: float


def spiked_wigner(planted: Array, *, variance: float = 1.0) -> SpikedWigner:
    r"""Return limits of the outer eigenvalues of a matrix of low rank plus symmetric noise.

    .. math:: H_B = \sum_i \theta_i u_i u_i^\top + N, \qquad
              \lambda_i \to \theta_i + \frac{\sigma^2}{\theta_i}, \qquad
              (v_i \cdot u_i)^2 \to 1 - \frac{\sigma^2}{\theta_i^2}

    Parameters
    ----------
    planted : Array, shape (n_planted,)
        theta, the eigenvalues without noise, of either sign.
    variance : float
        sigma^2, above 0: n times the variance of an entry of N off the diagonal, as for
        `semicircle`. For the Hessian of P parameters on a batch of B samples, P / B times the
        variance of an entry from sample to sample; for B drawn out of N without replacement,
        ``B / (1 - B / N)`` stands for B.

    Returns
    -------
    SpikedWigner
        The formulae hold where a spike exceeds sigma in size; for others the eigenvalue is the
        edge, 2 sigma with the spike's sign, and the overlap 0.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Portable.

    1. Measure in units of sigma. Up to the threshold take the threshold itself, at which the first
       formula gives the edge and the second zero; a spike 0 counts as positive.
    2. The two formulae, of the size, and the sign again.

    These are limits for large matrices. The largest eigenvalue of n rows is off by about
    ``sigma n^(-2/3)`` at the edge, and above the threshold by ``sigma sqrt(2 / n)``.

    Granziol, Zohren and Roberts (2022) model the Hessian of a batch in this way, and a Gauss-Newton
    matrix as a sample covariance, for which `spiked_covariance` has the limits. Their abstract was
    read; the formulae here are the known ones for deformed Wigner matrices. What they do with them
    on the fly, with Lanczos quadrature in training, is left out. By this model the curvature grows
    as the root of 1 / B below the threshold, by the other as 1 / B.

    References
    ----------
    Granziol, Zohren, Roberts: Learning rates as a function of batch size: a random matrix theory
    approach to neural network training, JMLR 23 (2022), arXiv 2006.09092.

    Peche: The largest eigenvalue of small rank perturbations of Hermitian random matrices,
    Probability Theory and Related Fields 134 (2006).

    Notebook: ``notebooks/spectra/09_batches.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> found = spiked_wigner(np.array([4.0, 1.0, -4.0]), variance=4.0)
    >>> found.eigenvalues.tolist(), found.overlaps.tolist(), found.threshold
    ([5.0, 4.0, -5.0], [0.75, 0.0, 0.75], 2.0)
    """
    planted = check_array(planted, "planted", n_dims=1)
    sigma = math.sqrt(check_real(variance, "variance", 0.0, open_low=True))
    xp = array_namespace(planted)
    size = xp.clip(xp.abs(planted) / sigma, min=1.0)  # step 1
    sign = xp.where(planted < 0, -xp.ones_like(planted), xp.ones_like(planted))
    eigenvalues = sign * sigma * (size + 1 / size)  # step 2
    return SpikedWigner(eigenvalues, (1 - 1 / size) * (1 + 1 / size), sigma)
