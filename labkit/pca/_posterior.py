"""What a probabilistic model says of the latent variables, given the entries that were observed."""

from __future__ import annotations

import math
from typing import Any

from labkit.arrays import Array, array_namespace, as_array, device
from labkit.checks import check_same_device


def check_observed(X: Array, observed: Any) -> Array:
    """Return a mask as zeros and ones in the precision of the data.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Checked data.
    observed : Array or array-like of bool, shape (n_samples, n_features)
        What the caller gave.

    Returns
    -------
    Array, shape (n_samples, n_features)
        1 where observed.

    Raises
    ------
    TypeError
        If it is not boolean, or on another device.
    ValueError
        For another shape, or a sample of which nothing was observed.
    """
    observed = as_array(observed)
    check_same_device(X=X, observed=observed)
    xp = array_namespace(X, observed)
    if observed.dtype != xp.bool:
        raise TypeError(f"observed must be boolean, True = observed, got dtype {observed.dtype}")
    if observed.shape != X.shape:
        raise ValueError(
            f"observed must have the shape of X, {tuple(X.shape)}, got {tuple(observed.shape)}"
        )
    if not bool(xp.all(xp.any(observed, axis=1))):
        raise ValueError("observed must hold an entry of each sample, got a sample without any")
    return xp.astype(observed, X.dtype)


def latent_posterior(
    X: Array, mask: Array, mean: Array, loadings: Array, noise_variance: float
) -> tuple[Array, Array, Array]:
    """Return mean and covariance of each sample's latent variables, and its log-likelihood.

    Parameters
    ----------
    X : Array, shape (n, p)
        Samples; zero where not observed.
    mask : Array, shape (n, p)
        1 where observed.
    mean : Array, shape (p,)
        Of the model.
    loadings : Array, shape (k, p)
        Of the model.
    noise_variance : float
        Of the model.

    Returns
    -------
    z : Array, shape (n, k)
        Posterior means.
    S : Array, shape (n, k, k)
        Posterior covariances.
    log_likelihoods : Array, shape (n,)
        Of the observed entries, in nats.
    """
    xp = array_namespace(X)
    k, p = loadings.shape
    W = xp.matrix_transpose(loadings)
    outer = xp.reshape(W[:, :, None] * W[:, None, :], (p, k * k))
    identity = xp.eye(k, dtype=X.dtype, device=device(X))
    M = xp.reshape(mask @ outer, (-1, k, k)) + noise_variance * identity
    inverse = xp.linalg.inv(M)
    away = (X - mean) * mask
    z = xp.matmul(inverse, (away @ W)[:, :, None])[:, :, 0]
    left = (away - z @ loadings) * mask
    squared = xp.sum(left * left, axis=1) / noise_variance + xp.sum(z * z, axis=1)
    entries = xp.sum(mask, axis=1)
    log_volume = xp.linalg.slogdet(M)[1] + (entries - k) * math.log(noise_variance)
    log_likelihoods = -0.5 * (squared + log_volume + entries * math.log(2 * math.pi))
    return z, noise_variance * inverse, log_likelihoods
