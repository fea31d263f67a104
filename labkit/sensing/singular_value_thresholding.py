"""Singular value thresholding: fill holes with zeros, keep the singular values above the noise.

A predictor that reads noise treats two equal persons differently. A table of low rank can be
cleaned before anything is predicted from it.

Papers: matrix-estimation-individual-fairness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_real
from labkit.sensing._observed import check_observed


@dataclass(frozen=True)
class ThresholdedMatrix:
    """A matrix estimated by its large singular values.

    Attributes
    ----------
    low_rank : Array, shape (n_samples, n_features)
        The estimate, in the units of M.
    singular_values : Array, shape (min(n_samples, n_features),)
        Of the zero-filled matrix, all of them, descending.
    rank : int
        How many were kept.
    threshold : float
        What they had to exceed.
    observed_share : float
        Of the entries, by which the kept part was divided.
    """

    low_rank: Array
    singular_values: Array
    rank: int
    threshold: float
    observed_share: float


def singular_value_thresholding(
    M: Array, observed: Array, *, threshold: float | None = None
) -> ThresholdedMatrix:
    r"""Estimate a matrix of low rank from noisy entries, some of them missing.

    .. math:: \hat M = \frac{1}{\hat p} \sum_{\sigma_i > \tau} \sigma_i u_i v_i^\top,
              \qquad \sum_i \sigma_i u_i v_i^\top = M \text{ with zeros for what is missing}

    Parameters
    ----------
    M : Array, shape (n_samples, n_features)
        Samples in rows. What stands where nothing was observed is never read, but has to be finite.
    observed : Array of bool, shape (n_samples, n_features)
        True where the entry was observed; at least one in each row.
    threshold : float, optional
        tau, not negative, in the units of M; 0 keeps everything. By default
        ``(sqrt(n_samples) + sqrt(n_features)) s`` with s^2 the mean square of the zero-filled
        entries: the largest singular value of noise as strong as all of the data, if it is alike
        in all entries. Where rows or columns differ much in strength, noise may pass.

    Returns
    -------
    ThresholdedMatrix
        See there. All zeros where no singular value exceeds the threshold.

    Raises
    ------
    TypeError, ValueError
        For bad values, or a mask of another shape.

    Notes
    -----
    Portable.

    1. Put zeros where nothing was observed. The mean of that is p M: holes are noise, too, of
       variance ``p (1 - p) M_ij^2``.
    2. Decompose; keep the singular values above tau as they are, drop the others.
    3. Divide by the observed share.

    An error of ``v r (1/n_samples + 1/n_features)`` an entry is left to first order, with v the
    variance of a zero-filled entry over p^2; raw data have v. Each row is projected on r directions
    that all rows found together, so noise in its other directions cannot reach a predictor. What
    is rare is dropped with the noise: g rows with a direction of their own and entries of size a
    pass for certain only where ``p a sqrt(g n_features)`` exceeds tau.

    One singular value decomposition. This is the paper's first step (its Algorithm 1 goes on to
    any predictor); it takes tau from the theory, ours comes from the data. Its constants were not
    read. Against entries of bounded size Chatterjee's universal choice is
    ``2.02 sqrt(n p)``. Entries must be missing at random, at one rate.

    References
    ----------
    Zhang, Cen, Shah: Matrix estimation for individual fairness, ICML (2023).

    Chatterjee: Matrix estimation by universal singular value thresholding, Ann. Statist. 43 (2015).

    Notebook: ``notebooks/sensing/08_fairness.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.outer(np.ones(60), np.ones(40))
    >>> observed = np.random.default_rng(0).random(truth.shape) < 0.5
    >>> found = singular_value_thresholding(truth, observed)
    >>> found.rank, bool(abs(found.low_rank - truth).mean() < 0.2)
    (1, True)
    """
    M = check_matrix(M, "M")
    mask = check_observed(M, observed, "M")
    xp = array_namespace(M)
    n, d = M.shape
    filled = M * mask  # step 1
    if threshold is None:
        mean_square = float(xp.mean(filled * filled))
        if not math.isfinite(mean_square):
            raise ValueError("M must have squares that do not overflow, got an infinite mean")
        tau = (math.sqrt(n) + math.sqrt(d)) * math.sqrt(mean_square)
    else:
        tau = check_real(threshold, "threshold", 0.0)
    U, s, Vh = xp.linalg.svd(filled, full_matrices=False)  # step 2
    rank = int(xp.sum(xp.astype(s > tau, xp.int64)))
    share = float(xp.mean(mask))
    low_rank = (U[:, :rank] * (s[:rank] / share)) @ Vh[:rank, :]  # step 3
    return ThresholdedMatrix(low_rank, s, rank, float(tau), share)
