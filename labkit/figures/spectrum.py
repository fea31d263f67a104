"""Values against their rank: scree plots, singular values, explained variance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from labkit.arrays import Array, to_numpy
from labkit.figures.picture import ESTIMATE, RIVAL, THEORY, Picture, canvas, style


def spectrum(
    values: Mapping[str, Array],
    *,
    y_label: str,
    x_label: str = "component",
    theory: tuple[str, ...] = (),
    log: bool | str = False,
    axes: Axes | None = None,
) -> Picture:
    """Draw one or more sequences of values against their rank, labelled where they end.

    Parameters
    ----------
    values : mapping of str to Array, shape (n,)
        The name written at each curve's end, and its values from rank 1 on.
    y_label, x_label : str
        Axis labels, with units.
    theory : tuple of str
        Names among `values` that are drawn as a dashed grey line.
    log : bool or "both"
        Logarithmic values, or both axes.
    axes : matplotlib Axes, optional
        The panel to draw into; by default a new picture of one panel.

    Returns
    -------
    Picture
        `moving` holds each curve under its name.
    """
    with style():
        picture = canvas() if axes is None else axes.figure
        assert isinstance(picture, Picture)
        axes = picture.axes[0] if axes is None else axes
        colours = iter([ESTIMATE, RIVAL, "#009E73", "#CC79A7", "#56B4E9", "#D55E00"])
        for name, curve in values.items():
            curve = to_numpy(curve)
            ranks = np.arange(1, len(curve) + 1)
            if name in theory:
                line = axes.plot(ranks, curve, "--", color=THEORY, zorder=1.5)[0]
            else:
                line = axes.plot(ranks, curve, "o-", color=next(colours))[0]
            picture.moving[name] = line
            axes.annotate(
                name,
                (ranks[-1], curve[-1]),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=line.get_color(),
                annotation_clip=False,
            )
        axes.set(xlabel=x_label, ylabel=y_label)
        if log:
            axes.set_yscale("log")
        if log == "both":
            axes.set_xscale("log")
    return picture
