"""Self-paced PCA: hear the easy samples first, and stop before the outliers speak.

Probabilistic PCA says how surprising each sample is. Fit it to the half that is least surprising,
then let more and more samples in, and stop at a share that leaves the outliers out.

Papers: self-paced-probabilistic-principal.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_matrix, check_real
from labkit.pca.probabilistic_components import log_density, probabilistic_components
from labkit.pca.results import ProbabilisticComponents

START = 0.5


def self_paced_components(
    X: Array,
    *,
    n_components: int,
    share: float = 0.9,
    growth: float = 1.1,
    max_iterations: int = 50,
) -> ProbabilisticComponents:
    r"""Fit probabilistic PCA to the share of samples that is least surprising, easy ones first.

    .. math:: \min_{\theta,\, v \in \{0, 1\}^n} \sum_i v_i L_i(\theta) - \frac1\eta \sum_i v_i,
              \qquad L_i(\theta) = -\log N(x_i; \mu, W^\top W + \sigma^2 I)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least four samples and two features.
    n_components : int
        From 1 to ``min(n_samples // 2, n_features - 1)``.
    share : float
        The share of samples that may speak in the end, from 0.5 to 1. With 1 it is
        `probabilistic_components`.
    growth : float
        By which factor more are heard in each stage, above 1.
    max_iterations : int
        Fits in a stage, at least 1.

    Returns
    -------
    ProbabilisticComponents
        Fitted to the samples in `selected`; `log_likelihoods` of all. `objective_history` holds,
        for each stage, the sum of L over those who are heard, after each selection and each fit.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and if half of the samples are equal.

    Notes
    -----
    Portable.

    1. Start with the half of the samples that is nearest to the median of each feature.
    2. Fit probabilistic PCA to those who are heard. It is the maximum of their likelihood, so the
       objective falls.
    3. Hear those of smallest L, as many as the stage allows. For this number it is the best choice
       of v, so the objective falls again. Return to 2 until the selection comes to rest.
    4. Let `growth` times as many speak, until `share` is reached.

    Within a stage the objective cannot rise; from stage to stage it changes its meaning. The paper
    fixes the threshold 1 / eta in a stage and lowers eta; here the number of samples is fixed, of
    which the threshold is the quantile: the same problem with eta as the multiplier of a
    constraint, and free of the scale of X, since L moves with the log of sigma. The M-step is the
    closed form of Tipping and Bishop, where the paper takes EM steps. The start of step 1 is ours:
    from a fit to everyone a tight cluster of outliers spans a component, and its members then
    surprise nobody. Only an outline of the paper's algorithm was read; the objective, the two
    steps and the growing threshold are from there.

    It fails where outliers are more than the share leaves out, where they are nearer to the median
    than the inliers, and says nothing about outliers inside the plane. A fit costs that of
    `principal_components`, and a stage takes a few.

    References
    ----------
    Zhao, Xiao, Zhang, Zhang, Xia: Self-paced probabilistic principal component analysis for data
    with outliers, arXiv 1904.06546 (2019).

    Notebook: ``notebooks/pca/03_outliers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> line = np.linspace(-1, 1, 18)
    >>> X = np.column_stack([line, 0.01 * np.cos(9 * line)])
    >>> X = np.vstack([X, [[0.0, 5.0], [0.1, 5.0]]])
    >>> model = self_paced_components(X, n_components=1, share=0.9)
    >>> np.flatnonzero(~model.selected).tolist()
    [18, 19]
    """
    X = check_matrix(X, "X", min_samples=4, min_features=2)
    n_samples, n_features = X.shape
    k = check_count(n_components, "n_components", 1, min(n_samples // 2, n_features - 1))
    share = check_real(share, "share", START, 1.0)
    growth = check_real(growth, "growth", 1.0, open_low=True)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(X)

    n_last = math.ceil(share * n_samples - 1e-9)
    n_heard = min(math.ceil(START * n_samples), n_last)
    middle = xp.sort(X, axis=0)[n_samples // 2, :]
    heard = _smallest(xp.sum((X - middle) ** 2, axis=1), n_heard)  # step 1

    history: list[tuple[float, ...]] = []
    n_iterations, converged = 0, True
    while True:
        stage: list[float] = []
        for _ in range(max_iterations):
            model = probabilistic_components(xp.take(X, heard, axis=0), n_components=k)  # step 2
            losses = -_log_likelihoods(X, model)
            stage.append(float(xp.sum(xp.take(losses, heard))))
            before, heard = heard, _smallest(losses, n_heard)  # step 3
            stage.append(float(xp.sum(xp.take(losses, heard))))
            n_iterations += 1
            at_rest = bool(xp.all(before == heard))
            if at_rest:
                break
        history.append(tuple(stage))
        converged = converged and at_rest
        if n_heard == n_last:
            break
        n_heard = min(max(math.ceil(growth * n_heard), n_heard + 1), n_last)  # step 4
        heard = _smallest(losses, n_heard)

    ranks = xp.argsort(xp.argsort(losses, stable=True), stable=True)
    return ProbabilisticComponents(
        components=model.components,
        loadings=model.loadings,
        mean=model.mean,
        noise_variance=model.noise_variance,
        log_likelihoods=-losses,
        selected=ranks < n_last,
        objective_history=tuple(history),
        n_iterations=n_iterations,
        converged=converged,
    )


def _smallest(values: Array, n: int) -> Array:
    """Return the places of the n smallest values, ascending."""
    xp = array_namespace(values)
    return xp.sort(xp.argsort(values, stable=True)[:n])


def _log_likelihoods(X: Array, model: ProbabilisticComponents) -> Array:
    xp = array_namespace(X)
    variances = xp.sum(model.loadings**2, axis=1) + model.noise_variance
    return log_density(X, model.mean, model.components, variances, model.noise_variance)
