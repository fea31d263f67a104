"""What is installed, what the arrays run on, and how to get what is missing."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from typing import Any

PACKAGES = ("numpy", "scipy", "matplotlib", "jupyterlab", "papermill", "ipywidgets")
# CUDA version of the driver from which on an extra runs.
GPU_EXTRAS = {13: "gpu13", 12: "gpu12"}
# Run in a process of its own: a broken driver or library can take the process with it.
_CUPY = """
import json, sys
import cupy
runtime = cupy.cuda.runtime
devices = []
for i in range(runtime.getDeviceCount()):
    properties = runtime.getDeviceProperties(i)
    devices.append([properties["name"].decode(), properties["totalGlobalMem"]])
cupy.linalg.eigvalsh(cupy.eye(2))
print(json.dumps({"version": cupy.__version__, "devices": devices}))
"""


def text() -> str:
    """Describe this installation.

    Returns
    -------
    str
        Versions; BLAS and its threads; array libraries and devices; which CuPy extra fits; the
        optional pieces that are missing, each with the command that gets it.
    """
    driver = cuda_version()
    sections = {
        "Versions": _versions(),
        "Linear algebra": _linear_algebra(),
        "Arrays": [f"NumPy {metadata.version('numpy')} on the CPU", _cupy()],
        "GPU": [_advice(driver)],
        "Optional": _missing(),
    }
    return "\n".join(
        line for title, lines in sections.items() for line in (title, *(f"  {x}" for x in lines))
    )


def cuda_version() -> tuple[int, int] | None:
    """Read which CUDA version the NVIDIA driver supports, from nvidia-smi.

    Returns
    -------
    tuple of int or None
        For example (12, 4); None without a driver that answers.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        answer = subprocess.run([program], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"CUDA(?: UMD)? Version\s*:\s*(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else None


def _versions() -> list[str]:
    machine = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    named = {"labkit": _version("labkit"), "python": machine}
    named |= {name: _version(name) for name in PACKAGES}
    return [f"{name:<11} {version}" for name, version in named.items()]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"missing: {_pip(name)}"


def _linear_algebra() -> list[str]:
    import scipy.linalg  # noqa: F401  # loads SciPy's own BLAS beside NumPy's
    import threadpoolctl

    return [
        f"{pool['internal_api']} {pool['version'] or 'of unknown version'}, "
        f"threads: {pool['num_threads']} ({pool['prefix']})"
        for pool in threadpoolctl.threadpool_info()
        if pool["user_api"] == "blas"
    ] or ["no BLAS that threadpoolctl knows"]


def _cupy() -> str:
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _CUPY], capture_output=True, text=True, timeout=120
        )
    except subprocess.TimeoutExpired:
        return "CuPy does not answer within 120 s"
    if answer.returncode:
        reason = (answer.stderr.strip() or f"exit status {answer.returncode}").splitlines()[-1]
        if re.fullmatch(r"ModuleNotFoundError: No module named 'cupy'", reason):
            return "CuPy is not installed"
        return f"CuPy does not run: {reason}"
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    devices = [f"{name}, {memory / 2**30:.1f} GiB" for name, memory in found["devices"]]
    return f"CuPy {found['version']} on {'; '.join(devices) or 'no device'}"


def _advice(driver: tuple[int, int] | None) -> str:
    if driver is None:
        return "no NVIDIA driver answers: CPU only, and CuPy would not run here"
    version = ".".join(map(str, driver))
    for major, extra in GPU_EXTRAS.items():
        if driver[0] >= major:
            return f"the driver supports CUDA {version}: {_pip(f'labkit[{extra}]')}"
    return f"the driver supports CUDA {version}, older than 12: update the driver for CuPy"


def _missing() -> list[str]:
    """List what the extras ask for and is not here; the GPU extras have a section of their own."""
    from packaging.requirements import Requirement

    try:
        about = metadata.metadata("labkit")
    except metadata.PackageNotFoundError:
        return [f"labkit itself is not installed: {_pip('-e .')} in the checkout"]
    wanted = [Requirement(line) for line in about.get_all("Requires-Dist") or []]
    lines = []
    for extra in about.get_all("Provides-Extra") or []:
        if extra in GPU_EXTRAS.values():
            continue
        absent = [
            r.name
            for r in wanted
            if r.marker
            and not r.marker.evaluate({"extra": ""})
            and r.marker.evaluate({"extra": extra})
            and _version(r.name).startswith("missing")
        ]
        if absent:
            lines.append(f"{', '.join(absent)}: {_pip(f'labkit[{extra}]')}")
    return lines or ["nothing is missing"]


def _pip(what: str) -> str:
    """Return the command for this very interpreter."""
    what = f'"{what}"' if "[" in what else what
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"{python} -m pip install {what}"
