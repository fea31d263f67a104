"""`labkit init-ci` writes a workflow whose command labkit understands."""

import json
import shlex

import pytest
import yaml

from labkit import cli, init_ci

BLANK = "labkit @ git+https://HOST/OWNER/labkit"


def steps(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    return job, job["steps"]


@pytest.mark.parametrize("notebooks", ["notebooks", "my notes: 'one' & two", "lab #1/été.ipynb"])
def test_workflow_runs_a_command_that_labkit_understands(tmp_path, notebooks):
    target = tmp_path / ".github" / "workflows" / "notebooks.yml"
    assert init_ci.write(target, notebooks=notebooks) == target
    job, (checkout, python, install, check, upload) = steps(target)
    assert checkout["uses"].startswith("actions/checkout@")
    assert python["with"]["cache"] == "pip"
    assert "requirements.txt" in install["run"]
    assert "$LABKIT" in install["run"]
    assert "labkit" in job["env"]["LABKIT"]
    program, *arguments = shlex.split(check["run"])
    options = cli.build_parser().parse_args(arguments)
    assert program == "labkit"
    assert options.notebooks == [notebooks]
    assert (options.jobs, str(options.report), options.profile) == (2, "report", "full")
    assert upload["if"] == "always()"
    assert upload["with"]["path"] == str(options.report)


def test_existing_file_stays(tmp_path):
    target = tmp_path / "notebooks.yml"
    target.write_text("mine")
    with pytest.raises(ValueError, match=r"notebooks\.yml exists already and stays"):
        init_ci.write(target, notebooks="notebooks")
    assert target.read_text() == "mine"


@pytest.mark.parametrize("wrong", ["", "a\nb", "--strict"])
def test_name_that_is_none(tmp_path, wrong):
    with pytest.raises(ValueError, match="notebooks must be a file or a folder, got"):
        init_ci.write(tmp_path / "notebooks.yml", notebooks=wrong)


@pytest.mark.parametrize(
    ("origin", "remote", "expected"),
    [
        ({}, "", BLANK),
        (
            {"url": "https://me:secret@code.example/labkit", "vcs_info": {"commit_id": "abc"}},
            "",
            "labkit @ git+https://code.example/labkit@abc",
        ),
        (
            {"url": "file:///here", "dir_info": {"editable": True}},
            "https://token@code.example/labkit.git",
            "labkit @ git+https://code.example/labkit.git",
        ),
        ({"url": "file:///here", "dir_info": {}}, "git@code.example:labkit.git", BLANK),
        ({"url": "https://code.example/labkit.whl", "archive_info": {}}, "", BLANK),
    ],
)
def test_where_labkit_comes_from(tmp_path, monkeypatch, origin, remote, expected):
    class Distribution:
        def read_text(self, name):
            return json.dumps(origin)

    monkeypatch.setattr(init_ci.metadata, "distribution", lambda name: Distribution())
    monkeypatch.setattr(init_ci, "_remote", lambda checkout: remote)
    target = init_ci.write(tmp_path / "notebooks.yml", notebooks="notebooks")
    assert steps(target)[0]["env"]["LABKIT"] == expected


def test_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init-ci", "course"]) == 0
    assert "wrote" in capsys.readouterr().out
    assert "labkit check course" in (tmp_path / ".github/workflows/notebooks.yml").read_text()
    assert cli.main(["init-ci", "course"]) == 2
