"""How far claims stay from their bounds over seeds, and how far a report moved from another."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

SMALLEST_MARGIN = 5.0
MOST_SPREADS = 5.0
SLOWER = 2.0


def margin(values: list[float], bounds: list[float], *, positive: bool) -> float:
    """Return the distance of the median from the nearest bound, in robust standard deviations.

    Parameters
    ----------
    values : list of float
        One measured number a seed.
    bounds : list of float
        The bounds that count.
    positive : bool
        Values and bounds are positive: measure in logarithms.

    Returns
    -------
    float
        ``|bound - median| / (1.4826 MAD)``; infinite without spread, NaN if a value is not finite.
    """
    if not all(math.isfinite(v) for v in values):
        return math.nan
    if positive:
        values, bounds = [math.log(v) for v in values], [math.log(b) for b in bounds]
    middle = median(values)
    spread = 1.4826 * median(abs(v - middle) for v in values)
    distance = min(abs(b - middle) for b in bounds)
    return distance / spread if spread > 0 else math.inf


def margins(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each claim seen over several seeds.

    Parameters
    ----------
    claims : list of dict
        The claims of a report that ran many seeds.

    Returns
    -------
    list of dict
        ``notebook, statement, bound, hash, n_seeds, n_passed, judged, margin, control_margin``; a
        control margin of None means that there is no control.
    """
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for claim in claims:
        groups[claim["notebook"], claim["statement"]].append(claim)
    return [_row(notebook, statement, group) for (notebook, statement), group in groups.items()]


def _row(notebook: str, statement: str, group: list[dict[str, Any]]) -> dict[str, Any]:
    first = group[0]
    bound = [first["at_least"], first["at_most"]]
    bounds = [b for b in bound if b is not None]
    values = [c["measured"] for c in group]
    controls = [c["control"]["measured"] for c in group if c["control"] is not None]
    positive = all(v > 0 for v in [*values, *controls, *bounds])
    control_margin = None
    if controls and not first["identity"]:
        control_margin = margin(controls, _broken(controls, bound), positive=positive)
    return {
        "notebook": notebook,
        "statement": statement,
        "bound": bound,
        "hash": statement_hash(statement, bound),
        "n_seeds": len(group),
        "n_passed": sum(c["passed"] for c in group),
        "judged": any(c["judged"] for c in group),
        "margin": margin(values, bounds, positive=positive),
        "control_margin": control_margin,
    }


def _broken(controls: list[float], bound: list[float | None]) -> list[float]:
    """Return the bound that the controls break; both if their median breaks none."""
    low, high = bound
    middle = median(controls)
    if low is not None and middle < low:
        return [low]
    if high is not None and middle > high:
        return [high]
    return [b for b in bound if b is not None]


def statement_hash(statement: str, bound: list[float | None]) -> str:
    """Return a short hash that changes when a statement or its bound does.

    Parameters
    ----------
    statement : str
        The claim.
    bound : list of float or None
        ``[at_least, at_most]``.

    Returns
    -------
    str
        Twelve hexadecimal digits; bounds count to six significant digits.
    """
    rounded = [None if b is None else f"{b:.6g}" for b in bound]
    return hashlib.sha256(json.dumps([statement, rounded]).encode()).hexdigest()[:12]


def thin(rows: list[dict[str, Any]]) -> list[str]:
    """Return a line for each judged claim that fails on a seed or whose margin is below 5.

    Parameters
    ----------
    rows : list of dict
        From `margins`.

    Returns
    -------
    list of str
        Empty when all is well.
    """
    lines = []
    for row in rows:
        if not row["judged"]:
            continue
        name = f"{row['notebook']}: {row['statement']!r}"
        if row["n_passed"] < row["n_seeds"]:
            lines.append(f"{name} failed on {row['n_seeds'] - row['n_passed']} seeds")
        for kind in ("margin", "control_margin"):
            value = row[kind]
            if value is not None and not value >= SMALLEST_MARGIN:
                label = kind.replace("_", " ")
                lines.append(f"{name} has a {label} of {value:.1f}, needed are {SMALLEST_MARGIN:g}")
    return lines


