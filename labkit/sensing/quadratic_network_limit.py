"""How well a wide network of quadratic units can be learned at best, from so many samples.

Papers: bayes-optimal-learning-extensive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.checks import check_real
from labkit.sensing._free_sum import remaining

LARGEST = 1e8
"""Of one over the noise variance: beyond it the error counts as zero."""


@dataclass(frozen=True)
class QuadraticLimit:
    """What `quadratic_network_limit` returns.

    Attributes
    ----------
    error : float
        Least mean of ``||S_hat - S||_F^2 / d`` of any estimate.
    linear_error : float
        The least for estimates that are linear in the labels.
    noise_variance : float
        The labels say as much about S as seeing it in symmetric noise of this variance; 0 where it
        is recovered.
    """

    error: float
    linear_error: float
    noise_variance: float


def quadratic_network_limit(sampling_ratio: float, *, aspect_ratio: float) -> QuadraticLimit:
    r"""Return the Bayes-optimal error of learning a network of quadratic units.

    .. math:: y_i = \frac1m \sum_{k=1}^m \frac{(w_k^\top x_i)^2}{d} = \frac{x_i^\top S x_i}{d},
              \qquad n = \alpha d^2, \quad m = \kappa d, \quad d \to \infty

    Parameters
    ----------
    sampling_ratio : float
        alpha, above 0: samples over the square of the inputs.
    aspect_ratio : float
        kappa, above 0: hidden units over inputs.

    Returns
    -------
    QuadraticLimit
        Errors of normal inputs and a teacher with normal weights.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: one equation in one unknown is solved with SciPy.

    1. S is recovered from as many labels as it has free numbers, ``kappa - kappa^2 / 2``, or one
       half for kappa above 1, times d^2.
    2. Below that, with mu_q the density of S seen in symmetric noise of variance 1 / q, solve
       ``int mu_q^3 / q = 3 (1 - 2 alpha) / (4 pi^2)`` for q; the error is ``2 alpha / q``.

    Without noise on the labels, which the paper (Claim 1) also has. A
    linear estimate projects ``S - I``, of squares 1 / kappa an entry, on n of d^2 / 2 directions.

    References
    ----------
    Maillard, Troiani, Martin, Zdeborova, Krzakala: Bayes-optimal learning of an extensive-width
    neural network from quadratically many samples, NeurIPS (2024).

    Notebook: ``notebooks/sensing/18_quadratic_network.ipynb``.

    Examples
    --------
    >>> round(quadratic_network_limit(0.2, aspect_ratio=0.5).error, 3)
    0.784
    >>> quadratic_network_limit(0.4, aspect_ratio=0.5).error
    0.0
    """
    from scipy.optimize import brentq

    alpha = check_real(sampling_ratio, "sampling_ratio", 0.0, open_low=True)
    kappa = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    linear = max(0.0, 1 - 2 * alpha) / kappa

    def excess(log_q: float) -> float:
        return 2 * alpha - remaining(kappa, math.exp(-log_q))

    ends = math.log(1e-6 * min(1.0, kappa)), math.log(LARGEST)
    enough = kappa - kappa**2 / 2 if kappa < 1 else 0.5
    if alpha >= enough or excess(ends[1]) >= 0:  # step 1
        return QuadraticLimit(0.0, linear, 0.0)
    s2 = math.exp(-brentq(excess, *ends, xtol=1e-10))  # step 2
    return QuadraticLimit(2 * alpha * s2, linear, s2)
