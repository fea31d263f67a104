"""Chordal distances between flags: nested subspaces, compared level by level.

Papers: chordal-averaging-flag-manifolds.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_same_device
from labkit.pca._flags import check_flags, check_levels, squared_distances


def chordal_distances(
    flags: Array, basis: Array, *, dimensions: Sequence[int] | None = None
) -> Array:
    r"""Return the chordal distance of each flag to one flag.

    .. math:: d(X, Y)^2 = \sum_i m_i - \|X_i^\top Y_i\|_F^2
              = \sum_i \|X_i - Y_i Y_i^\top X_i\|_F^2

    Parameters
    ----------
    flags : Array, shape (n_flags, n_features, k)
        Orthonormal columns; X_i are the m_i columns that level i adds. Only the span of each block
        of columns counts.
    basis : Array, shape (n_features, k)
        The other flag Y, on the same device.
    dimensions : sequence of int, optional
        Of the nested subspaces, increasing up to k: ``(1, 3)`` is a line in a 3-dimensional space.
        By default ``(k,)``, plain subspaces.

    Returns
    -------
    Array, shape (n_flags,)
        From 0 to ``sqrt(k)``. For plain subspaces the root of the sum of squared sines of the
        principal angles.

    Raises
    ------
    TypeError, ValueError
        For columns that are not orthonormal, shapes or dimensions that do not fit, or arrays on
        different devices.

    Notes
    -----
    Portable. The second form: the first takes the difference of two numbers near m_i and loses half
    of the digits of a small distance. Cost: 4 n_flags n_features m_i^2 for each level.

    References
    ----------
    Mankovich, Birdal: Chordal averaging on flag manifolds and its applications, ICCV (2023).

    Notebook: ``notebooks/pca/06_flags.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> line_in_plane, swapped = np.eye(3)[:, :2], np.eye(3)[:, [1, 0]]
    >>> chordal_distances(swapped[None], line_in_plane).tolist()
    [0.0]
    >>> chordal_distances(swapped[None], line_in_plane, dimensions=(1, 2)).round(3).tolist()
    [1.414]
    """
    flags = check_flags(flags, "flags")
    basis = check_flags(check_matrix(basis, "basis")[None, ...], "basis")[0, ...]
    check_same_device(flags=flags, basis=basis)
    if flags.shape[1:] != basis.shape:
        raise ValueError(
            f"basis must have shape {tuple(flags.shape[1:])}, as each of flags has, "
            f"got {tuple(basis.shape)}"
        )
    levels = check_levels(dimensions, basis.shape[1])
    return array_namespace(flags).sqrt(squared_distances(flags, basis, levels))
