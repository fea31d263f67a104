"""A line that says what runs and how long is left."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from labkit.runner.execute import Job


class Progress:
    """Progress on stderr: a line that changes in a terminal, a line a notebook elsewhere.

    Parameters
    ----------
    n_jobs : int
        How many notebooks there are.
    n_workers : int
        How many run at a time.
    quiet : bool
        Say nothing.
    """

    def __init__(self, n_jobs: int, n_workers: int, *, quiet: bool = False) -> None:
        self.n_jobs, self.n_workers, self.quiet = n_jobs, n_workers, quiet
        self.running: list[str] = []
        self.seconds: list[float] = []
        self.begun = time.perf_counter()
        self.lock = threading.Lock()

    def started(self, job: Job) -> None:
        """Note that a notebook started."""
        with self.lock:
            self.running.append(job.path)
            if sys.stderr.isatty():
                self._show(f"running {', '.join(self.running)}", end="")

    def done(self, entry: dict[str, Any]) -> None:
        """Note that a notebook ended."""
        with self.lock:
            if entry["path"] in self.running:
                self.running.remove(entry["path"])
            self.seconds.append(entry["seconds"])
            left = self.n_jobs - len(self.seconds)
            each = sum(self.seconds) / len(self.seconds)
            wait = each * left / min(self.n_workers, max(left, 1))
            text = (
                f"[{len(self.seconds)}/{self.n_jobs}] {entry['status']} {entry['path']} "
                f"({entry['seconds']:.1f} s)"
            )
            if left:
                now = f"; now {', '.join(self.running)}" if self.running else ""
                text += f", about {wait:.0f} s left{now}"
            self._show(text)

    def close(self) -> None:
        """Say how long it all took."""
        self._show(f"{len(self.seconds)} notebooks in {time.perf_counter() - self.begun:.0f} s")

    def _show(self, text: str, end: str = "\n") -> None:
        if not self.quiet:
            clear = "\r\033[K" if sys.stderr.isatty() else ""
            print(clear + text, end=end, file=sys.stderr, flush=True)
