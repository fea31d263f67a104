"""How large the weights of a residual block may be under a bound, by eigenvalues or by discs.

Papers: l-lipschitz-gershgorin-resnet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_choice, check_matrix, check_real, check_same_device

GOLDEN = (math.sqrt(5) - 1) / 2
N_SECTIONS = 60
REACH = 8.0
"""Logarithms of the multiplier that are searched, around the quotient of the two norms."""


@dataclass(frozen=True)
class ResidualScale:
    """What `residual_lipschitz_scale` returns.

    Attributes
    ----------
    scale : float
        t: both matrices may be multiplied by it.
    multiplier : float
        lambda with which the block of that scale is certified, for `lipschitz_matrix`.
    """

    scale: float
    multiplier: float


def residual_lipschitz_scale(
    B: Array, C: Array, *, bound: float, criterion: str = "discs"
) -> ResidualScale:
    r"""Return the largest scale at which a residual block is certified to stretch by `bound`.

    .. math:: y = x + t B\, \phi(t C x + b), \qquad
              \begin{pmatrix} (\gamma^2 - 1) I & -t (B + \lambda C^\top) \\
              \cdot & 2 \lambda I - t^2 B^\top B \end{pmatrix} \succeq 0

    Parameters
    ----------
    B : Array, shape (n, m)
        Out of the block.
    C : Array, shape (m, n)
        Into the block, like B not zero.
    bound : float
        gamma, above 1: at 1 the first block vanishes, and only B = -lambda C' is left.
    criterion : {"discs", "weighted discs", "eigenvalues"}
        ``"discs"`` asks that no Gershgorin disc reaches below zero: of each row, the diagonal entry
        is at least the sum of the sizes of the others. ``"weighted discs"`` asks the same of D^-1 M
        D for the best diagonal D. ``"eigenvalues"`` asks for what the matrix inequality says. Each
        allows at least as much as the one before it.

    Returns
    -------
    ResidualScale
        For the best lambda, one number for all units.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not fit, a matrix of zeros, a bound not above 1, an unknown criterion.

    Notes
    -----
    Portable.

    1. Given lambda, the largest t is in closed form: for the eigenvalues by elimination of the
       first block; for the discs from a linear inequality for each row of the first block and a
       quadratic one for each row of the second. Weighted discs hold for some D if and only if the
       matrix with all entries off the diagonal made negative has no negative eigenvalue, so they
       are the eigenvalues of another block: what discs do not see is signs.
    2. Given t, the lambdas that serve form an interval, so that the best is found by golden
       sections, 60 of them, of its logarithm.

    Products of m n min(m, n) for each lambda. The paper builds whole residual networks from free
    parameters such that all discs hold, in closed form; its formulas were not found in what could
    be read. This is a block with one hidden layer and the question behind the paper's own
    reservation: how much do discs give away?

    References
    ----------
    Juston, Norris, Nottage, Soylemezoglu: L-Lipschitz Gershgorin ResNet network (2025), arXiv
    2502.21279.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> one = residual_lipschitz_scale(np.eye(1), np.eye(1), bound=2.0)
    >>> round(one.scale, 4)  # 1 + t^2 is 2: nothing is given away
    1.0
    """
    B, C = check_matrix(B, "B"), check_matrix(C, "C")
    check_same_device(B=B, C=C)
    if C.shape != B.shape[::-1]:
        raise ValueError(f"C must have shape {B.shape[::-1]}, got {tuple(C.shape)}")
    bound = check_real(bound, "bound", 1.0, open_low=True)
    check_choice(criterion, "criterion", ("discs", "weighted discs", "eigenvalues"))
    xp = array_namespace(B, C)
    sizes = [float(xp.linalg.vector_norm(M)) for M in (B, C)]
    if min(sizes) == 0:
        raise ValueError(f"B and C must not be zero, got norms {sizes[0]:g} and {sizes[1]:g}")
    unit = math.sqrt(sizes[0] * sizes[1])
    B, turned = B / unit, xp.matrix_transpose(C) / unit
    gram = xp.matrix_transpose(B) @ B
    room, usual = bound * bound - 1, sizes[0] / sizes[1]

    def reached(log: float) -> float:
        multiplier = usual * math.exp(log)
        both = B + multiplier * turned
        if criterion == "discs":  # step 1
            return _by_discs(both, gram, multiplier, room)
        if criterion == "weighted discs":
            return _by_eigenvalues(xp.abs(both), xp.abs(gram), multiplier, room)
        return _by_eigenvalues(both, gram, multiplier, room)

    low, high = -REACH, REACH
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = reached(left), reached(right)
    for _ in range(N_SECTIONS):  # step 2
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = reached(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = reached(right)
    log, scale = max(((left, at_left), (right, at_right)), key=_second)
    return ResidualScale(scale / unit, usual * math.exp(log) / bound)


def _by_discs(sum_of_both: Array, gram: Array, multiplier: float, room: float) -> float:
    """Return the largest scale at which no disc reaches below zero."""
    xp = array_namespace(gram)
    sizes = xp.abs(sum_of_both)
    s, q = xp.sum(sizes, axis=0), xp.sum(xp.abs(gram), axis=1)
    roots = 4 * multiplier / (s + xp.sqrt(s * s + 8 * multiplier * q))
    widest = float(xp.max(xp.sum(sizes, axis=1)))
    return min(float(xp.min(roots)), room / widest if widest > 0 else math.inf)


def _by_eigenvalues(sum_of_both: Array, gram: Array, multiplier: float, room: float) -> float:
    """Return the largest scale at which no eigenvalue is below zero."""
    xp = array_namespace(gram)
    taken = gram + xp.matrix_transpose(sum_of_both) @ sum_of_both / room
    return math.sqrt(2 * multiplier / float(xp.linalg.eigvalsh(taken)[-1]))


def _second(pair: tuple[float, float]) -> float:
    return pair[1]
