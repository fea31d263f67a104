"""Probabilities from logits, and what softmax regression asks of its arrays."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_same_device
from labkit.networks.mlp import check_inputs, check_targets


def class_probabilities(logits: Array) -> Array:
    """Return the softmax of each row.

    Parameters
    ----------
    logits : Array, shape (n_samples, n_classes)
        Any size; the largest of a row is taken off first.

    Returns
    -------
    Array, shape (n_samples, n_classes)
        Rows that sum to 1.
    """
    xp = array_namespace(logits)
    shares = xp.exp(logits - xp.max(logits, axis=1, keepdims=True))
    return shares / xp.sum(shares, axis=1, keepdims=True)


def check_softmax_regression(W: Array, X: Array, targets: Array) -> tuple[Array, Array, Array]:
    """Return weights without bias, inputs and targets that fit each other.

    Parameters
    ----------
    W : Array, shape (n_classes, n_features)
        What the caller gave, and so are the others.
    X : Array, shape (n_samples, n_features)
        The inputs.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels, or probabilities.

    Returns
    -------
    tuple of three Arrays
        Checked.
    """
    W, X = check_matrix(W, "W"), check_matrix(X, "X")
    check_same_device(W=W, X=X)
    layers = [(W, W[:, 0])]  # a network without hidden layers
    X = check_inputs(layers, X, "tanh")
    return W, X, check_targets(layers, X, targets)
