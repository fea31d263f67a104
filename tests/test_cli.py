"""The command line: what each subcommand prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat
import pytest

from labkit import __version__, cli, papers


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Return a function that writes a notebook far from the repository, and go there."""
    folder = tmp_path / "course"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def write(*sources: str, name: str = "week1.ipynb") -> str:
        first = nbformat.v4.new_code_cell("seed = 0", metadata={"tags": ["parameters"]})
        cells = [first, *map(nbformat.v4.new_code_cell, sources)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / name)
        return name

    return write


@pytest.fixture
def checked(monkeypatch):
    """Keep what would be run, and run nothing."""
    calls = []

    def check(places, **options):
        calls.append((places, options))
        return {"notebooks": [], "claims": [], "seed": None}

    monkeypatch.setattr("labkit.runner.check", check)
    return calls


def refusal(capsys, *arguments: str) -> str:
    """Run a command that must end with status 2 and one sentence, and return the sentence."""
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("labkit: ")
    assert err.count("\n") == 1
    return err.removeprefix("labkit: ").strip()


# The command


def test_version_of_the_module():
    done = subprocess.run(
        [sys.executable, "-m", "labkit", "--version"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"labkit {__version__}\n", "")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["check", "--profile", "fast"]])
def test_usage_errors(arguments, capsys):
    with pytest.raises(SystemExit) as error:
        cli.main(arguments)
    assert error.value.code == 2
    assert "usage: labkit" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lab", "check", "papers", "doctor", "init-ci"])
def test_help_of_every_command(command, capsys):
    with pytest.raises(SystemExit) as error:
        cli.main([command, "--help"])
    assert error.value.code == 0
    assert f"usage: labkit {command}" in capsys.readouterr().out


# papers


def test_papers_table(capsys):
    assert cli.main(["papers", "--family", "pca"]) == 0
    lines = capsys.readouterr().out.splitlines()
    chosen = papers.select(family="pca")
    assert len(lines) == len(chosen) + 1
    assert lines[0].split()[:3] == [str(chosen[0].row), papers.status(chosen[0].key), "pca"]
    assert lines[0].endswith(chosen[0].title)
    assert lines[-1].endswith(f"of {len(chosen)} listed")
    assert sum(int(part.split()[0]) for part in lines[-1].split(", ")[:3]) == len(chosen)


def test_papers_as_json(capsys):
    assert cli.main(["papers", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["key"] for entry in entries] == [p.key for p in papers.all_papers()]
    assert set(entries[0]) == {
        "row", "key", "title", "family", "authors", "year", "venue", "link", "status",
    }  # fmt: skip
    assert {entry["status"] for entry in entries} <= set(papers.STATUSES)


def test_papers_as_bibtex(capsys):
    assert cli.main(["papers", "--family", "pca", "--bibtex"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n@") + 1 == len(papers.select(family="pca"))
    assert out.startswith("@")


def test_papers_by_status(capsys):
    assert cli.main(["papers", "--status", "open"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[1] == "open" for line in lines[:-1])
    assert lines[-1].startswith("0 checked, 0 shown, ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--status", "done"], "no status 'done'; allowed: checked, shown, open"),
        (["--family", "pcb"], "no family 'pcb'; allowed: "),
    ],
)
def test_papers_refuses(arguments, message, capsys):
    assert refusal(capsys, "papers", *arguments).startswith(message)


# The other commands


def test_doctor_prints_its_text(monkeypatch, capsys):
    pytest.importorskip("labkit.doctor", reason="not written yet")
    monkeypatch.setattr("labkit.doctor.text", lambda: "all is well")
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out == "all is well\n"


def test_lab_hands_on_its_options(monkeypatch):
    pytest.importorskip("labkit.lab", reason="not written yet")
    calls = []
    monkeypatch.setattr("labkit.lab.launch", lambda **options: calls.append(options) or 0)
    assert cli.main(["lab"]) == 0
    assert cli.main(["lab", "--port", "9000", "--no-browser"]) == 0
    assert calls == [{"port": None, "browser": True}, {"port": 9000, "browser": False}]


def test_init_ci_says_what_it_wrote(monkeypatch, tmp_path, capsys):
    pytest.importorskip("labkit.init_ci", reason="not written yet")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init-ci", "course"]) == 0
    assert "notebooks.yml" in capsys.readouterr().out
    written = (tmp_path / ".github" / "workflows" / "notebooks.yml").read_text("utf-8")
    assert "course" in written


# check, without running


def test_check_defaults(checked, capsys):
    assert cli.main(["check"]) == 0
    assert checked == [
        (
            ["notebooks"],
            {
                "profile": "full", "n_workers": 1, "seeds": [], "parameters": {}, "timeout": 60.0,
                "strict": False, "folder": None,
            },
        )
    ]  # fmt: skip
    assert "0 passed, 0 failed, 0 skipped" in capsys.readouterr().out


def test_check_options(checked, tmp_path):
    arguments = [
        "check", "a", "b", "--profile", "quick", "--jobs", "2", "--timeout", "5", "--strict",
        "--report", str(tmp_path), "-p", "rank=3", "-p", "device=cuda", "-p", "sizes=[1, 2]",
        "-p", "name=a=b", "-p", "empty=", "--seed", "7",
    ]  # fmt: skip
    assert cli.main(arguments) == 0
    ((places, options),) = checked
    assert places == ["a", "b"]
    assert options == {
        "profile": "quick", "n_workers": 2, "seeds": [7], "timeout": 5.0, "strict": True,
        "folder": tmp_path, "parameters": {
            "rank": 3, "device": "cuda", "sizes": [1, 2], "name": "a=b", "empty": "",
        },
    }  # fmt: skip


def test_check_counts_its_seeds(checked):
    assert cli.main(["check", "--seeds", "3"]) == 0
    assert checked[0][1]["seeds"] == [1, 2, 3]


def test_seed_and_seeds_exclude_each_other(capsys):
    with pytest.raises(SystemExit):
        cli.main(["check", "--seed", "1", "--seeds", "3"])
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-p", "rank"], "-p must be NAME=VALUE, got 'rank'"),
        (["-p", "2=3"], "-p must be NAME=VALUE, got '2=3'"),
        (["--seeds", "1"], "--seeds must be at least 2, got 1"),
        (["--jobs", "0"], "jobs must be an integer from 1 up, got 0"),
        (["--baseline", "absent.json"], "--baseline must be a report.json, got 'absent.json'"),
        (["absent"], "notebooks must be files or folders that exist, got 'absent'"),
        (["-p", "rank=3"], "no notebook has the parameter 'rank'; they have seed"),
        (["--record", "--profile", "quick"], "--record must go with the full profile"),
        (["--record", "--seed", "3"], "--record must go with the full profile"),
        (["--record", "-p", "seed=3"], "--record must go with the full profile"),
    ],
)
def test_check_refuses(arguments, message, notebook, capsys):
    places = [] if "absent" in arguments else [notebook()]
    assert refusal(capsys, "check", *places, *arguments).startswith(message)


