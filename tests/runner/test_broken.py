"""Broken notebooks, one for each way to break: each fails with a line that names the cause."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from labkit.runner import rules
from labkit.runner.execute import Job, execute
from labkit.runner.record import records

PAPER = "pca-high-dimensional-random"  # any paper of the list
SKETCH = """
import numpy as np
from labkit.explorer import choice, explorer, slider
from labkit.figures import canvas
def sketch(result):
    picture = canvas()
    picture.moving["line"] = picture.axes[0].plot(result)[0]
    return picture
def update(picture, result):
    picture.moving["line"].set_ydata(result)
    picture.alt = f"A curve that ends at {result[-1]:.2f}, at the right of one panel."
"""


def run(path: str, **options: Any) -> dict[str, Any]:
    """Return a notebook's entry in the report, after checking that its reason is one line."""
    entry = execute(Job(path, **options))["notebook"]
    assert "\n" not in entry["reason"]
    return entry


def failure(path: str, **options: Any) -> str:
    """Run a notebook that must fail and return the reason."""
    entry = run(path, **options)
    assert entry["status"] == "failed"
    return entry["reason"]


# Without a kernel


def test_unknown_parameter(write_notebook):
    reason = failure(write_notebook(), parameters={"sede": 1})
    assert reason == "unknown parameter 'sede'; the notebook has seed, device"


def test_missing_requirement_is_skipped(write_notebook):
    entry = run(write_notebook(["1 / 0"], labkit={"requires": ["no_such_module"]}))
    assert entry["status"] == "skipped"
    assert entry["reason"] == "needs no_such_module: pip install no_such_module"


def test_syntax_error_among_the_parameters(write_notebook):
    reason = failure(write_notebook(parameters="seed = = 0"))
    assert reason == "SyntaxError: invalid syntax (parameters cell, line 1)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no notebook\nat all", "NotJSONError: Notebook does not appear to be JSON"),
        ("", "NotJSONError: Notebook does not appear to be JSON"),
        ('{"cells": "none"', "NotJSONError: Notebook does not appear to be JSON"),
    ],
)
def test_file_that_is_no_json(tmp_path, text, reason):
    path = tmp_path / "torn.ipynb"
    path.write_text(text, encoding="utf-8")
    assert failure(str(path)).startswith(reason)


def test_missing_file(tmp_path):
    assert failure(str(tmp_path / "gone.ipynb")).startswith("FileNotFoundError: ")


# Cells


def test_cell_that_raises(write_notebook):
    """An error of two lines is told in one."""
    cells = ["x = 1", '\n\nraise ValueError("no rank\\n  below 1")\nx = 2']
    reason = failure(write_notebook(cells))
    expected = 'cell `raise ValueError("no rank\\n  below 1")` raised ValueError: no rank below 1'
    assert reason == expected


def test_syntax_error_in_a_cell(write_notebook):
    reason = failure(write_notebook(["x = = 3"]))
    assert reason.startswith("cell `x = = 3` raised SyntaxError: invalid syntax")


def test_cell_that_takes_too_long(write_notebook):
    cells = ["x = 1", "import time\ntime.sleep(1000)", "x = 2"]
    entry = run(write_notebook(cells), timeout=6)  # imports of old packages take three
    assert entry["status"] == "timeout"
    assert entry["reason"] == "a cell ran longer than 6 s: `import time`"
    assert entry["seconds"] < 30


@pytest.mark.parametrize("source", ["os._exit(1)", "os.kill(os.getpid(), 9)"])
def test_kernel_that_dies(write_notebook, source):
    entry = run(write_notebook(["import os", source]), timeout=30)
    assert entry["status"] == "failed"
    assert entry["reason"] == f"the kernel died, last in `{source}`"
    assert entry["seconds"] < 30


# Widgets


