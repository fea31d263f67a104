"""Compare labkit with its peers.

``python tests/bench/run.py [ROWS ...] [--device cuda] [--quick]``

Each peer has an environment of its own, ``.venv-bench/<peer>``, with labkit in it. A row is
measured there by `measure.py`; the results go to ``RESULTS.md``, rows not run stay as they are. The
exit status is 1 when a row misses its target or cannot be measured.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "bench"
RESULTS = HERE / "RESULTS.md"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "BLIS")} | {
    "VECLIB_MAXIMUM_THREADS": "1"
}
TABLE, CURVES, TAKEN = "Table", "Error against time and passes", "Machine and versions"
HEADS = {
    TABLE: [
        "| row | task | peer, its setting | labkit s | peer s | ratio (range) | at most "
        "| error of labkit | error of peer | memory of labkit, MB | memory of peer, MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ],
    CURVES: ["| row | setting | seconds | passes | error |", "|---|---|---|---|---|"],
    TAKEN: ["| row | what the error is | date, machine, versions |", "|---|---|---|"],
}
Sections = dict[str, dict[str, list[str]]]


def main(arguments: list[str] | None = None) -> int:
    """Measure rows, print the table, keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="names or beginnings of names; all by default")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--quick", action="store_true", help="small data, nothing is kept")
    given = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT))
    from tests.bench.measure import rows

    chosen = [row for row in rows().values() if row.name.startswith(tuple(given.rows) or ("",))]
    if not chosen:
        print(f"no row begins with {' or '.join(given.rows)}: {', '.join(rows())}")
        return 1
    sections, missed = read(RESULTS), []
    for row in sorted(chosen, key=lambda row: row.name):
        if row.path_variable and row.path_variable not in os.environ:
            print(f"{row.name}: stays as it is, {row.path_variable} is not set", flush=True)
            continue
        name = row.name if given.device == "cpu" else f"{row.name} ({given.device})"
        print(f"{name} ...", flush=True)
        try:
            python = environment(row.peer, given.device)
            found = measured(python, row.name, given.device, given.quick)
        except subprocess.CalledProcessError as error:
            why = (error.stderr or str(error)).strip().splitlines()[-1]
            print(f"{name}: not measured, {why}", flush=True)
            missed.append(name)
            continue
        line = table_line(name, row, found)
        print("\n".join([*HEADS[TABLE], line]) + "\n", flush=True)
        if found["ratio"] > row.target:
            missed.append(name)
        sections[TABLE][name] = [line]
        sections[CURVES][name] = [
            f"| {name} | {who} | {seconds:.3g} | {passes} | {error:.1e} |"
            for who, seconds, passes, error in found["curve"]
        ]
        sections[TAKEN][name] = [f"| {name} | {row.error_name} | {taken(python)} |"]
        if not given.quick:
            RESULTS.write_text(written(sections), encoding="utf-8")
    if missed and not given.quick:
        print(f"missed: {', '.join(missed)}")
    return int(bool(missed) and not given.quick)


def environment(peer: str, device: str) -> Path:
    """Make a peer's environment, or take the one that is there, and return its interpreter."""
    wanted = [HERE / "peers" / f"{peer}.txt"]
    if device == "cuda":
        wanted.append(HERE / "peers" / "cuda.txt")
    folder = ROOT / ".venv-bench" / (peer if device == "cpu" else f"{peer}-{device}")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "requirements.txt"
    text = "".join(file.read_text(encoding="utf-8") for file in wanted)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != text:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        listed = [part for file in wanted for part in ("-r", file)]
        subprocess.run([*pip, *listed], check=True)
        # Alone: a row needs labkit's numbers, not its notebooks.
        subprocess.run([*pip, "--no-deps", "--editable", ROOT], check=True)
        stamp.write_text(text, encoding="utf-8")
    return python


def measured(python: Path, row: str, device: str, quick: bool) -> dict[str, Any]:
    """Measure a row in a process of the environment."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "found.json"
        command = [python, "-m", "tests.bench.measure", row, "--output", output]
        command += ["--device", device, *["--quick"] * quick]
        environ = {**os.environ, **ONE_THREAD}
        subprocess.run(
            command, cwd=ROOT, env=environ, check=True, stderr=subprocess.PIPE, text=True
        )
        return json.loads(output.read_text(encoding="utf-8"))


def table_line(name: str, row: Any, found: dict[str, Any]) -> str:
    """Return a row of the table."""
    low, high = found["ratio_low"], found["ratio_high"]
    cells = [
        name,
        row.task,
        f"{row.peer}, {found['setting']}",
        f"{found['labkit_seconds']:.3g}",
        f"{found['peer_seconds']:.3g}",
        f"{found['ratio']:.2f} ({low:.2f} to {high:.2f})",
        f"{row.target:g}",
        f"{found['labkit_error']:.1e}",
        f"{found['peer_error']:.1e}",
        f"{found['labkit_memory'] / 1e6:.0f}",
        f"{found['peer_memory'] / 1e6:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def taken(python: Path) -> str:
    """Return the date, the machine and the versions of an environment."""
    listed = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    versions = [f"{p['name']} {p['version']}" for p in json.loads(listed.stdout)]
    versions = [version for version in versions if not version.startswith(("pip ", "setuptools "))]
    return "; ".join(
        [
            datetime.date.today().isoformat(),
            f"{processor()}, {os.cpu_count()} cores, one thread, {platform.system()}",
            f"Python {platform.python_version()}, " + ", ".join(versions),
        ]
    )


def processor() -> str:
    """Return the processor's name."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def read(file: Path) -> Sections:
    """Return the lines of a results file, by section and row."""
    sections: Sections = {section: {} for section in HEADS}
    section = ""
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        if line.startswith("## "):
            section = line[3:]
        elif section and line.startswith("| ") and line not in HEADS[section]:
            sections[section].setdefault(line.split(" | ")[0].removeprefix("| "), []).append(line)
    return sections


def written(sections: Sections) -> str:
    """Return the text of a results file."""
    lines = ["# Measured against peers", "", "By `make bench`; `README.md` says how."]
    for section, found in sections.items():
        body = [line for name in sorted(found) for line in found[name]]
        lines += ["", f"## {section}", "", *HEADS[section], *body]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
