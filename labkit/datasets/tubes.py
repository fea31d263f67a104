"""Sensing problems for tensors of low tubal rank whose answer is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_count
from labkit.random import Rng, as_generator


@dataclass(frozen=True, eq=False)
class TubalProblem:
    """What `tubal_problem` draws.

    Attributes
    ----------
    measurements : ndarray, shape (n_measurements, n_rows, n_rows, n_slices)
        Gaussian tensors A_i made symmetric, scaled by ``1 / sqrt(n_measurements)``: on average the
        squared norm of ``b`` is that of the truth.
    b : ndarray, shape (n_measurements,)
        ``<A_i, truth>``.
    truth : ndarray, shape (n_rows, n_rows, n_slices)
        Symmetric, with positive semidefinite Fourier slices.
    """

    measurements: np.ndarray
    b: np.ndarray
    truth: np.ndarray


def tubal_problem(
    fourier_values: Array, *, n_rows: int, n_slices: int, n_measurements: int, rng: Rng = None
) -> TubalProblem:
    """Draw a symmetric tensor of low tubal rank and random measurements of it.

    Parameters
    ----------
    fourier_values : Array, shape (rank, n_slices // 2 + 1)
        Singular values of the Fourier slices, one column a frequency, not negative; rank is at most
        n_rows.
    n_rows : int
        Of the truth, and its columns.
    n_slices : int
        Length of a tube.
    n_measurements : int
        How many sums are seen.
    rng : int, Generator or None
        Draws truth and measurements.

    Returns
    -------
    TubalProblem
        Without noise. Singular vectors are uniformly distributed, independent between frequencies.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> problem = tubal_problem([[1.0, 1.0]], n_rows=4, n_slices=3, n_measurements=5, rng=0)
    >>> problem.truth.shape, round(float(np.sum(problem.truth**2)), 12)
    ((4, 4, 3), 1.0)
    """
    values = to_numpy(check_array(fourier_values, "fourier_values", n_dims=2)).astype(np.float64)
    check_count(n_rows, "n_rows", 1)
    check_count(n_slices, "n_slices", 1)
    check_count(n_measurements, "n_measurements", 1)
    rank, n_frequencies = values.shape
    if n_frequencies != n_slices // 2 + 1 or rank > n_rows:
        raise ValueError(
            f"fourier_values must have at most {n_rows} rows and, for n_slices = {n_slices}, "
            f"{n_slices // 2 + 1} columns, got {values.shape}"
        )
    if values.min() < 0:
        raise ValueError(f"fourier_values must not be negative, got {values.min():g}")
    generator = as_generator(rng)
    slices = []
    for j in range(n_frequencies):
        real, imaginary = generator.standard_normal((2, n_rows, rank))
        is_real = j == 0 or 2 * j == n_slices
        Q = np.linalg.qr(real if is_real else real + 1j * imaginary)[0]
        slices.append((Q * values[:, j]) @ Q.conj().T)
    truth = np.fft.irfft(np.stack(slices, axis=2), n=n_slices, axis=2)
    A = generator.standard_normal((n_measurements, n_rows, n_rows, n_slices))
    turned = np.swapaxes(np.roll(A[..., ::-1], 1, axis=3), 1, 2)
    A = (A + turned) / (2 * n_measurements**0.5)
    return TubalProblem(A, np.tensordot(A, truth, 3), truth)
