"""Run many notebooks side by side. What is finished is kept, whatever happens to the rest."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from pathlib import Path
from typing import Any

from labkit.runner.execute import Job, execute
from labkit.runner.kernels import KERNEL_FILE_VARIABLE, kill_kernel

NOTEBOOK_LIMIT = 900.0
"""Seconds after which a notebook is given up even if no single cell ran out of time."""


class Interrupted(Exception):
    """SIGTERM or Ctrl-C reached `run_all`; what was finished has been handed on."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal.Signals(signal_number).name)
        self.signal_number = signal_number


def local_executor(kernel_file: str) -> Executor:
    """Return one long-lived worker process.

    Parameters
    ----------
    kernel_file : str
        Where the worker's kernel leaves its process number.

    Returns
    -------
    Executor
        A fresh process, so that nothing of the caller leaks into the notebooks.
    """
    return ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(kernel_file,)
    )


def run_all(
    jobs: Sequence[Job],
    *,
    n_workers: int = 1,
    done: Callable[[dict[str, Any]], None],
    started: Callable[[Job], None] = lambda job: None,
    make_executor: Callable[[str], Executor] = local_executor,
) -> None:
    """Run notebooks on workers, one executor a worker, and hand on each result as it comes.

    Parameters
    ----------
    jobs : sequence of Job
        What to run, in this order.
    n_workers : int
        How many at a time.
    done : callable
        Called in this thread with each result of `execute`. A worker that dies costs its one
        notebook, whose status is then ``"killed"``.
    started : callable
        Called from a worker's thread when a notebook starts.
    make_executor : callable
        Makes a worker's executor; hand in one of a cluster to run elsewhere.

    Raises
    ------
    Interrupted
        On SIGTERM or Ctrl-C, after workers and kernels are gone.
    """
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    results: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    folder = Path(tempfile.mkdtemp(prefix="labkit-run-"))
    stop = threading.Event()
    workers = [
        _Worker(folder / f"kernel-{i}", waiting, results, started, make_executor, stop)
        for i in range(min(n_workers, len(jobs)))
    ]
    try:
        with _signals():
            for worker in workers:
                worker.thread.start()
            for _ in jobs:
                while True:  # a bounded wait lets signals through on every platform
                    with suppress(queue.Empty):
                        done(results.get(timeout=0.5))
                        break
    finally:
        stop.set()
        for worker in workers:
            worker.kill()
        for worker in workers:
            if worker.thread.is_alive():
                worker.thread.join(10)
        while True:  # what finished in the meantime is kept as well
            try:
                result = results.get_nowait()
            except queue.Empty:
                break
            if result["notebook"]["status"] != "killed":
                done(result)
        shutil.rmtree(folder, ignore_errors=True)


class _Worker:
    """A thread that feeds one executor, and replaces it when its process dies."""

    def __init__(
        self,
        kernel_file: Path,
        waiting: queue.SimpleQueue[Job],
        results: queue.SimpleQueue[dict[str, Any]],
        started: Callable[[Job], None],
        make_executor: Callable[[str], Executor],
        stop: threading.Event,
    ) -> None:
        self.kernel_file, self.waiting, self.results = kernel_file, waiting, results
        self.started, self.make_executor, self.stop = started, make_executor, stop
        self.executor: Executor | None = None
        self.thread = threading.Thread(target=self._loop, daemon=True)

    def _loop(self) -> None:
        _block_interrupts()
        while not self.stop.is_set():
            try:
                job = self.waiting.get_nowait()
            except queue.Empty:
                return
            self.started(job)
            self.results.put(self._run(job))

    def _run(self, job: Job) -> dict[str, Any]:
        begun = time.perf_counter()
        try:
            if self.executor is None:
                self.executor = self.make_executor(str(self.kernel_file))
            return self.executor.submit(execute, job).result(timeout=NOTEBOOK_LIMIT)
        except (BrokenProcessPool, CancelledError):
            status, reason = "killed", "its worker process was killed"
        except FutureTimeoutError:
            status, reason = "timeout", f"it ran longer than {NOTEBOOK_LIMIT:g} s"
        except Exception as error:
            status, reason = "failed", f"{type(error).__name__}: {error}"
        self.kill()
        entry = {
            "path": job.path, "status": status, "reason": reason,
            "seconds": round(time.perf_counter() - begun, 2), "peak_mib": None,
            "parameters": job.parameters, "explorers": 0, "controls_moved": 0,
        }  # fmt: skip
        return {"notebook": entry, "claims": []}

    def kill(self) -> None:
        """Kill the worker and its kernel; the next notebook gets fresh ones."""
        executor, self.executor = self.executor, None
        if executor is not None:
            for process in list((getattr(executor, "_processes", None) or {}).values()):
                process.kill()
            executor.shutdown(wait=False, cancel_futures=True)
        kill_kernel(self.kernel_file)


def _start_worker(kernel_file: str) -> None:
    """Ctrl-C goes to the whole group of processes; only the parent answers it."""
    os.environ[KERNEL_FILE_VARIABLE] = kernel_file
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for name in ("papermill", "traitlets"):  # what they would log stands in the report
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _block_interrupts() -> None:
    """Let what this thread starts begin with SIGINT blocked, until `_start_worker` ignores it.

    A worker that Ctrl-C reaches while it is still importing would print a traceback.
    """
    if sys.platform != "win32":
        resource_tracker.ensure_running()  # starting it later would unblock the signal again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


@contextmanager
def _signals() -> Iterator[None]:
    """Turn SIGTERM and SIGINT into Interrupted, in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def raise_interrupted(number: int, _frame: Any) -> None:
        raise Interrupted(number)

    before = {number: signal.signal(number, raise_interrupted) for number in _handled()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handled() -> tuple[signal.Signals, ...]:
    return (signal.SIGINT,) if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM)
