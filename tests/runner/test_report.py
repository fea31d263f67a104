"""Schema 1 of the report, and its three other forms: page, JUnit, table."""

from __future__ import annotations

import copy
import importlib
import json
import math
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest

from labkit import __version__, claims
from labkit.runner import report as reports
from labkit.runner.execute import Job, _claims, execute

# Readers of a report may rely on these; more keys are allowed, as `held` beside `passed` shows.
REPORT_KEYS = {
    "schema", "labkit", "commit", "profile", "seed", "device", "environment", "notebooks", "claims",
}  # fmt: skip
ENVIRONMENT_KEYS = {"python", "numpy", "scipy", "blas", "threads", "platform"}
NOTEBOOK_KEYS = {
    "path", "status", "reason", "seconds", "peak_mib", "parameters", "explorers", "controls_moved",
}  # fmt: skip
CLAIM_KEYS = {
    "paper", "row", "statement", "measured", "standard_error", "at_least", "at_most", "held",
    "judged", "refutes", "identity", "control", "notebook",
}  # fmt: skip


def notebook(path: str, **changes):
    entry = {
        "path": path, "status": "passed", "reason": "", "seconds": 1.25, "peak_mib": 130.2,
        "parameters": {"seed": 0}, "explorers": 1, "controls_moved": 3,
    }  # fmt: skip
    return {**entry, **changes}


def claim(path: str, **changes):
    entry = {
        "paper": None, "row": None, "statement": "It holds.", "measured": 0.5,
        "standard_error": 0.01, "at_least": None, "at_most": 1.0, "held": True, "judged": True,
        "passed": True, "reason": "Holds.", "refutes": False, "identity": False,
        "full_only": False, "in_range": True, "control": {"measured": 3.0, "held": False},
        "notebook": path,
    }  # fmt: skip
    return {**entry, **changes}


@pytest.fixture
def report(tmp_path):
    new = reports.new_report(folder=tmp_path, profile="full", seed=None, device="cpu")
    new["notebooks"] = [
        notebook("a.ipynb"),
        notebook("b.ipynb", status="failed", reason='cell `x < 1 & "y"` raised it', explorers=0),
        notebook("c.ipynb", status="skipped", reason="needs cupy", peak_mib=None),
        notebook("d.ipynb", status="timeout", reason="a cell ran longer than 3 s"),
    ]
    new["claims"] = [
        claim("a.ipynb"),
        claim("a.ipynb", statement="R <b>squared</b> & more", judged=False, control=None),
        claim("b.ipynb", measured=math.nan, passed=False, standard_error=None, at_least=-math.inf),
    ]
    return new


def test_keys_of_a_new_report(tmp_path):
    new = reports.new_report(folder=tmp_path, profile="quick", seed=[1, 2], device="cuda")
    assert set(new) == REPORT_KEYS
    assert set(new["environment"]) == ENVIRONMENT_KEYS
    assert (new["schema"], new["labkit"]) == (1, __version__)
    assert (new["profile"], new["seed"], new["device"]) == ("quick", [1, 2], "cuda")
    assert new["environment"]["threads"] == 1
    assert "unknown" not in new["environment"]["blas"]


def test_keys_of_an_entry(tmp_path):
    """Even of a notebook that is not there."""
    result = execute(Job(str(tmp_path / "absent.ipynb")))
    assert set(result) == {"notebook", "claims"}
    assert set(result["notebook"]) == NOTEBOOK_KEYS


def test_keys_of_a_claim(monkeypatch):
    """What `claim` displays, as the runner stores it."""
    shown: list[dict] = []
    module = importlib.import_module("IPython.display")
    monkeypatch.setattr(module, "display", lambda bundle, raw: shown.append(bundle))
    claims.claim("pca-high-dimensional-random", "It holds.", 0.5, at_most=1.0, control=3.0)
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", shown[0])])
    executed = nbformat.v4.new_notebook(cells=[cell])
    (entry,) = _claims(executed, Job("a.ipynb"))
    assert set(entry) == CLAIM_KEYS | {"passed", "reason", "full_only", "in_range"}
    assert entry["control"] == {"measured": 3.0, "held": False}
    assert set(claims.Claim.__dataclass_fields__) < set(entry)


def test_commit(tmp_path):
    assert reports.commit(tmp_path) is None
    assert reports.commit(tmp_path / "absent") is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "x"], check=True)
    assert re.fullmatch("[0-9a-f]{40}", reports.commit(tmp_path))


def test_files_written(report, tmp_path):
    folder = tmp_path / "new" / "report"
    kept = copy.deepcopy(report)
    reports.write(report, folder)
    reports.write(report, folder)  # over the old files
    assert {file.name for file in folder.iterdir()} == {"report.json", "report.html", "junit.xml"}
    assert json.dumps(report) == json.dumps(kept)  # NaN and all


def test_report_is_strict_json(report, tmp_path):
    reports.write(report, tmp_path)

    def refuse(constant):
        raise AssertionError(constant)

    text = (tmp_path / "report.json").read_text("utf-8")
    read = json.loads(text, parse_constant=refuse)
    assert read["claims"][2]["measured"] == "nan"
    assert read["claims"][2]["at_least"] == "-inf"
    assert math.isnan(float(read["claims"][2]["measured"]))
    assert read["notebooks"] == report["notebooks"]


def test_junit(report, tmp_path):
    report["notebooks"].append(notebook("a.ipynb", seed=7))
    reports.write(report, tmp_path)
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()
    counts = {name: suite.get(name) for name in ("tests", "failures", "skipped")}
    assert counts == {"tests": "5", "failures": "2", "skipped": "1"}
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == ["a.ipynb", "b.ipynb", "c.ipynb", "d.ipynb", "a.ipynb [seed 7]"]
    assert cases["b.ipynb"].find("failure").get("message") == 'cell `x < 1 & "y"` raised it'
    assert cases["c.ipynb"].find("skipped").get("message") == "needs cupy"
    assert len(cases["a.ipynb"]) == 0


def test_page_escapes_what_it_shows(report, tmp_path):
    (tmp_path / "executed").mkdir()
    (tmp_path / "executed" / "a.html").touch()
    reports.write(report, tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "R &lt;b&gt;squared&lt;/b&gt; &amp; more" in page
    assert "x &lt; 1 &amp;" in page
    assert "<b>" not in page
    assert re.findall('<a href="([^"]*)"', page) == ["executed/a.html"]
    assert 'lang="en"' in page


def test_table(report):
    lines = reports.table(report).splitlines()
    assert lines[0].split() == ["notebook", "status", "time", "claims", "explorers", "controls"]
    assert lines[2].split() == ["a.ipynb", "passed", "1.2", "s", "1", "of", "1", "1", "3"]
    assert lines[3].split()[4:7] == ["0", "of", "1"]
    assert lines[-4:] == [
        'FAILED b.ipynb: cell `x < 1 & "y"` raised it',
        "SKIPPED c.ipynb: needs cupy",
        "TIMEOUT d.ipynb: a cell ran longer than 3 s",
        "1 passed, 2 failed, 1 skipped",
    ]


def test_table_keeps_seeds_apart(report):
    report["notebooks"] = [notebook("a.ipynb", seed=s) for s in (1, 2)]
    report["claims"] = [claim("a.ipynb", seed=1), claim("a.ipynb", seed=2, passed=False)]
    lines = reports.table(report).splitlines()
    assert "a.ipynb [seed 1]" in lines[2]
    assert "1 of 1" in lines[2]
    assert "0 of 1" in lines[3]
