"""Lifted to tensors, a minimum of a sensing problem may be a saddle: its slope and curvature there.

A vector x becomes the tensor x (x) ... (x) x, and the measurements act on each factor. A minimum
stays a stationary point, but new directions appear, and along some of them the lifted loss falls.
Everything is a power of an inner product: no tensor is formed.

Papers: over-parametrization-lifting-low.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count
from labkit.sensing._symmetric import check_points
from labkit.sensing.problem import SensingProblem

LARGEST_LOGARITHM = 700.0


@dataclass(frozen=True)
class LiftedCurvature:
    """What the lifted loss does near a lifted point.

    Attributes
    ----------
    curvature : float
        Second derivative of the lifted loss along ``u^(x)order``, u of length 1. Below 0 the point
        is no minimum; the least eigenvalue of the lifted Hessian is at most this.
    gradient_norm : float
        Of the lifted loss at ``x^(x)order``.
    direction : Array, shape (n_rows,)
        u.
    falling : float
        q, what the measured data say of u.
    rising : float
        ``max(|p|, s)``, what the point says of it. The curvature turns negative from some order on
        exactly when q is larger.
    """

    curvature: float
    gradient_norm: float
    direction: Array
    falling: float
    rising: float


def lifted_curvature(
    problem: SensingProblem, point: Array, direction: Array | None = None, *, order: int
) -> LiftedCurvature:
    r"""Measure slope and curvature of the lifted loss at a lifted point.

    .. math:: f_l(w) = \tfrac12 \bigl\| \mathcal A^{\otimes l}(w w^\top) - b^{\otimes l} \bigr\|^2,
              \qquad \frac{d^2}{dt^2} f_l(x^{\otimes l} + t u^{\otimes l}) \Big|_0
              = 4 s^l + 2 p^l - 2 q^l

    with ``p = <A(x x'), A(u u')>``, ``q = <b, A(u u')>``, ``s = |A(sym x u')|^2``.

    Parameters
    ----------
    problem : SensingProblem
        Of square matrices; the truth should be symmetric, of rank 1.
    point : Array, shape (n_rows,)
        x; for example a minimum that is not the truth.
    direction : Array, shape (n_rows,), optional
        u, of any length above 0. By default the eigenvector of the least eigenvalue of
        ``A*(A(x x') - b)``.
    order : int
        l, from 1, the problem itself, to 999. Odd orders keep the signs of p and q.

    Returns
    -------
    LiftedCurvature
        See there.

    Raises
    ------
    TypeError, ValueError
        For bad values, a point or direction that does not fit, or powers that overflow.

    Notes
    -----
    Portable.

    1. Send the residual back, made symmetric; u is where it falls most.
    2. Inner products of measurements, which at order l are l-th powers.
    3. The gradient is ``2 (a^(x)l - c^(x)l)`` with ``a = A*(A(x x')) x`` and ``c = A*(b) x``: equal
       vectors at a stationary point of the problem, hence at every order. The norm of the
       difference is written so that nothing cancels.

    Three products with A, two with its adjoint and an eigendecomposition of n_rows^3, whatever the
    order; the lifted Hessian would have n_rows^order rows.

    Measurement matrices that are not symmetric count by their symmetric parts. Ma, Molybog, Lavaei
    and Sojoudi (2023) use 1/4 in place of 1/2, so curvatures here are twice theirs; they bound the
    order that is needed by distances and restricted isometry constants, where q, p and s are
    measured here. The sign does not depend on scale, the value does: compare it with ``|x|^(2 l)``.

    References
    ----------
    Ma, Molybog, Lavaei, Sojoudi: Over-parametrization via lifting for low-rank matrix sensing:
    conversion of spurious solutions to strict saddle points, ICML (2023).

    Notebook: ``notebooks/sensing/04_lifting.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.datasets import perturbed_completion
    >>> problem = perturbed_completion(np.array([1.0, 1.0]), visibility=0.4)
    >>> spurious = np.array([1.0, 0.0, -1.0]) * np.sqrt(0.84 / 1.16)
    >>> [lifted_curvature(problem, spurious, order=l).curvature > 0 for l in (1, 3)]
    [True, False]
    """
    x = check_points(problem, point, "point", n_dims=1)
    check_count(order, "order", 1, 999)
    xp = array_namespace(x)
    A, b = problem.A, problem.b
    seen = A.apply(_outer(x, x))
    if direction is None:  # step 1
        u = xp.linalg.eigh(_symmetric(A.adjoint(seen - b))).eigenvectors[:, 0]
    else:
        u = check_points(problem, direction, "direction", n_dims=1)
        length = math.sqrt(float(xp.sum(u * u)))
        if length == 0:
            raise ValueError("direction must not be zero, got length 0")
        u = u / length

    along, across = A.apply(_outer(u, u)), A.apply(_symmetric(_outer(x, u)))  # step 2
    p, q = float(xp.sum(seen * along)), float(xp.sum(b * along))
    s = float(xp.sum(across * across))
    a, c = _symmetric(A.adjoint(seen)) @ x, _symmetric(A.adjoint(b)) @ x
    largest = max(abs(p), abs(q), s, float(xp.sum(a * a)), float(xp.sum(c * c)))
    if largest > 1 and order * math.log(largest) > LARGEST_LOGARITHM:
        raise ValueError(f"order must be smaller here: powers overflow, got {order}")
    return LiftedCurvature(
        curvature=4 * s**order + 2 * p**order - 2 * q**order,
        gradient_norm=2 * _power_distance(a, c, order),  # step 3
        direction=u,
        falling=q,
        rising=max(abs(p), s),
    )


def _outer(x: Array, y: Array) -> Array:
    return x[:, None] * y[None, :]


def _symmetric(X: Array) -> Array:
    xp = array_namespace(X)
    return (X + xp.matrix_transpose(X)) / 2


def _power_distance(a: Array, c: Array, order: int) -> float:
    """Return ``|a^(x)l - c^(x)l|``: the lengths' difference and the angle, each without loss."""
    xp = array_namespace(a)
    length_a, length_c = (math.sqrt(float(xp.sum(v * v))) for v in (a, c))
    if length_a == 0 or length_c == 0:
        return max(length_a, length_c) ** order
    gap = a / length_a - c / length_c
    turn = float(xp.sum(gap * gap)) / 2  # 1 - cosine
    rest = 1 - (1 - turn) ** order if turn > 0.1 else -math.expm1(order * math.log1p(-turn))
    lengths = length_a**order - length_c**order
    return math.sqrt(lengths**2 + 2 * (length_a * length_c) ** order * max(rest, 0.0))
