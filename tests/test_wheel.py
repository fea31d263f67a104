"""A wheel installed far from the checkout loads every data set, without a network."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import labkit
import labkit.datasets

ROOT = Path(labkit.__file__).resolve().parent.parent

LOAD_EVERYTHING = """
import pathlib, socket, sys

def refuse(*args, **kwargs):
    raise RuntimeError("the network was used")

socket.socket.connect = refuse
socket.getaddrinfo = refuse

target = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(target))
import labkit
import labkit.datasets
from labkit import datasets
from labkit.datasets._files import data_file

assert target in pathlib.Path(labkit.__file__).resolve().parents, labkit.__file__
for name in ("fashion_mnist.npz", "flags.npz"):
    assert target in data_file(name).parents, data_file(name)
for loader in datasets.LOADERS:
    data = loader()
    assert data.provenance.shape == data.X.shape
    print(loader.__name__)
"""


def run(*command, cwd):
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (file,) = folder.glob("labkit-*.whl")
    return file


def test_wheel_holds_the_data_and_its_notice(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("fashion_mnist.npz", "flags.npz", "README.md", "LICENSE-fashion-mnist"):
        assert f"labkit/_data/{name}" in names


def test_installed_wheel_loads_every_data_set(wheel, tmp_path):
    target, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-index", "--no-compile", "--target", target, wheel),
        cwd=elsewhere,
    )
    loaded = run("-I", "-W", "error", "-c", LOAD_EVERYTHING, target, cwd=elsewhere).split()
    assert loaded == [loader.__name__ for loader in labkit.datasets.LOADERS]
