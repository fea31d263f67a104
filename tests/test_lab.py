"""The working copy never loses a reader's work, and JupyterLab starts with a token on loopback."""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress

import nbformat
import psutil
import pytest

from labkit import lab
from labkit.lab import RECORD, START, update_copy

TOPIC = "pca/01_topic.ipynb"
NEW = "pca/01_topic.new.ipynb"


def notebook(source, **metadata):
    cell = nbformat.v4.new_code_cell(source, id="one", metadata={"tags": ["parameters"]})
    return nbformat.v4.new_notebook(cells=[cell], metadata=metadata)


def save(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, file)


def source(file):
    return nbformat.read(file, 4).cells[0].source


def run_by_reader(file):
    """Leave in a copy what JupyterLab and papermill leave there."""
    content = nbformat.read(file, 4)
    cell = content.cells[0]
    cell.execution_count = 3
    cell.outputs = [nbformat.v4.new_output("stream", text="seen\n")]
    cell.metadata |= {"execution": {"shell.execute_reply": "now"}, "collapsed": False}
    content.cells[0].id = "another"
    content.metadata |= {"widgets": {"state": {}}, "language_info": {"version": "3.14.0"}}
    save(file, content)


@pytest.fixture
def folders(tmp_path):
    notebooks, workspace = tmp_path / "notebooks", tmp_path / "workspace"
    save(notebooks / START, notebook("start = 1"))
    save(notebooks / TOPIC, notebook("n = 1"))
    assert update_copy(notebooks, workspace) == ["copied: 2 notebooks"]
    return notebooks, workspace


def test_first_copy_is_the_same_tree_without_other_files(folders):
    notebooks, workspace = folders
    (notebooks / "notes.txt").write_text("not copied")
    save(notebooks / ".ipynb_checkpoints" / START, notebook("old = 1"))
    assert update_copy(notebooks, workspace) == []
    kept = {f.relative_to(workspace).as_posix() for f in workspace.rglob("*") if f.is_file()}
    assert kept == {START, TOPIC, RECORD}
    assert (workspace / TOPIC).read_bytes() == (notebooks / TOPIC).read_bytes()


def test_outputs_stay_while_the_original_does_not_change(folders):
    notebooks, workspace = folders
    run_by_reader(workspace / TOPIC)
    before = (workspace / TOPIC).read_bytes()
    run_by_reader(notebooks / TOPIC)
    assert update_copy(notebooks, workspace) == []
    assert (workspace / TOPIC).read_bytes() == before


def test_changes_of_the_reader_stay_while_the_original_does_not_change(folders):
    notebooks, workspace = folders
    save(workspace / TOPIC, notebook("n = 7"))
    assert update_copy(notebooks, workspace) == []
    assert source(workspace / TOPIC) == "n = 7"


def test_copy_that_was_only_run_follows_the_original(folders):
    notebooks, workspace = folders
    run_by_reader(workspace / TOPIC)
    save(notebooks / TOPIC, notebook("n = 2"))
    assert update_copy(notebooks, workspace) == [f"updated: {TOPIC}"]
    assert source(workspace / TOPIC) == "n = 2"
    assert update_copy(notebooks, workspace) == []


def test_change_of_the_metadata_counts(folders):
    notebooks, workspace = folders
    save(notebooks / TOPIC, notebook("n = 1", labkit={"quick": {"n": 1}}))
    assert update_copy(notebooks, workspace) == [f"updated: {TOPIC}"]


def test_both_changed(folders):
    notebooks, workspace = folders
    save(workspace / TOPIC, notebook("n = 7"))
    save(notebooks / TOPIC, notebook("n = 2"))
    lines = [f"both changed: {TOPIC} stays as you have it, the new one is {NEW}"]
    assert update_copy(notebooks, workspace) == lines
    assert (source(workspace / TOPIC), source(workspace / NEW)) == ("n = 7", "n = 2")
    assert update_copy(notebooks, workspace) == []
    save(notebooks / TOPIC, notebook("n = 3"))
    assert update_copy(notebooks, workspace) == lines
    assert source(workspace / NEW) == "n = 3"
    save(workspace / NEW, notebook("n = 8"))
    save(notebooks / TOPIC, notebook("n = 4"))
    assert "01_topic.new.new.ipynb" in update_copy(notebooks, workspace)[0]
    texts = [source(file) for file in sorted((workspace / "pca").iterdir())]
    assert sorted(texts) == ["n = 4", "n = 7", "n = 8"]


