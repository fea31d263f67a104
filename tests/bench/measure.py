"""Measure one row: labkit and its peer on the same data, in turn, in one process.

`run.py` calls ``python -m tests.bench.measure ROW --output FILE`` in the peer's environment. Rows
live in ``rows/``, each file a list ``ROWS``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

Data = dict[str, np.ndarray]
Call = Callable[[Mapping[str, Any]], Any]
"""Takes the data; what it returns goes to the row's accuracy function."""

N_PAIRS = 9


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    name : str
        ``<package>/<what>``.
    task : str
        What is computed, in a few words.
    peer : str
        Names the requirements ``peers/<peer>.txt``.
    data : callable
        ``data(quick)`` makes the arrays from a fixed seed; the truth is among them.
    labkit : callable
        Takes the data.
    settings : mapping of str to callable
        How the peer's users would run it. Of those as accurate as labkit the fastest is the peer.
    error : callable
        ``error(answer, data)``: one number for the accuracy of either, 0 at best.
    error_name : str
        What that number is.
    as_good_as : float
        Errors up to this one count as equal.
    target : float
        The largest median ratio allowed.
    curve : mapping of str to callable
        More settings of either, each run once: returns an answer and the passes over the data.
    path_variable : str
        For a peer that no registry holds: the environment variable with the path of its copy;
        where it is not set, the row stays as it is.
    """

    name: str
    task: str
    peer: str
    data: Callable[[bool], Data]
    labkit: Call
    settings: Mapping[str, Call]
    error: Callable[[Any, Data], float]
    error_name: str
    as_good_as: float = 0.0
    target: float = 1.15
    curve: Mapping[str, Call] = field(default_factory=dict)
    path_variable: str = ""


def rows() -> dict[str, Row]:
    """Return all rows by name."""
    files = sorted((Path(__file__).parent / "rows").glob("[!_]*.py"))
    found = [row for f in files for row in importlib.import_module(f"{ROWS_IN}.{f.stem}").ROWS]
    return {row.name: row for row in found}


ROWS_IN = "tests.bench.rows"


def interleaved_pairs(
    first: Callable[[], Any],
    second: Callable[[], Any],
    n_pairs: int = N_PAIRS,
    clock: Callable[[], float] = time.process_time,
) -> tuple[list[float], list[float]]:
    """Time two calls in turn after a warm-up of each; which goes first alternates.

    Parameters
    ----------
    first, second : callable
        Called without arguments.
    n_pairs : int
        How often.
    clock : callable
        Processor time by default: with one thread it is what a quiet machine would show on the
        wall, and other people's work does not count.

    Returns
    -------
    tuple of two lists of float
        Seconds of each, pair by pair.
    """
    seconds: tuple[list[float], list[float]] = ([], [])
    for call in (first, second):
        call()
    for pair in range(n_pairs):
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            start = clock()
            (first, second)[which]()
            seconds[which].append(clock() - start)
    return seconds


def summary(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Return the medians, and median and range of the ratio within a pair.

    Parameters
    ----------
    ours, theirs : list of float
        Seconds, pair by pair.

    Returns
    -------
    dict
        ``labkit_seconds``, ``peer_seconds``, ``ratio``, ``ratio_low``, ``ratio_high``.
    """
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return {
        "labkit_seconds": median(ours),
        "peer_seconds": median(theirs),
        "ratio": median(ratios),
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
    }


def best_setting(
    settings: Mapping[str, Callable[[], Any]],
    error: Callable[[Any], float],
    at_most: float,
    clock: Callable[[], float] = time.process_time,
) -> tuple[str, float]:
    """Return the fastest setting that is accurate enough, and its error.

    Parameters
    ----------
    settings : mapping of str to callable
        Called without arguments, once to warm up and twice for the time.
    error : callable
        Of what they return.
    at_most : float
        Allowed error. If none keeps to it the most accurate one is taken.
    clock : callable
        See `interleaved_pairs`.

    Returns
    -------
    tuple of str and float
        Its name and its error.
    """
    errors, seconds = {}, {}
    for name, call in settings.items():
        errors[name] = error(call())
        times = []
        for _ in range(2):
            start = clock()
            call()
            times.append(clock() - start)
        seconds[name] = min(times)
    fair = [name for name in settings if errors[name] <= at_most]
    best = min(fair, key=seconds.__getitem__) if fair else min(errors, key=errors.__getitem__)
    return best, errors[best]


