"""Linear regression with more features than samples, whose answer is known."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def spiked_regression(
    n_samples: int,
    n_features: int,
    *,
    n_targets: int = 1,
    n_strong: int = 3,
    tail_variance: float = 0.02,
    noise: float = 0.5,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Draw features of which a few are strong and many are weak, and noisy linear targets.

    .. math:: y = \Theta x + \sigma \varepsilon, \qquad
              x \sim N(0, \operatorname{diag}(1, \dots, 1, \tau, \dots, \tau))

    Parameters
    ----------
    n_samples, n_features : int
        Shape of X.
    n_targets : int
        Numbers to predict for each sample.
    n_strong : int
        Features of variance 1, from 1 to n_features. The targets depend on these alone.
    tail_variance : float
        tau, of the other features, not negative.
    noise : float
        sigma, standard deviation of the noise on every target, not negative.
    rng : int, Generator or None
        Draws coefficients, features and noise, in this order.

    Returns
    -------
    X : ndarray, shape (n_samples, n_features)
        The features.
    targets : ndarray, shape (n_samples, n_targets)
        With noise.
    coefficients : ndarray, shape (n_targets, n_features)
        Theta, in a uniformly random direction of the strong features, of Frobenius norm 1.
    variances : ndarray, shape (n_features,)
        Of the features: the excess risk of another Theta is the sum of
        ``variances * (other - Theta)**2``.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, y, theta, variances = spiked_regression(4, 6, n_strong=2, noise=0.0, rng=0)
    >>> bool(np.allclose(X @ theta.T, y)), variances.tolist()
    (True, [1.0, 1.0, 0.02, 0.02, 0.02, 0.02])
    """
    n = check_count(n_samples, "n_samples", 1)
    d = check_count(n_features, "n_features", 1)
    q = check_count(n_targets, "n_targets", 1)
    k = check_count(n_strong, "n_strong", 1, d)
    tail_variance = check_real(tail_variance, "tail_variance", 0.0)
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    theta = np.zeros((q, d))
    theta[:, :k] = generator.standard_normal((q, k))
    theta /= np.linalg.norm(theta)
    variances = np.where(np.arange(d) < k, 1.0, tail_variance)
    X = generator.standard_normal((n, d)) * np.sqrt(variances)
    targets = X @ theta.T + noise * generator.standard_normal((n, q))
    return X, targets, theta, variances
