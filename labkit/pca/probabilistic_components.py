"""Probabilistic PCA: principal components with a density, so that a sample can be surprising.

A sample is a point of a low-dimensional plane plus noise of one size in all directions. The maximum
of the likelihood is known in closed form: the components are those of PCA, the noise is the mean
of the variances that they leave out.

Papers: self-paced-probabilistic-principal compares itself with this.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix
from labkit.pca.principal_components import principal_components
from labkit.pca.results import ProbabilisticComponents


def probabilistic_components(X: Array, *, n_components: int) -> ProbabilisticComponents:
    r"""Fit the Gaussian model of probabilistic PCA by maximum likelihood.

    .. math:: x = \mu + W^\top z + \varepsilon, \qquad z \sim N(0, I_k), \qquad
              \varepsilon \sim N(0, \sigma^2 I_p)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least two samples and two features.
    n_components : int
        k, from 1 to ``min(n_samples, n_features - 1)``.

    Returns
    -------
    ProbabilisticComponents
        With every sample selected, one fit, and the mean negative log-likelihood as its history.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for data without any variance, which no Gaussian
        describes.

    Notes
    -----
    Portable.

    1. PCA. With the eigenvalues l_1 >= ... >= l_p of the covariance (divided by n) the maximum is
       at sigma^2 = (l_{k+1} + ... + l_p) / (p - k), and row i of W is sqrt(l_i - sigma^2) times
       component i.
    2. The log density needs no p x p matrix: along component i the variance is l_i, across it is
       sigma^2.

    Where the components leave nothing out (samples in a plane of k dimensions) the likelihood has
    no maximum; the noise variance is then held at the machine epsilon times l_1, so that densities
    are large but finite. The cost is that of `principal_components`. Against Tipping and Bishop
    there is no EM iteration: their closed form is used.

    scikit-learn's ``PCA.noise_variance_`` and ``score_samples`` are the same model with the
    covariance divided by n - 1.

    References
    ----------
    Tipping, Bishop: Probabilistic principal component analysis, J. R. Stat. Soc. B 61 (1999).

    Notebook: ``notebooks/pca/03_outliers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> model = probabilistic_components(X, n_components=1)
    >>> model.components.tolist(), model.noise_variance
    ([[1.0, 0.0]], 0.5)
    """
    X = check_matrix(X, "X", min_samples=2, min_features=2)
    n_samples, n_features = X.shape
    k = check_count(n_components, "n_components", 1, min(n_samples, n_features - 1))
    xp = array_namespace(X)
    found = principal_components(X, n_components=k)  # step 1
    if found.total_variance == 0:
        raise ValueError("X must vary, got samples that are all equal")
    scale = (n_samples - 1) / n_samples
    variances = found.explained_variance * scale
    left_out = found.total_variance * scale - float(xp.sum(variances))
    noise_variance = max(left_out / (n_features - k), eps(X) * float(variances[0]))
    variances = xp.clip(variances, min=noise_variance)

    log_likelihoods = log_density(X, found.mean, found.components, variances, noise_variance)
    return ProbabilisticComponents(
        components=found.components,
        loadings=found.components * xp.sqrt(variances - noise_variance)[:, None],
        mean=found.mean,
        noise_variance=noise_variance,
        log_likelihoods=log_likelihoods,
        selected=xp.ones(n_samples, dtype=xp.bool, device=device(X)),
        objective_history=((-float(xp.mean(log_likelihoods)),),),
        n_iterations=1,
        converged=True,
    )


def log_density(
    X: Array, mean: Array, components: Array, variances: Array, noise_variance: float
) -> Array:
    """Return the log density of samples, in nats (step 2).

    Parameters
    ----------
    X : Array, shape (n, p)
        Samples.
    mean : Array, shape (p,)
        Of the model.
    components : Array, shape (k, p)
        Orthonormal rows.
    variances : Array, shape (k,)
        Along the components, the noise included.
    noise_variance : float
        Across them.

    Returns
    -------
    Array, shape (n,)
        Finite.
    """
    xp = array_namespace(X)
    n_features, k = X.shape[1], components.shape[0]
    away = X - mean
    scores = away @ xp.matrix_transpose(components)
    across = away - scores @ components
    squared = xp.sum(scores * scores / variances, axis=1)
    squared = squared + xp.sum(across * across, axis=1) / noise_variance
    log_volume = float(xp.sum(xp.log(variances))) + (n_features - k) * math.log(noise_variance)
    return -0.5 * (squared + (log_volume + n_features * math.log(2 * math.pi)))