def margins_table(rows: list[dict[str, Any]]) -> str:
    """Return the margins as plain text.

    Parameters
    ----------
    rows : list of dict
        From `margins`.

    Returns
    -------
    str
        One line a claim.
    """
    lines = ["margin  control  passed    claim"]
    for row in rows:
        control = "-" if row["control_margin"] is None else f"{row['control_margin']:.1f}"
        passed = f"{row['n_passed']} of {row['n_seeds']}"
        note = "" if row["judged"] else " (not judged)"
        lines.append(
            f"{row['margin']:6.1f}  {control:>7}  {passed:<8}  "
            f"{row['notebook']}: {row['statement']}{note}"
        )
    return "\n".join(lines)


def compare(report: dict[str, Any], baseline: dict[str, Any]) -> list[str]:
    """Return a line for everything that got worse since a baseline.

    Parameters
    ----------
    report, baseline : dict
        Two reports of schema 1.

    Returns
    -------
    list of str
        Measured values that moved more than 5 spreads (the standard error, or a twentieth of the
        bound's magnitude where there is none), times that doubled (beyond 2 s), and notebooks,
        explorers and claims that vanished.
    """
    lines = []
    now = {(e["path"], e.get("seed")): e for e in report["notebooks"]}
    for old in baseline["notebooks"]:
        new = now.get((old["path"], old.get("seed")))
        if new is None:
            lines.append(f"{old['path']} vanished")
            continue
        if new["explorers"] < old["explorers"]:
            lines.append(
                f"{old['path']} has {new['explorers']} explorers, it had {old['explorers']}"
            )
        if new["seconds"] > SLOWER * max(old["seconds"], 2.0):
            lines.append(
                f"{old['path']} took {new['seconds']:.1f} s, it took {old['seconds']:.1f} s"
            )
    seen = {(c["notebook"], c["statement"], c.get("seed")): c for c in report["claims"]}
    for before in baseline["claims"]:
        claim = seen.get((before["notebook"], before["statement"], before.get("seed")))
        name = f"{before['notebook']}: {before['statement']!r}"
        if claim is None:
            lines.append(f"claim vanished: {name}")
            continue
        bounds = [abs(b) for b in (before["at_least"], before["at_most"]) if b is not None]
        spread = float(before["standard_error"] or 0.0) or max(bounds) / 20
        new_value, old_value = float(claim["measured"]), float(before["measured"])  # "nan" is text
        moved = abs(new_value - old_value)
        if not moved <= MOST_SPREADS * spread:
            lines.append(
                f"{name} measured {new_value:.4g}, it was {old_value:.4g}: "
                f"moved {moved / spread if spread else math.inf:.1f} spreads"
            )
    return lines


def write_margins(rows: list[dict[str, Any]], path: Path) -> None:
    """Store margins beside the hash of statement and bound; rows of other notebooks stay.

    Parameters
    ----------
    rows : list of dict
        From `margins`.
    path : Path
        ``tests/claims/margins.json``.
    """
    from labkit.runner.report import replace_file

    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    notebooks = {row["notebook"] for row in rows}
    kept = [row for row in stored if row["notebook"] not in notebooks]
    new = [{k: _rounded(v) for k, v in row.items()} for row in rows]
    merged = sorted([*kept, *new], key=lambda row: (row["notebook"], row["statement"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(merged, indent=1, ensure_ascii=False) + "\n")


def _rounded(value: Any) -> Any:
    """Three digits say enough; without spread there is no finite margin, and null says so."""
    if isinstance(value, float):
        return float(f"{value:.3g}") if math.isfinite(value) else None
    return [_rounded(v) for v in value] if isinstance(value, list) else value
