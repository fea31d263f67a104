"""Kernels that do not collide, do not hang, and can be found when their worker is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

KERNEL_FILE_VARIABLE = "LABKIT_KERNEL_FILE"


def kernel_manager_class() -> type:
    """Return a kernel manager that records its kernel's process and, on Unix, uses sockets.

    Concurrent kernels on TCP now and then choose the same port; Unix sockets in a folder of their
    own cannot.

    Returns
    -------
    type
        A subclass of jupyter_client's AsyncKernelManager.
    """
    from jupyter_client.manager import AsyncKernelManager

    class RecordedKernelManager(AsyncKernelManager):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            if sys.platform != "win32":
                folder = tempfile.mkdtemp(prefix="lk-")
                kwargs.setdefault("transport", "ipc")
                kwargs.setdefault("ip", os.path.join(folder, "k"))
            super().__init__(*args, **kwargs)

        async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            await super()._async_launch_kernel(kernel_cmd, **{**quiet, **kw})
            record = os.environ.get(KERNEL_FILE_VARIABLE)
            pid = getattr(self.provisioner, "pid", None)
            if record and pid:
                Path(record).write_text(str(pid), encoding="utf-8")

        async def _async_cleanup_resources(self, restart: bool = False) -> None:
            await super()._async_cleanup_resources(restart=restart)
            if self.transport == "ipc" and not restart:
                folder = Path(self.ip).parent
                for file in folder.glob("k-*"):
                    file.unlink(missing_ok=True)
                if folder.exists():
                    folder.rmdir()

    return RecordedKernelManager


def kill_kernel(record: Path) -> None:
    """Kill the kernel whose process number a file holds, if it is still a kernel.

    Parameters
    ----------
    record : Path
        Written by the kernel manager; removed here.
    """
    import psutil

    try:
        process = psutil.Process(int(record.read_text(encoding="utf-8")))
        if "ipykernel" in " ".join(process.cmdline()):
            for child in [*process.children(recursive=True), process]:
                child.kill()
            process.wait(5)
    except (OSError, ValueError, psutil.Error):
        pass  # no kernel was started, or it is gone
    record.unlink(missing_ok=True)


def kernel_name(notebook: Any) -> str:
    """Return the kernel to run a notebook with: its own if it is installed, else python3.

    Parameters
    ----------
    notebook : NotebookNode
        Any notebook.

    Returns
    -------
    str
        A kernel's name. A notebook of another language keeps its own, and fails if that is absent.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    name = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    installed = name in KernelSpecManager().find_kernel_specs()
    return name if installed or language(notebook).lower() != "python" else "python3"


def language(notebook: Any) -> str:
    """Return a notebook's language, Python where it does not say.

    Parameters
    ----------
    notebook : NotebookNode
        Any notebook.

    Returns
    -------
    str
        As papermill names it.
    """
    spec, info = (notebook.metadata.get(key, {}) for key in ("kernelspec", "language_info"))
    return spec.get("language") or info.get("name") or "python"


def cure_output_widgets() -> None:
    """Stop nbclient from echoing Output widgets back to the kernel.

    The echo goes out on the shell channel while a cell runs and now and then leaves the client
    waiting for ever (jupyter/nbclient#312). The text of an Output is kept in the notebook all the
    same; only the kernel's own copy of it stays empty.
    """
    from nbclient.output_widget import OutputWidget

    OutputWidget.send = lambda self, *args, **kwargs: None  # type: ignore[method-assign]
