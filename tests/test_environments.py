"""The programs behind `make test-oldest`, `make test-newest` and `make test-seeds`."""

import json
import subprocess
import sys

import pytest

from tests import environments, seeds


@pytest.fixture
def commands(monkeypatch):
    """Return the commands that a program would have run, and what they answer."""
    ran, status = [], {}

    def run(command, **options):
        ran.append(command)
        code = next((s for word, s in status.items() if word in command), 0)
        printed = json.dumps(dict.fromkeys(command[3:], "1.0")) if command[1] == "-c" else ""
        return subprocess.CompletedProcess(command, code, printed, "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(environments, "OLDEST_PYTHON", sys.version_info[:2])
    return ran, status


def test_seeds_are_fresh_and_printed_first(commands, capsys):
    ran, _ = commands
    assert seeds.main([]) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    drawn = first.split()[1:]
    assert len(set(drawn)) == 5
    assert [command[command.index("--seed") + 1] for command in ran] == drawn
    assert all(c[1:5] == ["-m", "labkit", "check", "notebooks"] for c in ran)
    assert all(c[-2:] == ["--jobs", "2"] for c in ran)
    assert last == "all passed with 5 seeds"


def test_seeds_that_fail_are_named_and_an_interruption_ends(commands, capsys, monkeypatch):
    ran, status = commands
    drawn = iter([7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    monkeypatch.setattr(seeds.secrets, "randbelow", lambda below: next(drawn))
    status["8"] = 1
    assert seeds.main(["some"]) == 1
    assert "failed with seeds 8\n" in capsys.readouterr().out
    assert ran[0][4] == "some"
    status["13"] = 130
    del ran[:]
    assert seeds.main([]) == 130
    assert len(ran) == 2


def test_lower_bounds_out_of_reach_end_it(commands, capsys):
    """The environment answers 1.0 for every package, which is no package's bound."""
    ran, _ = commands
    assert environments.main(["oldest"]) == 1
    assert "that cannot be reached, raise them: array-api-compat" in capsys.readouterr().out
    assert ran[-1][1] == "-c"  # it looked at the versions and ran no test
    assert any("lowest-direct" in command for command in ran)


def test_newest_has_no_lock_and_errors_on_our_own_warnings(commands):
    ran, _ = commands
    assert environments.main(["newest", "tests/pca"]) == 0
    assert ran[0][:3] == [sys.executable, "-m", "venv"]
    assert ran[1][-2:] == ["--editable", ".[test]"]
    assert "filterwarnings=default\nerror:::labkit" in ran[-1]
    assert ran[-1][-1] == "tests/pca"
    assert environments.main([]) == 2


def test_versions_are_compared_without_zeros_at_the_end():
    assert environments.numbers("6.0") == environments.numbers("6") == (6,)
    assert environments.numbers("2.10") != environments.numbers("2.1.0")


@pytest.mark.parametrize(("module", "n_errors"), [("labkit.pca", 1), ("numpy", 0)])
def test_the_filter_takes_our_warnings_only(pytester_file, module, n_errors):
    assert pytester_file(module) == n_errors


@pytest.fixture
def pytester_file(tmp_path):
    """Return a function that runs one test that warns as a module does, under the filter."""

    def run(module: str) -> int:
        code = (
            "import warnings\n\ndef test_it():\n"
            f"    warnings.warn_explicit('old', DeprecationWarning, 'a.py', 1, module={module!r})\n"
        )
        (tmp_path / "test_it.py").write_text(code, encoding="utf-8")
        (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        options = ["-q", "-p", "no:cacheprovider", "-o", environments.OWN_WARNINGS]
        command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    return run
