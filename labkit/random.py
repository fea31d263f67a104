"""Random numbers: named streams that do not disturb each other, drawn on the host.

``generator(seed, "noise")`` and ``generator(seed, "signal")`` are independent: adding a draw to one
leaves the other as it was, so a slider that changes the noise keeps the signal. Draws are made on
the host and moved to the array's device, so a CPU and a GPU see the same inputs.
"""

from __future__ import annotations

import hashlib
import json
import numbers

import numpy as np

from labkit.arrays import Array, array_namespace, from_numpy

Rng = int | np.random.Generator | None
"""What a method takes as `rng`; see `as_generator`."""


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of a named stream.

    Parameters
    ----------
    seed : int
        Any integer from 0 up: the notebook's `seed` parameter.
    *names : str or int
        What the stream is for, for example ``"noise"``, or ``"walk", 3``.

    Returns
    -------
    numpy.random.Generator
        The same for the same seed and names, on every machine.

    Raises
    ------
    TypeError
        If the seed is not an integer.
    ValueError
        If the seed is negative.

    Examples
    --------
    >>> from labkit.random import generator
    >>> a, b = generator(7, "noise"), generator(7, "noise")
    >>> bool(a.random() == b.random())
    True
    """
    digest = hashlib.sha256(json.dumps(names).encode()).digest()
    words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]
    return np.random.default_rng([check_seed(seed, "seed"), *(words if names else [])])


def as_generator(rng: Rng) -> np.random.Generator:
    """Turn what a caller gave as `rng` into a generator.

    Parameters
    ----------
    rng : int, numpy.random.Generator or None
        An integer seeds a fresh generator, a generator is used (and advanced), None draws a seed
        from the operating system.

    Returns
    -------
    numpy.random.Generator
        Ready to draw from.

    Raises
    ------
    TypeError
        For anything else.
    ValueError
        For a negative integer.
    """
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng(rng)
    return np.random.default_rng(check_seed(rng, "rng"))


def child_seeds(seed: int, n_children: int) -> list[int]:
    """Derive independent seeds for repetitions.

    Parameters
    ----------
    seed : int
        The parent.
    n_children : int
        How many; the first m of n do not depend on n.

    Returns
    -------
    list of int
        Each below 2**32.
    """
    children = np.random.SeedSequence(check_seed(seed, "seed")).spawn(n_children)
    return [int(child.generate_state(1)[0]) for child in children]


def standard_normal(rng: Rng, shape: int | tuple[int, ...], *, like: Array) -> Array:
    """Draw standard normal numbers on the host and move them beside an array.

    Parameters
    ----------
    rng : int, numpy.random.Generator or None
        See `as_generator`.
    shape : int or tuple of int
        Shape of the draw.
    like : Array
        Floating array that decides namespace, device and dtype.

    Returns
    -------
    Array
        Drawn in float64 and rounded, so that float32 sees the same numbers.
    """
    draw = from_numpy(as_generator(rng).standard_normal(shape), like=like)
    return array_namespace(like).astype(draw, like.dtype, copy=False)


def check_seed(value: object, name: str) -> int:
    """Return a seed as an int, or say what is wrong with it.

    Parameters
    ----------
    value : object
        What the caller gave.
    name : str
        The argument's name, for the message.

    Returns
    -------
    int
        At least 0.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is negative.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        allowed = "an integer from 0 up" + (", a Generator or None" if name == "rng" else "")
        raise TypeError(f"{name} must be {allowed}, got {value!r}")
    seed = int(value)
    if seed < 0:
        raise ValueError(f"{name} must be at least 0, got {seed}")
    return seed
