"""A paper's claim: one number, the bound it must meet, and a control that must break the bound.

A notebook calls `claim`; it shows a row and never raises. The row carries the record under a MIME
type of its own, from which the runner reads it in the executed notebook. `judge` decides, for the
reader and for the runner alike.
"""

from __future__ import annotations

import html
import math
import os
from dataclasses import asdict, dataclass
from typing import Any

from labkit import papers
from labkit.checks import check_real

MIME_TYPE = "application/vnd.labkit.claim+json"
PROFILE_VARIABLE = "LABKIT_PROFILE"


@dataclass(frozen=True)
class Claim:
    """The record of one claim, as the runner stores it.

    Attributes
    ----------
    paper : str or None
        Key in the literature list; None for a textbook fact, which is judged and checks no paper.
    row : int or None
        The paper's row in the list.
    statement : str
        What is claimed, in one sentence.
    measured : float
        The number.
    at_least, at_most : float or None
        The bound; both for an interval.
    standard_error : float or None
        Of the measured number, if known.
    control : float or None
        The same number where the statement must be false.
    identity : bool
        An exact identity, which needs no control.
    refutes : bool
        The statement is the refutation of what the paper says.
    full_only : bool
        Means nothing at the small sizes of the quick profile.
    in_range : bool
        Whether the parameters are those that the bound was derived for.
    """

    paper: str | None
    row: int | None
    statement: str
    measured: float
    at_least: float | None
    at_most: float | None
    standard_error: float | None
    control: float | None
    identity: bool
    refutes: bool
    full_only: bool
    in_range: bool


@dataclass(frozen=True)
class Verdict:
    """What `judge` says of a claim.

    Attributes
    ----------
    held : bool
        The measured number is finite and meets the bound.
    control_held : bool or None
        The control meets the bound too, as it must not; None without a control.
    judged : bool
        The claim counts: it is an identity or has a control, in this profile and this range.
    passed : bool
        It held and its control broke. Only a judged claim that passed checks a paper, and only a
        judged claim that did not pass fails a notebook.
    reason : str
        One sentence for the reader.
    """

    held: bool
    control_held: bool | None
    judged: bool
    passed: bool
    reason: str


def claim(
    key: str | None,
    statement: str,
    measured: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    between: tuple[float, float] | None = None,
    standard_error: float | None = None,
    control: float | None = None,
    identity: bool = False,
    refutes: bool = False,
    full_only: bool = False,
    in_range: bool = True,
) -> None:
    """Show a claim of a paper with its verdict, and record it for the runner.

    Parameters
    ----------
    key : str or None
        The paper's key in the literature list; None for a textbook fact.
    statement : str
        One sentence.
    measured : float
        One number, averaged over independent repetitions.
    at_least, at_most : float, optional
        A bound from the notebook's parameters, never from the seed and never fitted to runs.
    between : tuple of two floats, optional
        Both bounds at once, for an equivalence with a derived tolerance.
    standard_error : float, optional
        Of the measured number.
    control : float, optional
        The same number measured where the statement must be false. It must break the bound.
        Without it the claim is shown, not judged.
    identity : bool
        An exact identity, which needs no control.
    refutes : bool
        The statement refutes what the paper says.
    full_only : bool
        Recorded but not judged at the quick profile.
    in_range : bool
        False where a reader moved a parameter out of the range the bound was derived for.

    Raises
    ------
    ValueError
        For an unknown key, a missing or empty bound, or a bound that is NaN. What is measured
        never raises.
    TypeError
        For a bound that is not a number.
    """
    from IPython.display import display

    record = _record(
        key, statement, measured, at_least, at_most, between, standard_error, control,
        identity=identity, refutes=refutes, full_only=full_only, in_range=in_range,
    )  # fmt: skip
    verdict = judge(record, os.environ.get(PROFILE_VARIABLE, "full"))
    bundle = {
        MIME_TYPE: _without_infinities(asdict(record)),
        "text/html": _row(record, verdict),
        "text/plain": f"{verdict.reason} {statement} Measured {record.measured:.4g}.",
    }
    display(bundle, raw=True)


