"""Controls -> compute -> picture, fast enough to feel live.

The figure is built once. Everything that does not move is drawn once and kept as pixels; each move
restores them, draws the moving artists, and sends a PNG inside an HTML image that carries its
alternative text. That is about three times faster than a new figure for each move. The work is
done in a plain synchronous handler: the front end then drops stale moves by itself, and whatever
raises is seen. Nothing runs inside an Output context, where errors would be swallowed.
"""

from __future__ import annotations

import inspect
import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.text import Text
from threadpoolctl import ThreadpoolController

from labkit.explorer.controls import DrawAnew
from labkit.figures.picture import Picture, image_html, style

CACHE_SIZE = 128

live: list[Explorer] = []
"""Every explorer made in this process, in order; the harness moves them all."""


class Explorer:
    """A picture that follows its controls; made by `explorer`.

    Attributes
    ----------
    controls : dict of str to Widget
        By the name of `compute`'s keyword.
    widget : ipywidgets.VBox
        What the notebook shows.
    """

    def __init__(
        self,
        compute: Callable[..., Any],
        sketch: Callable[[Any], Picture],
        update: Callable[[Picture, Any], None],
        controls: dict[str, Any],
    ) -> None:
        self.compute, self.update, self.controls = compute, update, controls
        self.defaults = self.values()
        self._holding = False
        self._results: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._threads = ThreadpoolController()
        first = self.result(**self.defaults)
        self._threads = ThreadpoolController()  # knows what `compute` has loaded, too
        self.picture = sketch(first)
        self._draw_background()
        self.view = widgets.HTML()
        self.refresh()
        for control in controls.values():
            control.observe(self.refresh, "value")
        self.widget = widgets.VBox([self._panel(), self.view])
        live.append(self)

    def values(self) -> dict[str, Any]:
        """Return the value of every control."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values: Any) -> None:
        """Move controls, as a reader would, and refresh once.

        Parameters
        ----------
        **values : object
            New values by control name.
        """
        self._holding = True
        try:
            for name, value in values.items():
                control = self.controls[name]
                if isinstance(control, DrawAnew):
                    control.set(value)
                else:
                    control.value = value
        finally:
            self._holding = False
        self.refresh()

    def reset(self, _button: Any = None) -> None:
        """Move every control back to where it started."""
        self.set(**self.defaults)

    def result(self, **values: Any) -> Any:
        """Return what `compute` gives for these values, from the cache where it is known."""
        key = tuple(values.items())
        if key not in self._results:
            # Threads of a BLAS go on spinning for a while after a product; on a small machine
            # they take the time that the browser needs to show the picture.
            with self._threads.limit(limits=1):
                self._results[key] = self.compute(**values)
            if len(self._results) > CACHE_SIZE:
                self._results.popitem(last=False)
        self._results.move_to_end(key)
        return self._results[key]

    def render(self, **values: Any) -> tuple[np.ndarray, str]:
        """Draw the picture for these values; needs no browser.

        Parameters
        ----------
        **values : object
            A value for every control.

        Returns
        -------
        rgb : ndarray of uint8, shape (height, width, 3)
            The pixels.
        alt : str
            The alternative text.
        """
        picture, drawn = self.picture, self._drawn
        self.update(picture, self.result(**values))
        if picture.moving_artists() != self._moving:
            raise RuntimeError("update must move the artists that sketch made, not replace them")
        canvas: Any = picture.canvas
        canvas.restore_region(self._background)
        for artist in drawn:
            owner = getattr(artist, "axes", None) or picture
            owner.draw_artist(artist)
        return np.asarray(canvas.buffer_rgba())[..., :3], picture.alt

    def refresh(self, _change: Any = None) -> None:
        """Show the picture for the present values."""
        if self._holding:
            return
        rgb, alt = self.render(**self.values())
        self.view.value = image_html(_png(rgb), alt, rgb.shape[1], rgb.shape[0])

    def _draw_background(self) -> None:
        """Draw once what never moves and keep its pixels.

        What lies over a moving artist (spines, labels, lines drawn later) is drawn again with it,
        so that a blitted picture equals a full draw pixel by pixel. Grid lines are taken to lie
        below, as the style has it.
        """
        picture = self.picture
        self._moving = picture.moving_artists()
        if not self._moving:
            raise ValueError("sketch must put what moves into picture.moving, got nothing there")
        with style():
            canvas: Any = picture.canvas
            canvas.draw()  # settles the layout with everything in place
            picture.set_layout_engine("none")
            self._drawn = [a for ax in picture.axes for a in _from_first(self._moving, ax)]
            self._drawn += [a for a in self._moving if a not in self._drawn]
            for artist in self._drawn:
                artist.set_animated(True)
            canvas.draw()
            self._background = canvas.copy_from_bbox(picture.bbox)

    def _panel(self) -> widgets.Widget:
        reset = widgets.Button(
            description="reset",
            tooltip="move every control back to where it started",
            layout=widgets.Layout(width="auto"),
        )
        reset.on_click(self.reset)
        shown: list[Any] = []
        for control in self.controls.values():
            player = getattr(control, "player", None)
            shown.append(control if player is None else widgets.HBox([control, player]))
        wrap = widgets.Layout(flex_flow="row wrap", align_items="center")
        return widgets.HBox([*shown, reset], layout=wrap)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the live widget, and a plain picture where widgets do not live."""
        bundle = self.widget._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/html": self.view.value, "text/plain": self.picture.alt}, metadata


