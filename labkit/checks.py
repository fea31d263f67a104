"""Bad input meets its error here: one sentence with the argument, the value seen, what is allowed.

Every public function checks at its door with these and then computes without looking back.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.arrays import Array, all_finite, array_namespace, as_array, device, eps


def check_array(
    x: Any,
    name: str,
    *,
    n_dims: int,
    min_shape: tuple[int, ...] | None = None,
    finite: bool = True,
) -> Array:
    """Return a finite real floating array with the right number of dimensions.

    Lists, tuples and pandas frames become NumPy arrays; integers and booleans become float64;
    float32 stays float32.

    Parameters
    ----------
    x : Array or array-like
        What the caller gave.
    name : str
        The argument's name, for the message.
    n_dims : int
        Number of dimensions wanted.
    min_shape : tuple of int, optional
        Smallest allowed length of each axis, by default 1 everywhere.
    finite : bool
        Whether to look for NaN and infinity, one pass over the data. False is for a caller who
        computes something anyway that would show them.

    Returns
    -------
    Array
        In the caller's namespace and on its device; the input is never changed.

    Raises
    ------
    TypeError
        For masked, sparse, object, text or complex arrays, and for half or extended precision,
        which linear algebra does not have.
    ValueError
        For a wrong number of dimensions, too short axes, NaN or infinity.
    """
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked array; use .filled()")
    if hasattr(x, "tocsr"):
        raise TypeError(f"{name} must be a dense array, got {type(x).__name__}; use .toarray()")
    try:
        x = as_array(x)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array of numbers, got {error}") from error
    if isinstance(x, np.ndarray) and x.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {x.dtype}")
    xp = array_namespace(x)
    if xp.isdtype(x.dtype, "complex floating"):
        raise TypeError(f"{name} must hold real numbers, got dtype {x.dtype}")
    if x.ndim != n_dims:
        raise ValueError(f"{name} must have {n_dims} dimensions, got {x.ndim}: shape {x.shape}")
    smallest = min_shape or (1,) * n_dims
    if any(length < least for length, least in zip(x.shape, smallest, strict=True)):
        raise ValueError(f"{name} must have shape at least {smallest}, got {tuple(x.shape)}")
    if xp.isdtype(x.dtype, ("bool", "integral")):
        return xp.astype(x, xp.float64)
    if x.dtype not in (xp.float32, xp.float64):
        raise TypeError(f"{name} must be float32 or float64, got dtype {x.dtype}")
    if finite and not all_finite(x):
        n_bad = int(xp.sum(xp.astype(~xp.isfinite(x), xp.int64)))
        raise ValueError(f"{name} must be finite, got {n_bad} entries that are NaN or infinite")
    return x


def check_matrix(
    X: Any,
    name: str = "X",
    *,
    min_samples: int = 1,
    min_features: int = 1,
    finite: bool = True,
) -> Array:
    """Return a finite real floating matrix, samples in rows; see `check_array`.

    Parameters
    ----------
    X : Array or array-like, shape (n_samples, n_features)
        What the caller gave.
    name : str
        The argument's name, for the message.
    min_samples, min_features : int
        Smallest allowed numbers of rows and columns.
    finite : bool
        As of `check_array`.

    Returns
    -------
    Array
        As `check_array` returns it.
    """
    return check_array(X, name, n_dims=2, min_shape=(min_samples, min_features), finite=finite)


def check_symmetric(M: Any, name: str) -> Array:
    """Return a square matrix that equals its transpose up to rounding; see `check_array`.

    Parameters
    ----------
    M : Array or array-like, shape (n, n)
        What the caller gave.
    name : str
        The argument's name, for the message.

    Returns
    -------
    Array
        As `check_array` returns it, with what rounding left of asymmetry.

    Raises
    ------
    TypeError, ValueError
        As `check_array`, and for a matrix that is not square or not symmetric.
    """
    M = check_matrix(M, name)
    n, n_columns = M.shape
    if n != n_columns:
        raise ValueError(f"{name} must be square, got shape {tuple(M.shape)}")
    xp = array_namespace(M)
    halves = M / 2  # a difference of two of them cannot overflow
    apart = 2 * float(xp.max(xp.abs(halves - xp.matrix_transpose(halves))))
    if apart > 100 * n * eps(M) * float(xp.max(xp.abs(M))):
        raise ValueError(f"{name} must be symmetric, got entries that differ by {apart:.3g}")
    return M


def check_new_samples(X: Any, n_features: int, **fitted: Array) -> Array:
    """Return samples that a fitted result can take, see `check_matrix`.

    Parameters
    ----------
    X : Array or array-like, shape (n_new, n_features)
        What the caller gave.
    n_features : int
        Of the samples that the result was fitted to.
    **fitted : Array
        An array of the result by name; X must lie beside it.

    Returns
    -------
    Array
        As `check_matrix` returns it.

    Raises
    ------
    TypeError
        For samples on another device.
    ValueError
        For another number of features.
    """
    X = check_matrix(X, "X")
    check_same_device(X=X, **fitted)
    if X.shape[1] != n_features:
        raise ValueError(f"X must have {n_features} features, as when fitted, got {X.shape[1]}")
    return X


def check_same_device(**arrays: Array) -> None:
    """Refuse arrays of different libraries or devices.

    Parameters
    ----------
    **arrays : Array
        The arrays by argument name.

    Raises
    ------
    TypeError
        Naming each array with its library and device.
    """
    where = {
        name: f"{type(x).__module__.split('.')[0]} on {device(x)}" for name, x in arrays.items()
    }
    if len(set(where.values())) > 1:
        seen = ", ".join(f"{name}: {place}" for name, place in where.items())
        raise TypeError(f"arrays must be on one device, got {seen}; use labkit.arrays.move")


def check_count(value: Any, name: str, low: int, high: int | None = None) -> int:
    """Return an integer in a closed range.

    Parameters
    ----------
    value : object
        What the caller gave. Booleans and floats are refused.
    name : str
        The argument's name, for the message.
    low, high : int
        The range, both ends allowed; no upper end if `high` is None.

    Returns
    -------
    int
        The value.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is out of range.
    """
    allowed = f"an integer from {low} " + ("up" if high is None else f"to {high}")
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be {allowed}, got {value!r}")
    count = int(value)
    if count < low or (high is not None and count > high):
        raise ValueError(f"{name} must be {allowed}, got {count}")
    return count


def check_real(
    value: Any,
    name: str,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """Return a finite real number in a range.

    Parameters
    ----------
    value : object
        What the caller gave. Booleans are refused.
    name : str
        The argument's name, for the message.
    low, high : float
        The range.
    open_low, open_high : bool
        Whether that end itself is refused.

    Returns
    -------
    float
        The value.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is NaN, infinite or out of range.
    """
    opening, closing = "(" if open_low else "[", ")" if open_high else "]"
    allowed = f"a finite number in {opening}{low:g}, {high:g}{closing}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {allowed}, got {value!r}")
    number = float(value)
    too_low = number < low or (open_low and number == low)
    too_high = number > high or (open_high and number == high)
    if not math.isfinite(number) or too_low or too_high:
        raise ValueError(f"{name} must be {allowed}, got {number!r}")
    return number


def check_choice(value: Any, name: str, choices: Sequence[str]) -> str:
    """Return a value that is one of the choices.

    Parameters
    ----------
    value : object
        What the caller gave.
    name : str
        The argument's name, for the message.
    choices : sequence of str
        The allowed values.

    Returns
    -------
    str
        The value.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value
