"""The Gaussian kernel between two sets of points, in any array library.

Paper: none; the textbook's kernel.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_matrix, check_real, check_same_device

BLOCK = 2**17
"""Entries of a block of rows, which stays in the cache from product to exponential."""


def gaussian_kernel(X: Array, Y: Array, *, bandwidth: float) -> Array:
    r"""Return the Gaussian kernel between the rows of two matrices.

    .. math:: K_{ij} = \exp\left( -\frac{\|x_i - y_j\|^2}{2 h^2} \right)

    Parameters
    ----------
    X : Array, shape (n, n_features)
        Rows x_i.
    Y : Array, shape (m, n_features)
        Rows y_j.
    bandwidth : float
        h, above 0. Small: every point is like itself alone; large: all are alike.

    Returns
    -------
    Array, shape (n, m)
        In [0, 1].

    Raises
    ------
    TypeError, ValueError
        For bad values; a bandwidth so small that squared distances would overflow.

    Notes
    -----
    Portable.

    1. Move the origin to the mean of Y: no distance changes, and rounding shrinks.
    2. ``|x - y|^2 = |x|^2 + |y|^2 - 2 x.y``, a matrix product in place of n m differences; what
       rounding leaves below zero is zero.

    2 n m n_features flops. Squared distances are off by some eps times the squared spread of the
    points. On the host ``sklearn.metrics.pairwise.rbf_kernel`` is the same.

    References
    ----------
    Rasmussen, Williams: Gaussian processes for machine learning, MIT Press (2006), chapter 4.

    Notebook: ``notebooks/sampling/03_streams_of_leverage.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [1.0], [4.0]])
    >>> gaussian_kernel(X, X[:1], bandwidth=1.0)[:, 0].round(4).tolist()
    [1.0, 0.6065, 0.0003]
    """
    X = check_matrix(X, "X")
    Y = check_matrix(Y, "Y")
    check_same_device(X=X, Y=Y)
    if X.shape[1] != Y.shape[1]:
        raise ValueError(f"Y must have {X.shape[1]} features like X, got {Y.shape[1]}")
    bandwidth = check_real(bandwidth, "bandwidth", 0.0, open_low=True)
    xp = array_namespace(X)
    centre = xp.mean(Y, axis=0)  # step 1
    X, Y = X - centre, Y - centre
    furthest = max(float(xp.max(xp.abs(X))), float(xp.max(xp.abs(Y))))
    least = furthest * (4 * X.shape[1] / float(xp.finfo(X.dtype).max)) ** 0.5
    if bandwidth <= least:
        raise ValueError(f"bandwidth must be above {least:.1e} for these points, got {bandwidth:g}")
    X, Y = X / bandwidth, Y / bandwidth
    halves, columns = xp.sum(Y * Y, axis=1) / 2, xp.matrix_transpose(Y)
    K = xp.empty((X.shape[0], Y.shape[0]), dtype=X.dtype, device=device(X))
    step = max(1, BLOCK // Y.shape[0])
    for i in range(0, X.shape[0], step):
        rows = X[i : min(i + step, X.shape[0]), :]
        exponent = rows @ columns  # step 2
        exponent -= xp.sum(rows * rows, axis=1)[:, None] / 2
        exponent -= halves
        K[i : i + rows.shape[0], :] = xp.exp(xp.clip(exponent, max=0.0))
    return K
