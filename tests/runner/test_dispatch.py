"""What is finished is kept: killed workers, signals, executors handed in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import psutil
import pytest

from labkit.runner import check
from labkit.runner.dispatch import run_all
from labkit.runner.execute import Job

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
PATIENCE = 60.0


class Inline(Executor):
    """Runs at once, in the thread that submits."""

    def __init__(self, kernel_file: str) -> None:
        self.kernel_file = kernel_file
        self.submitted: list[str] = []

    def submit(self, function, /, *args, **kwargs):
        self.submitted.append(args[0].path)
        future: Future = Future()
        future.set_result(function(*args, **kwargs))
        return future


def until(condition, what: str):
    """Wait for a condition and return what it gave."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


def descendants(process: psutil.Process, word: str) -> list[psutil.Process]:
    """Return the processes below one whose command line holds a word."""
    found = []
    for child in process.children(recursive=True):
        try:
            if word in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def alive(processes) -> list[psutil.Process]:
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_executor_handed_in_is_used():
    """No notebook needs to exist: what fails with one notebook is its own result."""
    made: list[Inline] = []

    def make(kernel_file: str) -> Inline:
        made.append(Inline(kernel_file))
        return made[-1]

    results: list[dict] = []
    jobs = [Job(f"absent-{i}.ipynb") for i in range(4)]
    started: list[str] = []
    run_all(
        jobs, done=results.append, started=lambda job: started.append(job.path), make_executor=make
    )
    assert [executor.submitted for executor in made] == [[job.path for job in jobs]]
    assert started == [job.path for job in jobs]
    assert [r["notebook"]["path"] for r in results] == started
    assert all(r["notebook"]["status"] == "failed" for r in results)


def test_executor_that_cannot_be_made_fails_its_notebooks():
    def make(kernel_file: str) -> Executor:
        raise OSError("the cluster is down")

    results: list[dict] = []
    run_all([Job("a.ipynb"), Job("b.ipynb")], n_workers=2, done=results.append, make_executor=make)
    assert {r["notebook"]["reason"] for r in results} == {"OSError: the cluster is down"}


@unix_only
def test_killed_worker_costs_its_one_notebook(write_notebook, tmp_path):
    """Its kernel goes with it, the others pass, and the report can be read at any moment."""
    marker = tmp_path / "kernel"
    write_notebook(name="nb/1.ipynb")
    write_notebook(
        [
            "import os, pathlib, time",
            f"pathlib.Path({str(marker)!r}).write_text(f'{{os.getpid()}} {{os.getppid()}}')\n"
            "time.sleep(1000)",
        ],
        name="nb/2.ipynb",
    )
    write_notebook(name="nb/3.ipynb")
    report_file = tmp_path / "report" / "report.json"
    read: list[int] = []
    kernels: list[psutil.Process] = []
    finished = threading.Event()

    def watch() -> None:
        killed = False
        while not finished.is_set():
            if report_file.exists():
                read.append(len(json.loads(report_file.read_text("utf-8"))["notebooks"]))
            pids = marker.read_text().split() if marker.exists() else []
            if len(pids) == 2 and not killed:
                kernels.append(psutil.Process(int(pids[0])))
                os.kill(int(pids[1]), signal.SIGKILL)
                killed = True
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        report = check([tmp_path / "nb"], folder=report_file.parent, quiet=True)
    finally:
        finished.set()
        watcher.join()
    assert [e["status"] for e in report["notebooks"]] == ["passed", "killed", "passed"]
    assert report["notebooks"][1]["reason"] == "its worker process was killed"
    assert alive(kernels) == []
    assert len(kernels) == 1
    assert read == sorted(read)
    assert {1, 2} <= set(read)
    assert [e["status"] for e in json.loads(report_file.read_text("utf-8"))["notebooks"]] == [
        "passed", "killed", "passed",
    ]  # fmt: skip


@unix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_keeps_what_was_finished(write_notebook, tmp_path, number):
    """And leaves neither a worker nor a kernel behind."""
    write_notebook(name="nb/1.ipynb")
    for i in (2, 3, 4):
        write_notebook(["import time\ntime.sleep(1000)"], name=f"nb/{i}.ipynb")
    report_file = tmp_path / "report" / "report.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "labkit", "check", str(tmp_path / "nb"), "--jobs", "2",
         "--report", str(report_file.parent)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
        start_new_session=True,  # as a terminal does: a signal to the group spares this test
    )  # fmt: skip
    try:
        parent = psutil.Process(process.pid)
        until(report_file.exists, "the first report")
        until(lambda: len(descendants(parent, "ipykernel")) == 2, "two kernels")
        below = parent.children(recursive=True)
        if number == signal.SIGINT:  # Ctrl-C reaches the whole group
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        printed, complaints = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 128 + number, complaints
    assert "Traceback" not in complaints
    until(lambda: not alive(below), "workers and kernels to be gone")
    report = json.loads(report_file.read_text("utf-8"))
    assert report["interrupted"] == number
    entries = {Path(e["path"]).name: e for e in report["notebooks"]}
    assert {name: e["status"] for name, e in entries.items()} == {
        "1.ipynb": "passed", "2.ipynb": "skipped", "3.ipynb": "skipped", "4.ipynb": "skipped",
    }  # fmt: skip
    assert entries["2.ipynb"]["reason"] == "interrupted before it was finished"
    assert "1 passed, 0 failed, 3 skipped" in printed
