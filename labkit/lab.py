"""Open the notebooks in JupyterLab, in a working copy that belongs to the reader.

The originals stay as git has them, so a pull never conflicts; the copy holds the reader's changes
and outputs, so an update never loses them. Which version of an original a copy came from is
recorded beside the copies.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

START = "00_start_here.ipynb"
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
RECORD = ".labkit.json"
# What running, folding or saving a notebook leaves in its metadata.
_CELL_STATE = (
    "ExecuteTime", "collapsed", "execution", "jupyter", "papermill", "scrolled", "trusted",
)  # fmt: skip
_NOTEBOOK_STATE = ("kernelspec", "language_info", "papermill", "widgets")


def launch(*, port: int | None, browser: bool, root: Path | None = None) -> int:
    """Update the working copy and open JupyterLab on it, at the start notebook.

    JupyterLab listens on 127.0.0.1 and asks for its token; the address it prints holds the token.
    Where the system allows it, JupyterLab takes this process's place, so that Ctrl-C, the terminal
    and signals reach it directly.

    Parameters
    ----------
    port : int or None
        The port, which must be free; None takes the first free one from 8888.
    browser : bool
        Whether to open a browser; the address is printed in any case.
    root : Path, optional
        The folder that holds `notebooks/`; by default this folder, else labkit's checkout.

    Returns
    -------
    int
        JupyterLab's exit status, where it did not take this process's place.

    Raises
    ------
    ValueError
        If there are no notebooks, or the port is none.
    """
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"--port must be from 1 to 65535, got {port}")
    root = _root() if root is None else Path(root).resolve()
    workspace = root / "workspace"
    for line in update_copy(root / "notebooks", workspace):
        print(line)
    print(f"Your working copy: {workspace}", flush=True)
    command = _command(root, port=port, browser=browser)
    # More BLAS threads than one keep spinning beside the browser, and sliders then lag.
    environment = dict.fromkeys(THREAD_VARIABLES, "1") | os.environ
    environment["JUPYTER_CONFIG_PATH"] = _without_news(workspace)
    if os.name == "posix":
        os.execve(command[0], command, environment)
    with suppress(KeyboardInterrupt):
        return subprocess.call(command, env=environment)
    return 0


def update_copy(notebooks: Path, workspace: Path) -> list[str]:
    """Bring a working copy of notebooks up to date without touching what its reader changed.

    An original that is new, or whose copy was deleted, is copied. Where only the original changed,
    the copy is replaced. Where both changed, the reader's file stays and the new version goes
    beside it, as ``NAME.new.ipynb``. Where the original did not change, nothing is touched. A
    change is one of the cells or of the metadata: outputs, counts, widget states and what running
    or folding leaves in the metadata do not count.

    Parameters
    ----------
    notebooks : Path
        Folder of the originals.
    workspace : Path
        Folder of the copies, with the same tree.

    Returns
    -------
    list of str
        What was done, one line each.

    Raises
    ------
    ValueError
        If there is no notebook to copy.
    """
    originals = sorted(
        file
        for file in notebooks.rglob("*.ipynb")
        if not any(part.startswith(".") for part in file.relative_to(notebooks).parts)
    )
    if not originals:
        raise ValueError(f"there is no notebook in {notebooks}")
    record_file = workspace / RECORD
    record: dict[str, str] = _read(record_file)
    lines: list[str] = []
    n_new = 0
    for original in originals:
        name = original.relative_to(notebooks).as_posix()
        content = original.read_bytes()
        version = fingerprint(content)
        copy = workspace / name
        if not copy.exists():
            _write(copy, content)
            n_new += 1
        elif record.get(name) != version and fingerprint(copy.read_bytes()) != version:
            beside = _place(copy, workspace, record)
            _write(beside, content)
            if beside == copy:
                lines.append(f"updated: {name}")
            else:
                placed = beside.relative_to(workspace).as_posix()
                record[placed] = version
                lines.append(f"both changed: {name} stays as you have it, the new one is {placed}")
        record[name] = version
    if n_new:
        lines.insert(0, f"copied: {n_new} notebook{'s' if n_new > 1 else ''}")
    _write(record_file, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())
    return lines


def fingerprint(content: bytes) -> str:
    """Return a hash of what a person wrote in a notebook: cells and metadata.

    Parameters
    ----------
    content : bytes
        The file. One that is not a notebook is hashed as it is.

    Returns
    -------
    str
        The same whether or not the notebook was run, folded or given cell ids.
    """
    try:
        notebook = json.loads(content)
        cells = [
            [
                cell["cell_type"],
                "".join(cell["source"]),
                _without(cell.get("metadata", {}), _CELL_STATE),
                cell.get("attachments") or {},
            ]
            for cell in notebook["cells"]
        ]
        written = [cells, _without(notebook.get("metadata", {}), _NOTEBOOK_STATE)]
        content = json.dumps(written, sort_keys=True).encode()
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return hashlib.sha256(content).hexdigest()


def _without(metadata: dict[str, Any], state: Sequence[str]) -> dict[str, Any]:
    # papermill adds an empty list of tags
    return {k: v for k, v in metadata.items() if k not in state and (k, v) != ("tags", [])}


def _place(copy: Path, workspace: Path, record: dict[str, str]) -> Path:
    """Return the first of NAME, NAME.new, NAME.new.new ... that holds no work of the reader."""
    name = copy.relative_to(workspace).as_posix()
    if not copy.exists() or record.get(name) == fingerprint(copy.read_bytes()):
        return copy
    return _place(copy.with_name(f"{copy.stem}.new.ipynb"), workspace, record)


def _read(record_file: Path) -> dict[str, str]:
    """Read the record; without one, every copy that differs counts as the reader's work."""
    with suppress(FileNotFoundError, ValueError):
        return dict(json.loads(record_file.read_text(encoding="utf-8")))
    return {}


def _write(target: Path, content: bytes) -> None:
    """Replace a file in one step, so that an interruption leaves the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    os.replace(temporary, target)


def _root() -> Path:
    places = [Path.cwd(), Path(__file__).resolve().parent.parent]
    for place in places:
        if (place / "notebooks" / START).is_file():
            return place
    looked = " nor ".join(str(place / "notebooks" / START) for place in dict.fromkeys(places))
    raise ValueError(
        f"the notebooks are not here: there is no {looked}; run it in a checkout of labkit"
    )


def _without_news(workspace: Path) -> str:
    """Switch off JupyterLab's question about news, beside whatever the reader has configured."""
    folder = workspace / ".jupyter"
    announcements = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    _write(folder / "labconfig" / "page_config.json", json.dumps(announcements).encode())
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_CONFIG_PATH")]))


def _command(root: Path, *, port: int | None, browser: bool) -> list[str]:
    """Serve the checkout, so that a notebook's links to its method and tests lead there."""
    command = [
        sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/workspace/{START}",
    ]  # fmt: skip
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command
