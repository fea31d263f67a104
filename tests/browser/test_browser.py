"""What a reader sees: a notebook in JupyterLab runs, its sliders move its pictures, fast enough."""

from __future__ import annotations

from statistics import median
from typing import Any

import nbformat
import pytest

from labkit.figures.picture import alt_problem

LONGEST = 100.0
"""Milliseconds from key press to decoded picture, the median of a slider's moves."""


@pytest.mark.browser
def test_notebook(
    notebook: str, open_notebook: Any, record_moves: Any, all_notebooks: bool
) -> None:
    """Run all, look at every picture, move every slider by keyboard, read what went wrong."""
    opened = open_notebook(notebook)
    opened.run_all()
    assert opened.not_executed() == []
    assert opened.problems == []
    texts = [picture.get_attribute("alt") for picture in opened.pictures()]
    assert len(texts) == opened.n_pictures
    assert [problem for problem in map(alt_problem, texts) if problem] == []
    slow = []
    for number, explorer in enumerate(opened.explorers(), start=1):
        first = explorer.picture.get_attribute("src")
        for label, slider in explorer.sliders():
            times = explorer.move(slider)
            assert len(times) > 1, f"{label!r} by keyboard does not change the picture"
            assert explorer.picture.get_attribute("src") != first
            assert alt_problem(explorer.picture.get_attribute("alt")) is None
            explorer.reset(first)
            if all_notebooks and median(times) > LONGEST:  # a neighbour may have been busy
                times = min(times, explorer.move(slider), key=median)
                explorer.reset(first)
            record_moves(notebook, number, label, times)
            if median(times) > LONGEST:
                slow.append(f"{label!r} of explorer {number}: {median(times):.0f} ms")
    assert opened.close() == []
    if all_notebooks:
        assert slow == []


BROKEN = """
import socket
import sys
from contextlib import suppress

from IPython.display import Javascript, display
from labkit import figures
from labkit.explorer import explorer, slider

display(Javascript("console.error('the page is not well'); fetch('http://192.0.2.1/picture')"))
print("the kernel is not well", file=sys.stderr)
with suppress(OSError):
    socket.create_connection(("192.0.2.1", 80), timeout=0.01)


def compute(n):
    return 1 / (7 - n)


def sketch(result):
    picture = figures.canvas(size=(3, 2))
    picture.moving["text"] = picture.axes[0].text(0, 0, "")
    update(picture, result)
    return picture


def update(picture, result):
    picture.moving["text"].set_text(f"{result:.3f}")
    picture.alt = f"The number {result:.3f} in the lower left corner of a panel."


explorer(compute, sketch, update, n=slider("n", 0, 12, value=5))
"""


@pytest.mark.browser
def test_what_goes_wrong_is_seen(open_notebook: Any, server: Any, all_notebooks: bool) -> None:
    """A notebook on which everything is wrong that the test of our own asks for."""
    if not all_notebooks:
        pytest.skip("only with --browser-all: make browser")
    cells = [nbformat.v4.new_code_cell(BROKEN), nbformat.v4.new_code_cell("1 / 0")]
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    broken = nbformat.v4.new_notebook(cells=cells, metadata=python)
    nbformat.write(broken, server.workspace / "broken.ipynb")
    opened = open_notebook("broken.ipynb")
    opened.run_all()
    assert opened.not_executed() == ["1 / 0"]
    (explorer,) = opened.explorers()
    ((label, slider),) = explorer.sliders()
    assert label == "n"
    assert explorer.move(slider)
    problems = "\n".join(opened.close())
    for expected in (
        "console: the page is not well",
        "request off the machine: http://192.0.2.1/picture",
        "kernel: the kernel is not well",
        "kernel: ZeroDivisionError: division by zero",
        "log: ERROR: a request off the machine: ('192.0.2.1', 80)",
    ):
        assert expected in problems
    assert problems.count("ZeroDivisionError") >= 2  # in the cell, and where the slider stood at 7
