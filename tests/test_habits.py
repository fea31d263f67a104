"""What holds for the tree as a whole: style, docstrings, examples, names, files, import times."""

import doctest
import functools
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

import pytest
import yaml

import labkit

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LEFT_BY_PAPERMILL = (
    "metadata.papermill cell.metadata.papermill cell.metadata.execution metadata.widgets "
    "metadata.language_info.version"
)
MODULES = [labkit.__name__] + [
    module.name
    for module in pkgutil.walk_packages(labkit.__path__, "labkit.")
    if not module.name.endswith("__main__")
]
# In pieces, so that this file does not hold what it forbids.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "anaconda" + ".org", "npmjs" + ".org"]
PATHS = [f"/{folder}/" for folder in ("root", "home", "work", "Users")]


def run(*command):
    """Run a tool of this environment in the repository; a failure shows what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command[:3])}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@functools.cache
def files():
    """Return what git tracks, or would; outside a repository every file that is no by-product."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [name for name in found.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
        folders = {name.strip("/") for name in ignored if name.endswith("/")}
        every = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        names = [p.as_posix() for p in every if not folders & {*p.parts, ".git"}]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def text(file):
    """Return a file's text, or nothing for a binary one."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


NOTEBOOKS = [f for f in files() if f.suffix == ".ipynb" and f.is_relative_to(ROOT / "notebooks")]


def test_ruff_check():
    run("ruff", "check", "--quiet", ".")


def test_ruff_format():
    run("ruff", "format", "--check", "--quiet", ".")


def test_types():
    run("mypy")


def test_docstrings_have_their_sections():
    run("numpydoc", "lint", *map(str, sorted((ROOT / "labkit").rglob("*.py"))))


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.skipif(not NOTEBOOKS, reason="no notebooks yet")
def test_notebooks_are_stored_without_outputs():
    keys = ("--keep-id", "--extra-keys", LEFT_BY_PAPERMILL)
    run("nbstripout", "--verify", *keys, *map(str, NOTEBOOKS))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_notebook_is_named_and_stored_as_all_are(file):
    name = file.relative_to(ROOT / "notebooks").as_posix()
    assert re.fullmatch(r"([a-z]+/)?\d\d_[a-z0-9_]+\.ipynb", name)
    notebook = json.loads(text(file))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_hook_strips_what_the_test_asks_for():
    hooks = yaml.safe_load(text(ROOT / ".pre-commit-config.yaml"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    (strip,) = [h["entry"] for h in hooks[0]["hooks"] if h["id"] == "nbstripout"]
    assert f'--keep-id --extra-keys "{LEFT_BY_PAPERMILL}"' in strip
    assert all(hook["language"] == "system" for hook in hooks[0]["hooks"])


def test_conda_names_the_same_packages():
    conda = yaml.safe_load(text(ROOT / "environment.yml"))
    *packages, pip = conda["dependencies"]
    python = f"python{PROJECT['project']['requires-python']}"
    assert sorted(packages) == sorted([python, "pip", *PROJECT["project"]["dependencies"]])
    assert pip == {"pip": ["-e .", "cupy-cuda12x; sys_platform != 'darwin'"]}
    assert "NOT tried" in text(ROOT / "environment.yml")


def test_lock_holds_every_package_with_hashes_and_no_address():
    lock = text(ROOT / "requirements.lock")
    locked = {name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    extras = PROJECT["project"]["optional-dependencies"]
    for wanted in PROJECT["project"]["dependencies"] + extras["test"]:
        assert re.match(r"[\w.-]+", wanted)[0].lower() in locked
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > len(locked)


def test_versions_agree():
    version = PROJECT["project"]["version"]
    assert labkit.__version__ == version
    assert yaml.safe_load(text(ROOT / "CITATION.cff"))["version"] == version


def test_no_file_names_a_package_host_or_a_path_of_one_machine():
    found = re.compile("|".join(map(re.escape, HOSTS + PATHS)))
    for file in files():
        assert not (match := found.search(text(file))), f"{file} holds {match[0]}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_make_offers_what_a_page_says(page):
    offered = set(re.findall(r"^([\w-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([\w-]+)", text(ROOT / page), re.MULTILINE))
    assert named
    assert named <= offered


@pytest.mark.parametrize("package", ["clustering", "linalg", "networks", "pca", "spectra"])
def test_import_adds_little_to_that_of_numpy(package):
    code = (
        "import time, numpy\nstart = time.perf_counter()\n"
        f"import labkit.{package}\nprint(time.perf_counter() - start)"
    )
    seconds = median(float(run_code(code)) for _ in range(5))
    assert seconds <= (0.6 if "CI" in os.environ else 0.2)


def run_code(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
