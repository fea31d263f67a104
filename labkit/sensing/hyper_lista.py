"""HyperLISTA: an unrolled network that sets its own thresholds; three numbers are left to choose.

Papers: hyperparameter-tuning-need-lista.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_array, check_real, check_same_device


@dataclass(frozen=True)
class UnrolledLayer:
    """What a layer hands to the next, one row or entry for each signal.

    Attributes
    ----------
    signals : Array, shape (n_signals, n_features)
        x_k.
    thresholds : Array, shape (n_signals,)
        theta_k that made them; zero at the start.
    momentum : Array, shape (n_signals,)
        beta_k.
    passed : Array, shape (n_signals,)
        p_k, the fraction of entries that may skip the threshold.
    """

    signals: Array
    thresholds: Array
    momentum: Array
    passed: Array


def hyper_lista(
    A: Array,
    measurements: Array,
    *,
    W: Array,
    c_threshold: float,
    c_momentum: float,
    c_passed: float,
    step_size: float = 1.0,
) -> Iterator[UnrolledLayer]:
    r"""Return a generator of layers that recover sparse signals x from ``b = A x``.

    .. math:: x_{k+1} = \mathrm{soft}_{p_k}\bigl(x_k + \eta\, W^\top (b - A x_k)
              + \beta_k (x_k - x_{k-1}),\; \theta_k\bigr)

    .. math:: \theta_k = c_1 \eta \| A^+ (A x_k - b) \|_1, \quad
              \beta_k = c_2 \| x_k \|_0, \quad
              p_k = c_3 \log \frac{\| A^+ b \|_1}{\| A^+ (A x_k - b) \|_1}

    Parameters
    ----------
    A : Array, shape (n_measurements, n_features)
        Dictionary.
    measurements : Array, shape (n_signals, n_measurements)
        One b in each row.
    W : Array, shape (n_measurements, n_features)
        From `analytic_weights`; with ``w_i^T a_i = 1``.
    c_threshold, c_momentum, c_passed : float
        c_1, c_2, c_3, not negative. c_1 and c_2 multiply a sum and a count over all features: for
        other sizes scale them by one over n_features.
    step_size : float
        eta, above 0.

    Returns
    -------
    iterator of UnrolledLayer
        First zeros. It never ends; let `trace` stop it.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Portable.

    1. Start at zero; ``A^+`` is computed once.
    2. What is left of the measurements, as the shortest x that would explain it. Its l1 norm
       stands for the unknown error ``|x_k - x*|_1``.
    3. Threshold, momentum, and the fraction p_k between 0 and 1, for each signal.
    4. Step along ``W^T``, with momentum.
    5. The n_features p_k largest entries pass unchanged if they exceed the threshold; all others
       are shrunk by it.

    Three products with n_measurements n_features entries for each signal and layer, and a sort.
    Everything is homogeneous: twice the measurements give twice the signals. Chen et al. (2021)
    count as nonzero what exceeds a ratio of the largest entry, and tune step size and c on one
    batch by a grid; here nonzero means nonzero, and the grid is the notebook's. Their
    instance-optimal parameters, which know x*, are left out, and the superlinear rate with them.

    `iterative_shrinkage` with the same weights has a fixed threshold, which fits one magnitude.

    References
    ----------
    Chen, Liu, Wang, Yin: Hyperparameter tuning is all you need for LISTA, NeurIPS (2021).

    Notebook: ``notebooks/sensing/12_unrolled.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> states = hyper_lista(np.eye(2), np.array([[3.0, 0.5]]), W=np.eye(2), c_threshold=0.2,
    ...                      c_momentum=0.0, c_passed=0.5)
    >>> [layer.signals.round(2).tolist() for layer in islice(states, 3)]
    [[[0.0, 0.0]], [[2.3, 0.0]], [[3.0, 0.26]]]
    """
    A, b = check_array(A, "A", n_dims=2), check_array(measurements, "measurements", n_dims=2)
    W = check_array(W, "W", n_dims=2)
    check_same_device(A=A, measurements=b, W=W)
    xp = array_namespace(A, b, W)
    if b.shape[1] != A.shape[0]:
        raise ValueError(f"measurements must have {A.shape[0]} columns, got {b.shape[1]}")
    if tuple(W.shape) != tuple(A.shape):
        raise ValueError(f"W must have shape {tuple(A.shape)}, got {tuple(W.shape)}")
    c1 = check_real(c_threshold, "c_threshold", 0.0)
    c2 = check_real(c_momentum, "c_momentum", 0.0)
    c3 = check_real(c_passed, "c_passed", 0.0)
    eta = check_real(step_size, "step_size", 0.0, open_low=True)
    b, W = xp.astype(b, A.dtype), xp.astype(W, A.dtype)
    n = A.shape[1]

    def states() -> Iterator[UnrolledLayer]:
        back = xp.matrix_transpose(xp.linalg.pinv(A))
        x = before = b @ W * 0  # step 1
        whole = xp.sum(xp.abs(b @ back), axis=1)
        theta = beta = passed = whole * 0
        places = xp.cumulative_sum(xp.ones_like(A[:1, :]), axis=1)
        tiny = xp.zeros_like(whole) + xp.finfo(A.dtype).smallest_normal
        while True:
            yield UnrolledLayer(x, theta, beta, passed)
            left = b - x @ xp.matrix_transpose(A)
            size = xp.sum(xp.abs(left @ back), axis=1)  # step 2
            theta = c1 * eta * size  # step 3
            beta = c2 * xp.sum(xp.astype(x != 0, A.dtype), axis=1)
            ratio = xp.maximum(whole, tiny) / xp.maximum(size, tiny + eps(A) ** 2 * whole)
            passed = xp.clip(c3 * xp.log(ratio), 0.0, 1.0)
            u = x + eta * (left @ W) + beta[:, None] * (x - before)  # step 4
            height = xp.abs(u)
            ordered = xp.sort(height, axis=1, descending=True)
            among = places <= xp.floor(passed * n)[:, None]
            cut = xp.min(xp.where(among, ordered, xp.inf * xp.ones_like(ordered)), axis=1)
            free = (height >= cut[:, None]) & (height > theta[:, None])
            soft = xp.sign(u) * xp.clip(height - theta[:, None], 0.0, None)
            before, x = x, xp.where(free, u, soft)  # step 5

    return states()
