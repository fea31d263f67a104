"""In how many directions a cloud of points spreads around each of its points.

Papers: ldreg-local-dimensionality-regularized.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_choice
from labkit.spectra._neighbors import nearest


def local_dimension(X: Array, *, n_neighbors: int, estimator: str = "moments") -> Array:
    r"""Return the local intrinsic dimension at every point.

    .. math:: \mathrm{LID} = \lim_{r \to 0} \frac{r F'(r)}{F(r)}, \qquad
              \widehat{\mathrm{LID}} = \frac{m}{r_k - m}, \quad m = \frac1{k-1} \sum_{i<k} r_i

    with F the distribution of the distance to another point and r_1, ..., r_k those of the nearest
    neighbours. If F grows like a power of r, LID is the power.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Points, at least three.
    n_neighbors : int
        k, from 2 to n_samples - 1. A few see only what is near but scatter; many reach across
        folds, and estimates fall short in high dimension.
    estimator : {"moments", "likelihood"}
        The formula above, or ``-k / sum(log(r_i / r_k))`` (Levina and Bickel, with k for k - 1).

    Returns
    -------
    Array, shape (n_samples,)
        Infinite where all neighbours are at the same distance.

    Raises
    ------
    TypeError, ValueError
        For bad values, and where a point comes more than k times.

    Notes
    -----
    Portable. n_samples^2 n_features for the distances, in memory n_samples^2.

    1. Distances to the k nearest other points.
    2. The formula. It has no unit: stretching X changes nothing.

    Averages over points should be geometric: between the laws of distances with two dimensions the
    Fisher-Rao distance is the logarithm of their ratio.

    References
    ----------
    Amsaleg and others: Estimating local intrinsic dimensionality, KDD (2015). Huang, Campello,
    Erfani, Ma, Houle, Bailey: LDReg, ICLR (2024).

    Notebook: ``notebooks/spectra/16_local_dimension.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.random.default_rng(0).uniform(0, 6, 300)
    >>> curve = np.stack([np.cos(t), np.sin(t), t], axis=1)
    >>> round(float(np.median(local_dimension(curve, n_neighbors=20))))
    1
    """
    check_choice(estimator, "estimator", ("moments", "likelihood"))
    _, distances = nearest(X, n_neighbors)  # step 1
    xp = array_namespace(distances)
    last = distances[:, -1]
    if estimator == "moments":  # step 2
        mean = xp.mean(distances[:, :-1], axis=1)
        rest = last - mean
        flat, top = rest <= 0, mean
    else:
        zero = distances == 0
        ratios = xp.where(zero, xp.ones_like(distances), distances) / last[:, None]
        rest = -xp.mean(xp.log(ratios), axis=1)
        rest = xp.where(xp.any(zero, axis=1), xp.full_like(rest, float("inf")), rest)
        flat, top = rest <= 0, xp.ones_like(rest)
    return xp.where(flat, xp.full_like(rest, float("inf")), top / xp.where(flat, top, rest))
