"""Our notebooks under the runner: each passes, and what is recorded of them is so."""

from __future__ import annotations

import itertools
import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit import papers
from labkit.runner import check
from labkit.runner.margins import SMALLEST_MARGIN

ROOT = Path(__file__).resolve().parents[1]
MARGINS = ROOT / "tests" / "claims" / "margins.json"
NOTEBOOKS = sorted(
    file.relative_to(ROOT).as_posix()
    for file in (ROOT / "notebooks").rglob("*.ipynb")
    if ".ipynb_checkpoints" not in file.parts
)
each_notebook = pytest.mark.parametrize(
    "path",
    NOTEBOOKS or [pytest.param("", marks=pytest.mark.skip(reason="there are no notebooks yet"))],
)


@pytest.fixture(scope="session")
def report() -> dict[str, Any]:
    """Run every notebook once, at the quick profile, with the house rules."""
    if not NOTEBOOKS:
        pytest.skip("there are no notebooks yet")
    before = os.getcwd()
    os.chdir(ROOT)  # so that paths are those of the records
    try:
        report = check(
            ["notebooks"], profile="quick", n_workers=2, strict=True, timeout=60, quiet=True
        )
    finally:
        os.chdir(before)
    if "interrupted" in report:
        raise KeyboardInterrupt
    return report


@each_notebook
def test_notebook_passes(path, report):
    (entry,) = (e for e in report["notebooks"] if e["path"] == path)
    if entry["status"] == "skipped":
        pytest.skip(entry["reason"])
    if entry["status"] != "passed":
        pytest.fail(f"{path} {entry['status']}: {entry['reason']}", pytrace=False)


# The records


def test_recorded_claims_are_made():
    """Every statement on record names a notebook that is there."""
    for key, record in papers.checked().items():
        assert record["row"] == papers.paper(key).row
        for claim in record["claims"]:
            assert claim["notebook"] in NOTEBOOKS, f"{key}: {claim['notebook']} is gone"


def test_no_recorded_statement_is_missing(report):
    made = {(c["paper"], c["notebook"], c["statement"]) for c in report["claims"]}
    lost = [
        f"{key}: {claim['notebook']} no longer says {claim['statement']!r}"
        for key, record in papers.checked().items()
        for claim in record["claims"]
        if (key, claim["notebook"], claim["statement"]) not in made
    ]
    if lost:
        pytest.fail("run `labkit check --record`; " + "; ".join(lost), pytrace=False)


def test_papers_on_record_as_checked_have_a_claim_that_checks():
    for key, record in papers.checked().items():
        checks = any(claim["checks"] for claim in record["claims"])
        assert (record["status"] == "checked") is checks, key


NOT_YET = tuple(
    f"notebooks/spectra/{name}.ipynb"
    for name in ("04_lipschitz", "05_loss_aware_low_rank", "07_gradient_outliers", "10_width")
)
"""New: run, but not over 20 seeds. None of their papers counts as checked; record, then remove."""


def recorded(report):
    """Return the claims of notebooks that are not in `NOT_YET`."""
    return [c for c in report["claims"] if not c["notebook"].startswith(NOT_YET)]


def test_what_is_not_yet_on_record_is_not_called_checked():
    said = [c["notebook"] for entry in papers.checked().values() for c in entry["claims"]]
    assert not [notebook for notebook in said if notebook.startswith(NOT_YET)]


def test_papers_that_are_checked_are_on_record(report):
    passed = {c["paper"] for c in recorded(report) if c["judged"] and c["passed"]} - {None}
    missing = sorted(key for key in passed if papers.status(key) != "checked")
    if missing:
        pytest.fail(f"run `labkit check --record` for {', '.join(missing)}", pytrace=False)


def test_judged_claims_have_margins(report):
    """Measured at the full profile, over seeds; a margin of null had no spread."""
    stored = json.loads(MARGINS.read_text("utf-8")) if MARGINS.exists() else []
    rows = {(row["notebook"], row["statement"]): row for row in stored}
    complaints = []
    for claim in recorded(report):
        if claim["paper"] is None or not claim["judged"]:
            continue
        row = rows.get((claim["notebook"], claim["statement"]))
        name = f"{claim['notebook']}: {claim['statement']!r}"
        if row is None:
            complaints.append(f"{name} has no margin")
            continue
        for kind in ("margin", "control_margin"):
            if row[kind] is not None and row[kind] < SMALLEST_MARGIN:
                complaints.append(f"{name} has a {kind} of {row[kind]}")
    if complaints:
        text = "; ".join(complaints)
        pytest.fail(f"run `labkit check --seeds 20 --record`; {text}", pytrace=False)


# The links


def links(path: str) -> list[str]:
    """Return the files that the text of a notebook links to or shows, as written."""
    cells = nbformat.read(ROOT / path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    found = re.findall(r"\]\(<?([^)>\s]+)", text) + re.findall(r'(?:href|src)="([^"]+)"', text)
    outside = ("http:", "https:", "mailto:", "data:", "attachment:", "#")
    return [link.partition("#")[0] for link in found if not link.startswith(outside)]


@each_notebook
def test_links_lead_somewhere(path):
    folder = (ROOT / path).parent
    broken = [link for link in links(path) if not (folder / link).exists()]
    if broken:
        pytest.fail(f"{path} links to what is not there: {', '.join(broken)}", pytrace=False)


def test_numbered_notebooks_link_to_their_neighbours():
    numbered = [Path(path) for path in NOTEBOOKS if re.match(r"\d\d_", Path(path).name)]
    for _folder, group in itertools.groupby(numbered, key=lambda path: path.parent):
        for before, after in itertools.pairwise(group):
            assert after.name in links(before.as_posix()), f"{before} must link to {after.name}"
            assert before.name in links(after.as_posix()), f"{after} must link to {before.name}"
