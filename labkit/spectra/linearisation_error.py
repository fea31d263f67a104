"""How far the change of a residual block is from what its derivative foresees: lazy or not.

A block that only ever moves along its derivative has no use for its nonlinearity: it learns as a
linear model with fixed features would.

Papers: don-t-lazy-completep.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_choice, check_same_device
from labkit.networks.mlp import ACTIVATIONS


def linearisation_error(
    blocks: Array, moved_blocks: Array, signals: Array, *, activation: str = "tanh"
) -> Array:
    r"""Return, block by block, how nonlinear a change of weights was.

    .. math:: \frac{\| F_l(h; W + \Delta) - F_l(h; W) - D F_l(h; W)[\Delta] \|}
              {\| D F_l(h; W)[\Delta] \|}, \qquad
              F(h; W) = \frac{W_K}{\sqrt N}\, \phi\Bigl( \cdots \frac{W_1}{\sqrt N}\, \phi(h) \Bigr)

    Parameters
    ----------
    blocks : Array, shape (n_blocks, n_layers, width, width)
        W before, as in `labkit.networks.residual_network`.
    moved_blocks : Array, shape (n_blocks, n_layers, width, width)
        W + Delta. Copy all but the first matrix of each block from before, and the error is that
        of the first alone.
    signals : Array, shape (n_blocks + 1, n_samples, width)
        What each block receives, h, from before the move; the last is no block's input and
        is not used.
    activation : {"tanh", "relu"}
        phi.

    Returns
    -------
    Array, shape (n_blocks,)
        0 for a change along the derivative, and where nothing moved. Norms run over samples and
        units.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit each other or lie on different devices.

    Notes
    -----
    Portable.

    1. Through all blocks at once, value and derivative along Delta side by side.
    2. The same with the moved weights; the difference.

    With one matrix a block is linear in its weights and the error is rounding. With a smooth phi
    it is proportional to Delta while Delta is small; with relu only the units at whose kink a
    sample lies contribute, and it grows like the square root of Delta. In float32 a small Delta is
    lost in rounding.

    The branch multiplier cancels. Three forward passes of the blocks. Dey and others train one
    matrix of the second block for one step and look at it alone; nothing here trains.

    References
    ----------
    Chizat, Oyallon, Bach: On lazy training in differentiable programming, NeurIPS (2019).

    Dey and eight others: Don't be lazy, NeurIPS (2025), arXiv 2505.01618.

    Notebook: ``notebooks/spectra/11_depth.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> W, signals = np.ones((1, 2, 1, 1)), np.ones((2, 1, 1))
    >>> linearisation_error(W, 2 * W, signals, activation="relu").round(9)  # 4 - 1, foreseen 2
    array([0.5])
    """
    W = check_array(blocks, "blocks", n_dims=4)
    moved = check_array(moved_blocks, "moved_blocks", n_dims=4)
    h = check_array(signals, "signals", n_dims=3)
    check_same_device(blocks=W, moved_blocks=moved, signals=h)
    check_choice(activation, "activation", ACTIVATIONS)
    n_blocks, n_layers, width, other = W.shape
    if other != width:
        raise ValueError(f"blocks must hold square matrices, got shape {tuple(W.shape)}")
    if moved.shape != W.shape:
        raise ValueError(
            f"moved_blocks must have shape {tuple(W.shape)} like blocks, got {tuple(moved.shape)}"
        )
    if h.shape[0] != n_blocks + 1 or h.shape[2] != width:
        raise ValueError(
            f"signals must have shape ({n_blocks + 1}, n_samples, {width}), got {tuple(h.shape)}"
        )
    xp = array_namespace(W)
    root = math.sqrt(width)
    signal = there = h[:-1, ...]
    along = xp.zeros_like(signal)
    for layer in range(n_layers):
        here, beyond = (xp.matrix_transpose(w[:, layer, ...]) / root for w in (W, moved))
        value, slope = _value_and_slope(signal, activation)  # step 1
        along = (along * slope) @ here + value @ (beyond - here)
        signal = value @ here
        there = _value_and_slope(there, activation)[0] @ beyond  # step 2
    foreseen = xp.linalg.vector_norm(along, axis=(1, 2))
    missed = xp.linalg.vector_norm(there - signal - along, axis=(1, 2))
    return missed / xp.where(foreseen > 0, foreseen, xp.ones_like(foreseen))


def _value_and_slope(signal: Array, activation: str) -> tuple[Array, Array]:
    xp = array_namespace(signal)
    if activation == "tanh":
        value = xp.tanh(signal)
        return value, 1 - value * value
    return xp.clip(signal, min=0.0), xp.astype(signal > 0, signal.dtype)
