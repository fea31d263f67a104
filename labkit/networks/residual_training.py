"""Training of a residual network with a step size for each of its three parts.

Papers: depthwise-hyperparameter-transfer-residual, don-t-lazy-completep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_choice, check_real
from labkit.networks.mlp import ACTIVATIONS
from labkit.networks.residual_network import (
    ResidualParameters,
    check_residual,
    unchecked_residual_pass,
)

OPTIMIZERS = ("sgd", "adam")


@dataclass(frozen=True)
class ResidualState:
    """A residual network in training.

    Attributes
    ----------
    parameters : tuple of three Arrays
        Embedding, blocks and readout.
    loss : Array, shape ()
        Theirs; NaN once something has overflowed.
    """

    parameters: ResidualParameters
    loss: Array


def residual_training(
    parameters: ResidualParameters,
    X: Array,
    targets: Array,
    *,
    step_sizes: Sequence[float],
    branch_multiplier: float,
    activation: str = "tanh",
    optimizer: str = "sgd",
) -> Iterator[ResidualState]:
    r"""Return a generator of the network along gradient descent or Adam.

    .. math:: \theta_g \leftarrow \theta_g - \eta_g\, \nabla_{\theta_g} f
              \quad \text{or} \quad
              \theta_g \leftarrow \theta_g - \eta_g\, \frac{\hat m_g}{\sqrt{\hat v_g}}, \qquad
              g \in \{\text{embedding, blocks, readout}\}

    Parameters
    ----------
    parameters : tuple of three Arrays
        The start: embedding, blocks and readout, see `residual_network`.
    X : Array, shape (n_samples, n_features)
        The inputs. Every step sees all of them.
    targets : Array, shape (n_samples, n_outputs)
        What the outputs shall be.
    step_sizes : sequence of three floats
        eta of embedding, blocks and readout, none negative; a part with step 0 stays.
        `labkit.spectra.depth_parametrisation` has rules for them.
    branch_multiplier : float
        As of `residual_network`.
    activation : {"tanh", "relu"}
        As of `residual_network`.
    optimizer : {"sgd", "adam"}
        Plain gradient descent, or Adam with its usual decays 0.9 and 0.999.

    Returns
    -------
    iterator of ResidualState
        Endless; first the start, then new arrays for each step.

    Raises
    ------
    TypeError, ValueError
        At the call.

    Notes
    -----
    Portable. One `residual_network` a step. When the loss has overflowed, states go on and hold
    NaN; whoever looks at the loss sees it.

    1. Loss and gradient of all samples.
    2. Adam's running means of gradient and squared gradient, each divided by the sum of its
       weights so far. No small number is added to the root: such a number has to follow width and
       depth like a step size (Dey and others have a rule for it), and in float64 it is not needed.
       Where a gradient has always been zero, nothing moves.
    3. The step. No weight decay.

    References
    ----------
    Kingma, Ba: Adam: a method for stochastic optimization, ICLR (2015).

    Notebook: ``notebooks/spectra/11_depth.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> start = np.ones((1, 1)), np.zeros((1, 1, 1, 1)), np.ones((1, 1))
    >>> states = residual_training(start, np.ones((1, 1)), np.zeros((1, 1)), activation="relu",
    ...                            step_sizes=(0.0, 0.0, 0.5), branch_multiplier=1.0)
    >>> [float(state.loss) for _, state in zip(range(3), states)]
    [0.5, 0.125, 0.03125]
    """
    start, X, targets = check_residual(parameters, X, targets)
    if not isinstance(step_sizes, Sequence) or isinstance(step_sizes, str) or len(step_sizes) != 3:
        raise TypeError(f"step_sizes must be three numbers, one for each part, got {step_sizes!r}")
    steps = [check_real(step, "step_sizes", 0.0) for step in step_sizes]
    beta = check_real(branch_multiplier, "branch_multiplier", 0.0)
    check_choice(activation, "activation", ACTIVATIONS)
    check_choice(optimizer, "optimizer", OPTIMIZERS)

    def states() -> Iterator[ResidualState]:
        xp = array_namespace(X)
        theta = start
        means = [xp.zeros_like(part) for part in theta]
        squares = [xp.zeros_like(part) for part in theta]
        time = 0
        while True:
            found = unchecked_residual_pass(theta, X, targets, beta, activation)  # step 1
            yield ResidualState(theta, found.loss)
            time += 1
            moves = found.gradient
            if optimizer == "adam":  # step 2
                means = [0.9 * m + 0.1 * g for m, g in zip(means, moves, strict=True)]
                squares = [0.999 * v + 0.001 * g * g for v, g in zip(squares, moves, strict=True)]
                weight = (1 - 0.999**time) ** 0.5 / (1 - 0.9**time)
                roots = [xp.sqrt(v) for v in squares]
                moves = tuple(
                    weight * m / xp.where(root > 0, root, xp.ones_like(root))
                    for m, root in zip(means, roots, strict=True)
                )
            theta = tuple(  # step 3
                part - step * move for part, step, move in zip(theta, steps, moves, strict=True)
            )

    return states()
