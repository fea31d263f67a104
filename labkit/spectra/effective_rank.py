"""How many dimensions a table uses, when none is exactly zero: the exponential of an entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_real


@dataclass(frozen=True)
class EffectiveRank:
    """What `effective_rank` returns.

    Attributes
    ----------
    rank : float
        From 1, for a matrix of rank 1, to the rank, if all singular values that are not zero are
        equal.
    shares : Array, shape (min(n_samples, n_features),)
        p_i, falling; they sum to 1.
    """

    rank: float
    shares: Array


def effective_rank(X: Array, *, exponent: float = 2.0) -> EffectiveRank:
    r"""Return the number of equal singular values that would be as spread out as those of X.

    .. math:: \exp\Bigl(-\sum_i p_i \log p_i\Bigr), \qquad p_i = \sigma_i^q \Big/ \sum_j \sigma_j^q

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Not all zero. It is not centred.
    exponent : float
        q, above 0: 2 for the eigenvalues of the second moments, whose entropy is the matrix
        entropy; 1 for the singular values themselves. The larger, the less small ones count.

    Returns
    -------
    EffectiveRank
        The number, and the shares behind it.

    Raises
    ------
    TypeError, ValueError
        For bad values; a matrix of zeros.

    Notes
    -----
    Portable.

    1. Singular values, relative to the largest.
    2. Shares, and their entropy; a value of zero adds nothing.

    The cost is that of singular values. Scale and rotations, of samples or of features, change
    nothing. `numpy.linalg.matrix_rank` counts what exceeds a tolerance instead, and jumps.

    References
    ----------
    Roy, Vetterli: The effective rank: a measure of effective dimensionality, EUSIPCO (2007).

    Notebook: ``notebooks/spectra/13_ranks_of_layers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> round(effective_rank(np.eye(5)).rank, 6)
    5.0
    >>> round(effective_rank(np.diag([1.0, 1.0, 1e-9])).rank, 6)
    2.0
    """
    X = check_matrix(X, "X")
    exponent = check_real(exponent, "exponent", 0.0, open_low=True)
    xp = array_namespace(X)
    largest = float(xp.max(xp.abs(X)))
    if largest == 0:
        raise ValueError("X must not be zero, got an array of zeros")
    values = xp.linalg.svdvals(X / largest)  # step 1
    values = values / xp.max(values)
    shares = values**exponent  # step 2
    total = float(xp.sum(shares))
    seen = shares > 0
    logs = xp.log(xp.where(seen, shares, xp.ones_like(shares)))
    entropy = math.log(total) - float(xp.sum(shares * logs)) / total
    return EffectiveRank(math.exp(max(entropy, 0.0)), shares / total)
