"""Learn a wide network of quadratic units by message passing, as well as it can be done.

Papers: bayes-optimal-learning-extensive.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_matrix, check_real, check_same_device
from labkit.sensing.wishart_denoiser import wishart_denoiser


@dataclass(frozen=True)
class MessageState:
    """One round of message passing.

    Attributes
    ----------
    matrix : Array, shape (d, d)
        The estimate of S.
    expected_error : float
        What the algorithm itself expects of ``||matrix - S||_F^2 / d``.
    """

    matrix: Array
    expected_error: float


def quadratic_message_passing(
    X: Array, y: Array, *, aspect_ratio: float, damping: float = 0.7
) -> Iterator[MessageState]:
    r"""Return a generator of estimates of S from labels of a network of quadratic units.

    .. math:: y_i = \frac{x_i^\top S x_i}{d}, \qquad S = \frac1m W W^\top

    Parameters
    ----------
    X : Array, shape (n_samples, d)
        Inputs, standard normal.
    y : Array, shape (n_samples,)
        Labels, without noise.
    aspect_ratio : float
        kappa = m / d, above 0.
    damping : float
        Share of the old messages kept, from 0 to below 1. Without damping the messages of a few
        hundred inputs swing and may grow without bound.

    Returns
    -------
    iterator of MessageState
        First the multiple of the identity with the right trace. It never ends.

    Raises
    ------
    TypeError, ValueError
        For bad values, or labels all alike, at the call; for messages that grow without bound, at
        the step.

    Notes
    -----
    Portable; see `wishart_denoiser`.

    With ``A_i = (x_i x_i^T - I) / sqrt(d)`` and ``b_i = sqrt(d) (y_i - mean of y)``, which is
    ``<A_i, S>``:

    1. Predictions ``omega_i = <A_i, S_hat> - g_i C``, the last term Onsager's correction, damped;
       V is C, damped.
    2. Residuals ``g_i = (b_i - omega_i) / V``.
    3. ``a = 2 alpha mean(g^2)``, ``R = S_hat + sum_i g_i A_i / (a d)``: it looks like S plus noise
       of variance ``1 / (2 a)``.
    4. S_hat is R denoised; C is twice the error expected of it.

    A round costs 4 n d^2 flops and an eigendecomposition; the matrices A_i are never formed. This
    is GAMP-RIE of Maillard et al. (2024), from a description of the authors' code. Left out: noise
    on the labels and in the hidden units, a start drawn from the prior, the stop at a change of
    1e-5.

    References
    ----------
    Maillard, Troiani, Martin, Zdeborova, Krzakala: Bayes-optimal learning of an extensive-width
    neural network from quadratically many samples, NeurIPS (2024).

    Notebook: ``notebooks/sensing/18_quadratic_network.ipynb``.

    Examples
    --------
    >>> from itertools import islice
    >>> from labkit.datasets import quadratic_teacher
    >>> X, y, S = quadratic_teacher(40, n_hidden=20, n_samples=480, rng=0)
    >>> *_, last = islice(quadratic_message_passing(X, y, aspect_ratio=0.5), 40)
    >>> bool(((last.matrix - S) ** 2).sum() / 40 < 0.6)
    True
    """
    X = check_matrix(X)
    y = check_array(y, "y", n_dims=1)
    check_same_device(X=X, y=y)
    n, d = X.shape
    if y.shape[0] != n:
        raise ValueError(f"y must have {n} entries, one for each row of X, got {y.shape[0]}")
    kappa = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    damping = check_real(damping, "damping", 0.0, 1.0, open_high=True)
    xp = array_namespace(X, y)
    y = xp.astype(y, X.dtype)
    # constant labels leave no residual to learn from, and their scale is all of them
    if float(xp.max(y)) == float(xp.min(y)):
        raise ValueError(f"y must vary, got {n} times {float(y[0])}")

    def states() -> Iterator[MessageState]:
        identity = xp.eye(d, dtype=X.dtype, device=device(X))
        mean = xp.mean(y)
        b = math.sqrt(d) * (y - mean)
        S, C, g = mean * identity, 2 / kappa, xp.zeros_like(y)
        omega, V, kept = xp.zeros_like(y), C, 0.0
        yield MessageState(S, C / 2)
        while True:
            predicted = xp.sum((X @ S) * X, axis=1) - xp.linalg.trace(S)
            omega = kept * omega + (1 - kept) * (predicted / math.sqrt(d) - g * C)  # step 1
            V, kept = kept * V + (1 - kept) * C, damping
            g = (b - omega) / V  # step 2
            a = 2 * n / d**2 * float(xp.mean(g * g))  # step 3
            if not 1e-12 < a * C < 1e12:
                raise ValueError(f"damping must be larger, got messages without bound: {damping}")
            total = xp.matrix_transpose(X) @ (g[:, None] * X) - xp.sum(g) * identity
            R = S + total / (a * d * math.sqrt(d))
            found = wishart_denoiser(R, aspect_ratio=kappa, noise_variance=1 / (2 * a))  # step 4
            S, C = found.matrix, 2 * found.expected_error
            yield MessageState(S, C / 2)

    return states()