def judge(record: Claim, profile: str = "full") -> Verdict:
    """Decide whether a claim held, whether its control did, and whether that counts.

    Parameters
    ----------
    record : Claim
        What was measured.
    profile : {"full", "quick"}
        A claim that is `full_only` is not judged at the quick one.

    Returns
    -------
    Verdict
        See there.
    """
    held = _meets(record.measured, record)
    control_held = None if record.control is None else _meets(record.control, record)
    control_finite = record.control is None or math.isfinite(record.control)
    grounded = record.identity or (record.control is not None and control_finite)
    judged = grounded and record.in_range and not (record.full_only and profile == "quick")
    passed = held and (record.identity or control_held is False) and control_finite
    if not record.in_range:
        reason = "Not judged here: the bound was derived for other parameters."
    elif record.full_only and profile == "quick":
        reason = "Not judged at these small sizes."
    elif not math.isfinite(record.measured):
        judged, reason = True, "FAILS: the measured number is not finite."
    elif not control_finite:
        judged, reason = True, "FAILS: the control is not finite."
    elif not grounded:
        reason = "Shown, not judged: there is no control."
    elif not held:
        reason = "FAILS: the bound is missed."
    elif control_held and not record.identity:
        reason = "FAILS: the control meets the bound too."
    else:
        reason = "Holds."
    return Verdict(held, control_held, judged, passed, reason)


def from_json(stored: dict[str, Any]) -> Claim:
    """Read a record back from an executed notebook.

    Parameters
    ----------
    stored : dict
        The JSON that `claim` displayed.

    Returns
    -------
    Claim
        With NaN and infinities restored.
    """
    floats = ("measured", "at_least", "at_most", "standard_error", "control")
    numbers = {k: None if stored[k] is None else float(stored[k]) for k in floats}
    return Claim(**{**stored, **numbers})


def bound_text(at_least: float | None, at_most: float | None) -> str:
    """Write a bound in a few characters.

    Parameters
    ----------
    at_least, at_most : float or None
        The bound; at least one is given.

    Returns
    -------
    str
        For example ``at most 0.01`` or ``0.598 to 0.618``.
    """
    if at_least is not None and at_most is not None:
        return f"{at_least:.4g} to {at_most:.4g}"
    return f"at least {at_least:.4g}" if at_least is not None else f"at most {at_most:.4g}"


def _record(
    key: str | None,
    statement: str,
    measured: float,
    at_least: float | None,
    at_most: float | None,
    between: tuple[float, float] | None,
    standard_error: float | None,
    control: float | None,
    **flags: bool,
) -> Claim:
    if between is not None:
        if at_least is not None or at_most is not None:
            raise ValueError("between must stand alone, got at_least or at_most beside it")
        at_least, at_most = between
    if at_least is None and at_most is None:
        raise ValueError("a claim must have a bound: at_least, at_most or between; got none")
    low = None if at_least is None else check_real(at_least, "at_least")
    high = None if at_most is None else check_real(at_most, "at_most")
    if low is not None and high is not None and low > high:
        raise ValueError(f"between must be an interval (low, high), got ({low:g}, {high:g})")
    return Claim(
        paper=key,
        row=None if key is None else papers.paper(key).row,
        statement=statement,
        measured=float(measured),
        at_least=low,
        at_most=high,
        standard_error=None if standard_error is None else float(standard_error),
        control=None if control is None else float(control),
        **flags,
    )


def _meets(value: float, record: Claim) -> bool:
    low = -math.inf if record.at_least is None else record.at_least
    high = math.inf if record.at_most is None else record.at_most
    return math.isfinite(value) and low <= value <= high


def _without_infinities(stored: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN or infinity: store them as text, which float() reads back."""
    return {
        k: str(v) if isinstance(v, float) and not math.isfinite(v) else v for k, v in stored.items()
    }


def _row(record: Claim, verdict: Verdict) -> str:
    mark = "✗" if verdict.judged and not verdict.passed else "✓" if verdict.judged else "○"
    source = "textbook"
    if record.paper is not None:
        source = html.escape(f"row {record.row}: {record.paper}")
        if link := papers.paper(record.paper).link:
            source = f'<a href="{html.escape(link)}">{source}</a>'
    error = "" if record.standard_error is None else f" ± {record.standard_error:.1g}"
    cells = [
        f"{mark} {verdict.reason}",
        record.statement,
        f"{record.measured:.4g}{error}",
        bound_text(record.at_least, record.at_most),
        "none" if record.control is None else f"{record.control:.4g}",
    ]
    head = ("verdict", "claim", "measured", "bound", "control (must break the bound)", "source")
    style = "text-align:left;vertical-align:top;padding:4px 10px;white-space:normal"
    return (
        "<table><thead><tr>"
        + "".join(f'<th style="{style}">{h}</th>' for h in head)
        + "</tr></thead><tbody><tr>"
        + "".join(f'<td style="{style}">{c}</td>' for c in [*map(html.escape, cells), source])
        + "</tr></tbody></table>"
    )
