"""A real JupyterLab, started by `labkit lab`, and a real Chromium that opens its notebooks.

Plain `make test` opens the start notebook only and judges no times; `make browser` opens all and
holds every explorer to the time that is promised.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from labkit.lab import START
from tests.browser.page import Opened, Server

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "pip install playwright; apt-get install chromium"
REPORT_VARIABLE = "LABKIT_BROWSER_REPORT"
MOVES = pytest.StashKey[list["Moves"]]()

# Neither may anything else reach beyond this machine: not the page, not Chromium itself.
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip

# Python starts it in the server and in every kernel, and says in the log who asked for more than
# this machine.
SITE_CUSTOMIZE = """
import sys

def _watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        place = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = place[0] if isinstance(place, tuple) else place
        if isinstance(host, bytes):
            host = host.decode(errors="replace")
        near = host in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0")
        if not near and not host.startswith(("/", "\\0")):
            print("ERROR: a request off the machine:", place, file=sys.__stderr__, flush=True)

sys.addaudithook(_watch)
"""


@dataclass(frozen=True)
class Moves:
    """How long the moves of one slider took, in milliseconds.

    Attributes
    ----------
    notebook : str
        Where it is.
    explorer : int
        Which of the notebook, from 1.
    slider : str
        Its label.
    milliseconds : tuple of float
        From key press to decoded picture, one for each move.
    """

    notebook: str
    explorer: int
    slider: str
    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median."""
        return statistics.median(self.milliseconds)

    @property
    def p90(self) -> float:
        """Return the time that nine moves of ten do not exceed."""
        return statistics.quantiles(self.milliseconds, n=10, method="inclusive")[-1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--browser-all``; pytest knows it when tests/browser is named on the command line."""
    parser.addoption(
        "--browser-all",
        action="store_true",
        help="open every notebook in Chromium and hold explorers to 100 ms",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make room for what is measured."""
    config.stash.setdefault(MOVES, [])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Open the start notebook, or all."""
    if "notebook" in metafunc.fixturenames:
        folder, names = ROOT / "notebooks", [START]
        if metafunc.config.getoption("--browser-all", default=False):
            found = (file.relative_to(folder) for file in folder.rglob("*.ipynb"))
            names = sorted(f.as_posix() for f in found if ".ipynb_checkpoints" not in f.parts)
        metafunc.parametrize("notebook", names)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table of times, and write it where LABKIT_BROWSER_REPORT says."""
    measured = config.stash.get(MOVES, [])
    if not measured:
        return
    table = f"{markdown(measured)}\n\nOn {_load()}: with neighbours, times say little."
    terminalreporter.section("key press to decoded picture, milliseconds")
    terminalreporter.write_line(table)
    if os.environ.get(REPORT_VARIABLE):
        Path(os.environ[REPORT_VARIABLE]).write_text(table + "\n", encoding="utf-8")


def _load() -> str:
    """Say how busy the machine is; one notebook, its kernel and its browser keep one core busy."""
    load = psutil.getloadavg()[1]
    return f"{os.cpu_count()} cores, {load:.1f} processes running over the last five minutes"


def markdown(measured: list[Moves]) -> str:
    """Return the times as a table."""
    rows = [("notebook", "explorer", "slider", "moves", "median", "p90")]
    for moves in measured:
        times = f"{moves.median:.0f}", f"{moves.p90:.0f}"
        count = str(len(moves.milliseconds))
        rows.append((moves.notebook, str(moves.explorer), moves.slider, count, *times))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))
    lines = (" | ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(f"| {line} |" for line in lines)


# The server


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start JupyterLab with `labkit lab` on a copy, and leave no process behind."""
    root, own = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("own")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    for name in ("labkit", "tests", "data", "README.md", "CONTRIBUTING.md"):
        (root / name).symlink_to(ROOT / name)
    (own / "sitecustomize.py").write_text(SITE_CUSTOMIZE, encoding="utf-8")
    settings = {f"JUPYTER_{n}_DIR": str(own / n) for n in ("CONFIG", "DATA", "RUNTIME")}
    settings |= {"IPYTHONDIR": str(own / "ipython"), "PYTHONPATH": f"{own}{os.pathsep}{ROOT}"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = own / "server.log"
    command = [sys.executable, "-m", "labkit", "lab", "--no-browser", "--port", str(port)]
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command, cwd=root, env=os.environ | settings, stdout=sink, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            token = _token(process, log)
            _listening(process, port)
            yield Server(f"http://127.0.0.1:{port}", token, root / "workspace", log)
        finally:
            family = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            process.wait(60)
            left = psutil.wait_procs(family, timeout=30)[1]
            for orphan in left:
                orphan.kill()
    assert not left, f"JupyterLab left {[orphan.name() for orphan in left]} behind"


def _token(process: subprocess.Popen[bytes], log: Path) -> str:
    """Read the token from the address that JupyterLab prints."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        printed = log.read_text(encoding="utf-8", errors="replace")
        if match := re.search(r"\?token=(\w+)", printed):
            return match[1]
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def _listening(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the port to open, a moment after the address was printed."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(f"JupyterLab does not answer at port {port}")


# The browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return Chromium's path; skip where it, or Playwright, is missing."""
    pytest.importorskip("playwright.sync_api", reason=f"there is no Playwright: {INSTALL}")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"there is no Chromium: {INSTALL}")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """Start Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        yield started
        started.close()


@pytest.fixture
def open_notebook(server: Server, browser: Any) -> Iterator[Callable[[str], Opened]]:
    """Return a function that opens a notebook of the working copy in JupyterLab."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    yield lambda name: Opened(server, page, name)
    context.close()


@pytest.fixture
def record_moves(pytestconfig: pytest.Config) -> Callable[..., None]:
    """Return a function that notes how long the moves of a slider took."""

    def record(notebook: str, explorer: int, slider: str, milliseconds: list[float]) -> None:
        pytestconfig.stash[MOVES].append(Moves(notebook, explorer, slider, tuple(milliseconds)))

    return record


@pytest.fixture
def all_notebooks(pytestconfig: pytest.Config) -> bool:
    """Tell whether all is asked for, times too: a machine that only runs the tests may be slow."""
    return bool(pytestconfig.getoption("--browser-all", default=False))