def test_reader_who_made_the_same_change_follows_again(folders):
    notebooks, workspace = folders
    save(workspace / TOPIC, notebook("n = 2"))
    save(notebooks / TOPIC, notebook("n = 2"))
    assert update_copy(notebooks, workspace) == []
    save(notebooks / TOPIC, notebook("n = 3"))
    assert update_copy(notebooks, workspace) == [f"updated: {TOPIC}"]


def test_deleted_copy_comes_back(folders):
    notebooks, workspace = folders
    (workspace / TOPIC).unlink()
    assert update_copy(notebooks, workspace) == ["copied: 1 notebook"]
    assert source(workspace / TOPIC) == "n = 1"


def test_file_without_a_record_or_that_is_no_notebook_is_the_readers(folders):
    notebooks, workspace = folders
    (workspace / RECORD).write_text("{")
    (workspace / TOPIC).write_text("not a notebook")
    (line,) = update_copy(notebooks, workspace)
    assert line.startswith(f"both changed: {TOPIC}")
    assert (workspace / TOPIC).read_text() == "not a notebook"


def test_refusals(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="there is no notebook in"):
        update_copy(tmp_path, tmp_path / "workspace")
    with pytest.raises(ValueError, match="--port must be from 1 to 65535, got 0"):
        lab.launch(port=0, browser=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "__file__", str(tmp_path / "elsewhere" / "labkit" / "lab.py"))
    with pytest.raises(ValueError, match="run it in a checkout of labkit"):
        lab.launch(port=None, browser=False)


def addresses(server):
    """Read what JupyterLab prints until it has given the address twice: then it answers."""
    given_up = threading.Timer(120, server.kill)
    given_up.start()
    try:
        found = (re.search(r"http://\S+\?token=\w+", line) for line in server.stdout)
        return [match[0] for match in itertools.islice(filter(None, found), 2)]
    finally:
        given_up.cancel()


def listening(server, port):
    """Wait for the port to open, which happens a moment after the address was printed."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10):
            return True
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.05)
    return False


def ask(address, token=None, data=None):
    request = urllib.request.Request(address, data)
    if token:
        request.add_header("Authorization", f"token {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere JupyterLab is a child process")
def test_real_start(folders, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    settings = {f"JUPYTER_{n}_DIR": str(tmp_path / n) for n in ("CONFIG", "DATA", "RUNTIME")}
    with subprocess.Popen(
        [sys.executable, "-m", "labkit", "lab", "--no-browser", "--port", str(port)],
        cwd=tmp_path, env=os.environ | settings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as server:  # fmt: skip
        try:
            printed = addresses(server)
            page, _, token = printed[0].partition("?token=")
            assert printed == [printed[0]] * 2
            assert page == f"{home}/lab/tree/workspace/{START}"
            (opened,) = (tmp_path / "RUNTIME").glob("jpserver-*-open.html")
            assert printed[0] in opened.read_text()  # what a browser is sent to
            assert listening(server, port)
            with pytest.raises(urllib.error.HTTPError, match="403") as refused:
                ask(f"{home}/api/status")
            refused.value.close()
            assert ask(f"{home}/api/kernels", token, b"{}")["name"] == "python3"
            assert ask(f"{home}/api/status", token)["kernels"] == 1
            process = psutil.Process(server.pid)
            kernels = process.children(recursive=True)
            sockets = process.net_connections("tcp")
            assert {s.laddr.ip for s in sockets if s.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
        finally:
            server.terminate()
            server.communicate(timeout=60)
    assert kernels
    assert psutil.wait_procs(kernels, timeout=30)[1] == []
