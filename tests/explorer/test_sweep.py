"""The sweep: where it goes, what it finds."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
import pytest

from labkit.explorer import (
    binding,
    choice,
    draw_anew,
    explorer,
    slider,
    sweep,
    time_scrubber,
    toggle,
)
from labkit.figures import canvas

ALT = "A line that ends at 1.00, at the right end of the one panel."


@pytest.fixture(autouse=True)
def forget_explorers():
    """Other tests of this process do not see the explorers made here."""
    before = list(binding.live)
    yield
    binding.live[:] = before


def sketch(result):
    picture = canvas(size=(1, 1))
    picture.moving["line"] = picture.axes[0].plot([0, 1])[0]
    picture.alt = ALT
    return picture


def make(compute, update=lambda picture, result: None, **controls):
    return explorer(compute, sketch, update, **controls)


def anything(**values):
    return np.array([hash(tuple(values.items()))])


def with_keywords(**controls):
    """Return an explorer whose compute has these controls as keywords."""
    names = ", ".join(controls)
    scope = {"anything": anything}
    exec(f"def compute({names}): return anything({', '.join(f'{n}={n}' for n in controls)})", scope)
    return make(scope["compute"], **controls)


def test_settings():
    made = with_keywords(
        n=slider("n", 0, 9, value=3),
        x=slider("x", 0.0, 1.0, value=0.25),
        kind=choice("kind", ["a", "b", "c", "d"], value="b"),
    )
    visited = list(sweep.settings(made))
    start = {"n": 3, "x": 0.25, "kind": "b"}
    for name, marks in {"n": [0, 4, 9], "x": [0.0, 0.5, 1.0], "kind": ["a", "b", "c", "d"]}.items():
        assert all({**start, name: mark} in visited for mark in marks)
    assert {"n": 0, "x": 0.0, "kind": "a"} in visited
    assert {"n": 9, "x": 1.0, "kind": "d"} in visited
    corners = {"n": [0, 9], "x": [0.0, 1.0], "kind": ["a", "b", "c", "d"]}
    for one, two in itertools.combinations(corners, 2):
        for a, b in itertools.product(corners[one], corners[two]):
            assert {**start, one: a, two: b} in visited
    drawn = visited[-sweep.N_RANDOM :]
    assert len({setting["x"] for setting in drawn}) == sweep.N_RANDOM == 10
    assert all(0 <= setting["n"] <= 9 and setting["kind"] in "abcd" for setting in drawn)
    assert visited == list(sweep.settings(made))  # the same at each run


@pytest.mark.parametrize(
    ("control", "marks"),
    [
        (slider("n", 1, 4, value=2), [1, 2, 4]),
        (slider("x", 0.0, 3.0, value=1.0), [0.0, 1.5, 3.0]),
        (slider("x", 0.01, 100.0, value=1.0, log=True), [0.01, 1.0, 100.0]),
        (toggle("flag", value=True), [False, True]),
        (choice("kind", ["a", "b"]), ["a", "b"]),
        (time_scrubber("step", 11), [0, 5, 10]),
        (draw_anew(), [0, 1, 2]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_marks_of_each_control(control, marks):
    """All of them are values that the control takes."""
    made = with_keywords(control=control)
    visited = [setting["control"] for setting in sweep.settings(made)]
    assert all(a == b or a == pytest.approx(b) for a, b in zip(visited, marks, strict=False))
    found = sweep.sweep(made)
    assert found["errors"] == []
    assert found["n_moves"] == len(visited)


def test_report_of_a_good_explorer():
    made = make(lambda n: np.arange(3) * n, n=slider("n", 0, 9, value=3))
    made.set(n=7)
    found = sweep.sweep(made)
    assert set(found) == {
        "n_controls", "n_moves", "errors", "inert", "milliseconds", "alt_problems",
    }  # fmt: skip
    assert (found["n_controls"], found["n_moves"]) == (1, 3 + 2 + 10)
    assert (found["errors"], found["inert"], found["alt_problems"]) == ([], [], [])
    assert found["milliseconds"] > 0
    assert made.values() == {"n": 3}


def test_errors_carry_the_setting():
    def compute(n, kind):
        if n == 9 and kind == "b":
            raise ValueError("no such case")
        return np.arange(3) * n * len(kind)

    kinds = choice("kind", ["a", "b", "ccc"])
    found = sweep.sweep(make(compute, n=slider("n", 0, 9, value=3), kind=kinds))
    assert found["errors"] == ["at n=9, kind='b': ValueError: no such case"]
    assert found["inert"] == []  # unknown, where something raised


def test_error_of_update_is_found():
    def update(picture, result):
        if result.size == 9:
            raise IndexError("too long")

    found = sweep.sweep(make(lambda n: np.ones(n), update, n=slider("n", 1, 9, value=3)))
    assert "at n=9: IndexError: too long" in found["errors"]


@dataclass
class Result:
    values: np.ndarray
    measured: float
    parts: dict


def test_inert_control():
    """A number that is only printed does not count; an array anywhere in the result does."""

    def compute(used, printed, unused, nested):
        parts = {"a": [(np.ones(2), np.ones(nested))]}
        return Result(np.arange(3) * used, float(printed), parts)

    controls = {name: slider(name, 0, 9, value=3) for name in ("used", "printed", "unused")}
    nested = slider("nested", 1, 9, value=3)
    found = sweep.sweep(make(compute, **controls, nested=nested))
    assert found["inert"] == ["printed", "unused"]


def test_control_that_matters_only_beside_another_is_not_inert():
    def compute(on, level):
        return np.ones(2) * (level if on else 0)

    made = make(compute, on=toggle("on"), level=slider("level", 1, 9, value=3))
    assert sweep.sweep(made)["inert"] == []


def test_zero_dimensional_arrays_are_printed_numbers():
    made = make(lambda n: {"n": np.array(n)}, n=slider("n", 1, 9, value=3))
    assert sweep.sweep(made)["inert"] == ["n"]


def test_alternative_text_is_judged_everywhere():
    def update(picture, result):
        picture.alt = ALT if result[0] < 9 else "too short 1"

    made = make(lambda n: np.array([n]), update, n=slider("n", 0, 9, value=3))
    (problem,) = sweep.sweep(made)["alt_problems"]
    assert problem.startswith("an alternative text has 11 characters")


def test_plain_controls_are_moved_and_put_back(monkeypatch):
    """Those of explorers are left to the sweep of explorers."""
    made = with_keywords(n=slider("n", 0, 9, value=3))
    level = widgets.FloatLogSlider(value=10.0)
    kind = widgets.ToggleButtons(options=[("first", 1), ("second", 2)], value=2)
    button, idle = widgets.Button(), widgets.Button()
    seen = []
    clicks = []
    for control in (level, kind):
        control.observe(lambda change: seen.append(change["new"]), "value")
    button.on_click(clicks.append)
    ours = [*made.widget.children[0].children]
    constructed = [*ours, level, kind, button, idle, widgets.HTML(), draw_anew()]
    monkeypatch.setattr(sweep, "_widgets", constructed)
    assert sweep._move_plain_widgets() == 3
    assert seen == [1.0, 100.0, 1e4, 10.0, 1, 2]
    assert (level.value, kind.value) == (10.0, 2)
    assert clicks == [button]


def test_two_controls_of_one_interact_are_moved_together(monkeypatch):
    seen = set()

    def compute(n, kind):
        seen.add((n, kind))

    box = widgets.interactive(compute, n=(0, 9), kind=["a", "b", "c"])
    box.update()
    monkeypatch.setattr(sweep, "_widgets", [*box.kwargs_widgets, box])
    assert sweep._move_plain_widgets() == 2
    assert seen >= set(itertools.product((0, 9), "abc"))
    assert [control.value for control in box.kwargs_widgets] == [4, "a"]
