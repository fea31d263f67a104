"""What the Lipschitz methods ask of a network's weights."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from labkit.arrays import Array, is_array
from labkit.checks import check_matrix, check_same_device
from labkit.networks.mlp import Parameters


def check_chain(parameters: Parameters, *, skip: bool = False, n_layers: int = 2) -> list[Array]:
    """Return the weights of all layers, at least so many, each fitting the next."""
    wanted = "parameters must be a list of pairs (weights, bias) of arrays"
    if is_array(parameters) or isinstance(parameters, str) or not isinstance(parameters, Sequence):
        raise TypeError(f"{wanted}, got {short(parameters)}")
    if len(parameters) < n_layers:
        raise ValueError(f"{wanted}, at least {n_layers}, got {short(parameters)}")
    weights = []
    for k, pair in enumerate(parameters):
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise TypeError(f"{wanted}, got {short(pair)} among them")
        weights.append(check_matrix(pair[0], f"parameters[{k}][0]"))
    check_same_device(**{f"layer_{k}": W for k, W in enumerate(weights)})
    for k, (below, above) in enumerate(itertools.pairwise(weights), start=1):
        if above.shape[1] != below.shape[0]:
            wanted_columns, seen = below.shape[0], above.shape[1]
            raise ValueError(f"parameters[{k}][0] must have {wanted_columns} columns, got {seen}")
    if skip and weights[-1].shape[0] != weights[0].shape[1]:
        raise ValueError(
            f"parameters of a residual network must end with {weights[0].shape[1]} outputs, as it "
            f"has inputs, got {weights[-1].shape[0]}"
        )
    return weights


def short(value: object) -> str:
    """Return a value as an error shows it."""
    return (
        f"an array of shape {getattr(value, 'shape', ())}" if is_array(value) else f"{value!r:.60}"
    )
