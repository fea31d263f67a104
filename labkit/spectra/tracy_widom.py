"""The Tracy-Widom law: how the largest eigenvalue of noise fluctuates.

The edge of a spectrum is soft, but not very: the largest of n eigenvalues moves by n^(-2/3), less
than an average of as many numbers would. An eigenvalue can so be tested against noise alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_array, check_count, check_real

N_NODES, REACH = 28, 12.0
"""Nodes of the quadrature, and where the Airy function is cut off: the error is 1e-12."""
LOWEST, HIGHEST = -10.0, 9.0
"""Beyond, the law is 0 or 1 to that error."""
N_PLACES = 300
"""More places than these are interpolated; the error is then 1e-7."""


@dataclass(frozen=True)
class EdgeLaw:
    """What `tracy_widom` returns.

    Attributes
    ----------
    density : Array, shape (n,)
        At the places that were asked for.
    distribution : Array, shape (n,)
        Probability that the largest eigenvalue is at most x.
    center, scale : float
        x is center + scale times a variable with the standard law, whose mean is -1.2065 and
        standard deviation 1.2680.
    """

    density: Array
    distribution: Array
    center: float
    scale: float


def tracy_widom(
    x: Array, *, shape: tuple[int, int] | None = None, variance: float = 1.0
) -> EdgeLaw:
    r"""Return the law of the largest eigenvalue of ``X^T X / n_samples`` for a real X of noise.

    .. math:: F(s) = \det(1 - B_s), \qquad (B_s f)(u) = \int_0^\infty \mathrm{Ai}(u + v + s) f(v) dv

    Parameters
    ----------
    x : Array, shape (n,)
        Places on the line: largest eigenvalues; without a shape, standardised ones.
    shape : tuple of int, optional
        (n_samples, n_features) of X, both at least 2. The law is good from about 10 on.
    variance : float
        sigma^2 of the entries, above 0.

    Returns
    -------
    EdgeLaw
        ``1 - distribution`` is the p-value of a largest eigenvalue against noise.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: Airy functions are in SciPy only.

    1. Centre ``(r + q)^2`` and scale ``(r + q) (1 / r + 1 / q)^(1/3)``, with r = sqrt(n - 1) and
       q = sqrt(p), both times sigma^2 / n. With these the error is of the order n^(-2/3).
    2. The determinant on Gauss-Legendre nodes, which converges exponentially as the kernel is
       analytic.
    3. The density: the derivative of a determinant is the determinant times a trace.

    One determinant of 28 rows for each x, or for 300 places between which a cubic takes over value
    and slope. The law is that of real matrices (beta = 1); complex ones have
    ``det(1 - B_s) det(1 + B_s)``. Tables, and solutions of Painleve's equation, give the same.

    References
    ----------
    Tracy, Widom: On orthogonal and symplectic matrix ensembles, Communications in Mathematical
    Physics 177 (1996).

    Johnstone: On the distribution of the largest eigenvalue in principal components analysis,
    Annals of Statistics 29 (2001).

    Ferrari, Spohn: A determinantal formula for the GOE Tracy-Widom distribution, J. Physics A 38
    (2005).

    Bornemann: On the numerical evaluation of Fredholm determinants, Mathematics of Computation 79
    (2010).

    Notebook: ``notebooks/spectra/01_random_matrices.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> tracy_widom(np.array([-3.1808, -1.2686, 0.9793, 2.0234])).distribution.round(3).tolist()
    [0.05, 0.5, 0.95, 0.99]
    """
    from scipy.interpolate import CubicHermiteSpline

    x = check_array(x, "x", n_dims=1)
    variance = check_real(variance, "variance", 0.0, open_low=True)
    center, scale = 0.0, 1.0
    if shape is not None:  # step 1
        n, p = _sides(shape)
        root, other = math.sqrt(n - 1), math.sqrt(p)
        center = (root + other) ** 2 * variance / n
        scale = (root + other) * math.cbrt(1 / root + 1 / other) * variance / n
    s = np.clip((to_numpy(x).astype(float) - center) / scale, LOWEST, HIGHEST)
    places = s if len(s) <= N_PLACES else np.linspace(s.min(), s.max() + 1e-3, N_PLACES)
    F, f = _determinants(places)
    if len(s) > N_PLACES:
        curve = CubicHermiteSpline(places, F, f)
        F, f = curve(s), curve(s, 1)
    f = np.where((s > LOWEST) & (s < HIGHEST), np.clip(f, 0.0, None), 0.0)
    F = np.where(s >= HIGHEST, 1.0, np.where(s <= LOWEST, 0.0, np.clip(F, 0.0, 1.0)))
    xp = array_namespace(x)
    density, distribution = (
        xp.astype(from_numpy(values, like=x), x.dtype) for values in (f / scale, F)
    )
    return EdgeLaw(density, distribution, center, scale)


def _determinants(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard distribution and its slope at a few places."""
    from scipy.special import airy

    nodes, weights = np.polynomial.legendre.leggauss(N_NODES)  # step 2
    reach = (REACH - s)[:, None] / 2
    u, w = reach * (nodes + 1), np.sqrt(reach * weights)
    both = w[:, :, None] * w[:, None, :]
    value, slope, _, _ = airy(u[:, :, None] + u[:, None, :] + s[:, None, None])
    rest = np.eye(N_NODES) - both * value
    F = np.linalg.det(rest)
    trace = np.trace(np.linalg.solve(rest, both * slope), axis1=1, axis2=2)  # step 3
    return F, -F * trace


def _sides(shape: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(shape, tuple) or len(shape) != 2:
        raise TypeError(f"shape must be a tuple (n_samples, n_features), got {shape!r}")
    return check_count(shape[0], "shape", 2), check_count(shape[1], "shape", 2)
