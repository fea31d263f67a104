"""A product of layers: what two deep linear methods share."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, is_array
from labkit.checks import check_array, check_same_device

Layers = tuple[Array, ...]


def check_layers(layers: Sequence[Array]) -> Layers:
    """Return layers as a tuple of matrices, each taking what the one before gives."""
    wanted = "layers must be a sequence of matrices"
    if is_array(layers) or isinstance(layers, str) or not isinstance(layers, Sequence):
        raise TypeError(f"{wanted}, got {_short(layers)}")
    if not layers:
        raise ValueError(f"{wanted}, at least one, got {layers!r}")
    checked = tuple(check_array(layer, "layers", n_dims=2) for layer in layers)
    check_same_device(**{f"layers {i}": layer for i, layer in enumerate(checked)})
    for below, above in itertools.pairwise(checked):
        if above.shape[1] != below.shape[0]:
            raise ValueError(
                f"layers must fit: one gives {below.shape[0]} numbers, the next takes "
                f"{above.shape[1]}"
            )
    return checked


def product(layers: Layers) -> Array:
    """Return ``W_N ... W_1``."""
    W = layers[0]
    for layer in layers[1:]:
        W = layer @ W
    return W


def descend(layers: Layers, gradient: Array, step_size: float) -> Layers:
    """Step each layer down, given the gradient in the product."""
    xp = array_namespace(gradient)
    below: list[Array | None] = [None]  # W_{i-1} ... W_1
    for layer in layers[:-1]:
        below.append(layer if below[-1] is None else layer @ below[-1])
    stepped, back = [], gradient  # back: (W_N ... W_{i+1})^T gradient
    for layer, under in zip(reversed(layers), reversed(below), strict=True):
        by_layer = back if under is None else back @ xp.matrix_transpose(under)
        stepped.append(layer - step_size * by_layer)
        back = xp.matrix_transpose(layer) @ back
    if not all(bool(xp.all(xp.isfinite(layer))) for layer in stepped):
        raise FloatingPointError("the layers overflow; choose a smaller step_size")
    return tuple(reversed(stepped))


def _short(value: object) -> str:
    return f"an array of shape {getattr(value, 'shape', ())}" if is_array(value) else repr(value)
