"""Gradient descent on a product of numbers, with steps that may be too long for its loss to fall.

The smallest model that shows the edge of stability: the loss oscillates, and descent settles in a
minimum just flat enough for its step.

Papers: gradient-descent-monotonically-decreases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_matrix, check_real, check_same_device


@dataclass(frozen=True)
class ScalarNetworks:
    """Several scalar networks on their way.

    Attributes
    ----------
    weights : Array, shape (n_networks, depth)
        The numbers that are multiplied.
    """

    weights: Array

    @property
    def loss(self) -> Array:
        """Return half the squared distance of each product from 1, shape (n_networks,)."""
        xp = array_namespace(self.weights)
        return (xp.prod(self.weights, axis=1) - 1) ** 2 / 2

    @property
    def sharpness(self) -> Array:
        """Return the largest eigenvalue of each network's Hessian, where it now stands."""
        xp = array_namespace(self.weights)
        without = _products_without_one(self.weights)
        excess = xp.prod(self.weights, axis=1)[:, None, None] - 1
        mixed = _products_without_two(self.weights)
        outer = without[:, :, None] * without[:, None, :]
        return xp.linalg.eigvalsh(outer + excess * mixed)[:, -1]


def scalar_descent(start: Array, *, step_size: float | Array) -> Iterator[ScalarNetworks]:
    r"""Return a generator of scalar networks along gradient descent, each by itself.

    .. math:: L(w) = \tfrac12 (\pi - 1)^2, \quad \pi = w_1 w_2 \cdots w_D, \qquad
              w_i \leftarrow w_i - \eta\, (\pi - 1)\, \pi / w_i

    Parameters
    ----------
    start : Array, shape (n_networks, depth)
        One network a row, the numbers that are multiplied. A network with two zeros never moves.
    step_size : float or Array, shape (n_networks,)
        eta, above 0, one for all or one for each. A minimum attracts descent if its sharpness is
        below ``2 / eta``; below ``2 / depth`` some minimum does.

    Returns
    -------
    iterator of ScalarNetworks
        Endless; first the start.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; for weights that grow without bound, at the step.

    Notes
    -----
    Portable.

    1. ``pi / w_i``, multiplied out of the other weights, so that zeros do no harm.
    2. Step all weights at once.

    A step multiplies each difference ``w_i^2 - w_j^2`` by ``1 - (eta pi (pi - 1) / (w_i w_j))^2``,
    exactly. Where this lies between 0 and 1, the layers become more alike, and the sharpness of
    `gradient_flow_solution` falls. A step costs ``depth^2`` products a network.

    The paper's setting is this one with any depth; its theorem assumes a set of starts that was not
    read. Here starts are free, and what the theorem cannot cover is seen in the run: weights that
    change their signs.

    References
    ----------
    Kreisler, Nacson, Soudry, Carmon: Gradient descent monotonically decreases the sharpness of
    gradient flow solutions in scalar networks and beyond, ICML (2023), arXiv 2305.13064.

    Notebook: ``notebooks/sensing/19_sharpness.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> states = scalar_descent(np.array([[2.0, 0.6]]), step_size=0.48)
    >>> run = trace(states, n_steps=200, record={"loss": lambda state: float(state.loss[0])})
    >>> bool(run["loss"][1] > run["loss"][0]), bool(run["loss"][-1] < 1e-12)
    (True, True)
    """
    start = check_matrix(start, "start")
    xp = array_namespace(start)
    limit = float(xp.finfo(start.dtype).max) ** (1 / (2 * start.shape[1] + 1))
    largest = float(xp.max(xp.abs(start)))
    if not largest < limit:
        raise ValueError(
            f"start must have weights below {limit:g} in size at this depth, got {largest:g}"
        )
    steps = _checked_steps(step_size, start, limit)

    def states() -> Iterator[ScalarNetworks]:
        w = start
        while True:
            yield ScalarNetworks(w)
            without = _products_without_one(w)  # step 1
            w = w - steps * (xp.prod(w, axis=1, keepdims=True) - 1) * without  # step 2
            if not float(xp.max(xp.abs(w))) < limit:
                longest = float(xp.max(steps))
                raise ValueError(
                    f"step_size must be smaller here: weights grow without bound, got {longest:g}"
                )

    return states()


def _checked_steps(step_size: Any, start: Array, limit: float) -> Array:
    """Return step sizes as a column."""
    xp = array_namespace(start)
    if getattr(step_size, "ndim", 0) == 0 and not isinstance(step_size, list | tuple):
        step = check_real(step_size, "step_size", 0.0, limit, open_low=True)
        return step * xp.ones_like(start[:, :1])
    steps = check_array(step_size, "step_size", n_dims=1)
    check_same_device(start=start, step_size=steps)
    if steps.shape[0] != start.shape[0]:
        raise ValueError(f"step_size must be {start.shape[0]} numbers, one a network, got "
                         f"{steps.shape[0]}")  # fmt: skip
    check_real(float(xp.min(steps)), "step_size", 0.0, limit, open_low=True)
    check_real(float(xp.max(steps)), "step_size", 0.0, limit, open_low=True)
    return xp.astype(steps, start.dtype)[:, None]


def _products_without_one(w: Array) -> Array:
    """Return the product of all weights but one, shape (n_networks, depth)."""
    xp = array_namespace(w)
    left_out = xp.eye(w.shape[1], device=device(w)) > 0
    return xp.prod(xp.where(left_out, xp.ones_like(w[:, None, :1]), w[:, None, :]), axis=-1)


def _products_without_two(w: Array) -> Array:
    """Return the product of all weights but two, zero on the diagonal."""
    xp = array_namespace(w)
    eye = xp.eye(w.shape[1], device=device(w)) > 0
    left_out = eye[:, None, :] | eye[None, :, :]
    one = xp.ones_like(w[:, None, None, :1])
    products = xp.prod(xp.where(left_out, one, w[:, None, None, :]), axis=-1)
    return xp.where(eye, xp.zeros_like(products), products)
