"""Sparse signals with a grid for a support, measured in every mode, whose answer is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def kronecker_signal(
    n_entries: Sequence[int],
    n_measured: Sequence[int],
    *,
    n_nonzero: int,
    scattered: bool = False,
    noise: float = 0.1,
    rng: Rng = None,
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, float]:
    """Draw a sparse tensor and its products with one normal dictionary in each mode.

    Parameters
    ----------
    n_entries : sequence of int
        Shape of the signal: one length for each mode.
    n_measured : sequence of int
        Shape of the measurements, as many modes.
    n_nonzero : int
        In each mode as many places are drawn, from 1 to the smallest of n_entries. The signal lives
        where all modes are at a drawn place.
    scattered : bool
        Spread as many nonzero entries over the whole tensor instead.
    noise : float
        Root mean square of normal noise, in units of that of the measurements, which is expected.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    y : ndarray, shape n_measured
        Measurements with noise.
    dictionaries : list of ndarray, shapes (n_measured[k], n_entries[k])
        Normal entries; columns have length 1 on average of squares.
    x : ndarray, shape n_entries
        The signal, its nonzero entries standard normal.
    noise_variance : float
        Of an entry of y.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> y, dictionaries, x, s2 = kronecker_signal((5, 6), (3, 4), n_nonzero=2, rng=0)
    >>> y.shape, int(np.sum(x != 0)), round(s2, 5)
    ((3, 4), 4, 0.00333)
    """
    shape = _lengths(n_entries, "n_entries")
    measured = _lengths(n_measured, "n_measured")
    if len(shape) != len(measured):
        raise ValueError(f"n_measured must have {len(shape)} modes, got {tuple(measured)}")
    k = check_count(n_nonzero, "n_nonzero", 1, min(shape))
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    values = generator.standard_normal((k,) * len(shape))
    places = np.ix_(*(generator.permutation(n)[:k] for n in shape))
    anywhere = generator.permutation(np.prod(shape))[: values.size]
    x = np.zeros(shape)
    if scattered:
        x.flat[anywhere] = values.ravel()
    else:
        x[places] = values
    dictionaries = [
        generator.standard_normal((m, n)) / np.sqrt(m) for m, n in zip(measured, shape, strict=True)
    ]
    y = x
    for mode, A in enumerate(dictionaries):
        y = np.moveaxis(np.tensordot(A, y, (1, mode)), 0, mode)
    s2 = noise**2 * values.size / y.size
    return y + np.sqrt(s2) * generator.standard_normal(y.shape), dictionaries, x, s2


def _lengths(values: Sequence[int], name: str) -> list[int]:
    if not isinstance(values, list | tuple) or not values:
        raise TypeError(f"{name} must be a tuple of counts, got {values!r}")
    return [check_count(value, name, 1) for value in values]
