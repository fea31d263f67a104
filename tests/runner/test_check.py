"""What runs, in which order, with which parameters; and what a notebook's author sees."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import pytest

from labkit.runner import check, find_notebooks
from labkit.runner.execute import Job, defaults, environment


class Recorder(Executor):
    """Runs nothing: keeps the jobs and answers as if each notebook had passed."""

    jobs: list[Job]

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs

    def submit(self, function, /, *args, **kwargs):
        (job,) = args
        self.jobs.append(job)
        entry = {
            "path": job.path, "status": "passed", "reason": "", "seconds": 0.0, "peak_mib": None,
            "parameters": job.parameters, "explorers": 0, "controls_moved": 0,
        }  # fmt: skip
        claim = {
            "paper": None, "row": None, "statement": "It holds.", "measured": 0.5, "at_most": 1.0,
            "at_least": None, "standard_error": None, "held": True, "judged": False,
            "passed": False, "reason": "", "refutes": False, "identity": False, "control": None,
            "notebook": job.path,
        }  # fmt: skip
        future: Future = Future()
        future.set_result({"notebook": entry, "claims": [claim]})
        return future


@pytest.fixture
def checked():
    """Return a function that checks without running: the report and the jobs."""

    def run(places, **options):
        jobs: list[Job] = []
        report = check(places, quiet=True, make_executor=lambda _file: Recorder(jobs), **options)
        return report, jobs

    return run


# Finding


def test_notebooks_of_files_and_folders(write_notebook, tmp_path, monkeypatch):
    for name in ("nb/b/2.ipynb", "nb/a/1.ipynb", "nb/a/.ipynb_checkpoints/1.ipynb", "z.ipynb"):
        write_notebook(name=name)
    (tmp_path / "nb" / "notes.md").touch()
    monkeypatch.chdir(tmp_path)
    assert find_notebooks(["nb"]) == ["nb/a/1.ipynb", "nb/b/2.ipynb"]
    assert find_notebooks(["z.ipynb", "nb", "nb/a"]) == ["z.ipynb", "nb/a/1.ipynb", "nb/b/2.ipynb"]


def test_places_that_do_not_exist_or_hold_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"must be files or folders that exist, got '.*absent'"):
        find_notebooks([tmp_path / "absent"])
    with pytest.raises(ValueError, match=r"no notebooks \(\*.ipynb\) in "):
        find_notebooks([tmp_path])


# Parameters and seeds


def test_report_keeps_the_order(write_notebook, tmp_path, checked):
    for name in ("b.ipynb", "a.ipynb", "c.ipynb"):
        write_notebook(name=name)
    report, _jobs = checked([tmp_path / "c.ipynb", tmp_path], n_workers=2)
    names = [entry["path"].rpartition("/")[2] for entry in report["notebooks"]]
    assert names == ["c.ipynb", "a.ipynb", "b.ipynb"]
    assert [c["notebook"].rpartition("/")[2] for c in report["claims"]] == names


def test_parameters_go_to_the_notebooks_that_have_them(write_notebook, tmp_path, checked):
    write_notebook(name="a.ipynb", parameters="seed = 0\nrank = 2")
    write_notebook(name="b.ipynb")
    report, jobs = checked([tmp_path], parameters={"rank": 3, "device": "cuda"})
    assert [job.parameters for job in jobs] == [{"rank": 3}, {"device": "cuda"}]
    assert (report["seed"], report["device"]) == (None, "cuda")


@pytest.mark.parametrize("options", [{"parameters": {"rank": 3}}, {"seeds": [1, 2]}])
def test_parameter_that_no_notebook_has(write_notebook, tmp_path, checked, options):
    name = "seed" if "seeds" in options else "rank"
    write_notebook(name="a.ipynb", parameters="n_samples = 9")
    with pytest.raises(ValueError, match=f"no notebook has the parameter '{name}'; they have n_s"):
        checked([tmp_path], **options)


def test_one_seed(write_notebook, tmp_path, checked):
    write_notebook(name="a.ipynb")
    write_notebook(name="b.ipynb", parameters="rank = 2")
    report, jobs = checked([tmp_path], seeds=[7], parameters={"seed": 3})
    assert [job.parameters for job in jobs] == [{"seed": 7}, {}]
    assert report["seed"] == 7
    assert not any("seed" in entry for entry in report["notebooks"])


def test_several_seeds(write_notebook, tmp_path, checked):
    """Once for each seed where there is one; the first run of each notebook is kept."""
    write_notebook(name="a.ipynb")
    write_notebook(name="b.ipynb", parameters="rank = 2")
    report, jobs = checked([tmp_path], seeds=[3, 1, 2], folder=tmp_path / "report")
    assert [job.parameters for job in jobs] == [{"seed": 3}, {"seed": 1}, {"seed": 2}, {}]
    assert [job.output is not None for job in jobs] == [True, False, False, True]
    assert [job.move for job in jobs] == [True, False, False, True]
    assert report["seed"] == [3, 1, 2]
    assert [entry["seed"] for entry in report["notebooks"]] == [1, 2, 3, None]
    assert [claim["seed"] for claim in report["claims"]] == [1, 2, 3, None]


def test_options_reach_the_jobs(write_notebook, tmp_path, checked):
    path = write_notebook()
    _report, (job,) = checked([path], profile="quick", timeout=5.0, strict=True)
    assert (job.profile, job.timeout, job.strict, job.output) == ("quick", 5.0, True, None)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"profile": "fast"}, ValueError, "profile must be one of 'full', 'quick', got 'fast'"),
        ({"n_workers": 0}, ValueError, "jobs must be an integer from 1 up, got 0"),
        ({"n_workers": 1.5}, TypeError, "jobs must be an integer from 1 up, got 1.5"),
    ],
)
def test_bad_options(write_notebook, checked, options, error, message):
    with pytest.raises(error, match=message):
        checked([write_notebook()], **options)


def test_defaults_of_a_notebook(write_notebook):
    import nbformat

    source = (
        "# all of them\nseed: int = 0\nsizes = (10, 20)\nbig = 10**3\nlow = high = 1.5\nname: str"
    )
    notebook = nbformat.read(write_notebook(parameters=source), as_version=4)
    assert defaults(notebook) == {
        "seed": 0, "sizes": (10, 20), "big": "10 ** 3", "low": 1.5, "high": 1.5,
    }  # fmt: skip


def test_environment_is_put_back(monkeypatch):
    import os

    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.delenv("LABKIT_PROFILE", raising=False)
    with environment("quick"):
        assert os.environ["LABKIT_PROFILE"] == "quick"
        assert os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "4"
    assert "LABKIT_PROFILE" not in os.environ


# With kernels


def test_profiles(write_notebook, tmp_path):
    """Quick values beat the defaults, and what is given on the command line beats both."""
    cells = [
        "import os\n"
        'assert os.environ["LABKIT_PROFILE"] == "quick"\n'
        'assert os.environ["OPENBLAS_NUM_THREADS"] == "1"\n'
        "assert (n, rank, seed) == (5, 4, 9), (n, rank, seed)",
        "from labkit.claims import claim\n"
        'claim(None, "At full size.", 2.0, at_most=1.0, control=3.0, full_only=True)',
    ]
    parameters = "n = 100\nrank = 2\nseed = 0"
    write_notebook(cells, parameters=parameters, labkit={"quick": {"n": 5, "rank": 3}})
    given = {"rank": 4}
    report = check([tmp_path], profile="quick", parameters=given, seeds=[9], quiet=True)
    (entry,) = report["notebooks"]
    assert (entry["status"], entry["reason"]) == ("passed", "")
    assert entry["parameters"] == {"n": 5, "rank": 4, "seed": 9}
    assert report["claims"][0]["judged"] is False
