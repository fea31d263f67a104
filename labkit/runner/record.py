"""Store what a check found in the repository: papers/checked.json, or the margins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labkit import papers
from labkit.papers.coverage import update_readme
from labkit.runner.margins import margins, write_margins

ROOT = Path(__file__).resolve().parents[2]
MARGINS_FILE = ROOT / "tests" / "claims" / "margins.json"


def record(report: dict[str, Any]) -> str:
    """Store the outcome of a check that passed.

    Parameters
    ----------
    report : dict
        Schema 1, run at the full profile with each notebook's own parameters. Over several seeds
        the margins are stored, else the status of the papers; papers of other notebooks keep
        theirs.

    Returns
    -------
    str
        One line: what was written.

    Raises
    ------
    ValueError
        Outside a checkout, or for a notebook that is not of the checkout.
    """
    if not (ROOT / "notebooks").is_dir():
        raise ValueError(f"--record must run in a checkout of labkit, got {ROOT}")
    claims = [{**c, "notebook": _in_checkout(c["notebook"])} for c in report["claims"]]
    if isinstance(report["seed"], list):
        write_margins(margins(claims), MARGINS_FILE)
        return f"wrote {MARGINS_FILE}"
    passed = [e["path"] for e in report["notebooks"] if e["status"] == "passed"]
    run = {_in_checkout(path) for path in passed}
    found = records(claims, run)
    for key, old in papers.checked().items():  # claims of notebooks outside this run stay
        kept = [claim for claim in old["claims"] if claim["notebook"] not in run]
        new = found[key]["claims"] if key in found else []
        if kept:
            found[key] = _record(key, [*kept, *new])
    papers.write_checked(found)
    if (ROOT / "README.md").exists():
        update_readme(ROOT)
    n_checked = sum(entry["status"] == "checked" for entry in found.values())
    return f"wrote {papers.CHECKED_FILE}: {n_checked} papers checked"


def records(claims: list[dict[str, Any]], notebooks: set[str]) -> dict[str, dict[str, Any]]:
    """Turn the claims of a report into records of papers.

    Parameters
    ----------
    claims : list of dict
        The report's claims.
    notebooks : set of str
        The notebooks that passed; claims of others count for nothing.

    Returns
    -------
    dict
        By paper key. A paper is checked by a judged claim that passed: one with a control that
        broke its bound, or an identity. With other claims only, it is shown.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for claim in claims:
        if claim["paper"] is None or claim["notebook"] not in notebooks:
            continue
        found.setdefault(claim["paper"], []).append(
            {
                "statement": claim["statement"],
                "refutes": claim["refutes"],
                "checks": claim["judged"] and claim["passed"],
                "notebook": claim["notebook"],
            }
        )
    return {key: _record(key, said) for key, said in found.items()}


def _in_checkout(path: str) -> str:
    """Return a notebook's path as seen from the checkout, wherever the command was run."""
    place = Path(path).resolve()
    if not place.is_relative_to(ROOT):
        raise ValueError(f"--record is for the notebooks in {ROOT}, got {path}")
    return place.relative_to(ROOT).as_posix()


def _record(key: str, said: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "row": papers.paper(key).row,
        "status": "checked" if any(claim["checks"] for claim in said) else "shown",
        "notebooks": sorted({claim["notebook"] for claim in said}),
        "claims": said,
    }
