"""Hill's estimator: a tail exponent for every length of the tail."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array


def hill_estimator(values: Array) -> Array:
    r"""Return the exponents that the largest values, more and more of them, ask for.

    .. math:: \alpha_k = 1 + k \Big/ \sum_{i=1}^{k} \log \frac{x_{(i)}}{x_{(k+1)}}, \qquad
              k = 1, \dots, n - 1

    Parameters
    ----------
    values : Array, shape (n,)
        Positive, in any order, at least two. x_(1) is the largest.

    Returns
    -------
    Array, shape (n - 1,)
        alpha of the density ``x^-alpha`` for k = 1, 2 and so on; infinite where the k + 1 largest
        are equal. Its standard error is ``(alpha - 1) / sqrt(k)`` for independent values.

    Raises
    ------
    TypeError, ValueError
        For bad values; values that are zero or negative.

    Notes
    -----
    Portable.

    1. Sort, and take logarithms relative to the largest, so that no digits are lost.
    2. Cumulative sums give all k at once.

    n log n. It is maximum likelihood with the (k + 1)-th value as cutoff. Where the curve is flat
    over k, a power law may hold there; where it drifts, none does, whatever a single k says. Many
    papers fix k = n / 2, which looks at the bulk and not at a tail. `power_law_fit` chooses.

    References
    ----------
    Hill: A simple general approach to inference about the tail of a distribution, Annals of
    Statistics 3 (1975).

    Notebook: ``notebooks/spectra/02_tails.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> hill_estimator(np.exp([3.0, 2.0, 1.0, 0.0])).round(3).tolist()
    [2.0, 1.667, 1.5]
    """
    x = check_array(values, "values", n_dims=1, min_shape=(2,))
    xp = array_namespace(x)
    if float(xp.min(x)) <= 0:
        raise ValueError(f"values must be above 0, got {float(xp.min(x)):g}")
    logs = xp.log(xp.flip(xp.sort(x)))  # step 1
    logs = logs - logs[0]
    k = xp.arange(1, x.shape[0], dtype=x.dtype, device=device(x))
    sums = xp.cumulative_sum(logs)[:-1] - k * logs[1:]  # step 2
    apart = logs[1:] < 0
    return xp.where(apart, 1 + k / xp.where(apart, sums, xp.ones_like(sums)), math.inf)
