"""A residual network without biases, and the gradient of its loss, written out by hand.

Each block adds a little to the signal it receives. How little, as the number of blocks grows, is
what the papers are about; so every multiplier stands in the formula and none in the weights.

Papers: depthwise-hyperparameter-transfer-residual, don-t-lazy-completep.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, is_array
from labkit.checks import check_array, check_choice, check_matrix, check_real, check_same_device
from labkit.networks.mlp import ACTIVATIONS

ResidualParameters = tuple[Array, Array, Array]
"""Embedding (width, n_features), blocks (n_blocks, n_layers, width, width), readout (n_outputs,
width)."""


@dataclass(frozen=True)
class ResidualPass:
    """What `residual_network` returns.

    Attributes
    ----------
    outputs : Array, shape (n_samples, n_outputs)
        What the readout says, f.
    loss : Array, shape ()
        Half the mean over samples of the squared distance to the targets; on the device, so that a
        training loop need not wait for it.
    signals : Array, shape (n_blocks + 1, n_samples, width)
        h_0 to h_L, the signal before the first block and after each.
    gradient : tuple of three Arrays
        Of the loss, by embedding, blocks and readout, in their shapes.
    """

    outputs: Array
    loss: Array
    signals: Array
    gradient: ResidualParameters


def residual_network(
    parameters: ResidualParameters,
    X: Array,
    targets: Array,
    *,
    branch_multiplier: float,
    activation: str = "tanh",
) -> ResidualPass:
    r"""Return outputs, signals, loss and gradient of a residual network.

    .. math:: h_0 = \frac{E x}{\sqrt D}, \qquad h_l = h_{l-1} + \beta\, F_l(h_{l-1}), \qquad
              f = \frac{R\, \phi(h_L)}{N}, \qquad
              F_l(h) = \frac{W_{l,K}}{\sqrt N}\, \phi\Bigl( \cdots \frac{W_{l,1}}{\sqrt N}\,
              \phi(h) \Bigr)

    Parameters
    ----------
    parameters : tuple of three Arrays
        E, shape (N, D); W, shape (L, K, N, N), L blocks of K matrices; R, shape (n_outputs, N).
        All entries are drawn from the standard normal law: the scales stand in the formula.
    X : Array, shape (n_samples, D)
        The inputs x.
    targets : Array, shape (n_samples, n_outputs)
        Any real numbers.
    branch_multiplier : float
        beta, not negative. At 0 the blocks do nothing.
    activation : {"tanh", "relu"}
        phi. The derivative of relu at 0 is taken as 0.

    Returns
    -------
    ResidualPass
        Loss and gradient among its parts.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit each other or lie on different devices.

    Notes
    -----
    Portable. About six flops for each weight and sample. Signals that overflow become infinite and
    the loss NaN, without an error: a step that was too long is part of what one studies.

    1. Forward. In each block the signals after every activation are kept for the way back.
    2. The loss is squared, as in the theory of Bordelon and others; 1 / N before the readout is
       what lets features move when the network is wide (the mean-field scale).
    3. Backward: the derivative by the signal passes every block twice, once along the skip and
       once through the branch.

    With K = 1 a block is linear in its own weights; two matrices or more are not. Without biases
    and normalisation, which the transformers of Dey and others have: normalisation would hide part
    of what a bad multiplier does.

    References
    ----------
    Bordelon, Noci, Li, Hanin, Pehlevan: Depthwise hyperparameter transfer in residual networks,
    ICLR (2024), arXiv 2309.16620.

    Notebook: ``notebooks/spectra/11_depth.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> parameters = np.ones((1, 1)), np.ones((3, 1, 1, 1)), np.ones((1, 1))
    >>> X = np.ones((1, 1))
    >>> found = residual_network(parameters, X, X, branch_multiplier=1.0, activation="relu")
    >>> found.signals[:, 0, 0].tolist(), float(found.loss), found.gradient[2].tolist()
    ([1.0, 2.0, 4.0, 8.0], 24.5, [[56.0]])
    """
    parameters, X, targets = check_residual(parameters, X, targets)
    beta = check_real(branch_multiplier, "branch_multiplier", 0.0)
    check_choice(activation, "activation", ACTIVATIONS)
    return unchecked_residual_pass(parameters, X, targets, beta, activation)


def unchecked_residual_pass(
    parameters: ResidualParameters, X: Array, targets: Array, beta: float, activation: str
) -> ResidualPass:
    """Do the work of `residual_network` on checked arrays.

    Parameters
    ----------
    parameters : tuple of three Arrays
        Embedding, blocks and readout.
    X : Array, shape (n_samples, n_features)
        The inputs.
    targets : Array, shape (n_samples, n_outputs)
        The targets.
    beta : float
        The branch multiplier.
    activation : {"tanh", "relu"}
        Its name.

    Returns
    -------
    ResidualPass
        Everything at once.
    """
    embedding, blocks, readout = parameters
    xp = array_namespace(X)
    n_blocks, n_layers, width, _ = blocks.shape
    scaled = blocks / math.sqrt(width)
    transposed = xp.matrix_transpose(scaled)

    h = X @ xp.matrix_transpose(embedding) / math.sqrt(X.shape[1])  # step 1
    signals, kept = [h], []
    for block in range(n_blocks):
        signal, inside = h, []
        for layer in range(n_layers):
            inside.append(_activated(xp, signal, activation))
            signal = inside[-1] @ transposed[block, layer, ...]
        h = h + beta * signal
        signals.append(h)
        kept.append(inside)
    last = _activated(xp, h, activation)
    outputs = last @ xp.matrix_transpose(readout) / width

    apart = outputs - targets  # step 2
    loss = xp.sum(apart * apart) / (2 * X.shape[0])

    by_outputs = apart / (X.shape[0] * width)  # step 3
    by_readout = xp.matrix_transpose(by_outputs) @ last
    by_h = (by_outputs @ readout) * _slope(xp, last, activation)
    by_blocks: list[Array] = []
    for block in reversed(range(n_blocks)):
        by_signal, inside = beta * by_h, kept[block]
        for layer in reversed(range(n_layers)):
            by_blocks.append(xp.matrix_transpose(by_signal) @ inside[layer])
            by_signal = by_signal @ scaled[block, layer, ...]
            by_signal = by_signal * _slope(xp, inside[layer], activation)
        by_h = by_h + by_signal
    by_embedding = xp.matrix_transpose(by_h) @ X / math.sqrt(X.shape[1])
    by_all = xp.reshape(xp.stack(by_blocks[::-1]), blocks.shape) / math.sqrt(width)
    gradient = (by_embedding, by_all, by_readout)
    return ResidualPass(outputs, loss, xp.stack(signals), gradient)


def check_residual(
    parameters: Any, X: Array, targets: Array
) -> tuple[ResidualParameters, Array, Array]:
    """Return parameters, inputs and targets that fit each other.

    Parameters
    ----------
    parameters : tuple of three Arrays
        What the caller gave.
    X : Array, shape (n_samples, n_features)
        The inputs.
    targets : Array, shape (n_samples, n_outputs)
        The targets.

    Returns
    -------
    parameters : tuple of three Arrays
        Embedding, blocks and readout.
    X, targets : Array
        See `labkit.checks.check_matrix`.
    """
    embedding, blocks, readout = check_residual_parameters(parameters)
    X, targets = check_matrix(X, "X"), check_matrix(targets, "targets")
    check_same_device(X=X, targets=targets)
    check_same_device(X=X, parameters=embedding)
    if X.shape[1] != embedding.shape[1]:
        raise ValueError(
            f"X must have {embedding.shape[1]} features, as the embedding has, got {X.shape[1]}"
        )
    wanted = (X.shape[0], readout.shape[0])
    if tuple(targets.shape) != wanted:
        raise ValueError(f"targets must have shape {wanted}, got {tuple(targets.shape)}")
    return (embedding, blocks, readout), X, targets


def check_residual_parameters(parameters: Any) -> ResidualParameters:
    """Return embedding, blocks and readout that fit each other.

    Parameters
    ----------
    parameters : tuple of three Arrays
        What the caller gave.

    Returns
    -------
    tuple of three Arrays
        See `labkit.checks.check_array`.
    """
    wanted = "parameters must be three arrays: embedding, blocks, readout"
    if not isinstance(parameters, tuple | list):
        seen = "one array" if is_array(parameters) else repr(parameters)
        raise TypeError(f"{wanted}, got {seen}")
    if len(parameters) != 3:
        raise ValueError(f"{wanted}, got {f'{len(parameters)} of them' if parameters else []}")
    embedding = check_matrix(parameters[0], "embedding of parameters")
    blocks = check_array(parameters[1], "blocks of parameters", n_dims=4)
    readout = check_matrix(parameters[2], "readout of parameters")
    check_same_device(embedding=embedding, blocks=blocks, readout=readout)
    width = embedding.shape[0]
    if blocks.shape[2:] != (width, width) or readout.shape[1] != width:
        raise ValueError(
            f"parameters must have one width, got shapes {tuple(embedding.shape)}, "
            f"{tuple(blocks.shape)}, {tuple(readout.shape)}"
        )
    return embedding, blocks, readout


def _activated(xp: Any, signal: Array, activation: str) -> Array:
    return xp.tanh(signal) if activation == "tanh" else xp.clip(signal, min=0.0)


def _slope(xp: Any, activated: Array, activation: str) -> Array:
    """Return the derivative of the activation, from its value."""
    if activation == "tanh":
        return 1 - activated * activated
    return xp.astype(activated > 0, activated.dtype)
