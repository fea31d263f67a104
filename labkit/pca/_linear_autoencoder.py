"""What the linear autoencoders share: the covariance they see, a start, a bound on a map."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.random import Rng, as_generator, standard_normal


def mean_and_covariance(X: Array) -> tuple[Array, Array]:
    """Return the mean and the covariance matrix, divided by the number of samples.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Checked data.

    Returns
    -------
    mean : Array, shape (n_features,)
        Of the samples.
    covariance : Array, shape (n_features, n_features)
        Symmetric.

    Raises
    ------
    ValueError
        For entries so large that a product of two covariances would overflow.
    """
    xp = array_namespace(X)
    n_samples, n_features = X.shape
    limit = float(xp.finfo(X.dtype).max) ** 0.25 / (2 * math.sqrt(n_features))
    if (largest := float(xp.max(xp.abs(X)))) > limit:
        raise ValueError(
            f"X must have entries of at most {limit:.1e}, or its variances overflow, got {largest}"
        )
    mean = xp.mean(X, axis=0)
    centred = X - mean
    return mean, xp.matrix_transpose(centred) @ centred / n_samples


def start(n_features: int, n_latents: int, bound: float | None, like: Array, rng: Rng) -> Array:
    """Draw a map from features to latent coordinates, entries of variance 1 / n_features.

    Parameters
    ----------
    n_features, n_latents : int
        Its shape.
    bound : float, optional
        See `bounded`.
    like : Array
        Decides namespace, device and dtype.
    rng : int, Generator or None
        The draw.

    Returns
    -------
    Array, shape (n_features, n_latents)
        The map.
    """
    draw = standard_normal(as_generator(rng), (n_features, n_latents), like=like)
    return bounded(draw / math.sqrt(n_features), bound)


def bounded(A: Array, bound: float | None) -> Array:
    """Return the nearest matrix whose singular values are at most the bound.

    Parameters
    ----------
    A : Array, shape (m, n)
        Any matrix.
    bound : float, optional
        None leaves the matrix as it is.

    Returns
    -------
    Array, shape (m, n)
        Stretches no vector by more than the bound.
    """
    if bound is None:
        return A
    xp = array_namespace(A)
    U, s, Vh = xp.linalg.svd(A, full_matrices=False)
    return (U * xp.minimum(s, xp.full_like(s, bound))) @ Vh


def largest_singular_value(A: Array) -> Array:
    """Return the largest singular value, on the device.

    Parameters
    ----------
    A : Array, shape (m, n)
        Any matrix.

    Returns
    -------
    Array, shape ()
        Plus a number too small to matter, so that one may divide by it and by its square.
    """
    xp = array_namespace(A)
    tiny = float(xp.finfo(A.dtype).smallest_normal) ** 0.25
    return xp.linalg.svdvals(A)[0] + tiny
