"""Points in the plane, by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from labkit.arrays import Array, to_numpy
from labkit.figures.picture import CATEGORIES, DATA, OUTLIER, Picture, canvas, style

MARKERS = "osD^vP*X"


def point_cloud(
    points: Array,
    labels: Array | None = None,
    *,
    names: Sequence[str] = (),
    x_label: str,
    y_label: str,
    axes: Axes | None = None,
) -> Picture:
    """Draw points, one colour and marker for each class, and the class names at the medians.

    Parameters
    ----------
    points : Array, shape (n_points, 2)
        Coordinates.
    labels : Array of int, shape (n_points,), optional
        Classes from 0; without them all points are light grey.
    names : sequence of str
        Names of the classes.
    x_label, y_label : str
        Axis labels, with units.
    axes : matplotlib Axes, optional
        The panel to draw into; by default a new picture of one panel.

    Returns
    -------
    Picture
        `moving` holds ``"points"``, a list with one artist for each class.
    """
    points = to_numpy(points)
    classes = np.zeros(len(points), dtype=int) if labels is None else to_numpy(labels)
    with style():
        picture = canvas() if axes is None else axes.figure
        assert isinstance(picture, Picture)
        axes = picture.axes[0] if axes is None else axes
        artists: list[Artist] = []
        for i, value in enumerate(np.unique(classes)):
            here = points[classes == value]
            colour = DATA if labels is None else CATEGORIES[i % len(CATEGORIES)]
            marker = MARKERS[i % len(MARKERS)]
            artists.append(
                axes.plot(here[:, 0], here[:, 1], marker, color=colour, ms=3.5, mew=0, alpha=0.75)[
                    0
                ]
            )
            if names:
                axes.annotate(
                    names[i],
                    tuple(np.median(here, axis=0)),
                    ha="center",
                    va="center",
                    fontweight="bold",
                    bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": colour, "alpha": 0.85},
                )
        picture.moving["points"] = artists
        axes.set(xlabel=x_label, ylabel=y_label)
    return picture


def strokes(starts: Array, ends: Array, *, axes: Axes) -> LineCollection:
    """Draw thin lines from points to points: what a projection loses.

    Parameters
    ----------
    starts, ends : Array, shape (n_points, 2)
        Both ends of each line.
    axes : matplotlib Axes
        The panel to draw into.

    Returns
    -------
    LineCollection
        To be moved by ``set_segments``.
    """
    pieces = np.stack([to_numpy(starts), to_numpy(ends)], axis=1)
    lines = LineCollection(list(pieces), colors=OUTLIER, linewidths=0.7, alpha=0.6, zorder=1.5)
    axes.add_collection(lines)
    return lines
