"""Gradient descent on a network of quadratic units, from many starts at once.

Papers: bayes-optimal-learning-extensive.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_matrix, check_real, check_same_device


def quadratic_network_descent(
    X: Array, y: Array, start: Array, *, step_size: float = 0.02
) -> Iterator[Array]:
    r"""Return a generator of the weights of several networks, each on its own way down.

    .. math:: \min_W \; \sum_i \Bigl( \frac{\lVert W^\top x_i \rVert^2}{m d} - y_i \Bigr)^2

    Parameters
    ----------
    X : Array, shape (n_samples, d)
        Inputs.
    y : Array, shape (n_samples,)
        Labels.
    start : Array, shape (n_starts, d, m)
        Weights of the networks. Standard normal ones are draws from the prior.
    step_size : float
        In units of ``d^2 / (n (d + 2))``, above 0. For normal inputs it should be below one over 4
        times the largest eigenvalue of ``S = W W^T / m``, of the teacher and on the way.

    Returns
    -------
    iterator of Array, shape (n_starts, d, m)
        First the start. It never ends; each network is what it would be alone.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; for weights that grow without bound, at the step.

    Notes
    -----
    Portable.

    1. Residuals ``r_i`` of all networks.
    2. ``W <- W - 2 step_size d^2 / (n (d + 2)) sum_i r_i x_i x_i^T W / d``.

    A step costs 4 n d m flops a network. Full batch, as the paper's; its step size of 0.1 belongs
    to another scale of the loss. One start at a time: `gradient_descent` with `RankOneMeasurements`
    of which both vectors are x_i.

    References
    ----------
    Maillard, Troiani, Martin, Zdeborova, Krzakala: Bayes-optimal learning of an extensive-width
    neural network from quadratically many samples, NeurIPS (2024).

    Notebook: ``notebooks/sensing/18_quadratic_network.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> from labkit.datasets import quadratic_teacher
    >>> X, y, S = quadratic_teacher(8, n_hidden=4, n_samples=60, rng=0)
    >>> start = np.random.default_rng(1).standard_normal((1, 8, 4))
    >>> *_, W = islice(quadratic_network_descent(X, y, start, step_size=0.04), 1500)
    >>> bool(np.sum((W[0] @ W[0].T / 4 - S) ** 2) / 8 < 0.1)
    True
    """
    X = check_matrix(X)
    y = check_array(y, "y", n_dims=1)
    start = check_array(start, "start", n_dims=3)
    check_same_device(X=X, y=y, start=start)
    (n, d), (_, n_rows, m) = X.shape, start.shape
    if y.shape[0] != n:
        raise ValueError(f"y must have {n} entries, one for each row of X, got {y.shape[0]}")
    if n_rows != d:
        raise ValueError(f"start must have shape (n_starts, {d}, m), got {tuple(start.shape)}")
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    xp = array_namespace(X, y, start)
    X, y = xp.astype(X, start.dtype), xp.astype(y, start.dtype)

    def states() -> Iterator[Array]:
        W, step = start, 2 * step_size * d / (n * (d + 2))
        while True:
            yield W
            outputs = X @ W
            r = xp.sum(outputs * outputs, axis=2) / (m * d) - y  # step 1
            if not math.isfinite(float(xp.sum(r * r))):
                raise ValueError(
                    f"step_size must be smaller, got weights without bound: {step_size}"
                )
            W = W - step * (xp.matrix_transpose(X) @ (r[..., None] * outputs))  # step 2

    return states()
