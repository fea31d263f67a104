"""Controls: what each one is, and what is refused."""

from __future__ import annotations

import math

import ipywidgets as widgets
import pytest

from labkit.explorer import choice, draw_anew, slider, time_scrubber, toggle


def test_slider_of_integers():
    control = slider("rank", 1, 9, value=3)
    assert isinstance(control, widgets.IntSlider)
    assert (control.min, control.max, control.value, control.step) == (1, 9, 3, 1)
    assert control.description == "rank"
    assert slider("rank", 0, 100, value=30, step=10).step == 10


@pytest.mark.parametrize(
    ("low", "high", "value", "step"), [(0.0, 1, 1, None), (0, 1, 0.5, None), (0, 4, 2, 0.5)]
)
def test_slider_of_floats(low, high, value, step):
    """One float among ends, value and step is enough."""
    control = slider("noise", low, high, value=value, step=step)
    assert isinstance(control, widgets.FloatSlider)
    assert control.step == pytest.approx(step or (high - low) / 100)
    assert (control.min, control.max, control.value) == (low, high, value)


def test_logarithmic_slider():
    control = slider("noise", 1e-3, 10, value=0.1, log=True)
    assert isinstance(control, widgets.FloatLogSlider)
    assert (control.min, control.max) == pytest.approx((-3, 1))
    assert control.step == pytest.approx(4 / 50)
    assert control.value == 0.1


@pytest.mark.parametrize(
    ("low", "high", "value"), [(1, 9, 0), (1, 9, 10), (9, 1, 5), (3, 3, 3), (0.0, 1.0, math.nan)]
)
def test_slider_refuses_values_beyond_its_ends(low, high, value):
    message = f"slider 'rank' must have low <= value <= high, got {low}, {value}, {high}"
    with pytest.raises(ValueError, match=message):
        slider("rank", low, high, value=value)


@pytest.mark.parametrize(
    ("low", "high", "value", "log"),
    [
        (0.05, 20.0, 0.6, True),
        (0.05, 0.8, 0.3, False),
        (1e-3, 10, 10, True),
        (0.0, 1, 0.004, False),
    ],
)
def test_the_page_need_not_move_the_start_to_a_step(low, high, value, log):
    """Else it shows another value after a reset than the picture has."""
    control = slider("noise", low, high, value=value, log=log)
    n_steps = ((math.log10(value) if log else value) - control.min) / control.step
    assert n_steps == pytest.approx(round(n_steps), abs=1e-9)
    assert 0.4 / 100 <= control.step / (control.max - control.min) <= 1.5 / 50


@pytest.mark.parametrize(
    ("low", "high", "value", "step"), [(0, 100, 35, 10), (0.0, 1.0, 0.3, 0.25), (1, 100, 30, 10)]
)
def test_slider_refuses_a_start_between_its_steps(low, high, value, step):
    message = f"slider 'rank' must start on a step of {step} from {low}, got {value}"
    with pytest.raises(ValueError, match=message):
        slider("rank", low, high, value=value, step=step)


@pytest.mark.parametrize("low", [0, -1.0])
def test_logarithmic_slider_refuses_what_has_no_logarithm(low):
    with pytest.raises(ValueError, match=f"slider 'noise' must have 0 < low .*, got {low}"):
        slider("noise", low, 10, value=1, log=True)


def test_choice():
    control = choice("route", ("exact", "gram"))
    assert isinstance(control, widgets.Dropdown)
    assert (control.value, control.options) == ("exact", ("exact", "gram"))
    assert choice("route", ["exact", "gram"], value="gram").value == "gram"


def test_toggle():
    assert toggle("centre").value is False
    control = toggle("centre", value=True)
    assert isinstance(control, widgets.Checkbox)
    assert (control.value, control.description) == (True, "centre")


def test_time_scrubber():
    control = time_scrubber("step", 20, interval=50)
    assert isinstance(control, widgets.IntSlider)
    assert (control.min, control.max, control.value) == (0, 19, 0)
    player = control.player
    assert (player.min, player.max, player.interval) == (0, 19, 50)
    later = time_scrubber("step", 20, value=8)
    assert (later.value, later.player.value) == (8, 8)


@pytest.mark.parametrize(("n_frames", "error"), [(1, ValueError), (2.0, TypeError)])
def test_time_scrubber_refuses(n_frames, error):
    with pytest.raises(error, match=f"n_frames must be an integer from 2 up, got {n_frames}"):
        time_scrubber("step", n_frames)


def test_draw_anew_counts_its_clicks():
    control = draw_anew("new data")
    seen = []
    control.observe(lambda change: seen.append(change["new"]), "value")
    assert control.value == 0
    control.click()
    control.click()
    control.set(0)
    assert seen == [1, 2, 0]
    assert control.description == "new data"


def test_draw_anew_has_the_traits_of_a_button():
    control = draw_anew()
    seen = []
    control.observe(lambda change: seen.append(change["new"]), "disabled")
    control.disabled = True
    assert seen == [True]
