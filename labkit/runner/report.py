"""What a check leaves behind: report.json, report.html, JUnit XML, and a table."""

from __future__ import annotations

import html
import json
import os
import platform
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import labkit
from labkit.claims import bound_text

SCHEMA = 1
GOOD = ("passed", "skipped")
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>labkit check</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 76em }}
table {{ border-collapse: collapse; margin: 1em 0 2em }}
th, td {{ text-align: left; vertical-align: top; padding: .3em .8em }}
tr {{ border-bottom: 1px solid #ccc }}
</style>
<h1>labkit check</h1>
<p>{about}</p>
<h2>Notebooks</h2>
{notebooks}
<h2>Claims</h2>
{claims}
</html>
"""


def new_report(
    *, folder: Path, profile: str, seed: int | list[int] | None, device: str
) -> dict[str, Any]:
    """Start an empty report.

    Parameters
    ----------
    folder : Path
        Where the notebooks are, for the commit.
    profile : {"full", "quick"}
        The profile.
    seed : int, list of int or None
        None means each notebook's own.
    device : str
        As the notebooks name it.

    Returns
    -------
    dict
        Schema 1, without notebooks and claims.
    """
    return {
        "schema": SCHEMA,
        "labkit": labkit.__version__,
        "commit": commit(folder),
        "profile": profile,
        "seed": seed,
        "device": device,
        "environment": environment(),
        "notebooks": [],
        "claims": [],
    }


def environment() -> dict[str, Any]:
    """Describe what the numbers depend on.

    Returns
    -------
    dict
        Versions of Python, NumPy and SciPy, the BLAS and its threads in a kernel, the platform.
    """
    import numpy
    import scipy

    build: Any = numpy.show_config(mode="dicts")
    blas = build.get("Build Dependencies", {}).get("blas", {})
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "blas": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
        "threads": 1,
        "platform": platform.platform(),
    }


def commit(folder: Path) -> str | None:
    """Return the commit that a folder is at, or None outside git.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    str or None
        The full hash.
    """
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def write(report: dict[str, Any], folder: Path) -> None:
    """Write report.json, report.html and junit.xml, each in one step.

    Parameters
    ----------
    report : dict
        Schema 1.
    folder : Path
        Made if absent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_finite(report), indent=1, ensure_ascii=False, allow_nan=False)
    replace_file(folder / "report.json", text + "\n")
    replace_file(folder / "report.html", _page(report, folder))
    replace_file(folder / "junit.xml", _junit(report))


def replace_file(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new one, never half.

    Parameters
    ----------
    path : Path
        The file.
    text : str
        Its new content.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def table(report: dict[str, Any]) -> str:
    """Return the closing table, and a line for each notebook that did not pass.

    Parameters
    ----------
    report : dict
        Schema 1.

    Returns
    -------
    str
        Plain text.
    """
    rows = [("notebook", "status", "time", "claims", "explorers", "controls")]
    for entry in report["notebooks"]:
        judged = [c for c in _claims_of(report, entry) if c["judged"]]
        held = sum(c["passed"] for c in judged)
        rows.append(
            (
                _label(entry),
                entry["status"],
                f"{entry['seconds']:.1f} s",
                f"{held} of {len(judged)}",
                str(entry["explorers"]),
                str(entry["controls_moved"]),
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows]
    lines.insert(1, "-" * len(lines[0]))
    for entry in report["notebooks"]:
        if entry["status"] != "passed":
            lines.append(f"{entry['status'].upper()} {_label(entry)}: {entry['reason']}")
    counts = {s: sum(e["status"] == s for e in report["notebooks"]) for s in GOOD}
    n_bad = len(report["notebooks"]) - sum(counts.values())
    lines.append(f"{counts['passed']} passed, {n_bad} failed, {counts['skipped']} skipped")
    return "\n".join(lines)


def _label(entry: dict[str, Any]) -> str:
    return entry["path"] + (f" [seed {entry['seed']}]" if entry.get("seed") is not None else "")


def _claims_of(report: dict[str, Any], entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        c
        for c in report["claims"]
        if c["notebook"] == entry["path"] and c.get("seed") == entry.get("seed")
    ]


def _finite(value: Any) -> Any:
    """Replace NaN and infinities by text: strict JSON has none."""
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return str(value)
    return value


def _junit(report: dict[str, Any]) -> str:
    entries = report["notebooks"]
    suite = ElementTree.Element(
        "testsuite",
        name="labkit",
        tests=str(len(entries)),
        failures=str(sum(e["status"] not in GOOD for e in entries)),
        skipped=str(sum(e["status"] == "skipped" for e in entries)),
        time=f"{sum(e['seconds'] for e in entries):.2f}",
    )
    for entry in entries:
        case = ElementTree.SubElement(
            suite, "testcase", classname="notebooks", name=_label(entry),
            time=f"{entry['seconds']:.2f}",
        )  # fmt: skip
        if entry["status"] == "skipped":
            ElementTree.SubElement(case, "skipped", message=entry["reason"])
        elif entry["status"] != "passed":
            ElementTree.SubElement(case, "failure", message=entry["reason"])
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _page(report: dict[str, Any], folder: Path) -> str:
    environment = ", ".join(f"{k} {v}" for k, v in report["environment"].items())
    notebooks = []
    for entry in report["notebooks"]:
        page = Path("executed", entry["path"].lstrip("/")).with_suffix(".html")
        link = html.escape(_label(entry))
        if (folder / page).exists():
            link = f'<a href="{html.escape(page.as_posix())}">{link}</a>'
        peak = "" if entry["peak_mib"] is None else f"{entry['peak_mib']:.0f} MiB"
        rest = (entry["status"], f"{entry['seconds']:.1f} s", peak, str(entry["explorers"]),
                str(entry["controls_moved"]), entry["reason"])  # fmt: skip
        notebooks.append([link, *map(html.escape, rest)])
    about = (
        f"labkit {report['labkit']}, commit {report['commit'] or 'unknown'}, "
        f"profile {report['profile']}, "
        f"seed {report['seed'] if report['seed'] is not None else 'of each notebook'}, "
        f"device {report['device']}. {environment}."
    )
    heads = ("notebook", "status", "time", "peak", "explorers", "controls", "reason")
    claim_heads = ("paper", "statement", "measured", "bound", "control", "verdict", "notebook")
    return _PAGE.format(
        about=html.escape(about),
        notebooks=_html_table(heads, notebooks),
        claims=_html_table(claim_heads, [_claim_cells(c) for c in report["claims"]]),
    )


def _claim_cells(claim: dict[str, Any]) -> list[str]:
    control = "none" if claim["control"] is None else f"{claim['control']['measured']:.4g}"
    error = "" if claim["standard_error"] is None else f" ± {claim['standard_error']:.1g}"
    cells = (
        "textbook" if claim["paper"] is None else f"{claim['row']}: {claim['paper']}",
        claim["statement"],
        f"{claim['measured']:.4g}{error}",
        bound_text(claim["at_least"], claim["at_most"]),
        control,
        claim["reason"],
        claim["notebook"],
    )
    return [html.escape(cell) for cell in cells]


def _html_table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    titles = "".join(f"<th>{h}</th>" for h in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"
