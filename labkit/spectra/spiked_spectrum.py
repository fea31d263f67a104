"""Draw the eigenvalues of a sample covariance without forming the matrix.

Reflections from both sides make a matrix of noise bidiagonal and keep its singular values. What is
left on the two diagonals are lengths of noise vectors, which can be drawn at once: n numbers
instead of n^2, and eigenvalues in seconds where the matrix would not fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


@dataclass(frozen=True)
class SpikedSpectrum:
    """What `spiked_spectrum` returns.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n_largest,)
        Rising, without those that are zero because there are more features than samples.
    overlap : float
        Squared cosine between the eigenvector of the largest and the direction of the spike.
    """

    eigenvalues: np.ndarray
    overlap: float


def spiked_spectrum(
    n_samples: int,
    n_features: int,
    *,
    strength: float = 0.0,
    n_largest: int | None = None,
    rng: Rng = None,
) -> SpikedSpectrum:
    r"""Draw eigenvalues of ``X^T X / n_samples`` for normal rows of covariance 1 + theta u u^T.

    .. math:: X = Q_1 B Q_2, \qquad
              B_{ii} \sim \chi_{n + 1 - i}, \quad B_{i, i+1} \sim \chi_{p - i}, \quad
              B_{11} \sim \sqrt{1 + \theta}\, \chi_n

    Parameters
    ----------
    n_samples : int
        n, rows of the X that is never formed.
    n_features : int
        p, its columns.
    strength : float
        theta, not negative: the surplus variance of one direction. At 0 there is none, and the
        overlap is with an arbitrary direction.
    n_largest : int, optional
        How many eigenvalues, the largest ones; by default all min(n, p) that are not zero.
    rng : int, Generator or None
        The draw.

    Returns
    -------
    SpikedSpectrum
        With the same joint law as if X had been drawn.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: draws of random numbers and LAPACK's solver for tridiagonal matrices.

    1. Turn the axes so that u is the first; then the first column of X is longer than the others
       by sqrt(1 + theta).
    2. Reflect the rows so that the first column has one entry, its length; reflect the other
       columns so that the first row has one more; what is left is noise of one row and one column
       less, so repeat. The first axis stays where it is.
    3. For the largest few, keep the first rows alone: B shrinks downwards, so their vectors fall
       off like Airy functions of the row over m^(1/3), m = min(n, p), shifted by
       (3 pi k / 2)^(2/3) for the k-th. After (20 + 3 k) m^(1/3) rows nothing is left that double
       precision could show.
    4. Eigenvalues of the tridiagonal matrix B B^T, and of the largest the left vector, which gives
       the right one.

    2 m draws and m^2 flops, for the largest alone m^(1/3), against n p m for the matrix. One
    spike only: a second one would be mixed by the reflections. Entries that are not normal need
    the matrix.

    References
    ----------
    Silverstein: The smallest eigenvalue of a large dimensional Wishart matrix, Annals of
    Probability 13 (1985).

    Dumitriu, Edelman: Matrix models for beta ensembles, J. Mathematical Physics 43 (2002).

    Notebook: ``notebooks/spectra/01_random_matrices.ipynb``.

    Examples
    --------
    >>> found = spiked_spectrum(4000, 1000, strength=2.0, rng=0)
    >>> found.eigenvalues.shape, round(float(found.eigenvalues[-1]), 1), round(found.overlap, 1)
    ((1000,), 3.4, 0.8)
    """
    from scipy.linalg import eigh_tridiagonal, eigvalsh_tridiagonal

    n = check_count(n_samples, "n_samples", 1)
    p = check_count(n_features, "n_features", 1)
    theta = check_real(strength, "strength", 0.0)
    m = min(n, p)
    k = m if n_largest is None else check_count(n_largest, "n_largest", 1, m)
    draw = as_generator(rng)
    place = np.arange(m)
    across = 2 * draw.standard_gamma((n - place) / 2)  # squares, on the diagonal
    above = 2 * draw.standard_gamma((p - 1 - place) / 2)
    across[0] *= 1 + theta  # step 1
    diagonal, beside = (across + above) / n, np.sqrt(across[1:] * above[:-1]) / n  # step 2
    size = min(m, math.ceil((20 + 3 * k) * math.cbrt(m))) if k < m else m  # step 3
    diagonal, beside = diagonal[:size], beside[: size - 1]
    chosen = {"select": "i", "select_range": (size - 1, size - 1)}
    top, left = eigh_tridiagonal(diagonal, beside, **chosen)  # step 4
    overlap = float(min(1.0, across[0] / n * left[0, 0] ** 2 / top[0]))
    if k == 1:
        return SpikedSpectrum(top, overlap)
    if k == m:
        return SpikedSpectrum(eigvalsh_tridiagonal(diagonal, beside), overlap)
    chosen["select_range"] = (size - k, size - 1)
    return SpikedSpectrum(eigvalsh_tridiagonal(diagonal, beside, **chosen), overlap)
