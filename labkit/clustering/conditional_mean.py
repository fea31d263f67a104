"""The conditional mean of a Gaussian mixture: what the known features say of the unknown ones.

A mixture over inputs and outputs together is a regression: each component is a plane, and a point
listens to the components near its inputs. With the outputs a one in the place of the class, the
same is a classifier.

Papers: scalable-incremental-learning-gaussian.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_same_device
from labkit.clustering.incremental_mixture import IncrementalMixture, check_mixture


def conditional_mean(mixture: IncrementalMixture, X: Array) -> Array:
    r"""Return the expected last features of points whose first features are known.

    .. math:: \mathbb E[y \mid x] = \sum_k p_k(x)
              \bigl( \mu_{k, y} - \Lambda_{k, yy}^{-1} \Lambda_{k, yx} (x - \mu_{k, x}) \bigr)

    Parameters
    ----------
    mixture : IncrementalMixture
        Over the first features x and the last features y together.
    X : Array, shape (n_new, n_known)
        The first features, at least one and at least one fewer than the mixture has.

    Returns
    -------
    Array, shape (n_new, n_features - n_known)
        One row a point.

    Raises
    ------
    TypeError, ValueError
        For bad values; a mixture with a negative determinant, which has no density.

    Notes
    -----
    Portable.

    1. Solve with the block Lambda_yy, as large as the number of unknown features, for the slopes
       and for the precision of x alone, Lambda_xx - Lambda_xy Lambda_yy^-1 Lambda_yx. The
       determinant of the covariance of x is that of all, times that of Lambda_yy.
    2. Shares p_k(x) from the marginal densities of x, in logarithms.
    3. Add up the planes.

    n_known^2 multiplications a point and component, and once n_known^2 (n_features - n_known) for
    each component. Far from all components the nearest plane goes on alone. This is the recall of
    the papers; their program leaves out components of small share, which is not done here.

    References
    ----------
    Pinto, Engel: Scalable and incremental learning of Gaussian mixture models, arXiv 1701.03940
    (2017).

    Notebook: ``notebooks/clustering/08_streaming_regression.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.clustering import incremental_mixture
    >>> line = np.arange(9.0)[:, None] * [1.0, 2.0]
    >>> *_, last = incremental_mixture(line, initial_variances=np.full(2, 1e-6), rule="exact")
    >>> conditional_mean(last, np.array([[10.0]])).round(3).tolist()
    [[20.0]]
    """
    check_mixture(mixture)
    X = check_matrix(X, "X")
    means, L = mixture.means, mixture.precisions
    check_same_device(X=X, mixture=means)
    n_known, D = X.shape[1], means.shape[1]
    if n_known >= D:
        raise ValueError(f"X must have from 1 to {D - 1} of the {D} features, got {n_known}")
    xp = array_namespace(X)
    if float(xp.min(mixture.signs)) < 0:
        raise ValueError("mixture must have positive determinants, got one that is negative")
    X = xp.astype(X, means.dtype, copy=False)
    Lyy, Lyx = L[:, n_known:, n_known:], L[:, n_known:, :n_known]
    slopes = -xp.linalg.solve(Lyy, Lyx)  # step 1
    Lx = L[:, :n_known, :n_known] + xp.matrix_transpose(Lyx) @ slopes
    logs = mixture.log_determinants + xp.linalg.slogdet(Lyy)[1]
    e = X[None, :, :] - means[:, None, :n_known]
    distances = xp.sum((e @ Lx) * e, axis=2)
    log_p = xp.log(mixture.weights)[:, None] - (logs[:, None] + distances) / 2
    p = xp.exp(log_p - xp.max(log_p, axis=0))
    p = p / xp.sum(p, axis=0)  # step 2
    planes = means[:, None, n_known:] + e @ xp.matrix_transpose(slopes)
    return xp.sum(p[:, :, None] * planes, axis=0)  # step 3
