"""Train deep linear networks, one or several in parallel, with a price on the norms of weights.

What the price means for the product of the layers depends on the depth, on the power of the norms
and on the number of branches. For one branch it is no convex function of the product; for enough
branches and the right power it is.

Papers: parallel-deep-neural-networks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_array, check_matrix, check_real, check_same_device


@dataclass(frozen=True)
class DeepLinearNetwork:
    """A state of `deep_linear_training`.

    Attributes
    ----------
    layers : tuple of Array, each of shape (n_branches, layer_out, layer_in)
        The first one first.
    product : Array, shape (n_out, n_in)
        The sum over branches of the products of their layers.
    objective : float
        What is minimised.
    """

    layers: tuple[Array, ...]
    product: Array
    objective: float


def deep_linear_training(
    Y: Array,
    layers: Sequence[Array],
    *,
    penalty: float,
    power: float | None = None,
    step_size: float = 0.1,
) -> Iterator[DeepLinearNetwork]:
    r"""Return a generator of networks that descend a penalised square loss.

    .. math:: \min \; \tfrac12 \Bigl\| \sum_k W_L^{(k)} \cdots W_1^{(k)} - Y \Bigr\|_F^2
              + \frac{\beta}{2} \sum_k \sum_l \| W_l^{(k)} \|_F^{p}

    Parameters
    ----------
    Y : Array, shape (n_out, n_in)
        Targets for white inputs, ``X X' = I``: then the loss of a network depends on its product
        alone, and Y stands for ``Y X'``.
    layers : sequence of Array, each of shape (n_branches, layer_out, layer_in)
        The start, L of them, the first one first. Not near zero: there descent rests from depth 3
        on. One branch is a standard network.
    penalty : float
        beta, at least 0.
    power : float, optional
        p, at least 1; the depth L if not given. 2 is weight decay.
    step_size : float
        Above 0, for Y of norm about 1; larger Y need smaller steps.

    Returns
    -------
    iterator of DeepLinearNetwork
        First the start, then one network a step, without end.

    Raises
    ------
    TypeError, ValueError
        For bad values, or layers that do not fit each other or Y; while it runs, for steps so long
        that the objective grows without bound.

    Notes
    -----
    Portable.

    1. Products of the layers before and after each layer, in every branch.
    2. A layer's gradient: the residual between its two products, plus
       ``(beta p / 2) |W|^(p-2) W``.
    3. A step against all gradients at once.

    What the optimum is. Given the product Z of one branch with singular values s_i, the cheapest
    layers are ``U_l S^(1/L) U_(l-1)'``, and with p = L the price, over beta, is
    ``(L / 2) (sum s_i^(2/L))^(L/2)``, a Schatten quasi-norm, not convex for L above 2. With a
    branch for each singular value it is ``(L / 2) sum s_i``, the nuclear norm: convex, and the
    value of the dual problem. With p = 2 it is ``(L / 2) sum s_i^(2/L)`` in both cases: branches do
    not help.

    Two products of matrices a layer and a step, for each branch.

    Wang, Ergen and Pilanci (2023) prove this without an algorithm. They bound the norms of all but
    two layers and pay for the squares of the other two, or pay for the L-th powers of all; the
    second form is used here. ReLU networks and inputs that are not white are left out.

    References
    ----------
    Wang, Ergen, Pilanci: Parallel deep neural networks have zero duality gap, ICLR (2023).

    Notebook: ``notebooks/sensing/05_depth.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> start = [np.full((1, 1, 1), 0.8)] * 3
    >>> run = trace(deep_linear_training([[1.0]], start, penalty=0.1), n_steps=500, record={})
    >>> round(float(run.last.product[0, 0]), 6)
    0.85
    """
    Y = check_matrix(Y, "Y")
    start = _checked(Y, layers)
    beta = check_real(penalty, "penalty", 0.0)
    p = float(len(start)) if power is None else check_real(power, "power", 1.0)
    eta = check_real(step_size, "step_size", 0.0, open_low=True)

    def networks() -> Iterator[DeepLinearNetwork]:
        xp = array_namespace(Y)
        W, limit = list(start), math.inf
        while True:
            before = [W[0]]  # before[l]: layers 0 to l
            for layer in W[1:]:
                before.append(layer @ before[-1])
            product = xp.sum(before[-1], axis=0)
            squares = [xp.sum(layer * layer, axis=(1, 2)) for layer in W]
            R = product - Y
            price = sum((xp.sum(s ** (p / 2)) for s in squares), start=xp.sum(R * R) * 0)
            objective = float(xp.sum(R * R) + beta * price) / 2
            if not objective < limit:
                raise ValueError(
                    "step_size must be smaller here: the objective grows without bound, "
                    f"got {eta:g}"
                )
            limit = min(limit, (1 + objective) * eps(Y) ** -0.75)
            yield DeepLinearNetwork(tuple(W), product, objective)
            back = xp.broadcast_to(R, before[-1].shape)  # the residual behind the later layers
            for i in range(len(W) - 1, -1, -1):  # steps 1 to 3, from the last layer
                G = back @ xp.matrix_transpose(before[i - 1]) if i > 0 else back
                back = xp.matrix_transpose(W[i]) @ back
                safe = xp.where(squares[i] > 0, squares[i], xp.ones_like(squares[i]))
                pull = beta * p / 2 * safe ** (p / 2 - 1)  # at 0 times W = 0
                W[i] = W[i] - eta * (G + pull[:, None, None] * W[i])

    return networks()


def _checked(Y: Array, layers: Sequence[Array]) -> list[Array]:
    if not isinstance(layers, list | tuple):
        raise TypeError(f"layers must be a list of arrays, got {type(layers).__name__}")
    if len(layers) == 0:
        raise ValueError("layers must hold at least one layer, got []")
    xp = array_namespace(Y)
    checked = [check_array(layer, f"layers[{i}]", n_dims=3) for i, layer in enumerate(layers)]
    for i, layer in enumerate(checked):
        check_same_device(**{"Y": Y, f"layers[{i}]": layer})
    n_branches = checked[0].shape[0]
    inputs = [Y.shape[1], *(layer.shape[1] for layer in checked[:-1])]
    for i, (layer, n_in) in enumerate(zip(checked, inputs, strict=True)):
        n_out = Y.shape[0] if i == len(checked) - 1 else layer.shape[1]
        if tuple(layer.shape) != (n_branches, n_out, n_in):
            raise ValueError(
                f"layers[{i}] must have shape {(n_branches, n_out, n_in)}, got {tuple(layer.shape)}"
            )
    return [xp.astype(layer, Y.dtype) for layer in checked]
