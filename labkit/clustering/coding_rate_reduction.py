"""How many bits groups save: the coding rate of all samples less that of the groups.

Describing points up to a given error costs more bits the more room they take. If they split into
groups of which each lies in a subspace of its own, describing group by group is cheap while the
whole still takes all the room: the difference is large where groups are flat and stand at right
angles.

Papers: unsupervised-manifold-linearizing-clustering.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_matrix, check_real, check_same_device


@dataclass(frozen=True)
class CodingRateReduction:
    """The rates, in nats for each sample, and the slopes of their difference.

    Attributes
    ----------
    reduction : float
        ``rate - group_rate``.
    rate : float
        R, of all samples together.
    group_rate : float
        R_c, of the groups, weighted by their sizes.
    gradient : Array, shape (n_samples, n_features)
        Of the reduction by Z.
    membership_gradient : Array, shape (n_samples, n_groups)
        Of the reduction by the membership.
    """

    reduction: float
    rate: float
    group_rate: float
    gradient: Array
    membership_gradient: Array


def coding_rate_reduction(Z: Array, membership: Array, *, distortion: float) -> CodingRateReduction:
    r"""Return the coding rate reduction for hard or soft groups, and its gradient.

    .. math:: R = \tfrac12 \log\det\Big(I + \frac{d}{n \varepsilon^2} Z^T Z\Big), \qquad
              R_c = \sum_j \frac{n_j}{2 n} \log\det\Big(I + \frac{d}{n_j \varepsilon^2}
              Z^T \mathrm{Diag}(G_{\cdot j}) Z\Big), \qquad n_j = \sum_i G_{ij}

    Parameters
    ----------
    Z : Array, shape (n_samples, n_features)
        The features; rows of norm 1 make the rates comparable.
    membership : Array, shape (n_samples, n_groups)
        G, not negative: one-hot labels, or shares. Of a doubly stochastic one each column is a
        group of one sample's weight. A column of zeros is an empty group and counts nothing.
    distortion : float
        epsilon, above 0: the error that the description may have. Small: the rates count
        dimensions; large: they measure variances.

    Returns
    -------
    CodingRateReduction
        Rates and gradients.

    Raises
    ------
    TypeError, ValueError
        For bad values; a negative membership, or one with another number of rows.

    Notes
    -----
    Portable.

    1. The rate of the whole: one d x d determinant and inverse.
    2. The weighted products of all groups in one matrix product: the rows of Z Z' by sample, of
       length d^2, times G.
    3. Their determinants and inverses W_j, as one stack.
    4. The gradient by Z, ``c / n (Z W - sum_j G_ij Z_i W_j)`` with ``c = d / epsilon^2``, again one
       product; by G_ij ``-(log det M_j + c Z_i W_j Z_i' - d + tr W_j) / (2 n)``, M_j the matrix
       whose inverse W_j is.

    n_samples n_groups d^2 for each of three products, d^3 a group. With d above the number of
    samples in every group the n_j x n_j determinants would be smaller; that is left out. The paper
    optimises this with a doubly stochastic G, one group a sample; with one-hot labels it is the
    objective of Yu and others (2020).

    References
    ----------
    Yu, Chan, You, Song, Ma: Learning diverse and discriminative representations via the principle
    of maximal coding rate reduction, NeurIPS (2020), arXiv 2006.08558.

    Notebook: ``notebooks/clustering/11_linearizing.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> Z = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> apart, mixed = np.eye(2)[[0, 0, 1, 1]], np.eye(2)[[0, 1, 0, 1]]
    >>> round(coding_rate_reduction(Z, apart, distortion=0.5).reduction, 3)
    0.511
    >>> round(abs(coding_rate_reduction(Z, mixed, distortion=0.5).reduction), 3)
    0.0
    """
    Z = check_matrix(Z, "Z")
    membership = check_matrix(membership, "membership")
    check_same_device(Z=Z, membership=membership)
    if membership.shape[0] != Z.shape[0]:
        raise ValueError(
            f"membership must have {Z.shape[0]} rows, one a sample, got {membership.shape[0]}"
        )
    xp = array_namespace(Z)
    if (least := float(xp.min(membership))) < 0:
        raise ValueError(f"membership must not be negative, got an entry of {least:g}")
    distortion = check_real(distortion, "distortion", 0.0, open_low=True)
    return rates(Z, xp.astype(membership, Z.dtype, copy=False), distortion)


def rates(Z: Array, G: Array, distortion: float) -> CodingRateReduction:
    """Do the work of `coding_rate_reduction` on checked arrays.

    Parameters
    ----------
    Z : Array, shape (n_samples, n_features)
        Features.
    G : Array, shape (n_samples, n_groups)
        Memberships, not negative.
    distortion : float
        Above 0.

    Returns
    -------
    CodingRateReduction
        Of these arrays.
    """
    xp = array_namespace(Z)
    n, d = Z.shape
    c = d / distortion**2
    identity = xp.eye(d, dtype=Z.dtype, device=device(Z))
    whole = identity + c / n * (xp.matrix_transpose(Z) @ Z)  # step 1
    rate = xp.linalg.slogdet(whole).logabsdet / 2

    squares = xp.reshape(Z[:, :, None] * Z[:, None, :], (n, d * d))  # step 2
    sizes = xp.sum(G, axis=0)
    scale = c / xp.where(sizes > 0, sizes, xp.ones_like(sizes))
    products = xp.reshape(xp.matrix_transpose(G) @ squares, (G.shape[1], d, d))
    groups = identity + scale[:, None, None] * products

    logarithms = xp.linalg.slogdet(groups).logabsdet  # step 3
    group_rate = xp.sum(sizes * logarithms) / (2 * n)
    inverses = xp.linalg.inv(groups)
    flat = xp.reshape(inverses, (G.shape[1], d * d))

    shared = xp.reshape(G @ flat, (n, d, d))  # step 4
    by_whole = Z @ xp.linalg.inv(whole)
    gradient = c / n * (by_whole - (shared @ Z[:, :, None])[:, :, 0])
    constants = logarithms - d + xp.sum(flat * xp.reshape(identity, (1, -1)), axis=1)
    by_membership = -(constants + c * (squares @ xp.matrix_transpose(flat))) / (2 * n)
    return CodingRateReduction(
        float(rate - group_rate), float(rate), float(group_rate), gradient, by_membership
    )
