"""A notebook in a JupyterLab page: run it, move its sliders, hear of everything that goes wrong."""

from __future__ import annotations

import itertools
import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
N_WARM_UP, N_MOVES = 4, 20

# Runs in the page: the time from a key press to the frame after the new picture was decoded.
STOPWATCH = """view => {
    const times = [], waiting = [];
    let pressed = null, last = view.querySelector("img").src;
    document.addEventListener("keydown", event => { pressed = event.timeStamp; }, true);
    const painted = () => new Promise(resolve => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(null);
    }));
    const observer = new MutationObserver(async () => {
        const image = view.querySelector("img"), start = pressed;
        if (!image || image.src === last) return;
        last = image.src;
        await image.decode();
        times.push(await painted() - start);
        waiting.splice(0).forEach(tell => tell());
    });
    observer.observe(view, {childList: true, subtree: true, attributes: true});
    return {
        next: limit => new Promise(resolve => {
            const tell = () => resolve(times.length ? times.shift() : null);
            if (times.length) return tell();
            waiting.push(tell);
            setTimeout(tell, limit);
        }),
        stop: () => observer.disconnect(),
    };
}"""

# What JupyterLab and ipywidgets themselves leave behind, whatever the notebook:
HARMLESS = re.compile(
    # The page asks a new kernel for the widgets it has, before anything imported ipywidgets there.
    r"No such comm target registered: jupyter\.widget\.control|No such comm: [0-9a-f-]{36}"
    # JupyterLab holds a watch to its own plugins while it starts; a busy machine is slow.
    r"|[Pp]lugin .* to activate"
)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab.

    Attributes
    ----------
    home : str
        Its address, without the token.
    token : str
        What it asks for.
    workspace : Path
        The reader's working copy.
    log : Path
        What server and kernels print.
    """

    home: str
    token: str
    workspace: Path
    log: Path


@dataclass
class Opened:
    """A notebook in a JupyterLab page, and everything that goes wrong with it.

    Attributes
    ----------
    server : Server
        Where it is.
    page : playwright.sync_api.Page
        The page.
    name : str
        The notebook, relative to the working copy.
    problems : list of str
        Of the page, of the kernel and of the server, one line each.
    n_pictures : int
        How many the kernel has sent as outputs.
    """

    server: Server
    page: Any
    name: str
    problems: list[str] = field(default_factory=list)
    n_pictures: int = 0
    _statuses: list[str] = field(default_factory=list)
    _runs: dict[str, int] = field(default_factory=dict)
    _with_widgets: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen, then open."""
        notebook: Any = nbformat.read(self.server.workspace / self.name, as_version=4)
        self.cells = notebook.cells
        self._code = [
            i for i, c in enumerate(self.cells) if c.cell_type == "code" and c.source.strip()
        ]
        self._log_read = self.server.log.stat().st_size
        self.page.context.on("request", self._on_request)
        self.page.context.on("console", self._on_console)
        self.page.context.on("weberror", lambda e: self._problem("page", str(e.error)))
        self.page.on("websocket", lambda s: s.on("framereceived", self._on_frame))
        self.page.goto(
            f"{self.server.home}/lab/tree/workspace/{self.name}?reset&token={self.server.token}"
        )
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
        self._wait_for_idle_kernel()

    def run_all(self) -> None:
        """Run all cells from the menu and wait until the kernel has nothing to do."""
        for entry in ("Run", "Run All Cells"):
            self.page.get_by_role("menuitem", name=entry, exact=True).click()
        deadline = time.monotonic() + 300
        while len(self._statuses) < len(self._code) and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)
        self._wait_for_idle_kernel()

    def not_executed(self) -> list[str]:
        """Return the first lines of the code cells that did not run to their end."""
        done = [i for i, status in zip(self._code, self._statuses, strict=False) if status == "ok"]
        return [self.cells[i].source.partition("\n")[0] for i in self._code if i not in done]

    def cell(self, number: int) -> Any:
        """Scroll to a cell, for JupyterLab renders what is in sight, and return it."""
        found = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')
        found.scroll_into_view_if_needed()
        return found

    def pictures(self) -> list[Any]:
        """Return the pictures among the outputs of all cells."""
        found: list[Any] = []
        for number in self._code:
            found += self.cell(number).locator(".jp-OutputArea-output").get_by_role("img").all()
        return found

    def explorers(self) -> list[OpenedExplorer]:
        """Return the explorers, in order."""
        found = []
        for number in sorted(self._with_widgets):
            boxes = self.cell(number).locator(
                ".widget-vbox", has=self.page.locator(".widget-html img")
            )
            boxes.first.wait_for()
            found += [OpenedExplorer(self.page, box) for box in boxes.all()]
        return found

    def close(self) -> list[str]:
        """End the kernel; return what went wrong on the page, in the kernel and the server."""
        self._wait_for_idle_kernel()
        login = {"Authorization": f"token {self.server.token}"}
        kernels = f"{self.server.home}/api/kernels"
        for kernel in self.page.context.request.get(kernels, headers=login).json():
            self.page.context.request.delete(f"{kernels}/{kernel['id']}", headers=login)
        with self.server.log.open("rb") as log:
            log.seek(self._log_read)
            for line in log.read().decode(errors="replace").splitlines():
                if re.search(r"^\[[EC] |\b(ERROR|CRITICAL)\b|Traceback", line):
                    self._problem("log", line)
        return self.problems

    def _wait_for_idle_kernel(self) -> None:
        self.page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=60_000)

    def _problem(self, place: str, text: str) -> None:
        if not HARMLESS.search(text):
            self.problems.append(f"{place}: {text.strip()[:300]}")

    def _on_request(self, request: Any) -> None:
        place = urlsplit(request.url)
        if place.hostname != "127.0.0.1" and place.scheme not in ("data", "blob"):
            self._problem("request off the machine", request.url)

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning", "assert"):
            self._problem("console", message.text)

    def _on_frame(self, frame: Any) -> None:
        """Read a message of the kernel, in the form v1.kernel.websocket.jupyter.org."""
        if not isinstance(frame, bytes):
            return
        numbers = [int.from_bytes(frame[i : i + 8], "little") for i in range(0, 56, 8)]
        parts = [frame[start:end] for start, end in itertools.pairwise(numbers[1:])]
        kind, request = json.loads(parts[1])["msg_type"], json.loads(parts[2]).get("msg_id", "")
        if kind.startswith("comm_") or kind == "status":
            return
        content = json.loads(parts[4])
        if kind == "execute_input":
            self._runs[request] = self._code[len(self._runs)]
        elif kind == "execute_reply":
            self._statuses.append(content["status"])
        elif kind == "error":
            self._problem("kernel", f"{content['ename']}: {content['evalue']}")
        elif kind == "stream" and content["name"] == "stderr":
            for line in content["text"].strip().splitlines():
                self._problem("kernel", line)
        shown = content.get("data", {})
        self.n_pictures += shown.get("text/html", "").count("<img ") + ("image/png" in shown)
        if WIDGET_VIEW in shown:
            self._with_widgets.add(self._runs[request])


