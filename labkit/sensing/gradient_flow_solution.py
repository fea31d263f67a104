"""Where gradient flow of a scalar network would end from here, and how sharp that minimum is.

Descent with long steps oscillates, and its loss rises and falls. What never rises is the sharpness
of the point where an infinitely patient descent would arrive.

Papers: gradient-descent-monotonically-decreases.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_matrix

N_NEWTON = 100
"""Far above what is needed: Newton's steps converge quadratically, about ten do."""


@dataclass(frozen=True)
class FlowSolution:
    """The end of gradient flow from each of several scalar networks.

    Attributes
    ----------
    weights : Array, shape (n_networks, depth)
        Of the minimum: the product of each row is 1.
    sharpness : Array, shape (n_networks,)
        Largest eigenvalue of the Hessian there, at least the depth.
    """

    weights: Array
    sharpness: Array


def gradient_flow_solution(networks: Array) -> FlowSolution:
    r"""Follow gradient flow of scalar networks to its end, in closed form.

    .. math:: L(w) = \tfrac12 (w_1 w_2 \cdots w_D - 1)^2, \qquad
              \varphi = \sum_i \frac{1}{w_i^2 + c}, \qquad \prod_i (w_i^2 + c) = 1

    Parameters
    ----------
    networks : Array, shape (n_networks, depth)
        One a row: the numbers that are multiplied, its weights.

    Returns
    -------
    FlowSolution
        In the precision of the weights.

    Raises
    ------
    TypeError, ValueError
        For bad arrays; for a network whose product is not positive and whose two smallest weights
        are equally large, from where the flow ends at a saddle; for weights so unequal that the
        sharpness overflows.

    Notes
    -----
    Portable.

    1. The flow adds the same amount to all squares, so their differences stay. Only c is unknown.
       With t the smallest square at the end, ``sum_i log(u_i + t) = 0`` for the differences u.
    2. The left side is convex and increasing in ``log t``, and not negative at t = 1: from there
       Newton's steps go down to the root without passing it.
    3. At a minimum the Hessian is ``v v^T`` with ``v_i = 1 / w_i``: its eigenvalue is the sum of
       the ``1 / w_i^2``.
    4. Signs stay, but where the product is negative: there the smallest weight passes through zero.

    About ten Newton steps of 3 depth operations a network. The paper follows the flow by small
    steps where no closed form is at hand; here there is one. Only the scalar networks of its theory
    are covered, not its squared regression nor its deep networks. Its theorems' constants were not
    read.

    References
    ----------
    Kreisler, Nacson, Soudry, Carmon: Gradient descent monotonically decreases the sharpness of
    gradient flow solutions in scalar networks and beyond, ICML (2023), arXiv 2305.13064.

    Notebook: ``notebooks/sensing/19_sharpness.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> end = gradient_flow_solution(np.array([[3.0, 3.0], [2.0, 0.5]]))
    >>> end.weights.round(6).tolist(), end.sharpness.round(6).tolist()
    ([[1.0, 1.0], [2.0, 0.5]], [2.0, 4.25])
    """
    networks = check_matrix(networks, "networks")
    xp = array_namespace(networks)
    largest = float(xp.max(xp.abs(networks)))
    limit = float(xp.finfo(networks.dtype).max) ** 0.5 / 2
    if not largest < limit:
        raise ValueError(f"networks must have weights below {limit:g} in size, got {largest:g}")
    sizes = xp.abs(networks)
    signs = _final_signs(networks, sizes)

    squares = sizes * sizes
    u = squares - xp.min(squares, axis=1, keepdims=True)  # step 1
    log_t = xp.zeros_like(u[:, :1])
    floor = 4 * networks.shape[1] * eps(networks)
    for _ in range(N_NEWTON):  # step 2
        t = xp.exp(log_t)
        value = xp.sum(xp.where(u == 0, log_t, xp.log(xp.where(u == 0, 1.0, u + t))), axis=1)
        slope = xp.sum(xp.where(u == 0, 1.0, t / xp.where(u == 0, 1.0, u + t)), axis=1)
        step = (value / slope)[:, None]
        log_t = log_t - step
        if bool(xp.all(xp.abs(step) <= floor * (1 + xp.abs(log_t)))):
            break
    least = float(xp.min(log_t))
    if least < -0.9 * float(xp.log(xp.asarray(limit))):
        raise ValueError(
            f"networks must have less unequal weights: the smallest would end at e^{least / 2:.0f}"
        )
    ends = u + xp.exp(log_t)
    return FlowSolution(signs * xp.sqrt(ends), xp.sum(1 / ends, axis=1))  # step 3


def _final_signs(networks: Array, sizes: Array) -> Array:
    """Return the signs at the end of the flow, step 4, or say where it gets stuck."""
    xp = array_namespace(networks)
    smallest = xp.min(sizes, axis=1, keepdims=True)
    signs = xp.where(networks < 0, -xp.ones_like(networks), xp.ones_like(networks))
    negative = xp.prod(signs, axis=1, keepdims=True) < 0
    tied = xp.sum(xp.astype(sizes == smallest, xp.int64), axis=1, keepdims=True) > 1
    stuck = tied & (negative | (smallest == 0))
    if bool(xp.any(stuck)):
        row = int(xp.argmax(xp.astype(stuck[:, 0], xp.int64)))
        raise ValueError(
            f"networks must not lead to a saddle: the product of row {row} is not positive, "
            f"and its two smallest are both {float(smallest[row, 0]):g} in size"
        )
    first = xp.argmin(sizes, axis=1)[:, None]
    places = xp.arange(networks.shape[1], device=networks.device)[None, :]
    return xp.where(negative & (places == first), -signs, signs)