def test_errors_that_ipywidgets_swallows(write_notebook):
    """Each stands in an Output of its own, and papermill would pass the notebook."""
    cells = [
        "from ipywidgets import IntSlider, Output, interact",
        'def compute(n=(0, 9)):\n    raise ValueError("at construction")\ninteract(compute);',
        "def compute(n=(0, 9)):\n"
        '    if n == 9:\n        raise ValueError("at the maximum")\n'
        "interact(compute);",
        'def compute(kind=["a", "b", "c"]):\n'
        '    if kind == "b":\n        raise ValueError("with that option")\n'
        "interact(compute);",
        'def compute(n=(0, 9), kind=["a", "b", "c"]):\n'
        '    if n == 9 and kind == "b":\n        raise ValueError("at that pair")\n'
        "interact(compute);",
        "output, level = Output(), IntSlider()\n"
        "def update(change):\n"
        "    with output:\n"
        '        if change["new"] > 60:\n            raise ValueError("in an Output")\n'
        'level.observe(update, "value")\n'
        "display(level, output)",
    ]
    found = set(failure(write_notebook(cells)).split("; "))
    assert found == {
        "a widget raised ValueError: at construction",
        "a widget raised ValueError: at the maximum",
        "a widget raised ValueError: with that option",
        "a widget raised ValueError: at that pair",
        "a widget raised ValueError: in an Output",
    }


def test_error_in_a_plain_callback(write_notebook):
    cells = [
        "from ipywidgets import IntSlider",
        "def update(change):\n    [][change['new']]\nlevel = IntSlider()\n"
        'level.observe(update, "value")',
    ]
    reason = failure(write_notebook(cells))
    assert reason == "moving the controls raised IndexError: list index out of range"


def test_errors_of_explorers(write_notebook):
    cells = [
        SKETCH,
        "def compute(n, kind):\n"
        '    if n == 9:\n        raise ValueError(f"no {n}")\n'
        "    return np.arange(3) * n\n"
        'explorer(compute, sketch, update, n=slider("n", 0, 9, value=4),\n'
        '         kind=choice("kind", ["a", "b"]))',
        "def compute(n, kind, level):\n"
        '    if level == 2 and kind == "b":\n        raise ValueError("at that pair")\n'
        "    return np.arange(3) * n * level * len(kind)\n"
        'explorer(compute, sketch, update, n=slider("n", 0, 9, value=4),\n'
        '         kind=choice("kind", ["a", "b", "ccc"]), level=slider("level", 0, 2, value=1))',
        "def compute(n, offset):\n"
        "    return np.arange(3) * n\n"
        'explorer(compute, sketch, update, n=slider("n", 0, 9, value=4),\n'
        '         offset=slider("offset", 0.0, 1.0, value=0.5))',
    ]
    assert failure(write_notebook(cells)).split("; ") == [
        "an explorer raised at n=9, kind='a': ValueError: no 9",
        "an explorer raised at n=4, kind='b', level=2: ValueError: at that pair",
        "control 'offset' changes nothing",
    ]


# Claims


def test_claims_that_fail(write_notebook):
    """And none of them checks a paper, as a claim without a control does not."""
    cells = [
        "from labkit.claims import claim",
        f'claim("{PAPER}", "Missed.", 2.0, at_most=1.0, control=3.0)',
        f'claim("{PAPER}", "Shared.", 0.5, at_most=1.0, control=0.7)',
        f'claim("{PAPER}", "Diverged.", float("nan"), at_most=1.0, control=3.0)',
        f'claim("{PAPER}", "Diverged without control.", float("inf"), at_least=1.0)',
        f'claim("{PAPER}", "Blind.", 0.5, at_most=1.0, control=float("nan"))',
        f'claim("{PAPER}", "Alone.", 0.5, at_most=1.0)',
        f'claim("{PAPER}", "Right.", 0.5, at_most=1.0, control=3.0)',
    ]
    path = write_notebook(cells)
    result = execute(Job(path))
    assert result["notebook"]["status"] == "failed"
    assert result["notebook"]["reason"].split("; ") == [
        "claim FAILS: the bound is missed. 'Missed.': measured 2",
        "claim FAILS: the control meets the bound too. 'Shared.': measured 0.5",
        "claim FAILS: the measured number is not finite. 'Diverged.': measured nan",
        "claim FAILS: the measured number is not finite. 'Diverged without control.': measured inf",
        "claim FAILS: the control is not finite. 'Blind.': measured 0.5",
    ]
    judged = {c["statement"]: (c["judged"], c["passed"]) for c in result["claims"]}
    assert judged["Alone."] == (False, False)
    assert judged["Right."] == (True, True)
    for claim in result["claims"]:
        found = records([claim], {path})[PAPER]
        assert found["status"] == ("checked" if claim["statement"] == "Right." else "shown")


