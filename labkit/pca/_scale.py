"""A scale that can be divided out and put back without a rounding error."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace


def power_of_two(X: Array) -> float:
    """Return the largest power of two that is no larger than the largest magnitude of an array.

    Parameters
    ----------
    X : Array
        Finite entries.

    Returns
    -------
    float
        1 for zeros. Squares of ``X / power_of_two(X)`` neither overflow nor all vanish.
    """
    largest = float(array_namespace(X).max(array_namespace(X).abs(X)))
    return 2.0 ** (math.frexp(largest)[1] - 1) if largest > 0 else 1.0
