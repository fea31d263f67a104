"""A denoiser in the form of the best one for a mixture of low-rank Gaussians, by gradient.

Diffusion models generate by removing noise. Where the data lie near a few subspaces, the best
denoiser projects on them, each with a weight that says how well it fits. Trained on the usual loss
of noise removal, at small noise, the subspaces turn to those of the problem of K-subspaces.

Papers: diffusion-models-learn-low.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import (
    check_array,
    check_matrix,
    check_new_samples,
    check_real,
    check_same_device,
)
from labkit.random import Rng, as_generator, standard_normal


@dataclass(frozen=True)
class LowRankDenoiser:
    """A denoiser on its way.

    Attributes
    ----------
    bases : Array, shape (n_clusters, n_features, rank)
        U_k, orthonormal columns.
    loss : float
        Mean squared distance of denoised and clean points in the last step; infinity at first.
    """

    bases: Array
    loss: float

    def denoise(self, Y: Array, noise: float) -> Array:
        """Return the mean of what the points may have been before noise was added.

        Parameters
        ----------
        Y : Array, shape (n_samples, n_features)
            Noisy points, on the device of the bases.
        noise : float
            Standard deviation of the noise of one coordinate, above 0; any, not only that of the
            training. Small: the nearest subspace alone; large: towards zero.

        Returns
        -------
        Array, shape (n_samples, n_features)
            The mean under the model that clean points are normal in one of the subspaces, with
            variance 1 along each of its directions, and that all subspaces are equally likely.

        Raises
        ------
        TypeError, ValueError
            For bad values, another number of features, another device.
        """
        Y = check_new_samples(Y, self.bases.shape[1], bases=self.bases)
        noise = check_real(noise, "noise", 0.0, open_low=True)
        return _denoised(Y, self.bases, noise)[0]


def low_rank_denoiser(
    X: Array, start: Array, *, noise: float, step_size: float = 1.0, rng: Rng = None
) -> Iterator[LowRankDenoiser]:
    r"""Return a generator of denoisers along gradient descent on the loss of noise removal.

    .. math:: \min_U \frac1n \sum_i \mathbb{E}_\varepsilon
              \| f_U(x_i + \sigma \varepsilon) - x_i \|^2, \qquad
              f_U(y) = \frac{1}{1 + \sigma^2} \sum_k w_k(y) \, U_k U_k^\top y, \qquad
              w(y) = \mathrm{softmax}_k \frac{\| U_k^\top y \|^2}{2 \sigma^2 (1 + \sigma^2)}

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Clean points x_i, of variance near 1 along the directions of their subspaces.
    start : Array, shape (n_clusters, n_features, rank)
        Orthonormal columns U_k.
    noise : float
        sigma, above 0. Small: weights are 0 or 1, the problem is K-subspaces. Large: all weights
        are equal, and the subspaces learn their sum only.
    step_size : float
        Above 0, in units of n_clusters over variance.
    rng : int, Generator or None
        Draws the noise, anew in each step.

    Returns
    -------
    iterator of LowRankDenoiser
        Endless; first the start.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; a start that does not fit or is not orthonormal.

    Notes
    -----
    Portable.

    1. Draw noise and add it to all points, once with each sign: what is linear in it cancels.
    2. Denoise and compare. With residuals r, z_k = U_k' y, q_k = r' U_k z_k and c, b the factors
       of f and of the softmax, the gradient of U_k is the mean of
       ``2 c (w_k (r z_k' + y (U_k' r)') + 2 b w_k (q_k - sum_j w_j q_j) y z_k')``.
    3. Step against it, and make the columns orthonormal again (QR).

    Ten n_samples n_features n_clusters rank flops a step. One level of noise is trained, where Wang
    and others (2025) integrate over all levels; they take weights of the clean point, zero or one,
    for their proof, where these are the softmax of the noisy one. For fixed weights the expected
    loss is a constant less ``c (2 - c)`` times the mean squared projection on the point's subspace:
    the objective of `k_subspaces`, which reaches the same end in a few rounds.

    References
    ----------
    Wang, Zhang, Zhang, Chen, Ma, Qu: Diffusion models learn low-dimensional distributions via
    subspace clustering, arXiv 2409.02426.

    Notebook: ``notebooks/clustering/02_diffusion.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X = np.random.default_rng(0).standard_normal((50, 1)) * [0.6, 0.8]
    >>> states = low_rank_denoiser(X, np.eye(2)[None, :, :1], noise=0.1, rng=0)
    >>> run = trace(states, n_steps=50, record={})
    >>> abs(run.last.bases[0, :, 0]).round(2).tolist()
    [0.6, 0.8]
    """
    X = check_matrix(X, "X")
    U = check_array(start, "start", n_dims=3)
    check_same_device(X=X, start=U)
    xp = array_namespace(X)
    if U.shape[1] != X.shape[1] or U.shape[2] > U.shape[1]:
        raise ValueError(
            f"start must have {X.shape[1]} features and at most as many columns, got {U.shape}"
        )
    U = xp.astype(U, X.dtype, copy=False)
    identity = xp.eye(U.shape[2], dtype=U.dtype, device=device(U))
    off = float(xp.max(xp.abs(xp.matrix_transpose(U) @ U - identity)))
    if off > 100 * U.shape[1] * eps(U):
        raise ValueError(f"start must have orthonormal columns, got a Gram matrix off by {off:.2g}")
    noise = check_real(noise, "noise", 0.0, open_low=True)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    draw = as_generator(rng)

    def states(U: Array) -> Iterator[LowRankDenoiser]:
        clean = xp.concat([X, X])
        loss = float("inf")
        while True:
            yield LowRankDenoiser(U, loss)
            epsilon = standard_normal(draw, X.shape, like=X)  # step 1
            noisy = clean + noise * xp.concat([epsilon, -epsilon])
            gradient, loss = _gradient(U, clean, noisy, noise)  # step 2
            U, _ = xp.linalg.qr(U - step_size * U.shape[0] / 2 * gradient)  # step 3

    return states(U)


def _gradient(U: Array, clean: Array, noisy: Array, noise: float) -> tuple[Array, float]:
    """Return the gradient of the mean loss, shape of U, and the loss."""
    xp = array_namespace(U)
    c = 1 / (1 + noise**2)
    b = c / (2 * noise**2)
    found, weights, scores = _denoised(noisy, U, noise)
    rest = found - clean
    back = rest @ U
    q = xp.sum(scores * back, axis=-1)
    pull = 2 * b * weights * (q - xp.sum(weights * q, axis=0))
    w = weights[..., None]
    gradient = xp.matrix_transpose(rest) @ (w * scores)
    gradient += xp.matrix_transpose(noisy) @ (w * back + pull[..., None] * scores)
    return 2 * c / clean.shape[0] * gradient, float(xp.mean(xp.sum(rest * rest, axis=1)))


def _denoised(Y: Array, U: Array, noise: float) -> tuple[Array, Array, Array]:
    """Return denoised points, weights (cluster, sample) and scores (cluster, sample, rank)."""
    xp = array_namespace(Y)
    scores = Y @ U
    energy = xp.sum(scores * scores, axis=-1)
    energy = (energy - xp.max(energy, axis=0)) / (2 * noise**2 * (1 + noise**2))
    weights = xp.exp(energy)
    weights = weights / xp.sum(weights, axis=0)
    parts = (weights[..., None] * scores) @ xp.matrix_transpose(U)
    return xp.sum(parts, axis=0) / (1 + noise**2), weights, scores
