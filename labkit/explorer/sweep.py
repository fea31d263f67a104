"""Move every control of a running notebook and report what happened.

The runner puts `watch` before the notebook's first cell and `report` after its last. ipywidgets
swallows what is raised inside `interact` or an Output context; `watch` sees it nevertheless.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np

from labkit.arrays import is_array, to_numpy
from labkit.explorer import binding
from labkit.explorer.binding import Explorer
from labkit.explorer.controls import DrawAnew
from labkit.figures.picture import alt_problem

MIME_TYPE = "application/vnd.labkit.sweep+json"
N_RANDOM = 10
PLAIN = (
    widgets.IntSlider,
    widgets.FloatSlider,
    widgets.FloatLogSlider,
    widgets.BoundedIntText,
    widgets.BoundedFloatText,
    widgets.Checkbox,
    widgets.ToggleButton,
    widgets.Dropdown,
    widgets.RadioButtons,
    widgets.ToggleButtons,
    widgets.Select,
)
"""What is moved beside explorers."""

_errors: list[str] = []
_widgets: list[Any] = []


def watch() -> None:
    """Record every widget made and every error shown from here on."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    show = shell.showtraceback

    def record(exc_tuple: Any = None, *args: Any, **kwargs: Any) -> Any:
        kind, error = (exc_tuple or sys.exc_info())[:2]
        _errors.append(f"{getattr(kind, '__name__', 'error')}: {error}")
        return show(exc_tuple, *args, **kwargs)

    shell.showtraceback = record
    widgets.Widget.on_widget_constructed(_widgets.append)


def report(*, move: bool = True) -> None:
    """Move all explorers and all other controls; display what happened as JSON.

    Parameters
    ----------
    move : bool
        False leaves everything where it is and reports the run alone.
    """
    from IPython.display import display

    cpu_seconds = time.process_time()
    explorers = [sweep(explorer) for explorer in binding.live] if move else []
    n_moved = sum(e["n_controls"] for e in explorers) + (_move_plain_widgets() if move else 0)
    result = {
        "explorers": explorers,
        "controls_moved": n_moved,
        "errors": _errors,
        "peak_mib": _peak_mib(),
        "cpu_seconds": cpu_seconds,
    }
    display({MIME_TYPE: result, "text/plain": f"moved {n_moved} controls"}, raw=True)


def sweep(explorer: Explorer) -> dict[str, Any]:
    """Move every control of an explorer over its range.

    Each control goes to both ends and the middle, or to each of its options; then all low, all
    high, every pair of ends (or options), and ten random settings.

    Parameters
    ----------
    explorer : Explorer
        Comes back at its defaults.

    Returns
    -------
    dict
        ``n_controls``, ``n_moves``, ``errors`` (one line each), ``inert`` (controls for which no
        array of `compute`'s result ever changed), ``milliseconds`` (of processor time, the median
        of all moves; a busy neighbour does not count) and ``alt_problems``.
    """
    errors: list[str] = []
    alt_problems: list[str] = []
    milliseconds: list[float] = []
    n_moves = 0
    for setting in settings(explorer):
        n_moves += 1
        started = time.process_time()
        try:
            explorer.set(**setting)
            milliseconds.append(1000 * (time.process_time() - started))
        except Exception as error:
            shown = ", ".join(f"{k}={v!r}" for k, v in setting.items())
            errors.append(f"at {shown}: {type(error).__name__}: {error}")
            continue
        problem = alt_problem(explorer.picture.alt)
        if problem and problem not in alt_problems:
            alt_problems.append(problem)
    inert = [] if errors else [name for name in explorer.controls if _is_inert(explorer, name)]
    if not errors:
        explorer.reset()
    return {
        "n_controls": len(explorer.controls),
        "n_moves": n_moves,
        "errors": errors,
        "inert": inert,
        "milliseconds": float(np.median(milliseconds)) if milliseconds else None,
        "alt_problems": alt_problems,
    }


def settings(explorer: Explorer) -> Iterator[dict[str, Any]]:
    """Yield the settings that a sweep visits.

    Parameters
    ----------
    explorer : Explorer
        Whose controls are to be moved.

    Yields
    ------
    dict
        A value for every control.
    """
    start = explorer.defaults
    ends = {name: _marks(control) for name, control in explorer.controls.items()}
    for name, marks in ends.items():
        for value in marks:
            yield {**start, name: value}
    yield {name: marks[0] for name, marks in ends.items()}
    yield {name: marks[-1] for name, marks in ends.items()}
    for one, two in itertools.combinations(ends, 2):
        controls = explorer.controls[one], explorer.controls[two]
        for a, b in itertools.product(*map(_corners, controls)):
            yield {**start, one: a, two: b}
    rng = np.random.default_rng(0)
    for _ in range(N_RANDOM):
        yield {name: _random_value(c, rng) for name, c in explorer.controls.items()}


