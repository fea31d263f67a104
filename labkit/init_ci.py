"""A GitHub Actions file that checks somebody's own notebooks with `labkit check`."""

from __future__ import annotations

import json
import shlex
import subprocess
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

_WORKFLOW = """\
# Written by `labkit init-ci`; yours to change.
name: notebooks

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    env:
      # What pip installs as labkit. The package index does not have it: name a wheel, or a
      # repository as "labkit @ git+https://HOST/OWNER/labkit".
      LABKIT: {labkit}
      OPENBLAS_NUM_THREADS: "1"
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: |
            .github/workflows/notebooks.yml
            requirements.txt
      - name: Install
        run: |
          python -m pip install "$LABKIT"
          if [ -f requirements.txt ]; then python -m pip install -r requirements.txt; fi
      - name: Check the notebooks
        run: {check}
      - name: Keep the report and its JUnit file
        if: always()
        uses: actions/upload-artifact@v5
        with:
          name: labkit-report
          path: report
          if-no-files-found: ignore
"""


def write(path: Path, *, notebooks: str) -> Path:
    """Write the workflow.

    Parameters
    ----------
    path : Path
        The file to make, usually ``.github/workflows/notebooks.yml``.
    notebooks : str
        A notebook, or a folder of notebooks, seen from the repository's root.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    ValueError
        If the file exists, or no file or folder can have that name.
    """
    if not notebooks or not notebooks.isprintable() or notebooks.startswith("-"):
        raise ValueError(f"notebooks must be a file or a folder, got {notebooks!r}")
    check = f"labkit check {shlex.quote(notebooks)} --jobs 2 --report report"
    # A JSON string is a YAML string, whatever it holds.
    workflow = _WORKFLOW.format(labkit=json.dumps(_source()), check=json.dumps(check))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(workflow)
    except FileExistsError as error:
        raise ValueError(f"{path} exists already and stays as it is") from error
    return path


def _source() -> str:
    """Say where pip gets this labkit: the address it was installed from, else a blank to fill in.

    Never the bare name: on a package index it could be anyone's.

    A checkout answers with the address its origin has. Only https addresses are used, without the
    user's name or password.
    """
    try:
        origin = json.loads(metadata.distribution("labkit").read_text("direct_url.json") or "{}")
    except metadata.PackageNotFoundError:
        origin = {}
    url, commit = origin.get("url", ""), origin.get("vcs_info", {}).get("commit_id", "")
    if "dir_info" in origin:
        url = _remote(Path(__file__).resolve().parent.parent)
    parts = urlsplit(url)
    if parts.scheme != "https" or "archive_info" in origin:
        return "labkit @ git+https://HOST/OWNER/labkit"
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return f"labkit @ git+{address.geturl()}{'@' if commit else ''}{commit}"


def _remote(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "remote", "get-url", "origin"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
