"""Every picture of the notebooks on contact sheets: ``python tests/gallery.py [notebook ...]``.

One sheet a notebook, one line a picture: in colour, in greyscale, and as a person sees it who has
no green-sensitive cones (deuteranopia). An explorer is shown at its defaults and with all controls
at their low and at their high ends. Look at them before a notebook is called done.
"""

from __future__ import annotations

import argparse
import base64
import html
import io
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from labkit.runner import Job, execute, find_notebooks

WIDTH, GAP, LINE = 560, 16, 18  # pixels: a column, between columns, a line of text
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color
# vision deficiency", table 1, deuteranomaly of severity 1.0; it applies to linear RGB.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
# Goes in front of the notebook, and after each cell that makes an explorer.
SHOW_ENDS = """
def _labkit_show_ends():
    from IPython.display import display
    from labkit.explorer import binding, sweep

    for explorer in binding.live[len(_labkit_shown) :]:
        _labkit_shown.append(explorer)
        marks = {name: sweep._marks(control) for name, control in explorer.controls.items()}
        for place, end in (("all low", 0), ("all high", -1)):
            explorer.set(**{name: values[end] for name, values in marks.items()})
            shown = {"text/html": explorer.view.value, "text/plain": place}
            display(shown, metadata={"labkit": place}, raw=True)
        explorer.reset()


_labkit_shown = []
"""


@dataclass(frozen=True)
class Shown:
    """A picture of a notebook.

    Attributes
    ----------
    place : str
        The cell, and for an explorer where its controls stand.
    alt : str
        The alternative text.
    image : PIL.Image.Image
        The picture.
    """

    place: str
    alt: str
    image: Image.Image


def greyscale(image: Image.Image) -> Image.Image:
    """Keep the luminance only.

    Parameters
    ----------
    image : PIL.Image.Image
        In sRGB.

    Returns
    -------
    PIL.Image.Image
        Of the same mode and size.
    """
    return _from_linear(np.repeat((_to_linear(image) @ LUMINANCE)[..., None], 3, axis=2))


def deuteranopia(image: Image.Image) -> Image.Image:
    """Show what is left of the colours without green-sensitive cones.

    Parameters
    ----------
    image : PIL.Image.Image
        In sRGB.

    Returns
    -------
    PIL.Image.Image
        Of the same mode and size.
    """
    return _from_linear(_to_linear(image) @ DEUTERANOPIA.T)


def _to_linear(image: Image.Image) -> np.ndarray:
    x = np.asarray(image.convert("RGB")) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def _from_linear(x: np.ndarray) -> Image.Image:
    x = np.clip(x, 0, 1)
    x = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    return Image.fromarray(np.round(255 * x).astype(np.uint8))


def pictures(notebook: str | Path) -> list[Shown]:
    """Run a notebook at its own parameters and return its pictures in order.

    Parameters
    ----------
    notebook : str or Path
        The file, which stays as it is.

    Returns
    -------
    list of Shown
        Explorers three times.

    Raises
    ------
    RuntimeError
        If the notebook does not pass.
    """
    copy: Any = nbformat.read(notebook, as_version=4)
    cells = [nbformat.v4.new_code_cell(SHOW_ENDS)]
    for cell in copy.cells:
        cells.append(cell)
        if cell.cell_type == "code" and "explorer(" in cell.source:
            cells.append(nbformat.v4.new_code_cell("_labkit_show_ends()"))
    copy.cells = cells
    with tempfile.TemporaryDirectory(prefix="labkit-") as folder:
        source, target = Path(folder, Path(notebook).name), Path(folder, "executed.ipynb")
        nbformat.write(copy, source)
        result = execute(Job(str(source), output=str(target)))["notebook"]
        if result["status"] != "passed":
            raise RuntimeError(f"{notebook}: {result['reason']}")
        return list(_shown(nbformat.read(target, as_version=4)))