def _marks(control: Any) -> list[Any]:
    """Return low end, middle and high end of a control."""
    if isinstance(control, widgets.FloatLogSlider):
        return [
            control.base**e for e in (control.min, (control.min + control.max) / 2, control.max)
        ]
    if isinstance(control, widgets.IntSlider):
        return [control.min, (control.min + control.max) // 2, control.max]
    if hasattr(control, "min") and hasattr(control, "max"):
        return [control.min, (control.min + control.max) / 2, control.max]
    if isinstance(control, widgets.Checkbox | widgets.ToggleButton):
        return [False, True]
    if isinstance(control, DrawAnew):
        return [0, 1, 2]
    return [value for _label, value in control._options_full]


def _corners(control: Any) -> list[Any]:
    """Return the values at which pairs of controls are tried: both ends, or every option."""
    marks = _marks(control)
    return marks if hasattr(control, "_options_full") else [marks[0], marks[-1]]


def _random_value(control: Any, rng: np.random.Generator) -> Any:
    marks = _marks(control)
    if isinstance(control, widgets.IntSlider):
        return int(rng.integers(marks[0], marks[-1] + 1))
    if isinstance(control, widgets.FloatLogSlider):
        return float(control.base ** rng.uniform(control.min, control.max))
    if isinstance(control, widgets.FloatSlider):
        return float(rng.uniform(marks[0], marks[-1]))
    return marks[int(rng.integers(len(marks)))]


def _is_inert(explorer: Explorer, name: str) -> bool:
    """Whether no array of the result depends on the control, wherever the others stand."""
    marks = {n: _marks(c) for n, c in explorer.controls.items()}
    for place in (explorer.defaults, *({n: m[i] for n, m in marks.items()} for i in (0, 1, -1))):
        seen = [list(_arrays(explorer.result(**{**place, name: v}))) for v in marks[name]]
        for one, other in itertools.pairwise(seen):
            if len(one) != len(other) or any(
                a.shape != b.shape or not np.array_equal(a, b)
                for a, b in zip(one, other, strict=True)
            ):
                return False
    return True


def _arrays(result: Any) -> Iterator[np.ndarray]:
    """Yield every array inside a result. Plain numbers are left out: they are only printed."""
    if is_array(result):
        if result.ndim:
            yield to_numpy(result)
    elif dataclasses.is_dataclass(result):
        for field in dataclasses.fields(result):
            yield from _arrays(getattr(result, field.name))
    elif isinstance(result, Mapping):
        for value in result.values():
            yield from _arrays(value)
    elif isinstance(result, list | tuple):
        for value in result:
            yield from _arrays(value)


def _move_plain_widgets() -> int:
    """Move the controls that belong to no explorer, as in anyone's `interact`."""
    ours = {id(c) for e in binding.live for c in e.controls.values()}
    count = 0
    for widget in list(_widgets):
        if id(widget) in ours or isinstance(widget, widgets.Play | DrawAnew):
            continue
        if isinstance(widget, widgets.Button):
            if widget._click_handlers.callbacks and not _resets_explorer(widget):
                widget.click()
                count += 1
            continue
        if isinstance(widget, widgets.interactive):
            _move_pairs([c for c in widget.kwargs_widgets if isinstance(c, PLAIN)])
        if not isinstance(widget, PLAIN):
            continue
        start = widget.value
        for value in [*_marks(widget), start]:
            widget.value = value
        count += 1
    return count


def _move_pairs(controls: list[Any]) -> None:
    """Move every two controls of one `interact` together: some errors need both."""
    for one, two in itertools.combinations(controls, 2):
        start = one.value, two.value
        for one_value, two_value in [*itertools.product(_corners(one), _corners(two)), start]:
            one.value = one_value
            two.value = two_value


def _resets_explorer(button: Any) -> bool:
    return any(
        getattr(callback, "__func__", None) is Explorer.reset
        for callback in button._click_handlers.callbacks
    )


def _peak_mib() -> float | None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
