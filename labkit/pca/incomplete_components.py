"""Principal components of data with holes: the entries that are there speak, no other.

Filling holes with the mean pulls every direction towards the centre, and dropping each sample with
a hole drops all of them. A model that says how a sample comes about needs neither.

Ilin and Raiko 2010; no paper of the list.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix, check_real
from labkit.linalg import fix_signs
from labkit.pca._posterior import check_observed, latent_posterior
from labkit.pca._scale import power_of_two
from labkit.pca.principal_components import principal_components
from labkit.pca.results import ProbabilisticComponents


def incomplete_components(
    X: Array,
    observed: Array,
    *,
    n_components: int,
    tol: float = 1e-6,
    max_iterations: int = 1000,
) -> ProbabilisticComponents:
    r"""Fit probabilistic PCA to the entries that were observed, by maximum likelihood.

    .. math:: \max_{\mu, W, \sigma^2} \sum_i \log N\bigl(x_{i,O_i};\, \mu_{O_i},\,
              (W^\top W + \sigma^2 I)_{O_i O_i}\bigr)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least two samples and two features. What stands where nothing was observed is
        never read, but has to be finite: write zeros, not NaN.
    observed : Array of bool, shape (n_samples, n_features)
        True where the entry of X was observed. Each sample has at least one such entry, each
        feature at least two.
    n_components : int
        k, from 1 to ``min(n_samples - 1, n_features - 1)``.
    tol : float
        It stops when a round raises the mean log-likelihood of an observed entry by less, in nats.
    max_iterations : int
        Rounds, at least 1.

    Returns
    -------
    ProbabilisticComponents
        `log_likelihoods` are those of the observed entries of each sample; `objective_history` is
        one tuple, the mean negative log-likelihood of an observed entry before each round.
        ``result.completion(X, observed)`` fills the holes.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; a mask that is not boolean or of another shape; a
        sample or feature with too few observed entries; observed entries without variance.

    Notes
    -----
    Portable. With O_i the features observed in sample i, and W_O the loadings there:

    1. Start: the components of the data with each hole filled with its feature's mean, and half of
       the variance as noise.
    2. E-step: M_i = W_O W_O^T + sigma^2 I, z_i = M_i^-1 W_O (x_O - mu_O), S_i = sigma^2 M_i^-1. All
       M_i come from one product of the mask with the outer products of the loadings.
    3. M-step: for feature j the loading and the mean together solve a least-squares problem in
       the expected (z, 1), over the samples that observed j; sigma^2 is the mean expected squared
       residual.
    4. Expand (Liu, Rubin and Wu 1998): the latent variables are made white on average,
       mu += z_mean W and W <- L^T W with L L^T their covariance, posterior part included. It leaves
       the likelihood of the expanded model as it is and saves most of the rounds that plain EM
       spends on the scale of W.
    5. Rotate at the end, so that components are orthogonal and in order.

    The likelihood never falls. Entries are taken to be missing at random: whether one is missing
    may depend on what was seen, not on what was not. A round costs about 2 n p k^2 multiplications
    and n k^2 numbers of memory. With nothing missing it converges to `probabilistic_components`,
    whose closed form is to be preferred then. Where the model leaves no noise the variance is held
    at the machine epsilon times that of the data.

    References
    ----------
    Ilin, Raiko: Practical approaches to principal component analysis in the presence of missing
    values, J. Mach. Learn. Res. 11 (2010), section 3 (the algorithm with per-sample posteriors).

    Liu, Rubin, Wu: Parameter expansion to accelerate EM, Biometrika 85 (1998).

    Notebook: ``notebooks/pca/15_holes_and_bends.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(-1, 1, 12)
    >>> X = np.outer(t, [1.0, 2.0, -1.0]) + 0.01 * np.cos(np.outer(np.arange(12), [5, 3, 7]))
    >>> observed = np.ones(X.shape, dtype=bool)
    >>> observed[3, 1] = observed[8, 0] = False
    >>> model = incomplete_components(np.where(observed, X, 0.0), observed, n_components=1)
    >>> bool(abs(model.completion(X, observed)[3, 1] - X[3, 1]) < 0.05)
    True
    """
    X = check_matrix(X, "X", min_samples=2, min_features=2)
    n_samples, n_features = X.shape
    k = check_count(n_components, "n_components", 1, min(n_samples, n_features) - 1)
    tol = check_real(tol, "tol", 0.0, open_low=True)
    check_count(max_iterations, "max_iterations", 1)
    mask = check_observed(X, observed)
    xp = array_namespace(X)
    if int(xp.min(xp.sum(mask, axis=0))) < 2:
        raise ValueError("observed must hold at least two entries of each feature, got fewer")

    scale = power_of_two(X * mask)
    centre = xp.sum(X * mask / scale, axis=0) / xp.sum(mask, axis=0)
    X = (X / scale - centre) * mask
    count = float(xp.sum(mask))
    variance = float(xp.sum(X * X)) / count
    if not variance > (8 * eps(X)) ** 2:
        raise ValueError("X must vary where it is observed, got constant features only")
    started = principal_components(X, n_components=k)  # step 1
    W, mean, noise = started.loadings, xp.zeros_like(centre), variance / 2

    history: list[float] = []
    converged = False
    while True:
        z, S, log_likelihoods = latent_posterior(X, mask, mean, W, noise)  # step 2
        history.append(math.log(scale) - float(xp.sum(log_likelihoods)) / count)
        converged = len(history) > 1 and history[-2] - history[-1] < tol
        if converged or len(history) > max_iterations:
            break
        W, mean, noise = _maximised(X, mask, z, S)  # step 3
        noise = max(noise, eps(X) * variance)
        z_mean = xp.mean(z, axis=0)  # step 4
        away = z - z_mean
        spread = xp.matrix_transpose(away) @ away / n_samples + xp.mean(S, axis=0)
        mean = mean + z_mean @ W
        W = xp.matrix_transpose(xp.linalg.cholesky(spread)) @ W

    _, s, Vh = xp.linalg.svd(W, full_matrices=False)  # step 5
    components = fix_signs(Vh)
    return ProbabilisticComponents(
        components=components,
        loadings=components * (s * scale)[:, None],
        mean=(mean + centre) * scale,
        noise_variance=noise * scale**2,
        log_likelihoods=log_likelihoods - xp.sum(mask, axis=1) * math.log(scale),
        selected=xp.ones(n_samples, dtype=xp.bool, device=device(X)),
        objective_history=(tuple(history),),
        n_iterations=len(history) - 1,
        converged=converged,
    )


def _maximised(X: Array, mask: Array, z: Array, S: Array) -> tuple[Array, Array, float]:
    """Return loadings, mean and noise variance that maximise the expected log-likelihood."""
    xp = array_namespace(X)
    n_samples, k = z.shape
    ones = xp.ones((n_samples, 1), dtype=X.dtype, device=device(X))
    z = xp.concat([z, ones], axis=1)
    moments = z[:, :, None] * z[:, None, :]
    padded = xp.zeros_like(moments)
    padded[:, :k, :k] = S
    moments = xp.reshape(moments + padded, (n_samples, -1))
    normal = xp.reshape(xp.matrix_transpose(mask) @ moments, (-1, k + 1, k + 1))
    right = xp.matrix_transpose(X) @ z
    solved = xp.linalg.solve(normal, right[:, :, None])[:, :, 0]
    unexplained = float(xp.sum(X * X)) - float(xp.sum(solved * right))
    return xp.matrix_transpose(solved[:, :k]), solved[:, k], unexplained / float(xp.sum(mask))
