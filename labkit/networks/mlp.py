"""A small multilayer perceptron with a hand-written backward pass.

Enough to train a classifier in a notebook and to watch its parameters, on any array library. The
parameters are a list of (weights, bias) pairs, one a layer; `flatten` makes one vector of them, so
that a training run is a matrix with a row for each step.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, eps, is_array
from labkit.checks import (
    check_array,
    check_choice,
    check_count,
    check_matrix,
    check_real,
    check_same_device,
)
from labkit.random import Rng, as_generator, standard_normal

Parameters = list[tuple[Array, Array]]
"""For each layer the weights, shape (out, in), and the bias, shape (out,)."""

ACTIVATIONS = ("tanh", "relu")


def initial_parameters(
    widths: Sequence[int], *, like: Array, bias_scale: float = 0.0, rng: Rng = None
) -> Parameters:
    r"""Draw starting parameters.

    .. math:: W_{ij} \sim N(0, 1 / \text{in}), \qquad b_i \sim N(0, s^2)

    Parameters
    ----------
    widths : sequence of int
        Inputs, hidden layers, outputs. Two widths give a linear softmax model.
    like : Array
        Floating array that decides namespace, device and dtype, usually the data.
    bias_scale : float
        s, from 0, the usual start for training. Above, the units of a random network differ in
        where they switch.
    rng : int, Generator or None
        The draw.

    Returns
    -------
    list of (weights, bias)
        One pair a layer.

    Raises
    ------
    TypeError, ValueError
        For fewer than two widths, a width below 1, or a `like` that is not a floating array.

    Notes
    -----
    Portable; the draws are made on the host. The scale keeps the variance of the signal through
    linear layers and, nearly, through tanh; with relu it falls by half a layer.

    Examples
    --------
    >>> import numpy as np
    >>> [W.shape for W, _ in initial_parameters((784, 32, 10), like=np.zeros(1), rng=0)]
    [(32, 784), (10, 32)]
    """
    sizes = check_widths(widths)
    bias_scale = check_real(bias_scale, "bias_scale", 0.0)
    if not is_array(like):
        raise TypeError(f"like must be a floating array, got {type(like).__name__}")
    xp = array_namespace(like)
    if not xp.isdtype(like.dtype, "real floating"):
        raise TypeError(f"like must be a floating array, got dtype {like.dtype}")
    generator = as_generator(rng)
    parameters = []
    for n_in, n_out in itertools.pairwise(sizes):
        weights = standard_normal(generator, (n_out, n_in), like=like) / math.sqrt(n_in)
        bias = xp.zeros_like(weights[:, 0])
        if bias_scale > 0:  # or else no number is drawn
            bias = bias_scale * standard_normal(generator, n_out, like=like)
        parameters.append((weights, bias))
    return parameters


def flatten(parameters: Parameters) -> Array:
    """Return all parameters as one vector: layer by layer, weights by rows, then the bias.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer; a gradient goes as well.

    Returns
    -------
    Array, shape (n_parameters,)
        A new array.

    Raises
    ------
    TypeError, ValueError
        For anything that is not a list of pairs of arrays, at least one, on one device.

    Notes
    -----
    Portable.

    Examples
    --------
    >>> import numpy as np
    >>> flatten([(np.array([[1.0, 2.0]]), np.array([3.0]))])
    array([1., 2., 3.])
    """
    check_parameters(parameters)
    xp = array_namespace(*(array for pair in parameters for array in pair))
    return xp.concat([xp.reshape(array, (-1,)) for pair in parameters for array in pair])


def unflatten(vector: Array, widths: Sequence[int]) -> Parameters:
    """Undo `flatten`.

    Parameters
    ----------
    vector : Array, shape (n_parameters,)
        What `flatten` returned.
    widths : sequence of int
        As in `initial_parameters`.

    Returns
    -------
    list of (weights, bias)
        One pair a layer.

    Raises
    ------
    ValueError
        If the length does not fit the widths.

    Notes
    -----
    Portable.

    Examples
    --------
    >>> import numpy as np
    >>> unflatten(np.array([1.0, 2.0, 3.0]), (2, 1))
    [(array([[1., 2.]]), array([3.]))]
    """
    sizes = check_widths(widths)
    vector = check_array(vector, "vector", n_dims=1)
    wanted = sum(n_out * (n_in + 1) for n_in, n_out in itertools.pairwise(sizes))
    if vector.shape[0] != wanted:
        raise ValueError(
            f"vector must have {wanted} entries for widths {sizes}, got {vector.shape[0]}"
        )
    xp = array_namespace(vector)
    parameters, start = [], 0
    for n_in, n_out in itertools.pairwise(sizes):
        middle, end = start + n_out * n_in, start + n_out * (n_in + 1)
        parameters.append((xp.reshape(vector[start:middle], (n_out, n_in)), vector[middle:end]))
        start = end
    return parameters


def forward(parameters: Parameters, X: Array, *, activation: str = "tanh") -> Array:
    r"""Return the logits.

    .. math:: h_0 = x, \qquad h_l = \phi(W_l h_{l-1} + b_l), \qquad z = W_L h_{L-1} + b_L

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The inputs, on the device of the parameters.
    activation : {"tanh", "relu"}
        Between layers, not after the last.

    Returns
    -------
    Array, shape (n_samples, n_classes)
        The logits z; the largest is the prediction.

    Raises
    ------
    TypeError, ValueError
        For inputs of the wrong shape or on another device.

    Notes
    -----
    Portable. Two flops for each weight and sample.

    Examples
    --------
    >>> import numpy as np
    >>> forward([(np.array([[1.0, 2.0]]), np.array([3.0]))], np.array([[1.0, 1.0]]))
    array([[6.]])
    """
    X = check_inputs(parameters, X, activation)
    return unchecked_outputs(parameters, X, activation)[-1]


def loss_and_gradient(
    parameters: Parameters, X: Array, targets: Array, *, activation: str = "tanh"
) -> tuple[float, Parameters]:
    r"""Return the mean softmax cross-entropy and its gradient.

    .. math:: f = -\frac1n \sum_i \sum_c y_{ic} \log p_{ic}, \qquad
              p_{ic} = e^{z_{ic}} \Big/ \sum_d e^{z_{id}}

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The inputs, on the device of the parameters.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels y, or probabilities: rows that sum to 1.
    activation : {"tanh", "relu"}
        Between layers. The derivative of relu at 0 is taken as 0.

    Returns
    -------
    loss : float
        In nats; log(n_classes) for a blind guess.
    gradient : list of (weights, bias)
        Like the parameters.

    Raises
    ------
    TypeError, ValueError
        For inputs or targets of the wrong shape, rows of targets that do not sum to 1, or arrays
        on different devices.

    Notes
    -----
    Portable. About six flops for each weight and sample.

    1. Forward, keeping each layer's output.
    2. The loss, by logarithms of sums of exponentials shifted by the largest logit.
    3. Backward: from the derivative by the logits, p - y, down through the layers.

    Examples
    --------
    >>> import numpy as np
    >>> blind = [(np.zeros((2, 1)), np.zeros(2))]
    >>> loss, gradient = loss_and_gradient(blind, np.array([[4.0]]), np.array([[1.0, 0.0]]))
    >>> round(loss, 4), gradient[0][0].tolist()
    (0.6931, [[-2.0], [2.0]])
    """
    X = check_inputs(parameters, X, activation)
    targets = check_targets(parameters, X, targets)
    loss, gradient = unchecked_loss_and_gradient(parameters, X, targets, activation)
    return float(loss), gradient


def unchecked_loss_and_gradient(
    parameters: Parameters, X: Array, targets: Array, activation: str
) -> tuple[Array, Parameters]:
    """Do the work of `loss_and_gradient` on checked arrays.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The inputs.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels.
    activation : {"tanh", "relu"}
        Between layers.

    Returns
    -------
    loss : Array, shape ()
        Still on the device, so that a training loop need not wait for it.
    gradient : list of (weights, bias)
        As the parameters.
    """
    xp = array_namespace(X)
    n_samples = X.shape[0]
    outputs = unchecked_outputs(parameters, X, activation)  # step 1

    logits = outputs[-1] - xp.max(outputs[-1], axis=1, keepdims=True)  # step 2
    log_sums = xp.log(xp.sum(xp.exp(logits), axis=1, keepdims=True))
    log_probabilities = logits - log_sums
    loss = -xp.sum(targets * log_probabilities) / n_samples

    by_output = (xp.exp(log_probabilities) - targets) / n_samples  # step 3
    gradient = unchecked_gradient(parameters, outputs, by_output, activation)
    return loss, gradient


def unchecked_gradient(
    parameters: Parameters, outputs: list[Array], by_output: Array, activation: str
) -> Parameters:
    """Return the gradient of any function of the last output, from its derivative by that output.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    outputs : list of Array
        What `unchecked_outputs` returned.
    by_output : Array, shape (n_samples, n_outputs)
        The derivative.
    activation : {"tanh", "relu"}
        Between layers.

    Returns
    -------
    list of (weights, bias)
        As the parameters.
    """
    xp = array_namespace(by_output)
    gradient: Parameters = []
    for layer in reversed(range(len(parameters))):
        below = outputs[layer]
        gradient.insert(0, (xp.matrix_transpose(by_output) @ below, xp.sum(by_output, axis=0)))
        if layer > 0:
            slope = 1 - below * below if activation == "tanh" else xp.astype(below > 0, below.dtype)
            by_output = (by_output @ parameters[layer][0]) * slope
    return gradient


def check_inputs(parameters: Parameters, X: Array, activation: str) -> Array:
    """Return the inputs checked against the first layer.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The inputs.
    activation : {"tanh", "relu"}
        Between layers.

    Returns
    -------
    Array, shape (n_samples, n_features)
        See `labkit.checks.check_matrix`.
    """
    check_choice(activation, "activation", ACTIVATIONS)
    check_parameters(parameters)
    X = check_matrix(X, "X")
    weights = parameters[0][0]
    check_same_device(X=X, parameters=weights)
    if X.shape[1] != weights.shape[1]:
        raise ValueError(
            f"X must have {weights.shape[1]} features, as the first layer has, got {X.shape[1]}"
        )
    return X


def check_targets(parameters: Parameters, X: Array, targets: Array) -> Array:
    """Return the targets checked against inputs and last layer.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The checked inputs.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels.

    Returns
    -------
    Array, shape (n_samples, n_classes)
        See `labkit.checks.check_matrix`.
    """
    targets = check_matrix(targets, "targets")
    check_same_device(X=X, targets=targets)
    wanted = (X.shape[0], parameters[-1][0].shape[0])
    if tuple(targets.shape) != wanted:
        raise ValueError(f"targets must have shape {wanted}, got {tuple(targets.shape)}")
    xp = array_namespace(targets)
    worst = float(xp.max(xp.abs(xp.sum(targets, axis=1) - 1)))
    if worst > 4 * wanted[1] * eps(targets):
        raise ValueError(f"targets must have rows that sum to 1, got one that is {worst:.2g} off")
    return targets


def unchecked_outputs(parameters: Parameters, X: Array, activation: str) -> list[Array]:
    """Return the inputs, the output of each hidden layer, and the logits.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The checked inputs.
    activation : {"tanh", "relu"}
        Between layers.

    Returns
    -------
    list of Array
        One more than there are layers.
    """
    xp = array_namespace(X)
    outputs = [X]
    for layer, (weights, bias) in enumerate(parameters):
        signal = outputs[-1] @ xp.matrix_transpose(weights) + bias
        if layer < len(parameters) - 1:
            signal = xp.tanh(signal) if activation == "tanh" else xp.clip(signal, min=0.0)
        outputs.append(signal)
    return outputs


def check_parameters(parameters: Parameters, name: str = "parameters") -> None:
    """Refuse anything that is not a list of (weights, bias), at least one pair.

    Parameters
    ----------
    parameters : list of (weights, bias)
        What the caller gave.
    name : str
        For the message.

    Raises
    ------
    TypeError, ValueError
        Naming what stood there instead.
    """
    wanted = f"{name} must be a list of pairs (weights, bias) of arrays"
    if not isinstance(parameters, Sequence) or isinstance(parameters, str):
        raise TypeError(f"{wanted}, got {_short(parameters)}")
    if not parameters:
        raise ValueError(f"{wanted}, at least one, got {parameters!r}")
    for pair in parameters:
        is_pair = isinstance(pair, Sequence) and len(pair) == 2
        if not is_pair or not all(is_array(array) for array in pair):
            raise TypeError(f"{wanted}, got {_short(pair)} among them")


def _short(value: object) -> str:
    return f"an array of shape {getattr(value, 'shape', ())}" if is_array(value) else repr(value)


def check_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Return the widths as a tuple of at least two positive integers.

    Parameters
    ----------
    widths : sequence of int
        What the caller gave.

    Returns
    -------
    tuple of int
        The same numbers.
    """
    if not isinstance(widths, Sequence):
        raise TypeError(f"widths must be a sequence of integers, got {widths!r}")
    sizes = tuple(check_count(width, "widths", 1) for width in widths)
    if len(sizes) < 2:
        raise ValueError(f"widths must name inputs and outputs at least, got {sizes}")
    return sizes
