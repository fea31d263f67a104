"""Many small images as one mosaic, so that one artist moves them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from labkit.arrays import Array, to_numpy
from labkit.figures.picture import Picture, canvas, style


def image_grid(
    images: Array,
    *,
    n_columns: int,
    titles: Sequence[str] = (),
    diverging: bool = False,
    limits: tuple[float, float] = (0.0, 1.0),
    axes: Axes | None = None,
) -> Picture:
    """Draw grey images, or signed patterns, in a grid.

    Parameters
    ----------
    images : Array, shape (n_images, height, width)
        Brightness within `limits`. For signed patterns each image is divided by its own largest
        magnitude, so that zero is neutral.
    n_columns : int
        Images in a row.
    titles : sequence of str
        Written above the images, one for each, or none.
    diverging : bool
        Signed patterns: blue below zero, white at zero, red above.
    limits : tuple of float
        Black and white.
    axes : matplotlib Axes, optional
        The panel to draw into; by default a new picture of one panel.

    Returns
    -------
    Picture
        `moving` holds ``"images"``, to be set by ``set_data(mosaic(...))``.
    """
    with style():
        picture = canvas() if axes is None else axes.figure
        assert isinstance(picture, Picture)
        axes = picture.axes[0] if axes is None else axes
        height, width = images.shape[1:]
        picture.moving["images"] = axes.imshow(
            mosaic(images, n_columns=n_columns, diverging=diverging, titled=bool(titles)),
            cmap="RdBu_r" if diverging else "gray",
            vmin=-1.0 if diverging else limits[0],
            vmax=1.0 if diverging else limits[1],
            interpolation="nearest",
        )
        axes.set_axis_off()
        for i, title in enumerate(titles):
            row, column = divmod(i, n_columns)
            axes.text(
                column * (width + 2) + width / 2,
                row * (height + _gap(bool(titles), height)) - 0.06 * height,
                title,
                ha="center",
                va="bottom",
                fontsize=9,
            )
    return picture


def mosaic(
    images: Array, *, n_columns: int, diverging: bool = False, titled: bool = False
) -> np.ndarray:
    """Arrange images in one array, two pixels apart.

    Parameters
    ----------
    images : Array, shape (n_images, height, width)
        The images, row by row.
    n_columns : int
        Images in a row.
    diverging : bool
        Divide each image by its own largest magnitude.
    titled : bool
        Leave room for a title above each row.

    Returns
    -------
    ndarray, shape (grid height, grid width)
        NaN, which is drawn as background, between the images.
    """
    stack = np.array(to_numpy(images), dtype=np.float64)
    n_images, height, width = stack.shape
    if diverging:
        largest = np.abs(stack).max(axis=(1, 2), keepdims=True)
        stack = stack / np.where(largest > 0, largest, 1.0)
    gap = _gap(titled, height)
    n_rows = -(-n_images // n_columns)
    board = np.full((n_rows * (height + gap) - gap, n_columns * (width + 2) - 2), np.nan)
    for i, image in enumerate(stack):
        top, left = i // n_columns * (height + gap), i % n_columns * (width + 2)
        board[top : top + height, left : left + width] = image
    return board


def _gap(titled: bool, height: int) -> int:
    return max(2, height // 4) if titled else 2
