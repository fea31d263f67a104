"""The Cayley transform behind sandwich layers, shared by the map to weights and by its adjoint."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from labkit.arrays import Array, array_namespace, device, is_array
from labkit.checks import check_array, check_matrix, check_same_device
from labkit.spectra._chain import short

SandwichLayers = Sequence[tuple[Array, Array, Array]]
"""For each layer a free matrix of shape (out + in, out), log scales and a bias, both (out,)."""


class Sandwich(NamedTuple):
    """Matrices of one layer: A A' + B B' = I, and what the adjoint needs."""

    At: Array
    """The transpose of A, shape (out, out)."""
    B: Array
    """Shape (out, in)."""
    Y: Array
    """The lower part of the free matrix, shape (in, out)."""
    inverse: Array
    """Of I + Z, shape (out, out)."""


def cayley(free: Array) -> Sandwich:
    """Return the matrices of a layer from its free matrix, X above Y."""
    xp = array_namespace(free)
    n_out = free.shape[1]
    X, Y = free[:n_out, :], free[n_out:, :]
    identity = xp.eye(n_out, dtype=free.dtype, device=device(free))
    Z = X - xp.matrix_transpose(X) + xp.matrix_transpose(Y) @ Y
    inverse = xp.linalg.inv(identity + Z)  # its symmetric part is at least I
    return Sandwich(2 * inverse - identity, -2 * xp.matrix_transpose(Y @ inverse), Y, inverse)


def plain_factors(n_layers: int, bound: float) -> list[float]:
    """Return what multiplies each layer's weights: roots of 2 between layers, of the bound outside.

    The last layer has no activation behind it, and the first none before it.
    """
    sides = [bound**0.5, *[2**0.5] * (n_layers - 1), bound**0.5]
    return [left * right for left, right in itertools.pairwise(sides)]


def check_sandwich(layers: SandwichLayers) -> list[tuple[Array, Array, Array]]:
    """Return the layers as finite floating arrays of shapes that fit."""
    wanted = "layers must be a list of triples (free, log_scales, bias) of arrays"
    if is_array(layers) or isinstance(layers, str) or not isinstance(layers, Sequence):
        raise TypeError(f"{wanted}, got {short(layers)}")
    if not layers:
        raise ValueError(f"{wanted}, at least one, got {layers!r}")
    checked, n_in = [], None
    for k, layer in enumerate(layers):
        if not isinstance(layer, Sequence) or isinstance(layer, str) or len(layer) != 3:
            raise TypeError(f"{wanted}, got {short(layer)} among them")
        free = check_matrix(layer[0], f"layers[{k}][0]")
        log_scales, bias = (
            check_array(part, f"layers[{k}][{i}]", n_dims=1)
            for i, part in enumerate(layer[1:], start=1)
        )
        check_same_device(free=free, log_scales=log_scales, bias=bias)
        n_out = free.shape[1]
        fits = free.shape[0] > n_out if n_in is None else free.shape[0] == n_out + n_in
        if not fits or {log_scales.shape, bias.shape} != {(n_out,)}:
            shapes = ", ".join(str(tuple(x.shape)) for x in (free, log_scales, bias))
            raise ValueError(
                f"layers must have shapes (out + in, out), (out,), (out,), got {shapes}"
            )
        checked.append((free, log_scales, bias))
        n_in = n_out
    return checked
