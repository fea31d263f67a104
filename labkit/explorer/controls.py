"""Controls labelled in the words of the text; each is an ipywidget with a `value`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from labkit.checks import check_count

_STYLE = {"description_width": "initial"}
_WIDE = "340px"


def slider(
    label: str,
    low: float,
    high: float,
    *,
    value: float,
    step: float | None = None,
    log: bool = False,
) -> widgets.Widget:
    """Return a slider: integer if both ends and the value are integers.

    Parameters
    ----------
    label : str
        In the words of the text, with the unit.
    low, high : float
        Both ends. For a logarithmic slider the values themselves, not the exponents.
    value : float
        Where it starts and where reset returns to.
    step : float, optional
        By default 1, or about a hundredth of the range, or a fiftieth of the logarithmic range,
        such that the slider starts on a step: the page would move it to the nearest one, and show
        another value than the picture has after a reset.
    log : bool
        Logarithmic.

    Returns
    -------
    ipywidgets.Widget
        With keyboard control and a readout.

    Raises
    ------
    ValueError
        If the value is not between the ends or not on a step, or a logarithmic slider starts at 0
        or below.
    """
    if not low <= value <= high or low >= high:
        raise ValueError(
            f"slider {label!r} must have low <= value <= high, got {low}, {value}, {high}"
        )
    if log and low <= 0:
        raise ValueError(f"slider {label!r} must have 0 < low to be logarithmic, got {low}")
    common: dict[str, Any] = {
        "description": label,
        "tooltip": label,
        "value": value,
        "style": _STYLE,
        "layout": widgets.Layout(width=_WIDE),
    }
    if log:
        ends = math.log10(low), math.log10(high)
        step = _step(label, *ends, math.log10(value), step, n_steps=50)
        return widgets.FloatLogSlider(min=ends[0], max=ends[1], step=step, **common)
    if all(isinstance(x, int) for x in (low, high, value)) and isinstance(step, int | None):
        step = _step(label, low, high, value, step or 1)
        return widgets.IntSlider(min=low, max=high, step=step, **common)
    step = _step(label, low, high, value, step)
    return widgets.FloatSlider(min=low, max=high, step=step, **common)


def _step(
    label: str, low: float, high: float, value: float, step: float | None, n_steps: int = 100
) -> float:
    """Return a step that leads from the lower end to the value, in exponents if logarithmic."""
    wanted = step or (high - low) / n_steps
    n_below = round((value - low) / wanted)
    if step is None:
        return (value - low) / max(n_below, 1) if value > low else wanted
    if abs(low + n_below * step - value) > 1e-9 * (high - low):
        raise ValueError(f"slider {label!r} must start on a step of {step} from {low}, got {value}")
    return step


def choice(label: str, options: Sequence[str], *, value: str | None = None) -> widgets.Widget:
    """Return a drop-down list.

    Parameters
    ----------
    label : str
        In the words of the text.
    options : sequence of str
        What can be chosen.
    value : str, optional
        By default the first.

    Returns
    -------
    ipywidgets.Widget
        A Dropdown.
    """
    return widgets.Dropdown(
        description=label,
        tooltip=label,
        options=list(options),
        value=value or options[0],
        style=_STYLE,
        layout=widgets.Layout(width=_WIDE),
    )


def toggle(label: str, *, value: bool = False) -> widgets.Widget:
    """Return a check box.

    Parameters
    ----------
    label : str
        In the words of the text.
    value : bool
        Where it starts.

    Returns
    -------
    ipywidgets.Widget
        A Checkbox.
    """
    return widgets.Checkbox(
        description=label, tooltip=label, value=value, indent=False, style=_STYLE
    )


def time_scrubber(
    label: str, n_frames: int, *, value: int = 0, interval: int = 100
) -> widgets.Widget:
    """Return a slider over the frames of a recorded run, with a play button.

    Parameters
    ----------
    label : str
        What the frames count, for example ``"step"``.
    n_frames : int
        The slider runs from 0 to ``n_frames - 1``.
    value : int
        The frame it starts at: a later one where nothing but the frame shows at the start.
    interval : int
        Milliseconds between frames while it plays.

    Returns
    -------
    ipywidgets.Widget
        An IntSlider; its ``player`` attribute is the Play button that `explorer` shows beside it.
    """
    check_count(n_frames, "n_frames", 2)
    scrubber = slider(label, 0, n_frames - 1, value=value)
    player = widgets.Play(
        min=0,
        max=n_frames - 1,
        value=value,
        interval=interval,
        layout=widgets.Layout(width="130px"),
    )
    widgets.jslink((player, "value"), (scrubber, "value"))
    scrubber.player = player
    return scrubber


class DrawAnew(widgets.Button):
    """A button whose `value` counts its clicks: hand it to a named random stream."""

    def __init__(self, label: str) -> None:
        super().__init__(
            description=label, icon="refresh", tooltip=label, layout=widgets.Layout(width="auto")
        )
        self.value = 0
        self._handlers: list[Any] = []
        self.on_click(lambda _button: self.set(self.value + 1))

    def set(self, value: int) -> None:
        """Set the count and tell whoever observes it."""
        self.value = value
        for handler in self._handlers:
            handler({"new": value})

    def observe(self, handler: Any, names: Any = None, type: Any = "change") -> None:
        """Call the handler at each click, or observe a trait as every widget does."""
        if names == "value":
            self._handlers.append(handler)
        else:
            super().observe(handler, names, type)


def draw_anew(label: str = "draw anew") -> DrawAnew:
    """Return a button that draws new random numbers.

    Parameters
    ----------
    label : str
        In the words of the text.

    Returns
    -------
    DrawAnew
        Its `value` is 0 and grows by one with each click.
    """
    return DrawAnew(label)
