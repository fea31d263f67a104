"""A figure that says what it shows: a Matplotlib Figure with an alternative text."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

TRUTH, ESTIMATE, RIVAL, OUTLIER = "#000000", "#0072B2", "#E69F00", "#D55E00"
"""One meaning, one colour, in every notebook (Okabe-Ito)."""
THEORY, DATA = "#7F7F7F", "#B8B8B8"
"""Theory is a dashed grey line, data light grey points."""
CATEGORIES = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#000000",
)

ALT_LENGTHS = (40, 250)


class Picture(Figure):
    """A Matplotlib figure with an alternative text and a list of what moves.

    It belongs to no pyplot registry: nothing to show, nothing to close.

    Attributes
    ----------
    alt : str
        Says in 40 to 250 characters what one sees, with a number computed from the result.
    moving : dict of str to Artist or list of Artist
        What `update` of an explorer changes; the rest is drawn once and kept.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alt = ""
        self.moving: dict[str, Artist | list[Artist]] = {}
        FigureCanvasAgg(self)

    def moving_artists(self) -> list[Artist]:
        """Return everything in `moving` as one flat list."""
        flat: list[Artist] = []
        for entry in self.moving.values():
            flat += entry if isinstance(entry, list) else [entry]
        return flat

    def _repr_html_(self) -> str:
        """Show the picture with its alternative text, at twice the resolution for sharp screens."""
        with style():
            file = io.BytesIO()
            self.savefig(file, format="png", dpi=2 * self.dpi)
        width, height = (round(inches * self.dpi) for inches in self.get_size_inches())
        return image_html(file.getvalue(), self.alt, width, height)


@contextmanager
def style() -> Iterator[None]:
    """Apply the one style file while a figure is built or drawn."""
    file = resources.files("labkit.figures") / "style.mplstyle"
    with resources.as_file(file) as path, mpl.rc_context(fname=str(path)):
        yield


def canvas(
    n_panels: int = 1, *, size: tuple[float, float] | None = None, **subplot_options: Any
) -> Picture:
    """Return an empty picture with one to three panels side by side, in the project's style.

    Parameters
    ----------
    n_panels : int
        1 to 3. One panel answers one question.
    size : tuple of float, optional
        Width and height in inches; by default (6, 4), (9, 3.8) or (10, 3.4).
    **subplot_options : object
        Handed to ``Figure.subplots``, for example ``width_ratios``.

    Returns
    -------
    Picture
        Its panels are ``picture.axes``.
    """
    default = {1: (6.0, 4.0), 2: (9.0, 3.8)}.get(n_panels, (10.0, 3.4))
    with style():
        picture = Picture(figsize=size or default, layout="constrained")
        gridspec = {k: subplot_options.pop(k) for k in ("width_ratios",) if k in subplot_options}
        picture.subplots(1, n_panels, gridspec_kw=gridspec or None, **subplot_options)
    return picture


def image_html(png: bytes, alt: str, width: int, height: int) -> str:
    """Wrap a PNG and its alternative text as an HTML figure with a visible caption.

    Parameters
    ----------
    png : bytes
        The encoded picture.
    alt : str
        The alternative text, also shown below.
    width, height : int
        Size on the page in CSS pixels.

    Returns
    -------
    str
        A ``<figure>`` element.
    """
    text = html.escape(alt)
    data = base64.b64encode(png).decode()
    return (
        f'<figure style="margin:0"><img decoding="sync" alt="{text}" width="{width}" '
        f'height="{height}" style="max-width:100%;height:auto" src="data:image/png;base64,{data}">'
        f'<figcaption style="color:#555;font-size:85%" aria-hidden="true">{text}</figcaption>'
        "</figure>"
    )


def alt_problem(alt: str) -> str | None:
    """Say what is wrong with an alternative text, or None.

    Parameters
    ----------
    alt : str
        The text.

    Returns
    -------
    str or None
        It must have 40 to 250 characters and hold a number.
    """
    if not alt:
        return "a picture has no alternative text"
    low, high = ALT_LENGTHS
    if not low <= len(alt) <= high:
        return (
            f"an alternative text has {len(alt)} characters, allowed are {low} to {high}: {alt!r}"
        )
    if not any(c.isdigit() for c in alt):
        return f"an alternative text holds no number: {alt!r}"
    return None
