"""What a check stores in the repository."""

from __future__ import annotations

import json

import pytest

from labkit import papers
from labkit.runner import record as module
from labkit.runner.record import record, records

ONE, OTHER = "pca-high-dimensional-random", "geometric-framework-asymptotic-inference"


def claim(paper: str | None = ONE, notebook: str = "a.ipynb", **changes):
    entry = {
        "paper": paper, "statement": "It holds.", "refutes": False, "judged": True, "passed": True,
        "notebook": notebook, "measured": 0.5, "at_least": None, "at_most": 1.0,
        "identity": False, "control": {"measured": 3.0, "held": False},
    }  # fmt: skip
    return {**entry, **changes}


def report(*claims, status="passed", seed=None):
    paths = sorted({c["notebook"] for c in claims})
    return {
        "seed": seed,
        "notebooks": [{"path": path, "status": status} for path in paths],
        "claims": list(claims),
    }


@pytest.fixture
def checked_file(tmp_path, monkeypatch):
    """Stand in a checkout of which nothing but the folder of notebooks exists."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "MARGINS_FILE", tmp_path / "tests" / "claims" / "margins.json")
    file = tmp_path / "checked.json"
    monkeypatch.setattr(papers, "CHECKED_FILE", file)
    return file


def test_judged_claim_that_passed_checks_its_paper():
    found = records([claim()], {"a.ipynb"})
    assert found == {
        ONE: {
            "row": papers.paper(ONE).row,
            "status": "checked",
            "notebooks": ["a.ipynb"],
            "claims": [
                {
                    "statement": "It holds.",
                    "refutes": False,
                    "checks": True,
                    "notebook": "a.ipynb",
                }
            ],
        }
    }


@pytest.mark.parametrize(
    ("judged", "passed"), [(False, False), (False, True), (True, False)], ids=str
)
def test_other_claims_only_show_it(judged, passed):
    """Without a control, with a control that holds, or with a number that is not finite."""
    found = records([claim(judged=judged, passed=passed)], {"a.ipynb"})
    assert found[ONE]["status"] == "shown"
    assert found[ONE]["claims"][0]["checks"] is False


def test_one_good_claim_of_two_is_enough():
    found = records([claim(judged=False), claim(statement="And this.")], {"a.ipynb"})
    assert found[ONE]["status"] == "checked"
    assert [c["checks"] for c in found[ONE]["claims"]] == [False, True]


def test_textbook_facts_and_failed_notebooks_count_for_nothing():
    assert records([claim(None), claim(notebook="b.ipynb")], {"a.ipynb"}) == {}


def test_recorded_file(checked_file):
    line = record(report(claim(), claim(OTHER, "b.ipynb", judged=False)))
    assert line == f"wrote {checked_file}: 1 papers checked"
    assert papers.status(ONE) == "checked"
    assert papers.status(OTHER) == "shown"


def test_record_of_some_notebooks_keeps_the_others(checked_file):
    record(report(claim(notebook="a.ipynb"), claim(notebook="b.ipynb"), claim(OTHER, "b.ipynb")))
    record(report(claim(notebook="a.ipynb", statement="New.")))
    said = {(c["notebook"], c["statement"]) for c in papers.checked()[ONE]["claims"]}
    assert said == {("a.ipynb", "New."), ("b.ipynb", "It holds.")}
    assert papers.checked()[ONE]["notebooks"] == ["a.ipynb", "b.ipynb"]
    assert papers.status(OTHER) == "checked"


def test_claim_that_left_its_notebook_leaves_the_record(checked_file):
    record(report(claim(), claim(OTHER)))
    record(report(claim()))
    assert papers.status(OTHER) == "open"


def test_several_seeds_store_margins(checked_file):
    many = report(*(claim(seed=s, measured=0.1 + 0.01 * s) for s in (1, 2, 3)), seed=[1, 2, 3])
    assert record(many) == f"wrote {module.MARGINS_FILE}"
    (row,) = json.loads(module.MARGINS_FILE.read_text("utf-8"))
    assert (row["notebook"], row["n_seeds"]) == ("a.ipynb", 3)
    assert not checked_file.exists()


def test_paths_are_those_of_the_checkout(checked_file, tmp_path, monkeypatch):
    """Wherever the command was run."""
    monkeypatch.chdir(tmp_path / "notebooks")
    record(report(claim()))
    assert papers.checked()[ONE]["notebooks"] == ["notebooks/a.ipynb"]


def test_readme_follows(checked_file, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("Before\n<!-- table -->\nold\n<!-- /table -->\nafter\n", encoding="utf-8")
    record(report(claim()))
    text = readme.read_text("utf-8")
    assert "1 of " in text
    assert "old" not in text
    assert text.startswith("Before\n")
    assert text.endswith("\nafter\n")


def test_outside_a_checkout(checked_file, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"--record is for the notebooks in .*, got /elsewhere/"):
        record(report(claim(notebook="/elsewhere/a.ipynb")))
    monkeypatch.setattr(module, "ROOT", tmp_path / "site-packages")
    with pytest.raises(ValueError, match=r"--record must run in a checkout of labkit, got "):
        record(report(claim()))
    assert not checked_file.exists()
