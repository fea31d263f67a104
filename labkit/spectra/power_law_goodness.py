"""Is it a power law at all? The fit always finds an exponent; this says whether to believe it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array
from labkit.checks import check_count
from labkit.random import Rng, as_generator
from labkit.spectra._tail_scan import scan, sorted_positive


@dataclass(frozen=True)
class PowerLawGoodness:
    """What `power_law_goodness` returns.

    Attributes
    ----------
    p_value : float
        Share of true power laws that are as far from their fit as the values are from theirs, the
        values counted in: small is bad.
    distance : float
        Kolmogorov distance of the values.
    distances : ndarray, shape (n_draws,)
        Of the drawn power laws.
    """

    p_value: float
    distance: float
    distances: np.ndarray


def power_law_goodness(values: Array, *, n_draws: int = 100, rng: Rng = None) -> PowerLawGoodness:
    r"""Return the goodness of fit of a power law tail, by a parametric bootstrap.

    .. math:: p = \frac{1 + \#\{ b : D_b \ge D \}}{1 + n_\mathrm{draws}}

    Parameters
    ----------
    values : Array, shape (n,)
        As of `power_law_fit`, of which each is drawn independently of the others.
    n_draws : int
        Drawn power laws, at least 1; the p-value is at least 1 / (1 + n_draws).
    rng : int, Generator or None
        The draws.

    Returns
    -------
    PowerLawGoodness
        Clauset, Shalizi and Newman rule a power law out at p of at most 0.1. A large p is no proof:
        a short tail can be many things.

    Raises
    ------
    TypeError, ValueError
        As of `power_law_fit`.

    Notes
    -----
    Host: candidates are sorted, thrown out and looked at one by one.

    1. Fit exponent and cutoff.
    2. Draw as many values: each is from the fitted law with the probability of the tail's share,
       and otherwise one of the values below the cutoff.
    3. Fit exponent and cutoff to these as well, and keep the distance. (With the cutoff of step 1
       the drawn distances would be too large, and everything would pass.)
    4. The p-value. Counting the values themselves in keeps it honest at any number of draws.

    n_draws + 1 fits. Section 4.1 of the paper, but for step 4. It is for independent values: the
    eigenvalues of one matrix are spaced evenly, and pass too easily.

    References
    ----------
    Clauset, Shalizi, Newman: Power-law distributions in empirical data, SIAM Review 51 (2009).

    Notebook: ``notebooks/spectra/02_tails.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> tail, bulk = rng.pareto(1.5, 1000) + 1, rng.uniform(1, 2, 1000)
    >>> [power_law_goodness(x, n_draws=50, rng=0).p_value > 0.1 for x in (tail, bulk)]
    [True, False]
    """
    logs = np.log(sorted_positive(values, "values"))
    n_draws = check_count(n_draws, "n_draws", 1)
    n, draw = len(logs), as_generator(rng)
    found = scan(logs)  # step 1
    body, start = logs[: found.start], logs[found.start]
    distances = np.empty(n_draws)
    for i in range(n_draws):
        n_tail = int(draw.binomial(n, (n - found.start) / n)) if len(body) else n  # step 2
        n_tail = max(n_tail, 2)
        tail = start + draw.standard_exponential(n_tail) / (found.exponent - 1)
        sample = np.concatenate([draw.choice(body, n - n_tail), tail]) if n_tail < n else tail
        distances[i] = scan(np.sort(sample)).distance  # step 3
    p_value = (1 + int(np.sum(distances >= found.distance))) / (1 + n_draws)  # step 4
    return PowerLawGoodness(p_value, found.distance, distances)
