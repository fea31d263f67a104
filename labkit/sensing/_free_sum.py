"""Spectrum of a Wishart matrix plus symmetric noise, by its Stieltjes transform g.

The Wishart matrix is ``W W^T / m`` with W normal of shape (d, m) and ``m = kappa d``; the noise is
symmetric, its entries of variance s2 / d. For large d

.. math:: z = 1/g + kappa / (kappa - g) + s2 g

Host: the roots of polynomials are found with NumPy, for a few numbers only.

Used by: quadratic_network_limit, wishart_denoiser.
"""

from __future__ import annotations

import numpy as np

N_NODES = 48
"""Of the quadrature over each interval of the spectrum."""


def stieltjes(z: np.ndarray, kappa: float, s2: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the real part of g at real z, and the density.

    Outside the support three roots are real; the right one falls as z grows, the others do not.
    """
    C = np.zeros((len(z), 3, 3))
    C[:, 1, 0] = C[:, 2, 1] = 1.0
    C[:, 0, 2], C[:, 1, 2] = kappa / s2, -(1 - kappa + kappa * z) / s2
    C[:, 2, 2] = z / s2 + kappa
    roots = np.linalg.eigvals(C).astype(complex)
    with np.errstate(divide="ignore"):
        slope = -1 / roots.real**2 + kappa / (kappa - roots.real) ** 2 + s2
    rows, lowest = np.arange(len(z)), np.argmin(roots.imag, axis=1)
    pair = roots[rows, lowest]
    inside = -pair.imag > 1e-7 * np.abs(pair)
    g = np.where(inside, pair, roots[rows, np.argmin(slope, axis=1)])
    return g.real, np.where(inside, -g.imag, 0.0) / np.pi


def edges(kappa: float, s2: float) -> np.ndarray:
    """Return the ends of the support, two or four, rising: where z(g) has no slope."""
    g = np.roots([s2, -2 * kappa * s2, s2 * kappa**2 + kappa - 1, 2 * kappa, -(kappa**2)])
    g = g[np.abs(g.imag) < 1e-7 * np.abs(g)].real
    return np.sort(1 / g + kappa / (kappa - g) + s2 * g)


def remaining(kappa: float, s2: float) -> float:
    """Return the share of s2 left by the best denoiser: one minus 4 pi^2 s2 / 3 int rho^3."""
    x, weights = np.polynomial.legendre.leggauss(N_NODES)
    angles, ends, total = np.pi * (x + 1) / 2, edges(kappa, s2), 0.0
    for low, high in zip(ends[::2], ends[1::2], strict=True):
        half = (high - low) / 2
        _, density = stieltjes((low + high) / 2 + half * np.cos(angles), kappa, s2)
        total += half * np.sum(density**3 * np.sin(angles) * weights) * np.pi / 2
    return float(1 - 4 * np.pi**2 * s2 / 3 * total)
