"""The command `labkit`: lab, check, papers, doctor, init-ci."""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labkit import __version__, papers


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit status: 0 when all is well, 1 when something failed, 2 for wrong arguments, 128 plus
        the signal's number when interrupted.
    """
    options = build_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except ValueError as error:  # bad input, said in one sentence
        print(f"labkit: {error}", file=sys.stderr)
        return 2
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Returns
    -------
    argparse.ArgumentParser
        With one subcommand for each thing a person wants.
    """
    parser = argparse.ArgumentParser(prog="labkit", description="A literature you can run.")
    parser.add_argument("--version", action="version", version=f"labkit {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    lab = commands.add_parser("lab", help="open the notebooks in JupyterLab, in a working copy")
    lab.add_argument("--port", type=int, help="by default the first free one from 8888")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.set_defaults(run=_lab)

    check = commands.add_parser("check", help="run notebooks, move their controls, judge claims")
    check.add_argument("notebooks", nargs="*", default=["notebooks"], help="files or folders")
    check.add_argument("--profile", choices=("full", "quick"), default="full")
    check.add_argument("--jobs", type=int, default=1, metavar="N", help="notebooks at a time")
    seeding = check.add_mutually_exclusive_group()
    seeding.add_argument("--seed", type=int, metavar="S", help="run with this seed")
    seeding.add_argument("--seeds", type=int, metavar="N", help="seeds 1 to N, and their margins")
    check.add_argument(
        "-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE",
        help="set a parameter in the notebooks that have it",
    )  # fmt: skip
    check.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="a cell")
    check.add_argument("--report", type=Path, metavar="DIR", help="keep report and notebooks")
    check.add_argument("--baseline", type=Path, metavar="JSON", help="compare with a report")
    check.add_argument(
        "--record", action="store_true",
        help="store what is checked (with --seeds: the margins) in the repository",
    )  # fmt: skip
    check.add_argument("--strict", action="store_true", help="the house rules of labkit too")
    check.set_defaults(run=_check)

    listing = commands.add_parser("papers", help="the literature list and its coverage")
    listing.add_argument("--family", metavar="F")
    listing.add_argument("--status", metavar="S", help="checked, shown or open")
    form = listing.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--bibtex", action="store_true")
    listing.set_defaults(run=_papers)

    doctor = commands.add_parser("doctor", help="versions, BLAS, devices, what is missing")
    doctor.set_defaults(run=_doctor)

    init_ci = commands.add_parser("init-ci", help="a CI file for your own notebooks")
    init_ci.add_argument("notebooks", nargs="?", default="notebooks")
    init_ci.set_defaults(run=_init_ci)
    return parser


def _lab(options: argparse.Namespace) -> int:
    from labkit.lab import launch

    return launch(port=options.port, browser=not options.no_browser)


def _check(options: argparse.Namespace) -> int:
    from labkit.runner import check
    from labkit.runner.margins import compare, margins, margins_table, thin
    from labkit.runner.record import record
    from labkit.runner.report import GOOD, table

    if options.record and (
        options.profile != "full" or options.parameters or options.seed is not None
    ):
        raise ValueError("--record must go with the full profile and each notebook's own defaults")
    baseline = None if options.baseline is None else _baseline(options.baseline)
    seeds: list[int] = [] if options.seed is None else [options.seed]
    if options.seeds is not None:
        if options.seeds < 2:
            raise ValueError(f"--seeds must be at least 2, got {options.seeds}")
        seeds = list(range(1, options.seeds + 1))
    report = check(
        options.notebooks,
        profile=options.profile,
        n_workers=options.jobs,
        seeds=seeds,
        parameters=dict(_parameter(text) for text in options.parameters),
        timeout=options.timeout,
        strict=options.strict,
        folder=options.report,
    )
    print(table(report))
    failed = any(e["status"] not in GOOD for e in report["notebooks"])
    complaints: list[str] = []
    if len(seeds) > 1:
        rows = margins(report["claims"])
        print(margins_table(rows))
        complaints += thin(rows)
    if baseline is not None:
        complaints += compare(report, baseline)
    for line in complaints:
        print(line)
    if "interrupted" in report:
        return 128 + int(report["interrupted"])
    if options.record and not failed and not complaints:
        print(record(report))
    return 1 if failed or complaints else 0


def _baseline(path: Path) -> dict[str, Any]:
    """Read a report to compare with."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        if report["schema"] == 1 and {"notebooks", "claims"} <= set(report):
            return report
    except (OSError, ValueError, TypeError, KeyError):
        pass
    raise ValueError(f"--baseline must be a report.json, got {str(path)!r}")


def _parameter(text: str) -> tuple[str, Any]:
    """Split NAME=VALUE; a value that is no Python literal is text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"-p must be NAME=VALUE, got {text!r}")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


def _papers(options: argparse.Namespace) -> int:
    chosen = papers.select(family=options.family, status=options.status)
    if options.json:
        entries = [
            {"row": p.row, "key": p.key, "title": p.title, "family": p.family,
             "authors": list(p.authors), "year": p.year, "venue": p.venue, "link": p.link,
             "status": papers.status(p.key)}
            for p in chosen
        ]  # fmt: skip
        print(json.dumps(entries, indent=1, ensure_ascii=False))
    elif options.bibtex:
        print("\n\n".join(papers.bibtex(p) for p in chosen))
    else:
        for paper in chosen:
            state = papers.status(paper.key)
            print(f"{paper.row:4d}  {state:<8} {paper.family:<10} {paper.title}")
        counts = {s: sum(papers.status(p.key) == s for p in chosen) for s in papers.STATUSES}
        print(", ".join(f"{n} {s}" for s, n in counts.items()) + f", of {len(chosen)} listed")
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    from labkit.doctor import text

    print(text())
    return 0


def _init_ci(options: argparse.Namespace) -> int:
    from labkit.init_ci import write

    print(f"wrote {write(Path('.github/workflows/notebooks.yml'), notebooks=options.notebooks)}")
    return 0
