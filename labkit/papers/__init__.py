"""The literature list (one TOML file a family) and what the runner checked of it."""

import json
import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

STATUSES = ("checked", "shown", "open")
CHECKED_FILE = Path(str(files(__name__))) / "checked.json"
_BIBTEX = str.maketrans({c: "\\" + c for c in "&%$#_{}"}) | str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True)
class Paper:
    """One entry of the literature list; what was not looked up is None or empty."""

    row: int
    key: str
    title: str
    family: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    link: str | None = None
    differs: str | None = None


@cache
def all_papers() -> tuple[Paper, ...]:
    """Return every paper of the literature list.

    Returns
    -------
    tuple of Paper, sorted by row
    """
    tables = [file for file in files(__name__).iterdir() if file.name.endswith(".toml")]
    entries = [e for file in tables for e in tomllib.loads(file.read_text("utf-8"))["paper"]]
    papers = (Paper(**{**entry, "authors": tuple(entry.get("authors", ()))}) for entry in entries)
    return tuple(sorted(papers, key=lambda paper: paper.row))


def paper(key: str | int) -> Paper:
    """Return the paper with this key or row number.

    Parameters
    ----------
    key : str or int

    Returns
    -------
    Paper

    Raises
    ------
    ValueError
        If there is none; the message names the nearest keys and the range of the rows.
    """
    papers = all_papers()
    for entry in papers:
        if str(key) in (entry.key, str(entry.row)):
            return entry
    near = get_close_matches(str(key), [entry.key for entry in papers], cutoff=0.4)
    hint = f"nearest keys: {', '.join(near) or 'none'}; rows: {papers[0].row} to {papers[-1].row}"
    raise ValueError(f"no paper {key!r}; {hint}")


def checked() -> dict[str, dict[str, Any]]:
    """Read the runner's records.

    Returns
    -------
    dict of paper key to record (row, status, notebooks, claims), empty without a file
    """
    if not CHECKED_FILE.exists():
        return {}
    return json.loads(CHECKED_FILE.read_text(encoding="utf-8"))["papers"]


def write_checked(records: dict[str, dict[str, Any]]) -> None:
    """Replace the runner's records in one step, so that no reader meets half a file.

    Parameters
    ----------
    records : dict of paper key to record, as `checked` returns it

    Raises
    ------
    ValueError
        If a key is not in the list or a status is neither "checked" nor "shown".
    """
    for key, record in records.items():
        if paper(key).key != key or record.get("status") not in STATUSES[:2]:
            raise ValueError(f"{key!r}: {record}; allowed: a paper's key, status checked or shown")
    document = {"schema": 1, "papers": records}
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    temporary = CHECKED_FILE.with_name(f"{CHECKED_FILE.name}.{os.getpid()}.tmp")
    temporary.write_text(text + "\n", encoding="utf-8", newline="\n")
    os.replace(temporary, CHECKED_FILE)


def status(key: str | int) -> str:
    """Say how far a paper has come; an unknown paper raises as `paper` does.

    Parameters
    ----------
    key : str or int

    Returns
    -------
    "checked" (a judged claim holds), "shown" (its mechanism only) or "open" (not yet)
    """
    return checked().get(paper(key).key, {}).get("status", "open")


def select(family: str | None = None, status: str | None = None) -> list[Paper]:
    """Return the papers of one family, of one status, or of both at once.

    Parameters
    ----------
    family, status : str, optional

    Returns
    -------
    list of Paper, sorted by row

    Raises
    ------
    ValueError
        If there is no such family or status; the message lists the allowed names.
    """
    families = sorted({entry.family for entry in all_papers()})
    for name, value, allowed in (("family", family, families), ("status", status, STATUSES)):
        if value is not None and value not in allowed:
            raise ValueError(f"no {name} {value!r}; allowed: {', '.join(allowed)}")
    found = [entry for entry in all_papers() if family in (None, entry.family)]
    records = checked()
    stages = [records.get(entry.key, {}).get("status", "open") for entry in found]
    return [e for e, stage in zip(found, stages, strict=True) if status in (None, stage)]


def bibtex(paper: Paper) -> str:
    """Write a paper as a BibTeX entry with only the fields known: @misc without a venue.

    Parameters
    ----------
    paper : Paper

    Returns
    -------
    str, ending with a newline; the title in double braces, so that it keeps its capitals
    """
    authors = " and ".join(paper.authors)
    fields = {"title": paper.title, "author": authors, "journal": paper.venue, "year": paper.year}
    known = {name: str(value).translate(_BIBTEX) for name, value in fields.items() if value}
    known["title"] = f"{{{known['title']}}}"
    known |= {"url": paper.link} if paper.link else {}
    lines = [f"  {name} = {{{value}}}," for name, value in known.items()]
    return "\n".join([f"@{'article' if paper.venue else 'misc'}{{{paper.key},", *lines, "}"]) + "\n"
