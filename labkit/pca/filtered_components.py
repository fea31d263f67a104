"""The direction of largest variance among outliers, in nearly linear time, by filtering.

Look along the direction of largest variance. If its largest squares carry more than a clean sample
would, they are outliers: cut them and look again. If not, the direction is good, whether or not
outliers are left: they do no harm there.

Papers: nearly-linear-time-streaming.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_matrix, check_real
from labkit.pca._filter import MOST, gamma, threshold
from labkit.pca._scale import power_of_two
from labkit.pca._stream import orthonormal
from labkit.random import Rng, as_generator, standard_normal

FINEST = 0.05


@dataclass(frozen=True)
class FilteredDirection:
    """A direction of large variance, and the samples that it was found from.

    Attributes
    ----------
    basis : Array, shape (n_features, 1)
        A unit vector.
    value : float
        The mean square of the selected samples along it.
    selected : Array, shape (n_samples,), bool
        False for the samples that were filtered out.
    n_iterations : int
        Directions looked along.
    n_products : int
        Products of the data matrix, or its transpose, with a vector.
    converged : bool
        Whether the last direction passed; false where the filter had to give up.
    """

    basis: Array
    value: float
    selected: Array
    n_iterations: int
    n_products: int
    converged: bool


def filtered_components(
    X: Array, *, contamination: float, max_iterations: int = 100, rng: Rng = None
) -> FilteredDirection:
    r"""Return a unit vector of nearly the largest variance of the inliers.

    .. math:: u^\top \Sigma u \ge (1 - O(\gamma))\, \|\Sigma\|, \qquad
              \gamma = \epsilon \log(1 / \epsilon)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data. The inliers have mean zero and light (subgaussian) tails; where the mean is not
        known, hand in ``(X[::2] - X[1::2]) / sqrt(2)`` and twice the contamination.
    contamination : float
        The share of outliers, epsilon, from 0 to 0.1. With 0 nothing is cut.
    max_iterations : int
        Directions looked along, at least 1.
    rng : int, Generator or None
        Draws the starts and the cuts.

    Returns
    -------
    FilteredDirection
        `value` is the mean square of the selected rows along the direction.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`.

    Notes
    -----
    Portable. With p features:

    1. From a random start take log(p) / gamma steps of the power method with the rows that are
       still accepted: a direction u whose variance is within a factor 1 - gamma the largest, with
       or without a gap between eigenvalues. No p x p matrix is formed.
    2. The squares ``(x u)^2`` of these rows without their largest share epsilon have a mean that
       outliers cannot move by more than a factor 1 +- O(gamma). If the mean of all of them is at
       most 1 + 3 gamma times this, up to 5 standard errors, u is the answer.
    3. Else cut above a random threshold until it is, and return to 1. A row falls in proportion to
       its excess, so in the mean more outliers fall than inliers.

    4 n p log(p) / gamma flops for each direction; the number of directions is that of places where
    outliers hide. The method gives up when more than four times the contamination has fallen.

    It answers for the variance along u, not for the angle: where eigenvalues are close, any
    direction among them is right. n should exceed p / gamma^2. The paper's algorithm (only its
    statements were read) has a pruning of far rows and multiplies with a high power of the
    covariance as step 1 does; its filter and constants are replaced by steps 2 and 3, and its proof
    of polylogarithmically many directions is not claimed for them. The factor 3 lets Gaussian
    inliers pass up to a contamination of 0.1, which is why there is that limit.

    `filtered_stream` reads each row once. `self_paced_components` finds a plane, for outliers that
    are surprising as whole samples.

    References
    ----------
    Diakonikolas, Kane, Pensia, Pittas: Nearly-linear time and streaming algorithms for
    outlier-robust PCA, ICML 2023.

    Jambulapati, Li, Tian: Robust sub-Gaussian principal component analysis and width-independent
    Schatten packing, NeurIPS 2020.

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((2000, 5)) * [2, 1, 1, 1, 1]
    >>> X[:100] = [0, 12, 0, 0, 0]
    >>> result = filtered_components(X, contamination=0.05, rng=0)
    >>> bool(abs(result.basis[0, 0]) > 0.99), bool(result.selected[:100].any())
    (True, False)
    """
    X = check_matrix(X, "X")
    n_samples, n_features = X.shape
    contamination = check_real(contamination, "contamination", 0.0, MOST)
    check_count(max_iterations, "max_iterations", 1)
    generator = as_generator(rng)
    xp = array_namespace(X)

    scale = power_of_two(X)
    X = X / scale
    Xt = xp.matrix_transpose(X)
    tiny = float(xp.finfo(X.dtype).smallest_normal) ** 0.5
    n_steps = math.ceil(math.log(n_features + 1) / max(gamma(contamination), FINEST))
    least = (1 - 4 * contamination) * n_samples - 1
    selected = xp.sum(X * X, axis=1) >= 0.0
    n_iterations = 0
    while n_iterations < max_iterations:
        n_iterations += 1
        weights = xp.astype(selected, X.dtype)[:, None]
        u, _ = orthonormal(standard_normal(generator, (n_features, 1), like=X))
        for _ in range(n_steps):  # step 1
            u, _ = orthonormal(Xt @ (weights * (X @ u)) + tiny * u)
        scores = xp.sum(X @ u, axis=1) ** 2
        cut = threshold(scores[selected], contamination, generator)  # step 2
        if cut is None:
            break
        selected = selected & (scores <= cut)  # step 3
        if int(xp.sum(xp.astype(selected, xp.int64))) < least:
            break
    value = float(xp.mean(scores[selected])) if bool(xp.any(selected)) else 0.0
    return FilteredDirection(
        basis=u,
        value=value * scale * scale,
        selected=selected,
        n_iterations=n_iterations,
        n_products=n_iterations * (2 * n_steps + 1),
        converged=cut is None,
    )
