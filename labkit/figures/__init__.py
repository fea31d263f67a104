"""Pictures, named by what the eye sees. They take results or NumPy arrays and return a Picture."""

from labkit.figures.dot_chart import dot_chart, place_dots
from labkit.figures.image_grid import image_grid, mosaic
from labkit.figures.picture import (
    CATEGORIES,
    DATA,
    ESTIMATE,
    OUTLIER,
    RIVAL,
    THEORY,
    TRUTH,
    Picture,
    canvas,
    style,
)
from labkit.figures.point_cloud import point_cloud, strokes
from labkit.figures.spectrum import spectrum
from labkit.figures.trajectories import segments, trajectories

__all__ = [
    "CATEGORIES",
    "DATA",
    "ESTIMATE",
    "OUTLIER",
    "RIVAL",
    "THEORY",
    "TRUTH",
    "Picture",
    "canvas",
    "dot_chart",
    "image_grid",
    "mosaic",
    "place_dots",
    "point_cloud",
    "segments",
    "spectrum",
    "strokes",
    "style",
    "trajectories",
]
