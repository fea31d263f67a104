"""Paths in the plane, coloured by time, beside the curve that theory expects."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from labkit.arrays import Array, to_numpy
from labkit.figures.picture import THEORY, Picture, canvas, style


def trajectories(
    path: Array,
    *,
    theory: Array | None = None,
    x_label: str,
    y_label: str,
    title: str = "",
    axes: Axes | None = None,
) -> Picture:
    """Draw one path from dark (start) to bright (end), and a dashed grey theory curve.

    Parameters
    ----------
    path : Array, shape (n_steps, 2)
        The path, in time order.
    theory : Array, shape (m, 2), optional
        The expected curve.
    x_label, y_label : str
        Axis labels, with units.
    title : str
        Written above the panel.
    axes : matplotlib Axes, optional
        The panel to draw into; by default a new picture of one panel.

    Returns
    -------
    Picture
        `moving` holds ``"path"``, to be set by ``set_segments(segments(...))``, and ``"theory"``
        where there is one.
    """
    path = to_numpy(path)
    with style():
        picture = canvas() if axes is None else axes.figure
        assert isinstance(picture, Picture)
        axes = picture.axes[0] if axes is None else axes
        lines = LineCollection(list(segments(path)), cmap="viridis", linewidths=2, zorder=2)
        lines.set_array(np.linspace(0, 1, len(path) - 1))
        axes.add_collection(lines)
        picture.moving["path"] = lines
        if theory is not None:
            curve = to_numpy(theory)
            picture.moving["theory"] = axes.plot(
                curve[:, 0], curve[:, 1], "--", color=THEORY, zorder=3, lw=1.3
            )[0]
        axes.autoscale_view()
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
    return picture


def segments(path: Array) -> np.ndarray:
    """Cut a path into the pieces that a line collection draws.

    Parameters
    ----------
    path : Array, shape (n_steps, 2)
        The path.

    Returns
    -------
    ndarray, shape (n_steps - 1, 2, 2)
        Start and end of each piece.
    """
    path = to_numpy(path)
    return np.stack([path[:-1], path[1:]], axis=1)
