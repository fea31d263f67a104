"""A stand-in for CuPy on the CPU, for machines without a GPU.

It has the names that CuPy has (cupy_names.json) and computes with NumPy behind them. Like CuPy it
converts nothing by itself: `numpy.asarray`, a NumPy operand, a NumPy argument and an array as a
slice's end or as a shape are all refused, ``get`` is the one way to the host, and reductions and
single entries stay arrays. In two things it is stricter: NumPy's functions do not find their way to
it, and a NumPy array is no index. In one it is not CuPy: the arrays name their namespace
themselves, because `array_api_compat` cannot know them.

What it cannot show: CuPy's own numerics, kernels that do not compile, memory, speed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import array_api_compat.numpy
import numpy as np

from tests.backends import names

NAMES = names.stored()
ATTRIBUTES = set(NAMES["cupy.ndarray"])
ON_THE_HOST = {"base", "cstruct", "data", "flat"}  # would hand out the memory behind an array
SHAPES = {"zeros": (0,), "ones": (0,), "empty": (0,), "full": (0,), "eye": (0, 1),
          "reshape": (1,), "broadcast_to": (1,)}  # fmt: skip
"""Where a function takes lengths, which must be Python's integers."""


class Device:
    """The one device."""

    id = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device)

    def __hash__(self) -> int:
        return hash(Device)

    def __repr__(self) -> str:
        return "<stand-in for CUDA Device 0>"


class ndarray:
    """An array that pretends to be far away."""

    __slots__ = ("_host",)
    __hash__ = None
    __array_ufunc__ = None
    device = Device()

    def __init__(self, host: Any) -> None:
        self._host = np.asarray(host)

    def get(self) -> np.ndarray:
        """Return a copy on the host."""
        return self._host.copy()

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to "
            "construct a NumPy array explicitly."
        )

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        return namespace

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ON_THE_HOST or name not in ATTRIBUTES:
            raise AttributeError(f"CuPy's arrays have no {name!r} that the stand-in has too")
        value = getattr(self._host, name)
        return _wrapped(value) if callable(value) else _there(value)

    def __getitem__(self, key: Any) -> ndarray:
        key = _index(key)
        found = self._host[key]
        if isinstance(found, np.generic):  # a view of the entry, as CuPy gives, not its value
            found = self._host[(*key, ...) if isinstance(key, tuple) else (key, ...)]
        return ndarray(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._host[_index(key)] = _operand(value)

    def __len__(self) -> int:
        return len(self._host)

    def __iter__(self) -> Iterator[ndarray]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self._host)

    def __int__(self) -> int:
        return int(self._host)

    def __float__(self) -> float:
        return float(self._host)

    def __complex__(self) -> complex:
        return complex(self._host)

    def __repr__(self) -> str:
        return repr(self._host)


ndarray.__module__ = "cupy_stand_in"


def _operator(name: str) -> Callable[..., Any]:
    def apply(self: ndarray, *others: Any) -> Any:
        result = getattr(self._host, name)(*map(_operand, others))
        return self if result is self._host else _there(result)

    return apply


_NUMERIC = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "and", "or",
    "xor", "lshift", "rshift",
)  # fmt: skip
for _name in (
    *(prefix + word for prefix in ("", "r", "i") for word in _NUMERIC),
    *("neg", "pos", "abs", "invert", "lt", "le", "gt", "ge", "eq", "ne"),
):
    if f"__{_name}__" in ATTRIBUTES:
        setattr(ndarray, f"__{_name}__", _operator(f"__{_name}__"))


def _operand(value: Any) -> Any:
    """Return what stands behind an operand; CuPy takes its own arrays and single numbers."""
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, bool | int | float | complex | np.generic):
        return value
    raise TypeError(f"Unsupported type {type(value)}")


def _index(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(map(_index, key))
    if isinstance(key, slice):
        _refuse_arrays((key.start, key.stop, key.step))
    return _here(key)


def _refuse_arrays(lengths: Any) -> None:
    for length in lengths if isinstance(lengths, tuple | list) else (lengths,):
        if isinstance(length, ndarray):
            raise TypeError("'ndarray' object cannot be interpreted as an integer")


def _here(value: Any) -> Any:
    """Return an argument with NumPy's arrays in the place of ours, and refuse NumPy's own."""
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    if isinstance(value, tuple | list):
        return type(value)(map(_here, value))
    return value


def _there(value: Any) -> Any:
    """Return a result with our arrays in the place of NumPy's."""
    if isinstance(value, np.ndarray | np.generic):
        return ndarray(value)
    if isinstance(value, tuple | list):
        parts = map(_there, value)
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


def _wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a NumPy function that takes and gives our arrays."""
    shapes = SHAPES.get(getattr(function, "__name__", ""), ())

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for position in shapes:
            _refuse_arrays(args[position] if position < len(args) else ())
        arguments = {name: _here(value) for name, value in kwargs.items()}
        if arguments.get("device") is not None:
            arguments["device"] = _checked(arguments["device"])
        return _there(function(*map(_here, args), **arguments))

    return call


def _checked(device: Any) -> str:
    if not isinstance(device, Device):
        raise TypeError(f"Unsupported device type {device!r}")
    return "cpu"


def asarray(
    obj: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None
) -> ndarray:
    """Return an array of ours; what comes from the host is always copied."""
    if device is not None:
        _checked(device)
    if isinstance(obj, ndarray):
        same = dtype is None or obj.dtype == dtype
        return obj if same and not copy else ndarray(np.array(obj._host, dtype=dtype))
    if copy is False:
        raise ValueError("Unable to avoid copy while creating an array as requested")
    if isinstance(obj, tuple | list):
        obj = _here(obj)
    return ndarray(np.array(obj, dtype=dtype))


def _module(name: str, source: ModuleType) -> ModuleType:
    """Return a module with those of a NumPy module's names that CuPy has too."""
    module = ModuleType(name)
    for known in NAMES[name.replace("cupy_stand_in", "array_api_compat.cupy")]:
        value = getattr(source, known, None)
        if value is None or isinstance(value, ModuleType):
            continue
        setattr(module, known, value if _passes(value) else _wrapped(value))
    return module


def _passes(value: Any) -> bool:
    return isinstance(value, type) or not callable(value)


namespace: Any = _module("cupy_stand_in", array_api_compat.numpy)
namespace.newaxis = None
namespace.ndarray = ndarray
namespace.array = namespace.asarray = asarray
namespace.asnumpy = lambda x: x.get()
namespace.linalg = _module("cupy_stand_in.linalg", array_api_compat.numpy.linalg)
namespace.fft = _module("cupy_stand_in.fft", array_api_compat.numpy.fft)