def _shown(executed: Any) -> Iterator[Shown]:
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            explorer = "application/vnd.jupyter.widget-view+json" in data
            place = output.get("metadata", {}).get("labkit", "default" if explorer else "")
            for tag in re.findall(r"<img\b[^>]*>", data.get("text/html", "")):
                encoded = re.search(r'src="data:image/png;base64,([^"]*)"', tag)
                alt = re.search(r'alt="([^"]*)"', tag)
                if encoded:
                    image = Image.open(io.BytesIO(base64.b64decode(encoded[1]))).convert("RGB")
                    yield Shown(place, html.unescape(alt[1]) if alt else "", image)


def sheet(title: str, shown: Sequence[Shown]) -> Image.Image:
    """Draw a contact sheet.

    Parameters
    ----------
    title : str
        Above it.
    shown : sequence of Shown
        One line each.

    Returns
    -------
    PIL.Image.Image
        Three columns: colour, greyscale, deuteranopia.
    """
    fonts = Path(mpl.get_data_path(), "fonts", "ttf")
    plain, bold = (
        ImageFont.truetype(str(fonts / f"{name}.ttf"), 13)
        for name in ("DejaVuSans", "DejaVuSans-Bold")
    )
    captions = [textwrap.wrap(_caption(i, s), 210) for i, s in enumerate(shown, start=1)]
    heights = [round(WIDTH * s.image.height / s.image.width) for s in shown]
    total = sum(heights) + sum(LINE * len(c) + 2 * GAP for c in captions)
    page = Image.new("RGB", (3 * WIDTH + 4 * GAP, total + 2 * GAP + 2 * LINE), "white")
    draw = ImageDraw.Draw(page)
    draw.text((GAP, GAP), title, "black", bold)
    for column, name in enumerate(("colour", "greyscale", "deuteranopia, simulated")):
        draw.text((GAP + column * (WIDTH + GAP), GAP + LINE), name, "black", bold)
    top = 2 * GAP + 2 * LINE
    for one, caption, height in zip(shown, captions, heights, strict=True):
        small = one.image.resize((WIDTH, height), Image.Resampling.LANCZOS)
        for column, seen in enumerate((small, greyscale(small), deuteranopia(small))):
            page.paste(seen, (GAP + column * (WIDTH + GAP), top))
        top += height
        for line in caption:
            draw.text((GAP, top), line, "black", plain)
            top += LINE
        top += 2 * GAP
    return page


def _caption(number: int, shown: Shown) -> str:
    place = f"explorer, {shown.place}: " if shown.place else ""
    return f"{number}. {place}{shown.alt or 'NO ALTERNATIVE TEXT'}"


def write(notebooks: Sequence[str | Path], folder: Path) -> Iterator[Path]:
    """Write a sheet for each notebook, and ``index.html`` that shows them all.

    Parameters
    ----------
    notebooks : sequence of str or Path
        Notebooks, or folders of them.
    folder : Path
        Where to write.

    Yields
    ------
    Path
        Each sheet once it is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for notebook in find_notebooks(notebooks):
        shown = pictures(notebook)
        name = "-".join(Path(notebook).with_suffix("").parts[-2:]).strip("/") + ".png"
        sheet(notebook, shown).save(folder / name)
        captions = "; ".join(_caption(i, s) for i, s in enumerate(shown, start=1))
        parts.append(
            f'<h2>{html.escape(notebook)}</h2><img src="{name}" alt="{html.escape(captions)}" '
            'style="max-width:100%">'
        )
        yield folder / name
    page = (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Gallery</title>'
        f'<body style="font-family:sans-serif"><h1>Gallery</h1>{"".join(parts)}</body></html>\n'
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sheets and print where they are."""
    parser = argparse.ArgumentParser(description="contact sheets of all pictures of notebooks")
    parser.add_argument("notebooks", nargs="*", default=["notebooks"], help="files or folders")
    parser.add_argument("--out", type=Path, default=Path("report/gallery"), help="folder to write")
    options = parser.parse_args(arguments)
    for path in write(options.notebooks, options.out):
        print(path, flush=True)
    print(options.out / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
