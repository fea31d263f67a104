"""One weight matrix for all hops: how most graph networks combine what neighbours say.

Give every hop its own number, and all hops the same matrix of weights. It is regression with a
table of coefficients, one row for each hop, that must have rank one.

Papers: feature-expansion-graph-neural.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix, check_real, check_same_device
from labkit.linalg import fix_signs


@dataclass(frozen=True)
class SharedHopWeights:
    """One number for each hop and one matrix of weights for all of them.

    Attributes
    ----------
    hop_weights : Array, shape (n_hops,)
        theta, of unit norm.
    weights : Array, shape (n_features, n_targets)
        W: the prediction is ``sum_k theta_k H_k W``.
    objective_history : tuple of float
        After each round.
    n_iterations : int
        Rounds.
    converged : bool
        Whether the objective came to rest.
    """

    hop_weights: Array
    weights: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


def shared_hop_weights(
    hops: Sequence[Array],
    targets: Array,
    *,
    penalty: float = 1e-3,
    tol: float = 1e-6,
    max_iterations: int = 100,
) -> SharedHopWeights:
    r"""Fit a number for each hop and one matrix of weights for all, by least squares.

    .. math:: \min_{\theta, W, b} \Bigl\|\sum_k \theta_k H_k W + 1 b^\top - Y\Bigr\|_F^2
              + \lambda \|\theta\|^2 \|W\|_F^2

    Parameters
    ----------
    hops : sequence of Array, each of shape (n_samples, n_features)
        H_k, for example `GraphFeatures.hops` at the labelled nodes, on one device.
    targets : Array, shape (n_samples, n_targets)
        Y, on the same device; for classes one column each, of plus and minus one.
    penalty : float
        lambda, above 0: what the table of coefficients costs.
    tol : float
        Stop when a round lowers the objective by less than this share of it.
    max_iterations : int
        Rounds, at least 1.

    Returns
    -------
    SharedHopWeights
        theta of unit norm, its largest entry positive, and W.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for hops of different shapes.

    Notes
    -----
    Portable.

    1. Take the means out of hops and targets, which is what the best b does: aggregated
       attributes tend to a constant, and theta would be spent on it. Start with equal theta_k.
    2. W for fixed theta is ridge regression on the weighted sum of hops.
    3. theta for fixed W is ridge regression on the predictions of the single hops; then it is
       brought to unit norm, which W takes up. Return to 2.

    Each step minimises exactly, so the objective never rises. It is not convex: another start may
    end elsewhere. A round costs O(n p^2 + n K p m) for K hops, p features and m targets.

    Written as a table with a row for each hop, the coefficients theta_k W are all matrices of rank
    one, and flattening (a matrix of its own for each hop, plain ridge regression on all hops side
    by side) allows every rank. So flattening always fits at least as well, with K times as many
    numbers to learn. The paper's shared rivals (GPR-GNN and its kin) train theta and W by gradient
    steps through a softmax; here it is least squares.

    References
    ----------
    Sun, Zhang, Chen, Zhang, Xu, Yang: Feature expansion for graph neural networks, ICML 2023.

    Notebook: ``notebooks/pca/12_graph_features.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> signs = np.kron(np.eye(4), [[1.0], [-1.0]])
    >>> near, far = signs[:, :2], signs[:, 2:]
    >>> fit = shared_hop_weights((near, far), 3 * near - 4 * far, penalty=1e-9)
    >>> fit.hop_weights.round(3), fit.weights.round(3)
    (array([-0.6,  0.8]), array([[-5.,  0.],
           [ 0., -5.]]))
    """
    Y = check_matrix(targets, "targets")
    if not isinstance(hops, Sequence) or not hops:
        raise TypeError(f"hops must be a sequence of arrays, got {type(hops).__name__}")
    blocks = [check_matrix(H, "hops") for H in hops]
    for H in blocks:
        check_same_device(hops=H, targets=Y)
        if H.shape != blocks[0].shape or H.shape[0] != Y.shape[0]:
            raise ValueError(
                f"hops must have one shape with {Y.shape[0]} rows, as targets, got "
                f"{tuple(H.shape)} beside {tuple(blocks[0].shape)}"
            )
    penalty = check_real(penalty, "penalty", 0.0, open_low=True)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(Y, *blocks)
    stack = xp.stack([H - xp.mean(H, axis=0) for H in blocks])
    Y = xp.astype(Y - xp.mean(Y, axis=0), stack.dtype)
    n_hops = len(blocks)

    theta = xp.ones(n_hops, dtype=stack.dtype, device=device(stack)) / n_hops**0.5  # step 1
    history: list[float] = []
    converged = False
    floor = float(xp.sum(Y * Y)) * eps(stack)
    for _ in range(max_iterations):
        mixed = xp.sum(theta[:, None, None] * stack, axis=0)
        W = _ridge(mixed, Y, penalty)  # step 2
        singles = xp.reshape(stack @ W, (n_hops, -1))
        size = float(xp.sum(W * W))
        fitted = _ridge(xp.matrix_transpose(singles), xp.reshape(Y, (-1, 1)), penalty * size)
        norm = float(xp.linalg.vector_norm(fitted))  # step 3
        if norm > 0:
            theta, W = fitted[:, 0] / norm, W * norm
        rest = Y - xp.sum(theta[:, None, None] * stack, axis=0) @ W
        history.append(float(xp.sum(rest * rest) + penalty * xp.sum(W * W)))
        if len(history) > 1 and history[-2] - history[-1] <= tol * history[-2] + floor:
            converged = True
            break
    turned = fix_signs(theta[None, :])[0, :]
    return SharedHopWeights(
        hop_weights=turned,
        weights=W * xp.sum(turned * theta),
        objective_history=tuple(history),
        n_iterations=len(history),
        converged=converged,
    )


def _ridge(F: Array, Y: Array, penalty: float) -> Array:
    """Return the coefficients of ridge regression; zeros where nothing is to be learnt."""
    xp = array_namespace(F, Y)
    gram = xp.matrix_transpose(F) @ F
    least = penalty + float(xp.linalg.trace(gram)) * eps(F)
    if least == 0:
        return xp.matrix_transpose(F) @ Y
    identity = xp.eye(F.shape[1], dtype=F.dtype, device=device(F))
    return xp.linalg.solve(gram + least * identity, xp.matrix_transpose(F) @ Y)
