"""The angles between two subspaces, accurate when they are tiny and when they are right angles."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_same_device


def principal_angles(basis: Array, other: Array) -> Array:
    r"""Return the principal angles between the column spaces of two orthonormal bases.

    .. math:: \cos\theta_i = \sigma_i(U^\top V), \qquad
              \sin\theta_i = \sigma_i\bigl(V - U U^\top V\bigr)

    Parameters
    ----------
    basis : Array, shape (n_features, k)
        Orthonormal columns U.
    other : Array, shape (n_features, l)
        Orthonormal columns V, on the same device, l at most k.

    Returns
    -------
    Array, shape (l,)
        Angles in radians, ascending, in [0, pi / 2].

    Raises
    ------
    TypeError
        For arrays on different devices.
    ValueError
        For different numbers of rows, or l larger than k.

    Notes
    -----
    Portable. SciPy's ``scipy.linalg.subspace_angles`` does the same for NumPy arrays, descending;
    version 1.17 was seen to lose digits by choosing the wrong one of the two formulas below for
    some angles. An arccosine alone loses half the digits of small angles, an arcsine
    those near pi / 2 (Bjorck and Golub 1973), so each angle comes from the better of the two.

    References
    ----------
    Bjorck, Golub: Numerical methods for computing angles between linear subspaces, Math. Comp. 27
    (1973).

    Examples
    --------
    >>> import numpy as np
    >>> principal_angles(np.eye(3)[:, :2], np.eye(3)[:, 1:])
    array([0.        , 1.57079633])
    """
    U, V = check_matrix(basis, "basis"), check_matrix(other, "other")
    check_same_device(basis=U, other=V)
    if U.shape[0] != V.shape[0]:
        raise ValueError(f"other must have {U.shape[0]} rows like basis, got {V.shape[0]}")
    if V.shape[1] > U.shape[1]:
        raise ValueError(
            f"other must have at most {U.shape[1]} columns like basis, got {V.shape[1]}; swap them"
        )
    xp = array_namespace(U, V)
    overlap = xp.matrix_transpose(U) @ V
    cosines = xp.clip(xp.linalg.svdvals(overlap), max=1.0)
    sines = xp.flip(xp.clip(xp.linalg.svdvals(V - U @ overlap), max=1.0), axis=0)
    return xp.where(cosines**2 > 0.5, xp.asin(sines), xp.acos(cosines))
