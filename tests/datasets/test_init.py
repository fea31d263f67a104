"""What holds for every loader, and for the files in data/."""

import dataclasses
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import labkit
from labkit import datasets
from labkit.datasets._files import data_file, package_file

DATA = Path(labkit.__file__).resolve().parent.parent / "data"
each_loader = pytest.mark.parametrize("loader", datasets.LOADERS, ids=lambda f: f.__name__)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a loader reached for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "socket", refuse)


@each_loader
def test_loads_without_a_network(loader, no_network):
    data = loader()
    assert isinstance(data, datasets.Dataset)
    assert data.X.dtype == np.float64
    assert data.X.ndim == 2
    assert np.isfinite(data.X).all()
    assert data.X.flags.writeable


@each_loader
def test_labels_and_names_fit_the_rows(loader):
    data = loader()
    if data.labels is None:
        assert data.label_names == ()
    else:
        assert data.labels.shape == (len(data.X),)
        assert data.labels.dtype == np.int64
        assert set(data.labels.tolist()) <= set(range(len(data.label_names)))
    assert len(data.feature_names) in (0, data.X.shape[1])
    assert data.target is None or data.target.shape == (len(data.X),)


@each_loader
def test_provenance_is_complete(loader):
    data = loader()
    record = data.provenance
    assert record.shape == data.X.shape
    assert record.name
    assert record.source
    assert record.licence
    assert record.url
    assert record.url.startswith("http")
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.name = "other"


@pytest.mark.parametrize("loader", [f for f in datasets.LOADERS if "images" in f.__module__])
def test_pixels_lie_between_black_and_white(loader):
    data = loader()
    assert data.X.min() >= 0
    assert 0.8 < data.X.max() <= 1


@each_loader
def test_every_call_gives_fresh_arrays(loader):
    first = loader()
    kept = first.X.copy()
    first.X[:] = -1
    np.testing.assert_array_equal(loader().X, kept)


def test_loaders_are_all_listed():
    public = (getattr(datasets, name) for name in datasets.__all__)
    loaders = {
        f for f in public if getattr(f, "__annotations__", {}).get("return") is datasets.Dataset
    }
    assert set(datasets.LOADERS) | set(datasets.OPTIONAL_LOADERS) == loaders


def test_import_is_light():
    code = (
        "import sys, labkit.datasets\n"
        "heavy = {'sklearn', 'skimage', 'mlxtend', 'tensorly', 'matplotlib', 'pandas', 'scipy', "
        "'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "[]"


def test_loading_imports_no_package_that_carries_the_data():
    code = (
        "import sys\n"
        "from labkit import datasets\n"
        "for loader in datasets.LOADERS:\n"
        "    loader()\n"
        "heavy = {'sklearn', 'skimage', 'mlxtend', 'tensorly', 'pooch'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == "[]"


def test_data_folder_is_small():
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 3_000_000


def test_data_readme_has_a_row_for_every_file_and_no_other():
    rows = re.findall(r"^\| `([^`]+)` \|", (DATA / "README.md").read_text("utf-8"), re.MULTILINE)
    files = {file.name for file in DATA.iterdir()} - {"README.md"}
    assert sorted(rows) == sorted(files)


@pytest.mark.parametrize("loader", [datasets.fashion_mnist, datasets.flags])
def test_data_readme_states_shapes_and_licence(loader):
    name = f"{loader.__name__}.npz"
    text = (DATA / "README.md").read_text("utf-8")
    (row,) = (line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
    with np.load(data_file(name), allow_pickle=False) as file:
        for key, array in file.items():
            assert f"`{key}` {array.shape}" in row
    assert loader().provenance.licence in row


def test_missing_data_file_says_where_it_looked():
    with pytest.raises(FileNotFoundError, match=r"'no.npz' is neither at .*_data.* nor at .*data"):
        data_file("no.npz")


def test_installed_package_without_the_file_is_named():
    with pytest.raises(
        FileNotFoundError, match=r"installed scikit-learn does not carry data/no.csv"
    ):
        package_file("sklearn", "data", "no.csv", install="scikit-learn")
