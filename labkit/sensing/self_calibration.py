"""Self-calibration: what the signal was, and how much each sensor multiplied it, by linear algebra.

Papers: self-calibration-bilinear-inverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, device, eps, frobenius_norm
from labkit.checks import check_array, check_choice, check_same_device


@dataclass(frozen=True)
class Calibration:
    """Gains and signals, up to one common factor.

    Attributes
    ----------
    gains : Array, shape (n_sensors,)
        d; their inverses have mean square 1 and a sum that is not negative.
    signals : Array, shape (n_signals, n_features)
        One signal, or one for each snapshot.
    singular_values : Array, shape (n_unknowns,)
        Of the linear system, descending. The last is zero without noise; where the one before it
        is zero too, the measurements do not determine the answer.
    """

    gains: Array
    signals: Array
    singular_values: Array


def self_calibration(
    measurements: Array,
    operators: Array,
    *,
    model: str = "one signal",
    method: str = "least squares",
    direction: Array | None = None,
) -> Calibration:
    r"""Find gains d and signals x from products of both.

    .. math:: y_l = \mathrm{diag}(d)\, A_l x_l \quad\Longleftrightarrow\quad
              \mathrm{diag}(y_l)\, s - A_l x_l = 0, \qquad s = 1 / d

    Parameters
    ----------
    measurements : Array, shape (n_snapshots, n_sensors)
        y_l. A sensor that reads zero in every snapshot is refused.
    operators : Array, shape (n_snapshots, n_sensors, n_features)
        A_l, known.
    model : {"one signal", "many signals"}
        Whether all snapshots see the same x, through different A_l; or each its own x_l, through
        the same or different A_l.
    method : {"least squares", "spectral"}
        Fix the factor by one more equation, or by the length of the unknowns.
    direction : Array, shape (n_sensors,), optional
        w of that equation ``w^T s = 1``; ones if not given, which suits positive gains. The nearer
        to orthogonal to s, the worse least squares; exactly orthogonal, it fails. The spectral
        method does not need it.

    Returns
    -------
    Calibration
        See there.

    Raises
    ------
    TypeError, ValueError
        For bad values; also if an inverse gain comes out as zero.

    Notes
    -----
    Portable.

    1. Write the equations as ``B z = 0``, with s and the signals in z, and give both blocks of
       columns the same mean square.
    2. Least squares: solve ``B z = 0`` and ``w^T s = 1`` with the pseudo-inverse.
    3. Spectral: take the right singular vector of the smallest singular value of B.
    4. Return to gains and signals, and fix the factor.

    A singular value decomposition of B, which has n_snapshots n_sensors rows and a column for each
    unknown; least squares needs a second one. Noise stands in the matrix, not on the right side, so
    a small gain hurts most. With noise the answer of least squares is ``(B^T B)^-1 w`` up to a
    factor: one step of inverse iteration from w towards the spectral answer, from which it differs
    to second order. Of Ling and Strohmer (2018) the abstract was read: least squares and the
    spectral method are built from it. Here data are real, w touches s alone, and both blocks are
    scaled alike, which is our choice; guarantees for complex and for random partial Fourier
    operators are left out.

    References
    ----------
    Ling, Strohmer: Self-calibration and bilinear inverse problems via linear least squares, SIAM J.
    Imaging Sci. 11 (2018).

    Notebook: ``notebooks/sensing/10_calibration.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> A, x, d = rng.standard_normal((3, 6, 2)), np.array([1.0, -2.0]), np.arange(1.0, 7.0)
    >>> found = self_calibration(d * (A @ x), A)
    >>> (found.gains / found.gains[0]).round(6).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    """
    A = check_array(operators, "operators", n_dims=3)
    Y = check_array(measurements, "measurements", n_dims=2)
    check_same_device(measurements=Y, operators=A)
    xp = array_namespace(Y, A)
    p, m, n = A.shape
    if tuple(Y.shape) != (p, m):
        raise ValueError(f"measurements must have shape {(p, m)}, got {tuple(Y.shape)}")
    check_choice(model, "model", ("one signal", "many signals"))
    check_choice(method, "method", ("least squares", "spectral"))
    if direction is not None:
        direction = check_array(direction, "direction", n_dims=1)
        check_same_device(measurements=Y, direction=direction)
        if direction.shape[0] != m:
            raise ValueError(f"direction must have {m} entries, got {direction.shape[0]}")
        if frobenius_norm(direction[None, :]) == 0.0:
            raise ValueError("direction must not be zero, got zeros")
        direction = xp.astype(direction, Y.dtype)
    A = xp.astype(A, Y.dtype)
    if int(dead := xp.sum(xp.astype(xp.all(Y == 0, axis=0), xp.int64))):
        raise ValueError(f"measurements must not be zero in all snapshots, got {int(dead)} sensors")
    if frobenius_norm(xp.reshape(A, (1, -1))) == 0.0:
        raise ValueError("operators must not be zero, got zeros")

    n_signals = 1 if model == "one signal" else p
    scale_y = frobenius_norm(Y) / m**0.5
    scale_a = frobenius_norm(xp.reshape(A, (1, -1))) / (n * n_signals) ** 0.5
    B = _system(xp, Y / scale_y, A / scale_a, n_signals)  # step 1
    n_unknowns = B.shape[1]
    missing = xp.zeros_like(B[0, : max(0, n_unknowns - B.shape[0])])
    w = xp.ones_like(Y[0, :]) if direction is None else direction
    w = w / frobenius_norm(w[None, :])
    if method == "least squares":
        row = xp.concat([w, xp.zeros_like(B[0, m:])])[None, :]
        z = xp.linalg.pinv(xp.concat([B, row]), rtol=n_unknowns * eps(B))[:, -1]  # step 2
        values = xp.linalg.svdvals(B)
    else:
        wide = n_unknowns > B.shape[0]  # then some null vectors have no singular value
        _, values, Vh = xp.linalg.svd(B, full_matrices=wide)
        z = Vh[-1, :]  # step 3

    s, x = z[:m] / scale_y, xp.reshape(z[m:], (n_signals, n)) / scale_a  # step 4
    size = frobenius_norm(s[None, :]) / m**0.5
    if float(xp.min(xp.abs(s))) <= eps(s) ** 2 * size:
        raise ValueError("measurements must determine every gain, got an inverse gain of zero")
    factor = (1.0 if float(xp.sum(s)) >= 0 else -1.0) / size
    return Calibration(1 / (s * factor), x * factor, xp.concat([values, missing]))


def _system(xp: Any, Y: Array, A: Array, n_signals: int) -> Array:
    """Return B: a diagonal block for each snapshot, beside minus its operator."""
    p, m, n = A.shape
    identity = xp.eye(m, dtype=Y.dtype, device=device(Y))
    left = xp.reshape(Y[:, :, None] * identity, (p * m, m))
    if n_signals == 1:
        return xp.concat([left, -xp.reshape(A, (p * m, n))], axis=1)
    own = xp.eye(p, dtype=Y.dtype, device=device(Y))
    right = xp.reshape(own[:, None, :, None] * A[:, :, None, :], (p * m, p * n))
    return xp.concat([left, -right], axis=1)
