"""The gallery: what the colour transforms do, and that it finds every picture."""

from __future__ import annotations

import nbformat
import numpy as np
import pytest
from PIL import Image

from tests import gallery

SETTING = """
import numpy as np

from labkit import figures
from labkit.explorer import explorer, slider


def compute(n):
    return np.array([n])


def sketch(result):
    picture = figures.canvas(size=(3, 2))
    picture.moving["text"] = picture.axes[0].text(0, 0, "")
    update(picture, result)
    return picture


def update(picture, result):
    picture.moving["text"].set_text(str(result[0]))
    picture.alt = f"The number {result[0]} in the lower left corner & nothing else."
"""
CELLS = [
    SETTING,
    "sketch(compute(-1))",
    "explorer(compute, sketch, update, n=slider('n', 0, 9, value=5))",
]


def colour(*rgb):
    return Image.new("RGB", (2, 1), rgb)


def first(image):
    return np.asarray(image)[0, 0].tolist()


def test_greys_stay_as_they_are():
    for level in (0, 5, 100, 255):
        grey = colour(level, level, level)
        assert first(gallery.greyscale(grey)) == [level] * 3
        assert first(gallery.deuteranopia(grey)) == pytest.approx([level] * 3, abs=1)


def test_greyscale_is_luminance():
    """Of the primaries: WCAG's weights 0.2126, 0.7152 and 0.0722, in sRGB's 8 bits."""
    primaries = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert [first(gallery.greyscale(colour(*p)))[0] for p in primaries] == [127, 220, 76]


def test_deuteranopia_takes_red_from_green_and_leaves_blue():
    """Two colours that differ along red and green come close; blue and yellow stay apart."""

    def distance(one, two):
        seen = [np.array(first(gallery.deuteranopia(colour(*c))), float) for c in (one, two)]
        return np.linalg.norm(seen[0] - seen[1])

    red, green, blue, yellow = (150, 80, 30), (90, 110, 30), (40, 60, 200), (200, 190, 40)
    assert distance(red, green) < 0.3 * np.linalg.norm(np.subtract(red, green))
    assert distance(blue, yellow) > 0.7 * np.linalg.norm(np.subtract(blue, yellow))
    np.testing.assert_allclose(gallery.DEUTERANOPIA.sum(axis=1), 1, atol=1e-6)


def test_every_picture_of_a_notebook(tmp_path):
    path = tmp_path / "tiny.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    before = path.read_bytes()
    shown = gallery.pictures(path)
    assert path.read_bytes() == before
    assert [s.place for s in shown] == ["", "default", "all low", "all high"]
    numbers = [-1, 5, 0, 9]
    assert [s.alt for s in shown] == [
        f"The number {n} in the lower left corner & nothing else." for n in numbers
    ]
    assert [s.image.size for s in shown] == [(600, 400)] + 3 * [(300, 200)]
    assert len({s.image.resize((300, 200)).tobytes() for s in shown}) == 4


def test_notebook_that_fails_is_named(tmp_path):
    with pytest.raises(RuntimeError, match=r"gone\.ipynb"):
        gallery.pictures(_failing(tmp_path / "gone.ipynb"))


def _failing(path):
    """Write a notebook that does not get as far as a kernel."""
    metadata = {"labkit": {"requires": ["no_such_package"]}}
    nbformat.write(nbformat.v4.new_notebook(metadata=metadata), path)
    return path


def test_sheets_and_index(tmp_path, monkeypatch):
    places = ["one.ipynb", "topic/two.ipynb"]
    for place in places:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    shown = [gallery.Shown("all low", f"Red: {'long ' * 60}", colour(255, 0, 0))]
    monkeypatch.setattr(gallery, "pictures", lambda notebook: shown)
    monkeypatch.chdir(tmp_path)
    assert gallery.main([*places, "--out", "sheets"]) == 0
    index = (tmp_path / "sheets" / "index.html").read_text(encoding="utf-8")
    for name in ("one.png", "topic-two.png"):
        assert f'<img src="{name}" alt="1. explorer, all low: Red: long' in index
        with Image.open(tmp_path / "sheets" / name) as sheet:
            middle = [gallery.GAP + i * (gallery.WIDTH + gallery.GAP) + 200 for i in range(3)]
            red, grey, seen = (sheet.getpixel((x, 150)) for x in middle)
    assert red == (255, 0, 0)
    assert grey == (127, 127, 127)
    assert seen == tuple(first(gallery.deuteranopia(colour(255, 0, 0))))