@pytest.mark.parametrize("text", ["", "no json", "[1]", '{"schema": 1}'])
def test_baseline_that_is_no_report(text, tmp_path, notebook, capsys):
    baseline = tmp_path / "old.json"
    baseline.write_text(text, encoding="utf-8")
    said = refusal(capsys, "check", notebook(), "--baseline", str(baseline))
    assert said == f"--baseline must be a report.json, got {str(baseline)!r}"


def test_interrupted_check(monkeypatch, capsys):
    report = {"notebooks": [], "claims": [], "seed": None, "interrupted": 15}
    monkeypatch.setattr("labkit.runner.check", lambda *args, **options: report)
    assert cli.main(["check"]) == 143


@pytest.mark.parametrize(("status", "code"), [("passed", 0), ("skipped", 0), ("killed", 1)])
def test_exit_status(status, code, monkeypatch, capsys):
    entry = {
        "path": "a.ipynb", "status": status, "reason": "why", "seconds": 1.0, "explorers": 0,
        "controls_moved": 0,
    }  # fmt: skip
    report = {"notebooks": [entry], "claims": [], "seed": None}
    monkeypatch.setattr("labkit.runner.check", lambda *args, **options: report)
    recorded = []
    monkeypatch.setattr("labkit.runner.record.record", lambda r: recorded.append(r) or "wrote it")
    assert cli.main(["check", "--record"]) == code
    assert recorded == ([] if code else [report])


# check, with kernels and far from the repository


def test_check_of_passing_and_failing_notebooks(notebook, tmp_path, capsys):
    """No house rule applies: there are two cells, no kernel named, and pyplot is welcome."""
    notebook(
        "import matplotlib.pyplot as plt\nclass Model:\n    pass\n"
        "from labkit.claims import claim\n"
        'claim(None, "It holds.", 0.5 + seed, at_most=1.0, control=3.0)'
    )
    report = tmp_path / "report"
    assert cli.main(["check", ".", "--report", str(report)]) == 0
    out, err = capsys.readouterr()
    assert "1 passed, 0 failed, 0 skipped" in out
    assert "[1/1] passed week1.ipynb" in err
    kept = report / "report.json"
    assert json.loads(kept.read_text("utf-8"))["commit"] is None
    assert (report / "executed" / "week1.html").exists()

    notebook('raise KeyError("lost")', name="week2.ipynb")
    assert cli.main(["check", ".", "--baseline", str(kept), "-p", "seed=0.4"]) == 1
    out, _err = capsys.readouterr()
    assert "FAILED week2.ipynb: cell `raise KeyError(\"lost\")` raised KeyError: 'lost'" in out
    assert "1 passed, 1 failed, 0 skipped" in out
    assert out.endswith("week1.ipynb: 'It holds.' measured 0.9, it was 0.5: moved 8.0 spreads\n")


def test_margins_over_seeds(notebook, capsys):
    notebook(
        "from labkit.claims import claim\n"
        'claim(None, "It holds.", 0.1 + 0.01 * seed, at_most=1.0, control=3.0)\n'
        'claim(None, "Barely.", 0.8 + 0.05 * seed, at_most=1.0, control=9.0)'
    )
    assert cli.main(["check", "week1.ipynb", "--seeds", "3"]) == 1
    out, _err = capsys.readouterr()
    assert "margin  control  passed    claim" in out
    assert "3 of 3" in out
    complaints = [line for line in out.splitlines() if "needed are 5" in line]
    assert len(complaints) == 1
    assert complaints[0].startswith("week1.ipynb: 'Barely.' has a margin of ")
