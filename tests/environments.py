"""The two ends of what pyproject.toml allows: ``python tests/environments.py oldest | newest``.

*oldest* installs the lowest version of every package that pyproject.toml names, on Python 3.11;
*newest* installs what a plain ``pip install`` finds today, without the lock. Each makes an
environment of its own, from nothing, and runs the unit tests in it. Only warnings that labkit
itself causes are errors there: what old and new packages say to each other is their affair. The
linters, the wheel and the browser belong to the locked environment, and so do times: old packages
take three times as long to import, so both ends have the slack of a CI machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST_PYTHON = (3, 11)
LEFT_OUT = ("tests/browser", "tests/test_habits.py", "tests/test_wheel.py")
OWN_WARNINGS = "filterwarnings=default\nerror:::labkit"
"""As pytest's setting and not as ``-W``, which would take the module for a whole name."""


def main(arguments: Sequence[str]) -> int:
    """Make an environment, say what is in it, and run the tests."""
    if len(arguments) < 1 or arguments[0] not in ("oldest", "newest"):
        print("usage: python tests/environments.py oldest | newest [pytest's arguments]")
        return 2
    end, *rest = arguments
    python = make(end)
    above = report(python)
    if end == "oldest" and above:
        print("lower bounds of pyproject.toml that cannot be reached, raise them:", *above)
        return 1
    left_out = [f"--ignore={place}" for place in LEFT_OUT if (ROOT / place).exists()]
    tests = [python, "-m", "pytest", "-q", "-o", OWN_WARNINGS, *left_out, *rest]
    environment = {"CI": "true", **os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode


def make(end: str) -> str:
    """Make the environment of an end and return its interpreter."""
    folder = ROOT / f".venv-{end}"
    base = oldest_interpreter() if end == "oldest" else sys.executable
    run(base, "-m", "venv", "--clear", folder)
    python = str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    if end == "newest":
        run(*pip, "--editable", ".[test]")
    else:  # pip cannot resolve downwards
        run(*pip, "uv")
        uv = (python, "-m", "uv", "--quiet", "pip", "install", "--python", python)
        run(*uv, "--resolution", "lowest-direct", "--editable", ".[test]")
    return python


def oldest_interpreter() -> str:
    """Return a Python of the lowest version allowed."""
    if sys.version_info[:2] == OLDEST_PYTHON:
        return sys.executable
    name = ".".join(map(str, OLDEST_PYTHON))
    if (found := shutil.which(f"python{name}")) is None:
        sys.exit(f"Python {name} is needed and there is no python{name} on the path")
    return found


def report(python: str) -> list[str]:
    """Print the versions of what pyproject.toml names; return what is above its lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    matches = (re.match(r"([\w.-]+)(?:\[.*\])?>=([\d.]+)", line) for line in wanted)
    bounds = dict(match.groups() for match in matches if match)
    code = (
        "import importlib.metadata as m, json, sys\n"
        "print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    )
    found = json.loads(run(python, "-c", code, *bounds, capture_output=True).stdout)
    for name, version in found.items():
        print(f"{name} {version} (>= {bounds[name]})", flush=True)
    return [name for name in found if numbers(found[name]) != numbers(bounds[name])]


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers without the zeros at its end."""
    return tuple(map(int, re.sub(r"(\.0)+$", "", version).split(".")))


def run(*command: object, **options: object) -> subprocess.CompletedProcess:
    """Run a command in the repository; one that fails ends this program."""
    done = subprocess.run([*map(str, command)], cwd=ROOT, text=True, check=False, **options)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stderr or ''}")
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
