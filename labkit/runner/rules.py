"""The house rules: what our own notebooks keep, beyond running and holding their claims."""

from __future__ import annotations

import ast
import os
import re
from html import unescape
from typing import Any

from labkit.figures.picture import alt_problem

SECONDS = {"full": 60.0, "quick": 10.0}
PEAK_MIB = 1536
MOVE_MILLISECONDS = 50.0
SLOW_MACHINE = 3.0
"""On a CI machine (the variable CI is set) times may be this many times longer."""
FUNCTIONS = ("compute", "sketch", "update", "experiment")
"""An explorer's three, and what `trials.over` repeats."""
LONGEST_FUNCTION = 25
CELLS = (25, 45)


def source_problems(notebook: Any) -> list[str]:
    """Judge a notebook as it is stored.

    Parameters
    ----------
    notebook : NotebookNode
        As read from the file.

    Returns
    -------
    list of str
        One line for each broken rule.
    """
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(cell.get("outputs") or cell.get("execution_count") for cell in code):
        found.append("outputs are stored in the file; run nbstripout")
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        found.append(f"the format must be 4.5, got {notebook.nbformat}.{notebook.nbformat_minor}")
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        found.append(f"the kernel must be 'python3', got {kernel!r}")
    parameters = [c for c in code if "parameters" in c.metadata.get("tags", [])]
    if len(parameters) != 1:
        found.append(f"one cell must be tagged 'parameters', got {len(parameters)}")
    for name in ("seed", "device"):
        if parameters and not re.search(rf"^{name} = ", parameters[0].source, re.MULTILINE):
            found.append(f"the parameters cell must set {name!r}")
    if not notebook.metadata.get("labkit", {}).get("index") and not (
        CELLS[0] <= len(notebook.cells) <= CELLS[1]
    ):
        found.append(f"{CELLS[0]} to {CELLS[1]} cells are allowed, got {len(notebook.cells)}")
    for cell in code:
        found += _code_problems(cell)
    return found


def executed_problems(executed: Any, sweep: dict[str, Any], profile: str) -> list[str]:
    """Judge a notebook after its run: pictures, times, memory.

    Parameters
    ----------
    executed : NotebookNode
        With outputs.
    sweep : dict
        What `labkit.explorer.sweep.report` said.
    profile : {"full", "quick"}
        Decides the limit on time.

    Returns
    -------
    list of str
        One line for each broken rule.
    """
    found = []
    for alt in _alternative_texts(executed):
        found += [problem] if (problem := alt_problem(alt)) else []
    slack = SLOW_MACHINE if os.environ.get("CI") else 1.0
    wall = sum(
        cell.metadata.get("papermill", {}).get("duration") or 0.0
        for cell in executed.cells
        if not cell.get("id", "").startswith("labkit-")
    )
    seconds = min(wall, sweep.get("cpu_seconds", wall))  # a busy neighbour does not count
    if seconds > SECONDS[profile] * slack:
        found.append(
            f"its cells took {seconds:.0f} s, allowed are {SECONDS[profile] * slack:.0f} s "
            f"at the {profile} profile"
        )
    peak = sweep.get("peak_mib") or 0.0
    if peak > PEAK_MIB:
        found.append(f"it used {peak:.0f} MiB, allowed are {PEAK_MIB}")
    for explorer in sweep.get("explorers", []):
        found += explorer["alt_problems"]
        taken = explorer["milliseconds"]
        if taken and taken > MOVE_MILLISECONDS * slack:
            found.append(
                f"a move of an explorer takes {taken:.0f} ms, "
                f"allowed are {MOVE_MILLISECONDS * slack:.0f} ms"
            )
    return list(dict.fromkeys(found))


def _code_problems(cell: Any) -> list[str]:
    found = []
    source = "\n".join("" if s.startswith(("%", "!")) else s for s in cell.source.splitlines())
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            found.append(f"a notebook defines no class, got {node.name!r}")
        if isinstance(node, ast.FunctionDef) and not cell.metadata.get("nbgrader"):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if node.name not in FUNCTIONS:
                found.append(
                    f"functions in a notebook are {', '.join(FUNCTIONS)}, got {node.name!r}"
                )
            if length > LONGEST_FUNCTION:
                found.append(f"{node.name} has {length} lines, allowed are {LONGEST_FUNCTION}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(a.name for a in node.names)]
            if any(name.startswith("matplotlib") for name in names):
                found.append("matplotlib belongs in labkit.figures, not in a notebook")
    return found


def _alternative_texts(executed: Any) -> list[str]:
    """Return the text of every picture, empty where there is none."""
    texts = []
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for image in re.findall(r"<img\b[^>]*>", data.get("text/html", "")):
                match = re.search(r'\balt="([^"]*)"', image)
                texts.append(unescape(match.group(1)) if match else "")
            if "text/html" not in data and any(kind.startswith("image/") for kind in data):
                texts.append("")
    return texts