@dataclass
class OpenedExplorer:
    """An explorer in the page.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page.
    box : playwright.sync_api.Locator
        Controls and picture.
    """

    page: Any
    box: Any

    @property
    def picture(self) -> Any:
        """Return the picture, found by its role."""
        return self.box.get_by_role("img")

    def sliders(self) -> list[tuple[str, Any]]:
        """Return label and element of each slider."""
        found = self.box.locator(".widget-slider").all()
        return [(s.locator(".widget-label").text_content(), s) for s in found]

    def reset(self, picture: str) -> None:
        """Press the reset button by keyboard and wait for the picture with this source."""
        self.box.get_by_role("button", name="reset").press("Enter")
        self.box.locator(f'img[src="{picture}"]').wait_for()

    def move(self, slider: Any) -> list[float]:
        """Move a slider by keyboard to where it has more room; return milliseconds of each move.

        A move that changes no picture, at the end of the range or where the value is rounded, is
        not counted. The first few, which warm up, are not either. A short slider that swept back
        to where it started goes one further, so that a reset has something to do.
        """
        handle, readout = slider.get_by_role("slider"), slider.locator(".widget-readout")
        low, high, now = (
            float(handle.get_attribute(f"aria-value{name}")) for name in ("min", "max", "now")
        )
        keys = ["ArrowRight", "ArrowLeft"][:: 1 if high - now >= now - low else -1]
        self.box.scroll_into_view_if_needed()
        handle.focus()
        start = shown = readout.text_content()
        watch = self.box.locator(".widget-html").evaluate_handle(STOPWATCH)
        times: list[float] = []
        for _press in range(2 * (N_WARM_UP + N_MOVES)):
            self.page.keyboard.press(keys[0])
            elapsed = watch.evaluate("watch => watch.next(2000)")
            if elapsed is not None:
                times.append(elapsed)
            elif readout.text_content() == shown:  # the end of the range
                keys.reverse()
            shown = readout.text_content()
            if len(times) == N_WARM_UP + N_MOVES:
                break
        if shown == start:
            self.page.keyboard.press(keys[0])
            watch.evaluate("watch => watch.next(2000)")
        watch.evaluate("watch => watch.stop()")
        return times[N_WARM_UP:]
