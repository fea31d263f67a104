"""Two layers with ReLU from a small start: neurons turn first, and grow afterwards.

Papers: early-neuron-alignment-two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_choice, check_matrix, check_real, check_same_device

LOSSES = ("exponential", "logistic")


@dataclass(frozen=True)
class NeuronState:
    """A two-layer network on its way.

    Attributes
    ----------
    neurons : Array, shape (n_neurons, n_features)
        Rows w_j of the first layer.
    outputs : Array, shape (n_neurons,)
        v_j of the second.
    loss : float
        Summed over the samples.
    aligned : Array of bool, shape (n_neurons,)
        Active on all samples of the sign of v_j and on no other.
    dead : Array of bool, shape (n_neurons,)
        Active on no sample; such a neuron never moves again.
    """

    neurons: Array
    outputs: Array
    loss: float
    aligned: Array
    dead: Array


def neuron_alignment(
    neurons: Array,
    X: Array,
    y: Array,
    *,
    step_size: float,
    scale: float = 1e-4,
    loss: str = "exponential",
) -> Iterator[NeuronState]:
    r"""Return a generator of a two-layer ReLU classifier along gradient descent.

    .. math:: \min_{W, v} \sum_i \ell\bigl(y_i f(x_i)\bigr), \qquad
              f(x) = \sum_j v_j \max(w_j^\top x, 0), \qquad
              w_j(0) = \epsilon\, w_j, \quad v_j(0) = \pm \lVert w_j(0) \rVert

    Parameters
    ----------
    neurons : Array, shape (n_neurons, n_features)
        Shapes of the start, no row zero. The signs of v alternate: plus, minus, plus.
    X : Array, shape (n_samples, n_features)
        The inputs.
    y : Array, shape (n_samples,)
        Labels -1 and 1, both of them.
    step_size : float
        Above 0; far below ``1 / (n_samples max |x|^2)`` it follows the flow of the paper.
    scale : float
        epsilon, above 0. Small: directions settle while the outputs are still nothing.
    loss : {"exponential", "logistic"}
        ``exp(-z)``, or ``2 log(1 + exp(-z))``, which has the same slope at 0.

    Returns
    -------
    iterator of NeuronState
        Endless; first the start.

    Raises
    ------
    TypeError, ValueError
        For bad values and shapes that do not fit, at the call.
    FloatingPointError
        When the loss overflows: the steps were too long.

    Notes
    -----
    Portable.

    1. Tie the second layer to the first: ``v_j = s_j |w_j|``. The flow keeps ``v_j^2 = |w_j|^2``,
       and with it the signs s_j; steps keep it up to their size squared, so v steps by itself and
       nothing is put right afterwards.
    2. Weigh each sample by minus the slope of its loss. A neuron is pulled by the weighted sum of
       ``y_i x_i`` over the samples on which it is active, times v_j. While the outputs are small
       all weights are 1: the directions move alone, at a speed that no scale enters.
    3. Both layers step at once. The slope of max(., 0) at 0 is taken as 0.

    Six n_neurons n_samples n_features flops a step. Min, Mallada and Vidal (2024) study the flow of
    the summed loss; here are Euler steps of it.

    References
    ----------
    Min, Mallada, Vidal: Early neuron alignment in two-layer ReLU networks with small
    initialization, ICLR 2024, arXiv 2307.12851.

    Notebook: ``notebooks/sensing/17_alignment.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X, y = np.array([[1.0, 0.2], [-1.0, 0.2]]), np.array([1.0, -1.0])
    >>> states = neuron_alignment(np.array([[0.1, 1.0], [0.1, 1.0]]), X, y, step_size=0.01)
    >>> trace(states, n_steps=400, record={}).last.aligned.tolist()
    [True, True]
    """
    directions, X = check_matrix(neurons, "neurons"), check_matrix(X, "X")
    y = check_array(y, "y", n_dims=1)
    check_same_device(neurons=directions, X=X, y=y)
    if directions.shape[1] != X.shape[1]:
        raise ValueError(
            f"neurons must have {X.shape[1]} columns, as X has, got {directions.shape[1]}"
        )
    if y.shape[0] != X.shape[0]:
        raise ValueError(f"y must have {X.shape[0]} labels, one a row of X, got {y.shape[0]}")
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    scale = check_real(scale, "scale", 0.0, open_low=True)
    check_choice(loss, "loss", LOSSES)
    xp = array_namespace(directions, X, y)
    if not bool(xp.all(xp.abs(y) == 1)) or abs(float(xp.sum(y))) == y.shape[0]:
        raise ValueError("y must hold -1 and 1, both of them, got other labels or one alone")
    lengths = xp.sqrt(xp.sum(directions * directions, axis=1))
    if float(xp.min(lengths)) == 0.0:
        raise ValueError("neurons must have no zero row, got one with norm 0")

    def states() -> Iterator[NeuronState]:
        index = xp.arange(directions.shape[0], device=device(X))
        signs = xp.astype(1 - 2 * (index % 2), X.dtype)
        W, v = scale * directions, scale * signs * lengths  # step 1
        while True:
            signal = W @ xp.matrix_transpose(X)
            active = signal > 0
            outputs = v @ xp.clip(signal, min=0.0)
            total, pull = _loss(y * outputs, loss)
            if not math.isfinite(total):
                raise FloatingPointError("the loss overflows; choose a smaller step_size")
            own = (signs[:, None] * y[None, :]) > 0
            aligned = xp.all(active == own, axis=1)
            yield NeuronState(W, v, total, aligned, ~xp.any(active, axis=1))
            weighted = xp.astype(active, X.dtype) * (y * pull)  # step 2
            by_neuron = weighted @ X
            W, v = (  # step 3
                W + step_size * v[:, None] * by_neuron,
                v + step_size * xp.sum(W * by_neuron, axis=1),
            )

    return states()


def _loss(margins: Array, kind: str) -> tuple[float, Array]:
    """Return the summed loss and minus its slope for each sample."""
    xp = array_namespace(margins)
    small = xp.exp(-xp.abs(margins))
    if kind == "logistic":
        values = 2 * (xp.clip(-margins, min=0.0) + xp.log1p(small))
        numerator = xp.where(margins > 0, small, xp.ones_like(small))
        return float(xp.sum(values)), 2 * numerator / (1 + small)
    if float(xp.max(-margins)) > 80.0:  # also within float32
        return math.inf, margins
    values = xp.exp(-margins)
    return float(xp.sum(values)), values
