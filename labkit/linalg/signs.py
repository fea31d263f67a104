"""One rule for the signs of singular and principal vectors, so that pictures do not flip."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix


def fix_signs(Vh: Array) -> Array:
    """Turn each row so that its entry of largest magnitude is positive.

    A singular vector is defined up to its sign. The rule is the one scikit-learn uses for
    principal components, so results can be compared entry by entry.

    Parameters
    ----------
    Vh : Array, shape (n_vectors, n_features)
        One vector a row. Zero rows stay as they are; of equal magnitudes the first decides.

    Returns
    -------
    Array, shape (n_vectors, n_features)
        A new array.

    Raises
    ------
    TypeError, ValueError
        See `labkit.checks.check_matrix`.

    Notes
    -----
    Portable.

    Examples
    --------
    >>> import numpy as np
    >>> fix_signs(np.array([[0.6, -0.8]]))
    array([[-0.6,  0.8]])
    """
    Vh = check_matrix(Vh, "Vh")
    xp = array_namespace(Vh)
    largest = xp.argmax(xp.abs(Vh), axis=1, keepdims=True)
    deciding = xp.take_along_axis(Vh, largest, axis=1)
    return xp.where(deciding < 0, -Vh, Vh)
