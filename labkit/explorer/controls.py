"""Controls labelled in the words of the text; each is an ipywidget with a `value`."""

from __future__ import annotations

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
        By default 1, a hundredth of the range, or a fiftieth of the logarithmic range.
    log : bool
        Logarithmic.

    Returns
    -------
    ipywidgets.Widget
        With keyboard control and a readout.

    Raises
    ------
    ValueError
        If the value is not between the ends, or a logarithmic slider starts at 0 or below.
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
        import math

        ends = math.log10(low), math.log10(high)
        return widgets.FloatLogSlider(
            min=ends[0], max=ends[1], step=step or (ends[1] - ends[0]) / 50, **common
        )
    if all(isinstance(x, int) for x in (low, high, value)) and isinstance(step, int | None):
        return widgets.IntSlider(min=low, max=high, step=step or 1, **common)
    return widgets.FloatSlider(min=low, max=high, step=step or (high - low) / 100, **common)


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


def time_scrubber(label: str, n_frames: int, *, interval: int = 100) -> widgets.Widget:
    """Return a slider over the frames of a recorded run, with a play button.

    Parameters
    ----------
    label : str
        What the frames count, for example ``"step"``.
    n_frames : int
        The slider runs from 0 to ``n_frames - 1``.
    interval : int
        Milliseconds between frames while it plays.

    Returns
    -------
    ipywidgets.Widget
        An IntSlider; its ``player`` attribute is the Play button that `explorer` shows beside it.
    """
    check_count(n_frames, "n_frames", 2)
    scrubber = slider(label, 0, n_frames - 1, value=0)
    player = widgets.Play(
        min=0, max=n_frames - 1, interval=interval, layout=widgets.Layout(width="130px")
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
