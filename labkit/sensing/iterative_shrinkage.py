"""Iterative shrinkage: a step towards the data, then small entries to zero. ISTA, FISTA, ALISTA.

Papers: hyperparameter-tuning-need-lista, which measures itself against them.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real, check_same_device


def iterative_shrinkage(
    A: Array,
    measurements: Array,
    *,
    threshold: float,
    decay: float = 1.0,
    W: Array | None = None,
    step_size: float | None = None,
    accelerated: bool = False,
) -> Iterator[Array]:
    r"""Return a generator of sparse signals x that explain ``b = A x``.

    .. math:: x_{k+1} = \mathrm{soft}\bigl(z_k + \eta\, W^\top (b - A z_k),\; \theta q^k\bigr),
              \qquad z_k = x_k + t_k (x_k - x_{k-1})

    Parameters
    ----------
    A : Array, shape (n_measurements, n_features)
        Dictionary.
    measurements : Array, shape (n_signals, n_measurements)
        One b in each row.
    threshold : float
        theta, not negative. With W = A and a constant threshold the limit minimises
        ``|A x - b|^2 / 2 + (theta / eta) |x|_1``.
    decay : float
        q, above 0 and at most 1: what a layer leaves of the threshold to the next.
    W : Array, shape (n_measurements, n_features), optional
        A if not given. With `analytic_weights` this is ALISTA with one step size and
        thresholds that fall geometrically.
    step_size : float, optional
        eta, above 0; one over the largest eigenvalue of ``A^T A`` if not given.
    accelerated : bool
        Nesterov's momentum t_k (FISTA); otherwise t_k = 0.

    Returns
    -------
    iterator of Array, shape (n_signals, n_features)
        First zeros. It never ends; let `trace` stop it.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Portable.

    1. Start at zero.
    2. Extrapolate, if accelerated.
    3. Step along ``W^T`` times what is left of the measurements.
    4. Move every entry towards zero by the threshold, and not beyond.

    Two products with n_measurements n_features entries for each signal and layer. Beck and Teboulle
    (2009) also search for the step size; ALISTA learns a step and a threshold for every layer and
    passes the largest entries unchanged: here three numbers set all layers, and all entries shrink.
    The thresholds do not look at the data, so they fit one magnitude; `hyper_lista` measures.

    References
    ----------
    Beck, Teboulle: A fast iterative shrinkage-thresholding algorithm for linear inverse problems,
    SIAM J. Imaging Sci. 2 (2009).

    Liu, Chen, Wang, Yin: ALISTA: analytic weights are as good as learned weights in LISTA, ICLR
    (2019).

    Notebook: ``notebooks/sensing/12_unrolled.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> states = iterative_shrinkage(np.eye(2), np.array([[3.0, 0.5]]), threshold=1.0)
    >>> [x.tolist() for x in islice(states, 2)]
    [[[0.0, 0.0]], [[2.0, 0.0]]]
    """
    A, b = check_array(A, "A", n_dims=2), check_array(measurements, "measurements", n_dims=2)
    check_same_device(A=A, measurements=b)
    xp = array_namespace(A, b)
    if b.shape[1] != A.shape[0]:
        raise ValueError(f"measurements must have {A.shape[0]} columns, got {b.shape[1]}")
    b = xp.astype(b, A.dtype)
    theta = check_real(threshold, "threshold", 0.0)
    q = check_real(decay, "decay", 0.0, 1.0, open_low=True)
    if W is None:
        W = A
    else:
        W = check_array(W, "W", n_dims=2)
        check_same_device(A=A, W=W)
        if tuple(W.shape) != tuple(A.shape):
            raise ValueError(f"W must have shape {tuple(A.shape)}, got {tuple(W.shape)}")
        W = xp.astype(W, A.dtype)
    if step_size is None:
        largest = float(xp.max(xp.linalg.svdvals(A)))
        eta = 1 / largest**2 if largest > 0 else 1.0
    else:
        eta = check_real(step_size, "step_size", 0.0, open_low=True)

    def states() -> Iterator[Array]:
        x = before = b @ W * 0  # step 1
        t, height = 1.0, theta
        while True:
            yield x
            following = (1 + (1 + 4 * t * t) ** 0.5) / 2 if accelerated else 1.0
            z = x + (t - 1) / following * (x - before)  # step 2
            t = following
            u = z + eta * ((b - z @ xp.matrix_transpose(A)) @ W)  # step 3
            before, x = x, xp.sign(u) * xp.clip(xp.abs(u) - height, 0.0, None)  # step 4
            height *= q

    return states()
