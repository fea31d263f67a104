"""Pictures, named by what the eye sees. They take results or NumPy arrays and return a Picture."""

from labkit.figures.image_grid import image_grid
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
from labkit.figures.point_cloud import point_cloud
from labkit.figures.spectrum import spectrum
from labkit.figures.trajectories import trajectories

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
    "image_grid",
    "point_cloud",
    "spectrum",
    "style",
    "trajectories",
]
