"""The kernels of kernel PCA, between two sets of samples."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.linalg import gaussian_kernel
from labkit.pca._scale import power_of_two


def kernel_matrix(X: Array, Y: Array, kernel: str, bandwidth: float, degree: int) -> Array:
    """Return the kernel between the rows of two matrices.

    Parameters
    ----------
    X, Y : Array, shapes (n, p) and (m, p)
        Samples.
    kernel : {"gaussian", "polynomial"}
        ``exp(-|x - y|^2 / 2 h^2)`` or ``(1 + x.y / h^2)^degree``.
    bandwidth : float
        h.
    degree : int
        Of the polynomial.

    Returns
    -------
    Array, shape (n, m)
        Finite.

    Raises
    ------
    ValueError
        If it would overflow.
    """
    xp = array_namespace(X)
    power = degree if kernel == "polynomial" else 1
    room = math.log(float(xp.finfo(X.dtype).max)) - 2 * math.log(max(X.shape[0], Y.shape[0]))
    furthest = max(_longest_row(X), _longest_row(Y))
    reach, allowed = furthest / bandwidth, math.exp(min(room / power, 700) / 2)
    if reach >= allowed:
        raise ValueError(
            f"bandwidth must be above {furthest / allowed:.1e} for these samples, "
            f"or the kernel overflows, got {bandwidth:g}"
        )
    if kernel == "polynomial":
        return (1.0 + (X / bandwidth) @ (xp.matrix_transpose(Y) / bandwidth)) ** degree
    return gaussian_kernel(X, Y, bandwidth=bandwidth)


def _longest_row(X: Array) -> float:
    xp = array_namespace(X)
    scale = power_of_two(X)
    return float(xp.max(xp.linalg.vector_norm(X / scale, axis=1))) * scale
