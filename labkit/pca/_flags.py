"""What the flag methods share: the check at the door, distances, the step uphill.

A flag is stored as one matrix with orthonormal columns; its levels are blocks of columns, and only
the span of each block means something.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_array, check_count

Levels = list[slice]
"""The columns of each level."""


def check_flags(flags: Array, name: str) -> Array:
    """Return orthonormal bases, shape (n_flags, n_features, k), at most as wide as high."""
    flags = check_array(flags, name, n_dims=3)
    xp = array_namespace(flags)
    k = flags.shape[2]
    if k > flags.shape[1]:
        raise ValueError(
            f"{name} must hold matrices at least as high as wide, got shape {tuple(flags.shape)}"
        )
    identity = xp.eye(k, dtype=flags.dtype, device=device(flags))
    off = float(xp.max(xp.abs(xp.matrix_transpose(flags) @ flags - identity)))
    if off > math.sqrt(eps(flags)):
        raise ValueError(f"{name} must have orthonormal columns, got some that are {off:.2g} off")
    return flags


def check_levels(dimensions: Sequence[int] | None, k: int) -> Levels:
    """Return the columns of each level; None is one level of all k columns."""
    if dimensions is None:
        return [slice(0, k)]
    if not isinstance(dimensions, Sequence):
        raise TypeError(f"dimensions must be a sequence of integers, got {dimensions!r}")
    ends = [0, *(check_count(d, "dimensions", 1, k) for d in dimensions)]
    if ends[-1] != k or any(a >= b for a, b in pairwise(ends)):
        raise ValueError(f"dimensions must increase up to {k}, got {tuple(dimensions)!r}")
    return [slice(a, b) for a, b in pairwise(ends)]


def squared_distances(flags: Array, basis: Array, levels: Levels) -> Array:
    """Return squared chordal distances: as residuals, which lose no digits where they are small."""
    xp = array_namespace(flags)
    total = xp.zeros_like(flags[:, 0, 0])
    for level in levels:
        X, Y = flags[:, :, level], basis[:, level]
        total = total + xp.sum((X - Y @ (xp.matrix_transpose(Y) @ X)) ** 2, axis=(1, 2))
    return total


def common_span(flags: Array) -> tuple[Array | None, Array]:
    """Return a basis of the span of all flags and the flags in it, where that is smaller.

    The projectors vanish off that span, so the best basis lies in it.
    """
    xp = array_namespace(flags)
    n_flags, n, k = flags.shape
    if n_flags * k >= n:
        return None, flags
    side = xp.reshape(xp.permute_dims(flags, (1, 0, 2)), (n, n_flags * k))
    Q, R = xp.linalg.qr(side)
    return Q, xp.permute_dims(xp.reshape(R, (n_flags * k, n_flags, k)), (1, 0, 2))


def projectors(flags: Array, weights: Array, levels: Levels) -> list[Array]:
    """Return for each level the weighted sum of the projectors, shape (n_features, n_features)."""
    xp = array_namespace(flags)
    scaled = xp.permute_dims(flags * xp.sqrt(weights)[:, None, None], (1, 0, 2))
    sides = [xp.reshape(scaled[:, :, level], (flags.shape[1], -1)) for level in levels]
    return [side @ xp.matrix_transpose(side) for side in sides]


def greedy_basis(P: list[Array], levels: Levels) -> Array:
    """Return leading eigenvectors level by level, each level orthogonal to those before."""
    xp = array_namespace(P[0])
    free = xp.eye(P[0].shape[0], dtype=P[0].dtype, device=device(P[0]))
    blocks = []
    for projector, level in zip(P, levels, strict=True):
        _, V = xp.linalg.eigh(xp.matrix_transpose(free) @ projector @ free)
        V = free @ xp.flip(V, axis=1)
        width = level.stop - level.start
        blocks.append(V[:, :width])
        free = V[:, width:]
    return xp.concat(blocks, axis=1)


def polar_step(P: list[Array], basis: Array, levels: Levels) -> tuple[Array, Array]:
    """Return the next basis, and sum_i tr(Y_i' P_i Y_i) at the present one.

    The sum is convex in Y, so it lies above its tangent; the polar factor of the gradient is the
    orthonormal matrix at which the tangent is highest. So no step goes down.
    """
    xp = array_namespace(basis)
    gradient = xp.concat([p @ basis[:, a] for p, a in zip(P, levels, strict=True)], axis=1)
    U, _, Vh = xp.linalg.svd(gradient, full_matrices=False)
    return U @ Vh, xp.sum(gradient * basis)


def sorted_within_levels(P: list[Array], basis: Array, levels: Levels) -> tuple[Array, Array]:
    """Turn each block to the eigenvectors of Y_i' P_i Y_i, descending; return eigenvalues too."""
    xp = array_namespace(basis)
    blocks, values = [], []
    for projector, level in zip(P, levels, strict=True):
        Y = basis[:, level]
        eigenvalues, V = xp.linalg.eigh(xp.matrix_transpose(Y) @ projector @ Y)
        blocks.append(Y @ xp.flip(V, axis=1))
        values.append(xp.flip(eigenvalues, axis=0))
    return xp.concat(blocks, axis=1), xp.concat(values)
