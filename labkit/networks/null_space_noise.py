"""One perturbation for all inputs that a network hardly sees.

Papers: approximate-nullspace-augmented-finetuning.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_count, check_real, check_same_device
from labkit.networks._softmax import class_probabilities
from labkit.networks.mlp import Parameters, check_inputs, unchecked_gradient, unchecked_outputs


@dataclass(frozen=True)
class NullSpaceNoise:
    """What `null_space_noise` returns.

    Attributes
    ----------
    noise : Array, shape (n_features,)
        delta.
    change : float
        Mean squared length of the change of the probabilities, at most 2.
    n_steps : int
        Steps taken.
    converged : bool
        Whether the change fell to the tolerance.
    """

    noise: Array
    change: float
    n_steps: int
    converged: bool


def null_space_noise(
    parameters: Parameters,
    X: Array,
    start: Array,
    *,
    tolerance: float = 1e-3,
    step_size: float = 0.02,
    max_steps: int = 1000,
    activation: str = "tanh",
) -> NullSpaceNoise:
    r"""Shrink what a perturbation does to the outputs until it is below a tolerance.

    .. math:: \min_\delta \; \frac1n \sum_i \lVert z(x_i + \delta) - z(x_i) \rVert
              \quad\text{until}\quad
              \frac1n \sum_i \lVert p(x_i + \delta) - p(x_i) \rVert^2 \leq \epsilon

    Parameters
    ----------
    parameters : list of (weights, bias)
        The network, with logits z and their softmax p.
    X : Array, shape (n_samples, n_features)
        Inputs for which delta is to be harmless.
    start : Array, shape (n_features,)
        The first delta. Nothing but the start and the early end keeps delta large: zero is always a
        solution.
    tolerance : float
        epsilon, above 0.
    step_size : float
        Of Adam, above 0: about how far an entry moves in a step.
    max_steps : int
        At most so many steps, from 1.
    activation : {"tanh", "relu"}
        Between layers.

    Returns
    -------
    NullSpaceNoise
        The perturbation and how it ended.

    Raises
    ------
    TypeError, ValueError
        For bad values or arrays that do not fit.

    Notes
    -----
    Portable. Two passes over X a step.

    1. How far the logits move, in the mean over the samples; below the tolerance, in the
       probabilities, this ends.
    2. Its gradient. A perturbation of all inputs acts like one of the first layer's biases, seen
       through its weights.
    3. A step of Adam, with its usual constants.

    The null space of the first layer's weights needs no search: ``scipy.linalg.null_space`` has it,
    and what lies there changes nothing at any length. This finds more: it is not closed under
    scaling, and holds for inputs like X only. The authors add delta behind the patch embedding of a
    transformer, let the step size fall like a cosine and decay the weights of delta; both are left
    out.

    References
    ----------
    Liu, Singh, Li, Wang: Approximate nullspace augmented finetuning for robust vision transformers,
    CPAL (2025), arXiv 2403.10476.

    Notebook: ``notebooks/spectra/15_unseen_directions.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> blind = [(np.array([[1.0, 0.0], [0.0, 0.0]]), np.zeros(2))]  # to the second input
    >>> found = null_space_noise(blind, np.zeros((1, 2)), np.array([0.5, 9.0]))
    >>> found.converged, round(float(found.noise[1]), 3)
    (True, 9.0)
    """
    X = check_inputs(parameters, X, activation)
    noise = check_array(start, "start", n_dims=1)
    check_same_device(X=X, start=noise)
    if noise.shape[0] != X.shape[1]:
        raise ValueError(f"start must have {X.shape[1]} entries, as X, got {noise.shape[0]}")
    tolerance = check_real(tolerance, "tolerance", 0.0, open_low=True)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    check_count(max_steps, "max_steps", 1)
    xp = array_namespace(X)
    logits = unchecked_outputs(parameters, X, activation)[-1]
    probabilities = class_probabilities(logits)
    mean, square = xp.zeros_like(noise), xp.zeros_like(noise)
    for t in range(max_steps + 1):
        outputs = unchecked_outputs(parameters, X + noise, activation)  # step 1
        moved = class_probabilities(outputs[-1]) - probabilities
        change = float(xp.mean(xp.sum(moved * moved, axis=1)))
        if change <= tolerance or t == max_steps:
            break
        gap = outputs[-1] - logits  # step 2
        lengths = xp.linalg.vector_norm(gap, axis=1, keepdims=True)
        by_output = gap / xp.where(lengths > 0, lengths, xp.ones_like(lengths)) / X.shape[0]
        by_bias = unchecked_gradient(parameters, outputs, by_output, activation)[0][1]
        slope = by_bias @ parameters[0][0]
        mean = 0.9 * mean + 0.1 * slope  # step 3
        square = 0.999 * square + 0.001 * slope * slope
        scale = xp.sqrt(square / (1 - 0.999 ** (t + 1))) + 1e-8
        noise = noise - step_size * (mean / (1 - 0.9 ** (t + 1))) / scale
    return NullSpaceNoise(noise, change, t, change <= tolerance)
