"""Watch a method that evolves: run a generator of states and keep what is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import to_numpy
from labkit.checks import check_count


@dataclass(frozen=True)
class Trace:
    """What `trace` kept.

    Attributes
    ----------
    steps : ndarray of int, shape (n_records,)
        The step numbers at which a record was taken; step 0 is the first state.
    records : dict of str to ndarray
        One array for each name in `record`, records along the first axis.
    last : object
        The last state seen.
    stopped : bool
        Whether `stop` ended the run before its last step.
    """

    steps: np.ndarray
    records: dict[str, np.ndarray]
    last: Any
    stopped: bool

    def __getitem__(self, name: str) -> np.ndarray:
        """Return the record of that name."""
        return self.records[name]


def trace(
    states: Iterable[Any],
    *,
    n_steps: int,
    record: dict[str, Callable[[Any], Any]],
    every: int = 1,
    stop: Callable[[Any], bool] | None = None,
    progress: bool = False,
) -> Trace:
    """Run a generator of states for a number of steps and record functions of the state.

    Parameters
    ----------
    states : iterable
        A method that evolves. Its first item is the start, step 0.
    n_steps : int
        Steps to take after the start; fewer if the states end.
    record : dict of str to callable
        Each is called with a state; numbers or arrays of one shape come back.
    every : int
        Record each `every`-th step. The start and the last state are always recorded.
    stop : callable, optional
        Called with each state; True ends the run there.
    progress : bool
        Print a line to stderr each tenth of the way.

    Returns
    -------
    Trace
        Records on the host.

    Raises
    ------
    ValueError
        If there is no state at all, or a count is out of range.
    TypeError
        If a count is not an integer.

    Examples
    --------
    >>> def halving(x):
    ...     while True:
    ...         yield x
    ...         x = x / 2
    >>> run = trace(halving(1.0), n_steps=4, record={"x": float}, every=2)
    >>> run.steps.tolist(), run["x"].tolist()
    ([0, 2, 4], [1.0, 0.25, 0.0625])
    """
    check_count(n_steps, "n_steps", 0)
    check_count(every, "every", 1)
    steps: list[int] = []
    rows: dict[str, list[np.ndarray]] = {name: [] for name in record}
    step, state, stopped = -1, None, False

    def keep() -> None:
        steps.append(step)
        for name, function in record.items():
            rows[name].append(np.array(to_numpy(function(state))))

    iterator = iter(states)
    while step < n_steps and not stopped:
        try:
            state = next(iterator)
        except StopIteration:
            break
        step += 1
        stopped = stop is not None and bool(stop(state))
        if step % every == 0:
            keep()
        if progress and n_steps >= 10 and step % (n_steps // 10) == 0:
            print(f"step {step} of {n_steps}", file=sys.stderr, flush=True)
    if step < 0:
        raise ValueError("states must hold at least one state, got none")
    if steps[-1] != step:
        keep()
    arrays = {name: np.stack(values) for name, values in rows.items()}
    return Trace(np.array(steps), arrays, state, stopped and step < n_steps)
