"""A mixture of low-rank Gaussians: points of several subspaces, each normal in its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


@dataclass(frozen=True)
class LowRankMixture:
    """Points and the subspaces that they were drawn from.

    Attributes
    ----------
    X : ndarray, shape (n_clusters * n_per_cluster, n_features)
        The points, those of one subspace after those of another.
    labels : ndarray of int, shape (n_clusters * n_per_cluster,)
        The subspace of each point.
    bases : ndarray, shape (n_clusters, n_features, rank)
        Orthonormal columns.
    """

    X: np.ndarray
    labels: np.ndarray
    bases: np.ndarray


def low_rank_mixture(
    n_features: int,
    n_clusters: int,
    *,
    rank: int,
    n_per_cluster: int,
    noise: float = 0.0,
    rng: Rng = None,
) -> LowRankMixture:
    r"""Return points :math:`x_i = U_k a_i + e_i` with standard normal :math:`a_i`.

    Parameters
    ----------
    n_features : int
        n, the dimension of the space.
    n_clusters : int
        Number of subspaces, drawn uniformly and independently.
    rank : int
        d, from 1 to n_features. Two subspaces meet in 0 alone if ``2 rank <= n_features``.
    n_per_cluster : int
        Points of each subspace.
    noise : float
        Root mean square length of e_i, however large n is; a point has about ``rank ** 0.5``.
    rng : int, Generator or None
        Draws subspaces, points and noise. More points, or another noise, leave the subspaces.

    Returns
    -------
    LowRankMixture
        See there.

    Raises
    ------
    TypeError, ValueError
        For bad values; a rank above n_features.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> made = low_rank_mixture(5, 2, rank=1, n_per_cluster=3, rng=0)
    >>> made.X.shape, np.linalg.matrix_rank(made.X).item()
    ((6, 5), 2)
    """
    n = check_count(n_features, "n_features", 1)
    K = check_count(n_clusters, "n_clusters", 1)
    d = check_count(rank, "rank", 1, n)
    check_count(n_per_cluster, "n_per_cluster", 1)
    noise = check_real(noise, "noise", 0.0)
    draw = as_generator(rng)
    bases = np.linalg.qr(draw.standard_normal((K, n, d)))[0]
    scores = draw.standard_normal((K, n_per_cluster, d))
    X = (scores @ np.swapaxes(bases, 1, 2)).reshape(-1, n)
    X = X + noise / np.sqrt(n) * draw.standard_normal(X.shape)
    return LowRankMixture(X, np.repeat(np.arange(K), n_per_cluster), bases)
