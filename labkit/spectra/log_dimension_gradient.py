"""How to move points so that the cloud spreads in more directions around each of them.

Papers: ldreg-local-dimensionality-regularized.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.spectra._neighbors import nearest


@dataclass(frozen=True)
class LogDimension:
    """What `log_dimension_gradient` returns.

    Attributes
    ----------
    value : float
        The mean over the points of ``abs(log(LID))``.
    gradient : Array, shape (n_samples, n_features)
        Its derivative by each point, the others being held.
    """

    value: float
    gradient: Array


def log_dimension_gradient(X: Array, *, n_neighbors: int) -> LogDimension:
    r"""Return the regulariser of LDReg, without its sign, and its gradient.

    .. math:: R(X) = \frac1n \sum_i \bigl| \ln \mathrm{LID}(x_i) \bigr|, \qquad
              \ln \mathrm{LID} = \ln m - \ln(r_k - m)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Representations of a batch.
    n_neighbors : int
        k, from 2 to n_samples - 1.

    Returns
    -------
    LogDimension
        Value and gradient. Going along the gradient raises the geometric mean of the dimensions,
        and lowers it at points whose estimate is below 1.

    Raises
    ------
    TypeError, ValueError
        For bad values, and where a point comes more than k times.

    Notes
    -----
    Portable.

    1. Distances, as for `local_dimension` with the method of moments.
    2. The derivative of the logarithm by each distance: nearer neighbours away, the farthest
       nearer.
    3. Through the distances to the point. The neighbours are held, as the authors do: with both
       sides moving every pair would count twice.

    Points with a neighbour at distance zero get no part of the derivative from it; points whose
    neighbours are all at one distance count 0 and are not moved.

    References
    ----------
    Huang, Campello, Erfani, Ma, Houle, Bailey: LDReg: local dimensionality regularized
    self-supervised learning, ICLR (2024), arXiv 2401.10474.

    Notebook: ``notebooks/spectra/16_local_dimension.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [1.0], [4.0]])  # at 0: m = 1, r_k = 4, LID = 1 / 3, below 1
    >>> found = log_dimension_gradient(X, n_neighbors=2)
    >>> round(3 * float(found.gradient[0, 0]), 6)  # of the first of three points
    1.0
    """
    differences, distances = nearest(X, n_neighbors)  # step 1
    xp = array_namespace(distances)
    n, k = distances.shape
    mean = xp.mean(distances[:, :-1], axis=1)
    rest = distances[:, -1] - mean
    usable = (rest > 0) & (mean > 0)
    one = xp.ones_like(mean)
    m, gap = xp.where(usable, mean, one), xp.where(usable, rest, one)
    logs = xp.log(m) - xp.log(gap)
    weight = xp.where(usable, xp.sign(logs), 0 * one) / n
    near = weight * (1 / m + 1 / gap) / (k - 1)  # step 2
    slopes = xp.concat(
        [xp.broadcast_to(near[:, None], (n, k - 1)), (-weight / gap)[:, None]], axis=1
    )
    safe = xp.where(distances > 0, distances, xp.ones_like(distances))
    gradient = xp.sum((slopes / safe)[:, :, None] * differences, axis=1)  # step 3
    value = float(xp.mean(xp.where(usable, xp.abs(logs), 0 * one)))
    return LogDimension(value, gradient)
