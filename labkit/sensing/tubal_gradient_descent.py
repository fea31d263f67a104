"""Gradient descent on a factor of a tensor whose entries are tubes.

In the algebra of tubes a tensor of three ways is a matrix whose entries are cyclic signals, and a
Fourier transform along the tubes makes its product a product of matrices, frequency by frequency.
From a small start, descent on an overparametrised factor finds tensors of low tubal rank.

Papers: implicit-regularization-tubal-tensor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_real, check_same_device
from labkit.sensing._tubal import fourier_slices, t_product, t_transpose


@dataclass(frozen=True)
class TubalFactor:
    """A factor of a symmetric tensor, one state of the descent.

    Attributes
    ----------
    factor : Array, shape (n, width, n_slices)
        U.
    residuals : Array, shape (n_measurements,)
        ``<A_i, U * U^T> - b_i``.
    """

    factor: Array
    residuals: Array

    @property
    def loss(self) -> float:
        """Return half the sum of squared residuals."""
        xp = array_namespace(self.residuals)
        return float(xp.sum(self.residuals**2)) / 2

    @property
    def estimate(self) -> Array:
        """Return ``U * U^T``, shape (n, n, n_slices)."""
        return t_product(self.factor, t_transpose(self.factor))

    @property
    def fourier_values(self) -> Array:
        """Return the singular values of the Fourier slices of ``U * U^T``.

        Descending in each column, shape (min(n, width), n_slices // 2 + 1): the other half of the
        frequencies repeats these.
        """
        xp = array_namespace(self.factor)
        return xp.matrix_transpose(xp.linalg.svdvals(fourier_slices(self.factor))) ** 2

    @property
    def tube_sizes(self) -> Array:
        """Return the norms of the singular tubes of ``U * U^T``, descending.

        As many as the tubal rank are not zero; their squares sum to the squared norm.
        """
        xp = array_namespace(self.factor)
        n_slices = self.factor.shape[2]
        squares = self.fourier_values**2
        own_mirror = squares[:, 0] + (squares[:, -1] if n_slices % 2 == 0 else 0.0)
        return xp.sqrt((2 * xp.sum(squares, axis=1) - own_mirror) / n_slices)


def tubal_gradient_descent(
    measurements: Array, b: Array, start: Array, *, step_size: float
) -> Iterator[TubalFactor]:
    r"""Return a generator of factors that descend on the squared residuals.

    .. math:: \min_U \; \tfrac12 \sum_i \bigl( \langle A_i, U * U^\top \rangle - b_i \bigr)^2

    Parameters
    ----------
    measurements : Array, shape (n_measurements, n, n, n_slices)
        A_i, scaled by ``1 / sqrt(n_measurements)``. Only their symmetric parts act.
    b : Array, shape (n_measurements,)
        What was measured.
    start : Array, shape (n, width, n_slices)
        U_0: its width bounds the tubal rank, its size is the scale of the initialisation. A start
        of zeros stays.
    step_size : float
        mu, above 0; about 0.1 over the largest singular value of a Fourier slice of the truth, or
        of ``U_0 * U_0^T`` where that is larger. The steps fly apart when it is several times that.

    Returns
    -------
    iterator of TubalFactor
        First the start, without end.

    Raises
    ------
    TypeError, ValueError
        For bad values, shapes that do not fit, or arrays on different devices, at the call; for a
        step size at which the factor overflows, when it does.

    Notes
    -----
    Portable.

    1. Residuals ``r_i = <A_i, U * U^T> - b_i``.
    2. Send them back: ``G = sum_i r_i (A_i + A_i^T) / 2``, a symmetric tensor.
    3. ``U <- U - 2 mu G * U``, where 2 G * U is the gradient.

    A step reads the measurements twice, ``2 n_measurements n^2 n_slices`` products, and transforms
    three tensors. The iteration is the paper's, whose step is 2 mu in ours since its gradient of
    ``U * U^T`` counts once; it has no algorithm number. The scaling of the A_i is the one that its
    theorem assumes.

    References
    ----------
    Karnik, Veselovska, Iwen, Krahmer: Implicit regularization for tubal tensor factorizations via
    gradient descent, ICML (2025).

    Notebook: ``notebooks/sensing/14_tubal.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.eye(2).reshape(2, 1, 1, 2)  # a single tube, seen completely
    >>> states = tubal_gradient_descent(A, [4.0, 0.0], [[[0.1, 0.0]]], step_size=0.05)
    >>> for _ in range(100):
    ...     state = next(states)
    >>> state.factor.round(6).tolist()
    [[[2.0, 0.0]]]
    """
    A = check_array(measurements, "measurements", n_dims=4)
    b = check_array(b, "b", n_dims=1)
    start = check_array(start, "start", n_dims=3)
    check_same_device(measurements=A, b=b, start=start)
    mu = check_real(step_size, "step_size", 0.0, open_low=True)
    m, n, other, n_slices = A.shape
    if other != n:
        raise ValueError(f"measurements must have shape (m, n, n, k), got {tuple(A.shape)}")
    if b.shape[0] != m:
        raise ValueError(f"b must hold {m} numbers, one a measurement, got {b.shape[0]}")
    if start.shape[0] != n or start.shape[2] != n_slices:
        raise ValueError(
            f"start must have shape ({n}, width, {n_slices}), got {tuple(start.shape)}"
        )

    def states() -> Iterator[TubalFactor]:
        xp = array_namespace(A)
        rows = xp.reshape(A, (m, -1))
        limit = float(xp.finfo(A.dtype).max) ** 0.25  # the next step may be the cube of this
        U = start
        while True:
            estimate = t_product(U, t_transpose(U))
            residuals = rows @ xp.reshape(estimate, (-1,)) - b  # step 1
            if not float(xp.max(xp.abs(residuals))) < limit:
                raise ValueError(f"step_size must be smaller, got {mu:g}: the factor overflows")
            yield TubalFactor(U, residuals)
            back = xp.reshape(residuals @ rows, (n, n, n_slices))
            G = (back + t_transpose(back)) / 2  # step 2
            U = U - 2 * mu * t_product(G, U)  # step 3

    return states()
