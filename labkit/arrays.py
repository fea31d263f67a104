"""The one module that knows array libraries: NumPy, CuPy and whatever else speaks the array API.

A method asks for its namespace once, ``xp = array_namespace(X)``, and then writes plain array-API
code. What the standard lacks is added here, one function for each gap, so that no other file names
an array library. Host code (datasets, figures, trials, the runner) may use NumPy directly.
"""

from __future__ import annotations

import math
from typing import Any

import array_api_compat
import numpy as np

Array = Any
"""Any array of a library that speaks the array API. Strict typing of namespaces is a swamp."""

DEVICES = ("cpu", "cuda")


def array_namespace(*arrays: Array) -> Any:
    """Return the array-API namespace that all the arrays share.

    Parameters
    ----------
    *arrays : Array
        One or more arrays. None is ignored.

    Returns
    -------
    module
        An array-API namespace, for NumPy ``array_api_compat.numpy``.

    Raises
    ------
    TypeError
        If the arrays come from different libraries, or one is not an array.
    """
    given = [a for a in arrays if a is not None]
    try:
        return array_api_compat.array_namespace(*given)
    except TypeError as error:
        kinds = ", ".join(sorted({f"{type(a).__module__}.{type(a).__qualname__}" for a in given}))
        raise TypeError(
            f"arrays must come from one array library, got {kinds}; use labkit.arrays.move"
        ) from error


def is_array(value: Any) -> bool:
    """Tell whether a value is an array of a library that speaks the array API.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
        False for NumPy scalars, lists and pandas frames.
    """
    return bool(array_api_compat.is_array_api_obj(value)) and not isinstance(value, np.generic)


def as_array(value: Any) -> Array:
    """Return arrays as they are; turn lists, tuples and pandas frames into NumPy arrays.

    Parameters
    ----------
    value : Array or array-like
        What a caller handed in.

    Returns
    -------
    Array
        The same object if it already is an array.
    """
    return value if is_array(value) else np.asarray(value)


def device(x: Array) -> Any:
    """Return the device that an array lives on.

    Parameters
    ----------
    x : Array
        Any array.

    Returns
    -------
    object
        The library's own device object; ``"cpu"`` for NumPy.
    """
    return array_api_compat.device(x)


def to_numpy(x: Array) -> np.ndarray:
    """Copy an array to the host as a NumPy array; NumPy arrays pass through.

    Parameters
    ----------
    x : Array or array-like
        An array of any library, or anything ``numpy.asarray`` takes.

    Returns
    -------
    ndarray
        On the host.
    """
    if isinstance(x, np.ndarray) or not is_array(x):
        return np.asarray(x)
    if callable(getattr(x, "get", None)):  # CuPy, which copies to the host only by name
        return x.get()
    if hasattr(x, "_array"):  # array-api-strict keeps the NumPy array it wraps
        return np.asarray(x._array)
    return np.from_dlpack(array_api_compat.to_device(x, "cpu"))


def from_numpy(x: np.ndarray, *, like: Array) -> Array:
    """Move a NumPy array to the namespace and device of another array, keeping its dtype.

    Parameters
    ----------
    x : ndarray
        On the host.
    like : Array
        Decides namespace and device.

    Returns
    -------
    Array
        `x` itself when `like` is a NumPy array.
    """
    if isinstance(like, np.ndarray):
        return x
    xp = array_namespace(like)
    return xp.asarray(x, device=device(like))


def move(x: Any, to: str) -> Array:
    """Move data to a device named as the notebooks name it.

    Parameters
    ----------
    x : Array or array-like
        The data.
    to : {"cpu", "cuda"}
        ``"cpu"`` gives a NumPy array, ``"cuda"`` a CuPy array.

    Returns
    -------
    Array
        The data there.

    Raises
    ------
    ValueError
        For any other name.
    ModuleNotFoundError
        If CuPy is missing; the message says how to install it.
    """
    if to not in DEVICES:
        raise ValueError(f"device must be one of {', '.join(DEVICES)}, got {to!r}")
    if to == "cpu":
        return to_numpy(x)
    try:
        import cupy
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "device 'cuda' needs CuPy: run `labkit doctor`, it names the extra to install"
        ) from error
    return cupy.asarray(x)


def eps(x: Array) -> float:
    """Return the machine epsilon of an array's floating dtype.

    Parameters
    ----------
    x : Array
        A floating array.

    Returns
    -------
    float
        About 2.2e-16 for float64, 1.2e-7 for float32.
    """
    return float(array_namespace(x).finfo(x.dtype).eps)


def qr_triangle(A: Array) -> Array:
    """Return the triangular factor of a QR decomposition alone, where the library can.

    Parameters
    ----------
    A : Array, shape (m, n)
        Any matrix.

    Returns
    -------
    Array, shape (min(m, n), n)
        ``R``. NumPy then leaves out forming ``Q``, half the work; other libraries form it.
    """
    if array_api_compat.is_numpy_array(A):
        return np.linalg.qr(A, mode="r")
    return array_namespace(A).linalg.qr(A).R


def frobenius_norm(A: Array) -> float:
    """Return the root of the sum of squares, infinite where that overflows.

    Parameters
    ----------
    A : Array
        Any floating array.

    Returns
    -------
    float
        On NumPy one pass without a temporary array and without warnings, which the norm of the
        standard, that takes axes, is not.
    """
    if array_api_compat.is_numpy_array(A):
        with np.errstate(over="ignore"):
            return float(np.linalg.norm(A))
    return float(array_namespace(A).linalg.vector_norm(A))


def all_finite(x: Array) -> bool:
    """Return whether no entry is NaN or infinite.

    Parameters
    ----------
    x : Array
        Any real floating array.

    Returns
    -------
    bool
        On NumPy from one sum, which makes no temporary array: it is finite only if all entries
        are. Where it is not, perhaps because it overflows, the entries are looked at.
    """
    if array_api_compat.is_numpy_array(x):
        with np.errstate(over="ignore", invalid="ignore"):
            if math.isfinite(np.sum(x)):
                return True
    xp = array_namespace(x)
    return bool(xp.all(xp.isfinite(x)))
