"""Repeat an experiment over a grid with common random numbers; keep means and standard errors."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checks import check_count
from labkit.random import child_seeds


@dataclass(frozen=True)
class Trials:
    """The outcomes of `over`.

    Attributes
    ----------
    values : dict of str to ndarray
        For each measured name an array of shape (*grid shape, n_repetitions).
    grid : dict of str to tuple
        The grid, in the order of the axes.
    """

    values: dict[str, np.ndarray]
    grid: dict[str, tuple[Any, ...]]

    def __getitem__(self, name: str) -> np.ndarray:
        """Return all repetitions of that name."""
        return self.values[name]

    def mean(self, name: str) -> np.ndarray:
        """Return the mean over the repetitions, one number for each grid point."""
        return self.values[name].mean(axis=-1)

    def median(self, name: str) -> np.ndarray:
        """Return the median over the repetitions, one number for each grid point."""
        return np.median(self.values[name], axis=-1)

    def standard_error(self, name: str) -> np.ndarray:
        """Return the standard error of the mean; NaN for a single repetition."""
        values = self.values[name]
        if values.shape[-1] < 2:
            return np.full(values.shape[:-1], np.nan)
        return values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])


def over(
    function: Callable[..., float | Mapping[str, float]],
    *,
    seed: int,
    n_repetitions: int,
    grid: Mapping[str, Sequence[Any]] | None = None,
) -> Trials:
    """Call a function on every grid point with the same child seeds.

    Every grid point sees the same draws (common random numbers), so differences between points
    are differences of the method, not of luck.

    Parameters
    ----------
    function : callable
        Called as ``function(seed=child, **point)``; returns a number (stored as ``"value"``) or a
        mapping of names to numbers.
    seed : int
        The notebook's seed.
    n_repetitions : int
        Repetitions for each grid point.
    grid : mapping of str to sequence, optional
        Values for each keyword; without it there is one point.

    Returns
    -------
    Trials
        All outcomes, with means and standard errors.

    Raises
    ------
    ValueError, TypeError
        For bad counts or seeds.

    Examples
    --------
    >>> from labkit.random import generator
    >>> def mean_of_noise(seed, n):
    ...     return float(generator(seed).standard_normal(n).mean())
    >>> trials = over(mean_of_noise, seed=0, n_repetitions=200, grid={"n": [4, 400]})
    >>> bool(trials["value"].std(axis=-1)[0] > 5 * trials["value"].std(axis=-1)[1])
    True
    """
    check_count(n_repetitions, "n_repetitions", 1)
    axes = {name: tuple(values) for name, values in (grid or {}).items()}
    seeds = child_seeds(seed, n_repetitions)
    shape = (*(len(values) for values in axes.values()), n_repetitions)
    collected: dict[str, np.ndarray] = {}
    for index in itertools.product(*(range(len(values)) for values in axes.values())):
        point = {name: axes[name][i] for name, i in zip(axes, index, strict=True)}
        for repetition, child in enumerate(seeds):
            outcome = function(seed=child, **point)
            named = outcome if isinstance(outcome, Mapping) else {"value": outcome}
            for name, value in named.items():
                collected.setdefault(name, np.full(shape, np.nan))[(*index, repetition)] = value
    return Trials(collected, axes)