def measure(row: Row, *, quick: bool = False, device: str = "cpu") -> dict[str, Any]:
    """Measure a row in this process, and its peak memory in processes of their own.

    Parameters
    ----------
    row : Row
        What to compare.
    quick : bool
        Small data and three pairs, to see that it runs.
    device : {"cpu", "cuda"}
        Where labkit's arrays are. The peer stays on the host.

    Returns
    -------
    dict
        What `run.py` writes.
    """
    clock = time.process_time if device == "cpu" else time.perf_counter
    data = row.data(quick)
    here = on_device(data, device)
    our_error = float(row.error(row.labkit(here), data))
    settings = {name: lambda call=call: call(data) for name, call in row.settings.items()}
    setting, peer_error = best_setting(
        settings,
        lambda answer: float(row.error(answer, data)),
        max(our_error, row.as_good_as),
        clock,
    )
    if not (math.isfinite(our_error) and math.isfinite(peer_error)):
        raise ValueError(f"{row.name} has no accuracy: {our_error}, {peer_error}")
    pairs = interleaved_pairs(
        lambda: row.labkit(here), settings[setting], 3 if quick else N_PAIRS, clock
    )
    curve = []
    for name, call in row.curve.items():
        start = clock()
        answer, n_passes = call(data)
        curve.append((name, clock() - start, n_passes, float(row.error(answer, data))))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.npz"
        np.savez(file, **data)
        memory = {who: peak_memory(row, who, file) for who in ("", setting)}
    return {
        "row": row.name,
        "setting": setting,
        **summary(*pairs),
        "labkit_error": our_error,
        "peer_error": peer_error,
        "labkit_memory": memory[""],
        "peer_memory": memory[setting],
        "curve": curve,
    }


def on_device(data: Data, device: str) -> dict[str, Any]:
    """Return the data on a device, through labkit's own door."""
    if device == "cpu":
        return data
    from labkit.arrays import move

    return {name: move(array, device) for name, array in data.items()}


def peak_memory(row: Row, setting: str, file: Path) -> float:
    """Return by how many bytes one call raises a fresh process's peak; NaN where it is not known.

    The peak of a process never falls, so each call has a process of its own, which reads the data
    before. What the call's first imports take is counted: a few MB.
    """
    command = [sys.executable, "-m", "tests.bench.measure", row.name, "--memory", file]
    done = subprocess.run(
        [*map(str, command), "--setting", setting], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def one_call(row: Row, setting: str, file: Path) -> float:
    """Run one call and return by how many bytes it raised this process's peak."""
    with np.load(file) as stored:
        data = {name: stored[name] for name in stored.files}
    before = peak_of_this_process()
    (row.settings[setting] if setting else row.labkit)(data)
    return peak_of_this_process() - before


def peak_of_this_process() -> float:
    """Return the peak of the resident memory in bytes, NaN where it is not known."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux; what getrusage says there includes the parent's peak
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text(encoding="ascii"), re.MULTILINE)
        return 1024.0 * int(found[1]) if found else math.nan
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else 1024 * peak)


def main(arguments: list[str] | None = None) -> int:
    """Measure the row named, and write what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--memory", type=Path)
    parser.add_argument("--setting", default="")
    given = parser.parse_args(arguments)
    row = rows()[given.row]
    if given.memory:
        print(one_call(row, given.setting, given.memory))
    else:
        found = measure(row, quick=given.quick, device=given.device)
        given.output.write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
