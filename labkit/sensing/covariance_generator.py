"""A deep linear generator: noise goes through layers, and its covariance learns to be a given one.

Papers: critical-points-convergence-analysis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps, frobenius_norm
from labkit.checks import check_array, check_real, check_same_device, check_symmetric
from labkit.sensing._layers import check_layers, descend, product


@dataclass(frozen=True)
class GeneratorState:
    """A deep linear generator on its way.

    Attributes
    ----------
    layers : tuple of Array
        W_1 first, the one that meets the noise.
    weights : Array, shape (n_features, n_latent)
        Their product W.
    covariance : Array, shape (n_features, n_features)
        ``W W^T``, of what the generator makes.
    loss : float
        The squared distance to the target, noise included.
    """

    layers: tuple[Array, ...]
    weights: Array
    covariance: Array
    loss: float


def covariance_generator(
    layers: Sequence[Array], covariance: Array, *, step_size: float, noise_variance: float = 0.0
) -> Iterator[GeneratorState]:
    r"""Return a generator of layers that descend in the Bures-Wasserstein distance.

    .. math:: B^2(\Sigma, S) = \operatorname{tr} \Sigma + \operatorname{tr} S
              - 2 \operatorname{tr} (S^{1/2} \Sigma S^{1/2})^{1/2}, \qquad
              \Sigma = W W^\top + \tau I, \quad W = W_N \cdots W_1

    Parameters
    ----------
    layers : sequence of Array, each of shape (n_out, n_in)
        The start, W_1 first; each takes what the one before gives. The narrowest width bounds the
        rank of W.
    covariance : Array, shape (n_features, n_features)
        The target S: symmetric, no negative eigenvalue.
    step_size : float
        Above 0. With one layer and no noise 1 / 2 jumps to ``S^(1/2) Q`` of step 2; with N
        layers a step is stretched by the squares of the products of the others.
    noise_variance : float
        tau, from 0 up: white noise on what the generator makes. It smooths the loss.

    Returns
    -------
    iterator of GeneratorState
        Endless; first the start.

    Raises
    ------
    TypeError, ValueError
        For layers that do not fit, a target that is no covariance, or bad values, at the call.
    FloatingPointError
        When the layers overflow: the steps were too long.

    Notes
    -----
    Portable.

    1. Make the layers one matrix W; beside it stands ``sqrt(tau) I``, because a sum of covariances
       is the covariance of factors side by side.
    2. The last trace is the nuclear norm of ``S^(1/2) [W, sqrt(tau) I]``, so the gradient is
       ``2 (W - S^(1/2) Q)``, with Q the columns for W of the polar factor. No root of a matrix that
       moves is taken, and none is differentiated. Directions whose singular value is zero up to
       rounding count as zero in Q: there the loss has a kink, and this takes the smallest of its
       slopes.
    3. The chain rule to each layer, then all of them step at once.

    A step costs an SVD of n_features x (n_latent + n_features) numbers; without noise, of
    n_features x n_latent. Near the end one layer of full width loses a share ``2 step_size`` of its
    error in each step, whatever the target: the distance is that of factors, minimised over their
    rotations.

    Bréchet and others (2023) study gradient flow for the smoothed loss, and steps for the plain
    one from a start that is balanced and of full rank; here the start is the caller's, and both
    losses take steps. The exact form of their smoothing was not read, nor their bounds on rate and
    step size.

    References
    ----------
    Bréchet, Papagiannouli, An, Montúfar: Critical points and convergence analysis of generative
    deep linear networks trained with Bures-Wasserstein loss, ICML 2023, arXiv 2303.03027.

    Notebook: ``notebooks/sensing/15_covariance_generator.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> states = covariance_generator([np.ones((2, 1))], np.diag([4.0, 1.0]), step_size=0.25)
    >>> trace(states, n_steps=60, record={}).last.covariance.round(6).tolist()
    [[4.0, 0.0], [0.0, 0.0]]
    """
    start = check_layers(layers)
    S = check_array(covariance, "covariance", n_dims=2)
    check_same_device(covariance=S, layers=start[0])
    n_features = start[-1].shape[0]
    if tuple(S.shape) != (n_features, n_features):
        raise ValueError(
            f"covariance must have shape {(n_features, n_features)}, as the layers say, "
            f"got {tuple(S.shape)}"
        )
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    noise_variance = check_real(noise_variance, "noise_variance", 0.0)
    root = _root(S)

    def states() -> Iterator[GeneratorState]:
        xp = array_namespace(root)
        total = float(xp.linalg.trace(S))
        pad = noise_variance**0.5 * xp.eye(n_features, dtype=S.dtype, device=device(S))
        current = start
        while True:
            W = product(current)  # step 1
            n_latent = W.shape[1]
            wide = xp.concat([W, pad], axis=1) if noise_variance else W
            U, s, Vh = xp.linalg.svd(root @ wide, full_matrices=False)  # step 2
            norm = frobenius_norm(wide)
            loss = norm * norm + total - 2 * float(xp.sum(s))
            if not math.isfinite(loss):
                raise FloatingPointError("the loss overflows; choose a smaller step_size")
            yield GeneratorState(current, W, W @ xp.matrix_transpose(W), max(loss, 0.0))
            kept = xp.astype(s > max(wide.shape) * eps(s) * xp.max(s), s.dtype)
            gradient = 2 * (W - root @ ((U * kept) @ Vh)[:, :n_latent])
            current = descend(current, gradient, step_size)  # step 3

    return states()


def _root(S: Array) -> Array:
    """Return the symmetric root of a covariance, or say why there is none."""
    S = check_symmetric(S, "covariance")
    xp = array_namespace(S)
    tolerance = 10 * S.shape[0] * eps(S) * float(xp.max(xp.abs(S)))
    values, vectors = xp.linalg.eigh((S + xp.matrix_transpose(S)) / 2)
    lowest = float(xp.min(values))
    if lowest < -tolerance:
        raise ValueError(f"covariance must have no negative eigenvalue, got {lowest:.3g}")
    return (vectors * xp.sqrt(xp.clip(values, min=0.0))) @ xp.matrix_transpose(vectors)
