"""The confidence of a tail exponent, when the start of the tail had to be found as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array
from labkit.checks import check_count
from labkit.random import Rng, as_generator
from labkit.spectra._tail_scan import scan, sorted_positive


@dataclass(frozen=True)
class PowerLawInterval:
    """What `power_law_interval` returns.

    Attributes
    ----------
    low, high : float
        Between them lie 95 of 100 exponents.
    tail_exponents : ndarray, shape (n_draws,)
        Of the resampled values.
    cutoffs : ndarray, shape (n_draws,)
        Where their tails were found to start.
    """

    low: float
    high: float
    tail_exponents: np.ndarray
    cutoffs: np.ndarray


def power_law_interval(values: Array, *, n_draws: int = 200, rng: Rng = None) -> PowerLawInterval:
    r"""Return an interval for the tail exponent by resampling the values.

    .. math:: [\hat\alpha^*_{2.5\%},\ \hat\alpha^*_{97.5\%}], \qquad
              x^*_1, \dots, x^*_n \text{ drawn from } x_1, \dots, x_n \text{ with replacement}

    Parameters
    ----------
    values : Array, shape (n,)
        As of `power_law_fit`, of which each is drawn independently of the others.
    n_draws : int
        Resamples, at least 2; 200 for a first look, 1000 for print.
    rng : int, Generator or None
        The draws.

    Returns
    -------
    PowerLawInterval
        Wider than the standard error says, as the cutoff varies too.

    Raises
    ------
    TypeError, ValueError
        As of `power_law_fit`.

    Notes
    -----
    Host: candidates are sorted, thrown out and looked at one by one.

    1. Draw as many values as there are, with replacement; a draw of one value only is drawn anew.
    2. Fit exponent and cutoff to them, as `power_law_fit` does.
    3. Percentiles of the exponents.

    n_draws fits. Clauset, Shalizi and Newman (2009) use the same draws for standard deviations. It
    is for independent values: eigenvalues of one matrix repel each other and vary less.

    References
    ----------
    Clauset, Shalizi, Newman: Power-law distributions in empirical data, SIAM Review 51 (2009).

    Notebook: ``notebooks/spectra/02_tails.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).pareto(1.5, 2000) + 1
    >>> found = power_law_interval(x, n_draws=50, rng=0)
    >>> found.low < 2.5 < found.high
    True
    """
    logs = np.log(sorted_positive(values, "values"))
    n_draws = check_count(n_draws, "n_draws", 2)
    draw = as_generator(rng)
    alphas, cutoffs = np.empty(n_draws), np.empty(n_draws)
    for i in range(n_draws):
        sample = np.sort(draw.choice(logs, len(logs)))  # step 1
        while sample[0] == sample[-1]:
            sample = np.sort(draw.choice(logs, len(logs)))
        found = scan(sample)  # step 2
        alphas[i], cutoffs[i] = found.exponent, np.exp(sample[found.start])
    low, high = np.percentile(alphas, [2.5, 97.5])  # step 3
    return PowerLawInterval(float(low), float(high), alphas, cutoffs)