def _png(rgb: np.ndarray) -> bytes:
    """Encode pixels in half the time that Pillow takes, which tries five filters on each line."""
    height, width, _ = rgb.shape
    lines = np.empty((height, 1 + 3 * width), dtype=np.uint8)
    lines[:, 0] = 2  # each line as its difference from the one above
    lines[:, 1:] = rgb.reshape(height, -1)
    lines[1:, 1:] -= lines[:-1, 1:].copy()
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _from_first(moving: list[Artist], axes: Axes) -> list[Artist]:
    """Return the artists of a panel from the first that moves on, in the order of a full draw."""
    hidden = [axes.patch, *([] if axes.axison else axes.spines.values())]
    order = sorted(
        (a for a in axes.get_children() if a not in hidden and not isinstance(a, Axes | Axis)),
        key=lambda a: a.get_zorder(),
    )
    places = [i for i, a in enumerate(order) if a in moving]
    over = order[places[0] :] if places else []
    return [a for a in over if a in moving or (a.get_visible() and not _is_outside(a, axes))]


def _is_outside(artist: Artist, axes: Axes) -> bool:
    """Whether it is a text beyond the panel, such as a title; drawing one takes a millisecond."""
    return isinstance(artist, Text) and not artist.get_window_extent().overlaps(axes.bbox)


def explorer(
    compute: Callable[..., Any],
    sketch: Callable[[Any], Picture],
    update: Callable[[Picture, Any], None],
    **controls: Any,
) -> Explorer:
    """Bind controls to a computation and a picture.

    Parameters
    ----------
    compute : callable
        ``compute(**values) -> result``. Pure, so that it can be cached by value; at most 25 ms at
        the defaults, or a look-up in a recorded run or grid.
    sketch : callable
        ``sketch(result) -> Picture``. Builds the picture once, with limits that hold for the whole
        range of the controls, and names in ``picture.moving`` what moves.
    update : callable
        ``update(picture, result)``. Moves those artists and sets ``picture.alt``.
    **controls : ipywidgets.Widget
        One for each keyword of `compute`; see `labkit.explorer.controls`.

    Returns
    -------
    Explorer
        Show it as the last line of a cell.

    Raises
    ------
    ValueError
        If the controls are not the keywords of `compute`.
    """
    wanted = list(inspect.signature(compute).parameters)
    if sorted(wanted) != sorted(controls):
        raise ValueError(
            f"controls must be the keywords of compute, {', '.join(wanted)}; "
            f"got {', '.join(controls) or 'none'}"
        )
    return Explorer(compute, sketch, update, controls)
