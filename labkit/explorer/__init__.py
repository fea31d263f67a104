"""The one thin binding of controls, a computation and a picture. The only ipywidgets code."""

from labkit.explorer.binding import Explorer, explorer
from labkit.explorer.controls import choice, draw_anew, slider, time_scrubber, toggle

__all__ = [
    "Explorer",
    "choice",
    "draw_anew",
    "explorer",
    "slider",
    "time_scrubber",
    "toggle",
]
