"""Pictures: what moves, what is said, how they look."""

from __future__ import annotations

import base64
import html
import io
import re
import subprocess
import sys

import array_api_strict
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.artist import Artist
from PIL import Image

from labkit import figures
from labkit.figures import (
    Picture,
    canvas,
    dot_chart,
    image_grid,
    place_dots,
    point_cloud,
    spectrum,
    strokes,
    trajectories,
)
from labkit.figures.image_grid import mosaic
from labkit.figures.picture import ALT_LENGTHS, alt_problem
from labkit.figures.trajectories import segments

CURVE = np.array([4.0, 2.0, 1.0])
PATH = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
LABELS = {"x_label": "first (mm)", "y_label": "second (mm)"}

DOTS = {
    "colours": ["#000000", "#0072B2"],
    "x_label": "angle, degrees",
    "limits": (1.0, 100.0),
    "ticks": (1, 10, 100),
}

KINDS = {
    "dot_chart": lambda **o: dot_chart({"mean": 30.0, "median": 2.0}, **DOTS, log=True, **o),
    "image_grid": lambda **o: image_grid(np.ones((3, 4, 4)), n_columns=2, **o),
    "point_cloud": lambda **o: point_cloud(PATH, np.array([0, 1, 1]), **LABELS, **o),
    "spectrum": lambda **o: spectrum({"data": CURVE, "theory": CURVE}, y_label="variance", **o),
    "trajectories": lambda **o: trajectories(PATH, theory=PATH, **LABELS, **o),
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_every_kind_is_tested_here():
    functions = {n for n in figures.__all__ if callable(getattr(figures, n))}
    helpers = {"Picture", "canvas", "style", "mosaic", "place_dots", "segments", "strokes"}
    assert functions - helpers == set(KINDS)


# Every kind


@each_kind
def test_picture_with_moving_artists(kind):
    picture = kind()
    assert isinstance(picture, Picture)
    assert picture.moving
    moving = picture.moving_artists()
    assert moving
    assert all(isinstance(artist, Artist) and artist.axes is picture.axes[0] for artist in moving)


@each_kind
def test_drawn_into_a_given_panel(kind):
    picture = canvas(2)
    assert kind(axes=picture.axes[1]) is picture
    assert all(artist.axes is picture.axes[1] for artist in picture.moving_artists())
    assert len(picture.axes) == 2


@each_kind
def test_drawn_in_the_style(kind):
    """While it is built; nothing of it stays behind."""
    before = dict(mpl.rcParams)
    picture = kind()
    picture._repr_html_()
    assert dict(mpl.rcParams) == before
    assert not picture.axes[0].spines["top"].get_visible()


def test_style_of_lines_and_spines():
    picture = spectrum({"data": CURVE}, y_label="variance")
    assert picture.moving["data"].get_linewidth() == 1.8
    assert picture.moving["data"].get_color() == figures.ESTIMATE
    assert not picture.axes[0].spines["right"].get_visible()
    with figures.style():
        assert mpl.rcParams["axes.axisbelow"] is True


def test_other_array_libraries_are_drawn():
    strict = array_api_strict.asarray(PATH, device=array_api_strict.Device("device1"))
    point_cloud(strict, **LABELS)
    trajectories(strict, **LABELS)
    spectrum({"data": strict[:, 0]}, y_label="variance")
    image_grid(array_api_strict.reshape(strict, (1, 3, 2)), n_columns=1)


# The alternative text


def test_html_carries_the_escaped_text():
    picture = spectrum({"data": CURVE}, y_label="variance")
    picture.alt = 'Variance falls from 4 to 1, "fast" & <steadily>.'
    page = picture._repr_html_()
    said = re.search(r'<img [^>]*alt="([^"]*)"', page).group(1)
    assert html.unescape(said) == picture.alt
    assert "<steadily>" not in page
    caption = re.search("<figcaption[^>]*>(.*)</figcaption>", page).group(1)
    assert html.unescape(caption) == picture.alt


def test_html_shows_twice_the_pixels():
    page = canvas(size=(3, 2))._repr_html_()
    assert 'width="300" height="200"' in page
    encoded = re.search(r"base64,([^\"]*)\"", page).group(1)
    assert Image.open(io.BytesIO(base64.b64decode(encoded))).size == (600, 400)


@pytest.mark.parametrize(
    ("alt", "problem"),
    [
        ("", "a picture has no alternative text"),
        ("x" * 38 + "1", "has 39 characters, allowed are 40 to 250"),
        ("x" * 250 + "1", "has 251 characters, allowed are 40 to 250"),
        ("x" * 40, "holds no number"),
        ("x" * 39 + "1", None),
        ("x" * 249 + "1", None),
    ],
)
def test_alternative_text(alt, problem):
    found = alt_problem(alt)
    assert found is None if problem is None else problem in found
    assert ALT_LENGTHS == (40, 250)


# Canvas


@pytest.mark.parametrize(("n_panels", "size"), [(1, (6.0, 4.0)), (2, (9.0, 3.8)), (3, (10.0, 3.4))])
def test_canvas(n_panels, size):
    picture = canvas(n_panels)
    assert len(picture.axes) == n_panels
    assert tuple(picture.get_size_inches()) == size
    assert picture.alt == ""
    assert picture.moving_artists() == []


def test_canvas_with_options():
    picture = canvas(2, size=(4, 2), width_ratios=(3, 1), sharey=True)
    assert tuple(picture.get_size_inches()) == (4, 2)
    picture.canvas.draw()
    left, right = (axes.get_position().width for axes in picture.axes)
    assert left / right == pytest.approx(3, rel=0.01)


# Each kind


def test_spectrum_curves_and_labels():
    picture = spectrum(
        {"ours": CURVE, "theirs": CURVE / 2, "limit": CURVE / 4},
        y_label="variance", theory=("limit",), log="both",
    )  # fmt: skip
    np.testing.assert_array_equal(picture.moving["theirs"].get_xydata()[:, 1], CURVE / 2)
    np.testing.assert_array_equal(picture.moving["ours"].get_xdata(), [1, 2, 3])
    colours = [picture.moving[name].get_color() for name in ("ours", "theirs", "limit")]
    assert colours == [figures.ESTIMATE, figures.RIVAL, figures.THEORY]
    assert picture.moving["limit"].get_linestyle() == "--"
    axes = picture.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("component", "variance")
    assert {text.get_text(): text.xy for text in axes.texts} == {
        "ours": (3, 1.0), "theirs": (3, 0.5), "limit": (3, 0.25),
    }  # fmt: skip
    linear = spectrum({"data": CURVE}, y_label="variance", log=True).axes[0]
    assert (linear.get_xscale(), linear.get_yscale()) == ("linear", "log")


def test_point_cloud_by_class():
    labels = np.array([3, 1, 3])
    picture = point_cloud(PATH, labels, names=["one", "three"], **LABELS)
    one, three = picture.moving["points"]
    np.testing.assert_array_equal(one.get_xydata(), PATH[[1]])
    np.testing.assert_array_equal(three.get_xydata(), PATH[[0, 2]])
    assert one.get_color() != three.get_color()
    assert one.get_marker() != three.get_marker()
    assert [t.get_text() for t in picture.axes[0].texts] == ["one", "three"]
    assert picture.axes[0].get_xlabel() == "first (mm)"


def test_strokes_join_their_ends():
    picture = canvas()
    lines = strokes(PATH, PATH + 1, axes=picture.axes[0])
    np.testing.assert_array_equal(lines.get_segments()[2], [[3.0, 1.0], [4.0, 2.0]])
    assert lines in picture.axes[0].collections


def test_point_cloud_without_classes_is_light_grey():
    (points,) = point_cloud(PATH, **LABELS).moving["points"]
    assert points.get_color() == figures.DATA
    np.testing.assert_array_equal(points.get_xydata(), PATH)


def test_trajectory_from_dark_to_bright():
    picture = trajectories(PATH, title="a path", **LABELS)
    np.testing.assert_array_equal(picture.moving["path"].get_segments(), segments(PATH))
    np.testing.assert_array_equal(picture.moving["path"].get_array(), [0, 1])
    assert list(picture.moving) == ["path"]
    assert picture.axes[0].get_title() == "a path"


def test_segments():
    np.testing.assert_array_equal(segments(PATH), [[PATH[0], PATH[1]], [PATH[1], PATH[2]]])


def test_dots_move_with_their_numbers_and_stay_in_the_panel():
    picture = dot_chart({"mean": 30.0, "median": 2.0}, **DOTS, text="{:.0f}°")
    dots, numbers = picture.moving["dots"], picture.moving["numbers"]
    assert [dot.get_xdata()[0] for dot in dots] == [30, 2]
    assert [label.get_text() for label in picture.axes[0].get_yticklabels()] == ["mean", "median"]
    place_dots(picture, [0.25, np.nan], text="{:.2f}")
    assert dots[0].get_xdata()[0] == numbers[0].get_position()[0] == 1
    assert [number.get_text() for number in numbers] == ["0.25", ""]
    assert np.isnan(dots[1].get_xdata()[0])


def test_mosaic_places_every_image():
    images = np.arange(3 * 2 * 3, dtype=np.float32).reshape(3, 2, 3)
    board = mosaic(images, n_columns=2)
    assert board.shape == (2 * 2 + 2, 2 * 3 + 2)
    np.testing.assert_array_equal(board[:2, :3], images[0])
    np.testing.assert_array_equal(board[:2, 5:], images[1])
    np.testing.assert_array_equal(board[4:, :3], images[2])
    outside = np.isnan(board)
    assert outside.sum() == board.size - images.size
    assert outside[4:, 3:].all()


def test_mosaic_of_one_image_is_the_image():
    image = np.arange(6.0).reshape(1, 2, 3)
    np.testing.assert_array_equal(mosaic(image, n_columns=1), image[0])


def test_diverging_mosaic_divides_each_image_by_its_largest():
    images = np.array([[[1.0, -4.0]], [[0.0, 0.0]], [[0.1, 0.05]]])
    board = mosaic(images, n_columns=1, diverging=True)
    np.testing.assert_allclose(board[[0, 3, 6]], [[0.25, -1.0], [0.0, 0.0], [1.0, 0.5]])
    np.testing.assert_array_equal(images[0], [[1.0, -4.0]])  # the input stays


def test_titled_mosaic_leaves_room():
    images = np.zeros((2, 20, 4))
    assert mosaic(images, n_columns=1, titled=True).shape == (2 * 20 + 5, 4)
    assert mosaic(images, n_columns=1).shape == (2 * 20 + 2, 4)


def test_image_grid_shows_the_mosaic():
    images = np.random.default_rng(0).random((3, 4, 4))
    picture = image_grid(images, n_columns=2, titles=["a", "b", "c"], limits=(0, 2))
    shown = picture.moving["images"]
    expected = mosaic(images, n_columns=2, titled=True)
    np.testing.assert_array_equal(shown.get_array().filled(np.nan), expected)
    assert shown.get_clim() == (0, 2)
    assert [t.get_text() for t in picture.axes[0].texts] == ["a", "b", "c"]
    signed = image_grid(images - 0.5, n_columns=2, diverging=True).moving["images"]
    assert signed.get_clim() == (-1, 1)


# The package


def test_pyplot_is_never_imported():
    code = "import sys, labkit.figures; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
