"""`labkit doctor` says what is here and what would fit, whatever the machine holds."""

import re
import sys
from importlib import metadata

import pytest

import labkit
from labkit import doctor


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Put a program of that name first on the path; it prints a text and ends with a status."""
    monkeypatch.setattr(doctor.shutil, "which", lambda name: str(tmp_path / "bin" / name))

    def write(printed, status=0):
        program = tmp_path / "bin" / "nvidia-smi"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!{sys.executable}\nprint({printed!r})\nraise SystemExit({status})\n")
        program.chmod(0o755)

    return write


@pytest.fixture
def cupy(tmp_path, monkeypatch):
    """Put a module named cupy first on the path of child processes."""

    def write(code):
        (tmp_path / "cupy.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return write


def test_text_names_versions_threads_and_devices():
    text = doctor.text()
    assert f"labkit      {labkit.__version__}" in text
    for name in doctor.PACKAGES:
        assert re.search(rf"^  {name} +{re.escape(metadata.version(name))}$", text, re.MULTILINE)
    assert re.search(r"^  \w+ \S+, threads: \d+ ", text, re.MULTILINE)
    assert "NumPy" in text
    titles = [line for line in text.splitlines() if not line.startswith(" ")]
    assert titles == ["Versions", "Linear algebra", "Arrays", "GPU", "Optional"]


@pytest.mark.parametrize(
    ("version", "extra"), [("12.4", "gpu12"), ("13.0", "gpu13"), ("14.1", "gpu13")]
)
@pytest.mark.parametrize("words", ["CUDA Version: {}     |", "CUDA UMD Version : {}  |"])
def test_extra_that_fits_the_driver(nvidia_smi, version, extra, words):
    nvidia_smi(f"| NVIDIA-SMI 550.54    Driver Version: 550.54    {words.format(version)}")
    major, minor = map(int, version.split("."))
    assert doctor.cuda_version() == (major, minor)
    assert (
        f'the driver supports CUDA {version}: {sys.executable} -m pip install "labkit[{extra}]"'
        in (doctor.text())
    )


def test_old_driver(nvidia_smi):
    nvidia_smi("CUDA Version: 11.8")
    assert "CUDA 11.8, older than 12: update the driver" in doctor.text()


def test_driver_that_does_not_answer(nvidia_smi):
    nvidia_smi("NVIDIA-SMI has failed because it couldn't communicate with the driver", 9)
    assert doctor.cuda_version() is None
    nvidia_smi("no version in here")
    assert "CPU only" in doctor.text()


def test_no_driver(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert "no NVIDIA driver answers: CPU only" in doctor.text()


def test_extras_are_those_of_the_package():
    offered = metadata.metadata("labkit").get_all("Provides-Extra")
    assert set(doctor.GPU_EXTRAS.values()) <= set(offered)


def test_cupy_with_a_device(cupy):
    cupy(
        "from types import SimpleNamespace as N\n"
        "__version__ = '14.2.0'\n"
        "card = {'name': b'Card A', 'totalGlobalMem': 3 * 2**30}\n"
        "cuda = N(runtime=N(getDeviceCount=lambda: 2, getDeviceProperties=lambda i: card))\n"
        "linalg, eye = N(eigvalsh=lambda x: x), lambda n: n\n"
    )
    assert "CuPy 14.2.0 on Card A, 3.0 GiB; Card A, 3.0 GiB" in doctor.text()


def test_cupy_that_does_not_run(cupy):
    cupy("raise ImportError('libcuda.so.1 is not here')")
    assert "CuPy does not run: ImportError: libcuda.so.1 is not here" in doctor.text()


def test_cupy_that_takes_its_process_along(cupy):
    cupy("import os; os._exit(139)")
    assert "CuPy does not run: exit status 139" in doctor.text()


def test_missing_pieces_come_with_their_command(monkeypatch):
    def version(name):
        if name in ("hypothesis", "pytest", "papermill"):
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor.metadata, "version", version)
    text = doctor.text()
    assert f'hypothesis, pytest: {sys.executable} -m pip install "labkit[test]"' in text
    assert f"papermill   missing: {sys.executable} -m pip install papermill" in text
