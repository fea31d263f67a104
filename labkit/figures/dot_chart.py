"""One number for each name, as a dot on a line of its own, with the number written above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from labkit.figures.picture import Picture, canvas, style


def dot_chart(
    values: Mapping[str, float],
    *,
    colours: Sequence[str],
    x_label: str,
    limits: tuple[float, float],
    ticks: Sequence[float],
    log: bool = False,
    text: str = "{:.2f}",
    axes: Axes | None = None,
) -> Picture:
    """Draw a dot for each name, the first on top; where two methods differ by factors, use `log`.

    Parameters
    ----------
    values : mapping of str to float
        The name written at the left of each line, and its value. NaN hides the dot.
    colours : sequence of str
        One a name.
    x_label : str
        What the values are, with the unit.
    limits : tuple of float
        Ends of the axis; dots beyond sit on them.
    ticks : sequence of float
        Where the axis is labelled, as they are printed.
    log : bool
        Logarithmic values.
    text : str
        Format of the number above each dot.
    axes : matplotlib Axes, optional
        The panel to draw into; by default a new picture of one panel.

    Returns
    -------
    Picture
        `moving` holds ``"dots"`` and ``"numbers"``, to be moved by `place_dots`.
    """
    n = len(values)
    with style():
        picture = canvas() if axes is None else axes.figure
        assert isinstance(picture, Picture)
        axes = picture.axes[0] if axes is None else axes
        axes.set(xscale="log" if log else "linear", xlim=limits, ylim=(n - 0.4, -0.7))
        axes.set_xticks(list(ticks), labels=[f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_yticks(range(n), labels=list(values))
        axes.set_xlabel(x_label)
        axes.grid(axis="y", color="#E8E8E8", lw=0.8)
        axes.tick_params(axis="y", length=0)
        picture.moving["dots"] = [
            axes.plot([limits[0]], [row], "o", color=colour, ms=9, clip_on=False)[0]
            for row, colour in enumerate(colours)
        ]
        picture.moving["numbers"] = [
            axes.text(
                limits[0],
                row - 0.2,
                "",
                ha="center",
                va="bottom",
                fontsize=9,
                bbox={"fc": "white", "ec": "none", "pad": 0.5},
            )
            for row in range(n)
        ]
        place_dots(picture, list(values.values()), text=text)
    return picture


def place_dots(picture: Picture, values: Sequence[float], *, text: str = "{:.2f}") -> None:
    """Move the dots and numbers of a dot chart.

    Parameters
    ----------
    picture : Picture
        With the ``moving`` that `dot_chart` made.
    values : sequence of float
        In the order of the names.
    text : str
        Format of the numbers.
    """
    dots, numbers = picture.moving["dots"], picture.moving["numbers"]
    assert isinstance(dots, list)
    assert isinstance(numbers, list)
    for dot, number, value in zip(dots, numbers, values, strict=True):
        assert isinstance(number, Text)
        low, high = dot.axes.get_xlim()  # type: ignore[union-attr]
        place = float(np.clip(value, low, high))
        dot.set_xdata([place])  # type: ignore[attr-defined]
        number.set_x(low if np.isnan(place) else place)
        number.set_text("" if np.isnan(place) else text.format(value))
