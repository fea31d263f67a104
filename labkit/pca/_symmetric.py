"""A symmetric matrix at the door, and a step of the power method."""

from __future__ import annotations

from typing import Any

from labkit.arrays import Array, array_namespace
from labkit.checks import check_symmetric
from labkit.pca._scale import power_of_two


def check_scaled_symmetric(V: Any, name: str) -> tuple[Array, float]:
    """Return a symmetric matrix divided by a power of two, and that power.

    Parameters
    ----------
    V : Array or array-like, shape (n_features, n_features)
        What the caller gave.
    name : str
        The argument's name, for the message.

    Returns
    -------
    V : Array, shape (n_features, n_features)
        Its largest magnitude is from 1 to below 2.
    scale : float
        What it was divided by.

    Raises
    ------
    ValueError
        If it is not square, not symmetric up to rounding, or all zeros.
    """
    V = check_symmetric(V, name)
    xp = array_namespace(V)
    scale = power_of_two(V)
    V = V / scale
    if not float(xp.max(xp.abs(V))) > 0:
        raise ValueError(
            f"{name} must have an entry that is not zero, got zeros of shape {tuple(V.shape)}"
        )
    return V, scale


def unit_rows(W: Array) -> Array:
    """Divide vectors along the last axis by their norms; zeros stay zeros.

    Parameters
    ----------
    W : Array, shape (..., n)
        The vectors.

    Returns
    -------
    Array, shape (..., n)
        Of norm 1 or 0.
    """
    xp = array_namespace(W)
    norms = xp.linalg.vector_norm(W, axis=-1, keepdims=True)
    return W / xp.where(norms > 0, norms, xp.ones_like(norms))
