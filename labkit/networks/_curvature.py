"""Products with the second derivatives of a network's loss, several vectors at once.

A direction of the parameters is a list of (weights, bias) like the parameters themselves, with one
more axis in front for the vectors, and so is everything that is differentiated along it.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_same_device
from labkit.networks._softmax import class_probabilities
from labkit.networks.mlp import Parameters, unchecked_outputs


def curvature_product(
    parameters: Parameters, X: Array, vectors: Array, activation: str, targets: Array | None
) -> Array:
    """Multiply by the Hessian of the mean cross-entropy, or by its Gauss-Newton part.

    Parameters
    ----------
    parameters : list of (weights, bias)
        One pair a layer.
    X : Array, shape (n_samples, n_features)
        The checked inputs.
    vectors : Array, shape (n_parameters,) or (n_parameters, n_vectors)
        What is multiplied, as the caller gave it.
    activation : {"tanh", "relu"}
        Between layers.
    targets : Array or None
        The checked labels; None leaves out how the network itself bends, the only part of the
        Hessian that depends on the labels.

    Returns
    -------
    Array
        Of the shape of the vectors.
    """
    directions, n_vectors = _directions(parameters, vectors)
    xp = array_namespace(X)
    outputs = unchecked_outputs(parameters, X, activation)
    hidden = outputs[1:-1]
    if activation == "tanh":  # first and second derivatives of the activation
        slopes, bends = [1 - h * h for h in hidden], [-2 * h * (1 - h * h) for h in hidden]
    else:
        slopes = [xp.astype(h > 0, h.dtype) for h in hidden]
        bends = [xp.zeros_like(h) for h in hidden]

    below, signals = xp.zeros_like(X)[None, ...], []  # step 1: how each layer's signal moves
    for layer, ((weights, _), (turn, shift)) in enumerate(zip(parameters, directions, strict=True)):
        signal = below @ xp.matrix_transpose(weights) + shift[:, None, :]
        signals.append(signal + outputs[layer] @ xp.matrix_transpose(turn))
        if layer < len(hidden):
            below = signals[-1] * slopes[layer]

    p = class_probabilities(outputs[-1])  # step 2
    moved = p * (signals[-1] - xp.sum(p * signals[-1], axis=-1, keepdims=True)) / X.shape[0]
    by_signal = xp.zeros_like(p) if targets is None else (p - targets) / X.shape[0]

    rows: list[Array] = []  # step 3: how the backward pass moves, last layer first
    for layer in reversed(range(len(parameters))):
        by_weights = xp.matrix_transpose(moved) @ outputs[layer]
        if layer > 0:
            below = signals[layer - 1] * slopes[layer - 1]
            by_weights = by_weights + xp.matrix_transpose(by_signal) @ below
        by_bias = xp.sum(moved, axis=-2)
        rows = [xp.reshape(by_weights, (n_vectors, -1)), by_bias, *rows]
        if layer > 0:
            weights, turn = parameters[layer][0], directions[layer][0]
            by_output = by_signal @ weights
            moved = (moved @ weights + by_signal @ turn) * slopes[layer - 1]
            moved = moved + by_output * bends[layer - 1] * signals[layer - 1]
            by_signal = by_output * slopes[layer - 1]
    return xp.reshape(xp.matrix_transpose(xp.concat(rows, axis=1)), vectors.shape)


def _directions(parameters: Parameters, vectors: Array) -> tuple[Parameters, int]:
    """Return the checked vectors as (weights, bias) with a leading axis, and their number."""
    vectors = check_array(vectors, "vectors", n_dims=1 if getattr(vectors, "ndim", 2) == 1 else 2)
    check_same_device(parameters=parameters[0][0], vectors=vectors)
    wanted = sum(weights.shape[0] * (weights.shape[1] + 1) for weights, _ in parameters)
    if vectors.shape[0] != wanted:
        raise ValueError(
            f"vectors must have {wanted} rows, one a parameter, got shape {tuple(vectors.shape)}"
        )
    xp = array_namespace(vectors)
    rows = xp.reshape(xp.matrix_transpose(xp.reshape(vectors, (wanted, -1))), (-1, wanted))
    directions, start = [], 0
    for weights, _ in parameters:
        n_out, n_in = weights.shape
        middle, end = start + n_out * n_in, start + n_out * (n_in + 1)
        block = xp.reshape(rows[:, start:middle], (rows.shape[0], n_out, n_in))
        directions.append((block, rows[:, middle:end]))
        start = end
    return directions, rows.shape[0]
