"""Linear regression by a deep linear network, trained until it interpolates.

With more features than samples many maps fit the data, noise and all. Descent chooses one: nearly
the smallest, and the start decides how nearly.

Papers: deep-linear-networks-benignly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, frobenius_norm
from labkit.checks import check_count, check_matrix, check_real, check_same_device
from labkit.random import Rng, as_generator, standard_normal
from labkit.sensing._layers import Layers, descend, product


@dataclass(frozen=True)
class DeepLinearMap:
    """A deep linear network on its way.

    Attributes
    ----------
    coefficients : Array, shape (n_targets, n_features)
        The product of the layers: what the network computes.
    layers : tuple of Array
        W_1 first, the one that meets the features.
    loss : float
        Half the sum of squared residuals on the training data.
    """

    coefficients: Array
    layers: tuple[Array, ...]
    loss: float


def deep_linear_regression(
    X: Array,
    targets: Array,
    *,
    depth: int,
    width: int,
    step_size: float,
    first_scale: float = 0.01,
    last_scale: float = 1.0,
    rng: Rng = None,
) -> Iterator[DeepLinearMap]:
    r"""Return a generator of a deep linear network along gradient descent.

    .. math:: \min_{W_1, \dots, W_L} \tfrac12 \| X \Theta^\top - Y \|_F^2, \qquad
              \Theta = W_L \cdots W_1

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The features.
    targets : Array, shape (n_samples, n_targets)
        Y.
    depth : int
        L, from 2 up.
    width : int
        Of all hidden layers, from 1 up; below n_targets it bounds the rank of the map.
    step_size : float
        Above 0, and below ``2 / (|W_L|^2 |X|^2)`` with spectral norms, or the descent diverges; a
        tenth of that is safe for first scales below one.
    first_scale : float
        alpha, from 0 up: standard deviation of the entries of W_1 at the start. At 0 the limit is
        the interpolant of smallest norm.
    last_scale : float
        beta, above 0: of the entries of W_L, divided by the root of the width.
    rng : int, Generator or None
        Draws first and last layer; those between start as the identity.

    Returns
    -------
    iterator of DeepLinearMap
        Endless; first the start.

    Raises
    ------
    TypeError, ValueError
        For bad values and shapes that do not fit, at the call; for a loss that grows without bound,
        at the step.

    Notes
    -----
    Portable; the start is drawn on the host.

    1. The gradient in the product, ``(X Theta^T - Y)^T X``. Its rows lie in the row space of X.
    2. The chain rule to each layer; all step at once. So whatever W_1 has outside that row space it
       keeps from start to end, exactly, at any step size; and what it has inside does not depend on
       it.

    At zero loss Theta is therefore the interpolant of smallest norm, plus a rest outside the row
    space that is proportional to first_scale while that is small.

    A step costs four n_samples n_targets n_features flops and about four depth n_targets width
    (n_features + width).

    The paper's analysis, which has no algorithm number, is of gradient flow; its simulations take
    steps of 1e-4 from the same start, with entries of the last layer of deviation beta. Here they
    are divided by the root of the width, so that one step size serves all widths. Its theorem asks
    for widths above n_features + n_targets; this runs at any.

    References
    ----------
    Chatterji, Long: Deep linear networks can benignly overfit when shallow ones do, JMLR 24 (2023),
    arXiv 2209.09315.

    Notebook: ``notebooks/sensing/16_benign.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X, Y = np.array([[1.0, 1.0]]), np.array([[2.0]])
    >>> states = deep_linear_regression(
    ...     X, Y, depth=3, width=4, step_size=0.1, first_scale=0.0, rng=0
    ... )
    >>> trace(states, n_steps=300, record={}).last.coefficients.round(6).tolist()
    [[1.0, 1.0]]
    """
    X, targets = check_matrix(X, "X"), check_matrix(targets, "targets")
    check_same_device(X=X, targets=targets)
    if targets.shape[0] != X.shape[0]:
        raise ValueError(f"targets must have {X.shape[0]} rows, as X has, got {targets.shape[0]}")
    depth = check_count(depth, "depth", 2)
    width = check_count(width, "width", 1)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    first_scale = check_real(first_scale, "first_scale", 0.0)
    last_scale = check_real(last_scale, "last_scale", 0.0, open_low=True)
    generator = as_generator(rng)
    first = first_scale * standard_normal(generator, (width, X.shape[1]), like=X)
    last = standard_normal(generator, (targets.shape[1], width), like=X)
    last = last_scale / width**0.5 * last

    def states() -> Iterator[DeepLinearMap]:
        xp = array_namespace(X)
        middle = xp.eye(width, dtype=X.dtype, device=device(X))
        layers: Layers = (first, *(middle for _ in range(depth - 2)), last)
        largest = math.inf
        while True:
            theta = product(layers)
            residual = X @ xp.matrix_transpose(theta) - targets
            size = frobenius_norm(residual)
            if not size < largest:
                raise ValueError(
                    f"step_size must be smaller here: the loss grows without bound, got "
                    f"{step_size:g}"
                )
            largest = min(largest, 1e4 * (1 + size))  # no descent comes near it
            yield DeepLinearMap(theta, layers, size**2 / 2)
            gradient = xp.matrix_transpose(residual) @ X  # step 1
            layers = descend(layers, gradient, step_size)  # step 2

    return states()
