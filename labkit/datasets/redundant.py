"""A regression on features that come in near copies, so that choosing few of them is a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labkit.checks import check_array, check_count, check_real
from labkit.random import Rng, as_generator


@dataclass(frozen=True)
class RedundantRegression:
    """What `redundant_features` drew.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_factors * n_copies)
        Features; the copies of a factor stand side by side.
    y : ndarray, shape (n_samples,)
        Target.
    groups : ndarray of int, shape (n_factors * n_copies,)
        Which factor a feature copies.
    """

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray


def redundant_features(
    n_samples: int,
    magnitudes: Sequence[float],
    *,
    n_copies: int = 4,
    correlation: float = 0.9,
    noise: float = 0.0,
    rng: Rng = None,
) -> RedundantRegression:
    r"""Draw independent factors, a target that is a sum of them, and noisy copies of each.

    .. math:: y = \sum_g a_g f_g + \sigma e, \qquad
              x_{gi} = \rho f_g + \sqrt{1 - \rho^2}\, e_{gi}

    Parameters
    ----------
    n_samples : int
        Rows.
    magnitudes : sequence of float, length n_factors
        a, none of them zero.
    n_copies : int
        Features for each factor.
    correlation : float
        rho, of a feature with its factor, from 0 to 1; two copies have ``rho^2``.
    noise : float
        sigma.
    rng : int, Generator or None
        Draws factors and noise. Another correlation, noise or magnitude leaves the draws as they
        are.

    Returns
    -------
    RedundantRegression
        Of variance one in every feature.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> data = redundant_features(5, [2.0, 1.0], n_copies=3, rng=0)
    >>> data.X.shape, data.groups.tolist()
    ((5, 6), [0, 0, 0, 1, 1, 1])
    """
    check_count(n_samples, "n_samples", 1)
    a = np.asarray(check_array(magnitudes, "magnitudes", n_dims=1))
    if not np.all(a):
        raise ValueError(f"magnitudes must not be zero, got {a.tolist()}")
    check_count(n_copies, "n_copies", 1)
    rho = check_real(correlation, "correlation", 0.0, 1.0)
    sigma = check_real(noise, "noise", 0.0)
    rng = as_generator(rng)
    groups = np.repeat(np.arange(a.size), n_copies)
    factors, own = (rng.standard_normal((n_samples, m)) for m in (a.size, groups.size))
    y = factors @ a + sigma * rng.standard_normal(n_samples)
    X = rho * factors[:, groups] + np.sqrt(1 - rho**2) * own
    return RedundantRegression(X, y, groups)