# The house rules


def test_every_house_rule(write_notebook, monkeypatch):
    monkeypatch.setitem(rules.SECONDS, "full", 0.0)
    image = "from IPython.display import HTML, display\n"
    stored = nbformat.v4.new_code_cell("1 + 1", execution_count=1)
    stored.outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
    ]
    cells = [
        stored,
        f"{image}display(HTML('<img src=\"\">'))",
        f"{image}display(HTML('<img alt=\"short 1\">'))",
        f"{image}display(HTML('<img alt=\"A curve that falls and falls, without a number\">'))",
        "class Rank:\n    pass",
        "def helper():\n    pass",
        "def compute():\n" + "    x = 1\n" * 25,
        "import matplotlib.pyplot as plt",
        "import time\ntime.sleep(1)",
    ]
    reason = failure(write_notebook(cells, parameters='device = "cpu"'), strict=True)
    found = reason.split("; ")
    assert found[0:2] == ["outputs are stored in the file", "run nbstripout"]
    assert found[2:] == [
        "the parameters cell must set 'seed'",
        "25 to 45 cells are allowed, got 10",
        "a notebook defines no class, got 'Rank'",
        "functions in a notebook are compute, sketch, update, experiment, got 'helper'",
        "compute has 26 lines, allowed are 25",
        "matplotlib belongs in labkit.figures, not in a notebook",
        "a picture has no alternative text",
        "an alternative text has 7 characters, allowed are 40 to 250: 'short 1'",
        "an alternative text holds no number: 'A curve that falls and falls, without a number'",
        found[-1],
    ]
    assert found[-1].startswith("its cells took ")
    assert found[-1].endswith("allowed are 0 s at the full profile")


def test_picture_without_text_and_no_parameters_cell(write_notebook):
    """A plain Matplotlib figure is shown as a PNG, which cannot carry an alternative text."""
    cells = [
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([0, 1])",
        *["x = 1"] * 24,
    ]
    reason = failure(write_notebook(cells, parameters=None), strict=True)
    assert reason.split("; ") == [
        "one cell must be tagged 'parameters', got 0",
        "matplotlib belongs in labkit.figures, not in a notebook",
        "a picture has no alternative text",
    ]


def test_well_behaved_notebook_passes(write_notebook, tmp_path):
    """With an explorer, a claim, and an Output that shows its text in the kept notebook."""
    cells = [
        SKETCH,
        "def compute(n):\n    return np.arange(3) * n\n"
        'explorer(compute, sketch, update, n=slider("n", 0, 9, value=4))',
        "from labkit.claims import claim\n"
        f'claim("{PAPER}", "Right.", 0.5, at_most=1.0, control=3.0)',
        "from ipywidgets import Button, Output\n"
        "output, button = Output(), Button()\n"
        "with output:\n"
        '    print("said while the cell ran")\n'
        "def update(_button):\n"
        "    with output:\n"
        '        print("said when clicked")\n'
        "button.on_click(update)\n"
        "display(button, output)",
        nbformat.v4.new_markdown_cell("## A heading"),
        *["x = seed"] * 21,
    ]
    kept = tmp_path / "kept" / "tiny.ipynb"
    entry = run(write_notebook(cells), strict=True, parameters={"seed": 3}, output=str(kept))
    assert (entry["status"], entry["reason"]) == ("passed", "")
    assert entry["parameters"] == {"seed": 3, "device": "cpu"}
    assert (entry["explorers"], entry["controls_moved"]) == (1, 2)
    states = nbformat.read(kept, as_version=4).metadata.widgets[
        "application/vnd.jupyter.widget-state+json"
    ]["state"]
    (state,) = (m["state"] for m in states.values() if m["model_name"] == "OutputModel")
    text = "".join(output["text"] for output in state["outputs"])
    assert text == "said while the cell ran\nsaid when clicked\n"
    page = kept.with_suffix(".html").read_text("utf-8")
    assert "said while the cell ran" in page
    assert re.search("<h2[^>]*>A heading", page)
