"""Judge notebooks: run them, move their controls, weigh their claims, report.

`check` is what ``labkit check`` calls. It works on any notebooks; the house rules of this project
are added with ``strict=True``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import nbformat

from labkit.checks import check_choice, check_count
from labkit.runner import report as reports
from labkit.runner.dispatch import Interrupted, local_executor, run_all
from labkit.runner.execute import Job, defaults, execute
from labkit.runner.progress import Progress

__all__ = ["Interrupted", "Job", "check", "execute", "find_notebooks"]

PROFILES = ("full", "quick")


def find_notebooks(places: Sequence[str | Path]) -> list[str]:
    """Return the notebooks in files and folders, sorted within each.

    Parameters
    ----------
    places : sequence of str or Path
        Files or folders. Checkpoints are left out.

    Returns
    -------
    list of str
        Paths as given, with forward slashes.

    Raises
    ------
    ValueError
        If a place does not exist, or there is no notebook at all.
    """
    found: list[str] = []
    for place in map(Path, places):
        if not place.exists():
            raise ValueError(f"notebooks must be files or folders that exist, got {str(place)!r}")
        files = [place] if place.is_file() else sorted(place.rglob("*.ipynb"))
        found += [f.as_posix() for f in files if ".ipynb_checkpoints" not in f.parts]
    if not found:
        raise ValueError(f"no notebooks (*.ipynb) in {', '.join(map(str, places))}")
    return list(dict.fromkeys(found))


def check(
    places: Sequence[str | Path] = ("notebooks",),
    *,
    profile: str = "full",
    n_workers: int = 1,
    seeds: Sequence[int] = (),
    parameters: dict[str, Any] | None = None,
    timeout: float = 60.0,
    strict: bool = False,
    folder: str | Path | None = None,
    quiet: bool = False,
    make_executor: Callable[[str], Executor] = local_executor,
) -> dict[str, Any]:
    """Run notebooks and return the report.

    Parameters
    ----------
    places : sequence of str or Path
        Files or folders.
    profile : {"full", "quick"}
        ``"full"`` runs what a reader sees; ``"quick"`` applies ``metadata.labkit.quick``.
    n_workers : int
        Notebooks at a time.
    seeds : sequence of int
        Run the notebooks that have the parameter `seed` once for each, and move their controls
        with the first; by default once, with their own.
    parameters : dict, optional
        Go to the notebooks that have them.
    timeout : float
        Seconds for each cell.
    strict : bool
        Apply the house rules too.
    folder : str or Path, optional
        Where report.json, report.html, junit.xml and the executed notebooks go; written anew
        after every notebook.
    quiet : bool
        Show no progress.
    make_executor : callable
        See `labkit.runner.dispatch.run_all`.

    Returns
    -------
    dict
        The report, schema 1. After SIGTERM or Ctrl-C it holds what was finished, the rest as
        skipped, and ``interrupted`` is the signal's number.

    Raises
    ------
    ValueError
        For places without notebooks, or a parameter that no notebook has.
    """
    check_choice(profile, "profile", PROFILES)
    check_count(n_workers, "jobs", 1)
    given = dict(parameters or {})
    paths = find_notebooks(places)
    jobs = _jobs(paths, profile, list(seeds), given, timeout, strict, folder)
    seed: Any = None if not seeds else seeds[0] if len(seeds) == 1 else list(seeds)
    place = Path(paths[0]).resolve().parent
    report = reports.new_report(
        folder=place, profile=profile, seed=seed, device=str(given.get("device", "cpu"))
    )
    progress = Progress(len(jobs), n_workers, quiet=quiet)

    def done(result: dict[str, Any]) -> None:
        entry = result["notebook"]
        if len(seeds) > 1:
            entry["seed"] = entry["parameters"].get("seed")
            result["claims"] = [{**c, "seed": entry["seed"]} for c in result["claims"]]
        report["notebooks"].append(entry)
        report["claims"] += result["claims"]
        if folder is not None:
            reports.write(report, Path(folder))
        progress.done(entry)

    try:
        run_all(
            jobs,
            n_workers=n_workers,
            done=done,
            started=progress.started,
            make_executor=make_executor,
        )
    except Interrupted as error:
        report["interrupted"] = error.signal_number
        _skip_the_rest(report, jobs, several_seeds=len(seeds) > 1)
    progress.close()
    order = {path: i for i, path in enumerate(paths)}
    report["notebooks"].sort(key=lambda e: (order[e["path"]], e.get("seed") or 0))
    report["claims"].sort(key=lambda c: (order[c["notebook"]], c.get("seed") or 0))
    if folder is not None:
        reports.write(report, Path(folder))
    return report


def _jobs(
    paths: list[str],
    profile: str,
    seeds: list[int],
    given: dict[str, Any],
    timeout: float,
    strict: bool,
    folder: str | Path | None,
) -> list[Job]:
    """Hand each parameter to the notebooks that have it; one that none has is an error."""
    known = {path: _known_parameters(path) for path in paths}
    wanted = [*given, *(["seed"] if seeds else [])]
    for name in wanted:
        if not any(name in names for names in known.values()):
            allowed = ", ".join(sorted(set().union(*known.values()))) or "none"
            raise ValueError(f"no notebook has the parameter {name!r}; they have {allowed}")
    jobs = []
    for path in paths:
        own = {k: v for k, v in given.items() if k in known[path]}
        choices = [{"seed": s} for s in seeds] if seeds and "seed" in known[path] else [{}]
        for i, choice in enumerate(choices):
            output = None
            if folder is not None and i == 0:  # of many seeds, the first is kept to be looked at
                output = str(Path(folder, "executed", path.lstrip("/")))
            parameters = {**own, **choice}
            # Claims do not depend on where a control stands, so the first seed moves them all.
            jobs.append(Job(path, parameters, profile, timeout, strict, output, move=i == 0))
    return jobs


def _known_parameters(path: str) -> set[str]:
    try:
        return set(defaults(nbformat.read(path, as_version=4)))
    except Exception:  # a file that cannot be read fails later, as one notebook
        return set()


def _skip_the_rest(report: dict[str, Any], jobs: list[Job], *, several_seeds: bool) -> None:
    finished = {_identity(e["path"], e["parameters"].get("seed")) for e in report["notebooks"]}
    seen_paths = {e["path"] for e in report["notebooks"]}
    for job in jobs:
        seed = job.parameters.get("seed")
        is_done = _identity(job.path, seed) in finished if several_seeds else job.path in seen_paths
        if is_done:
            continue
        entry = {
            "path": job.path, "status": "skipped", "reason": "interrupted before it was finished",
            "seconds": 0.0, "peak_mib": None, "parameters": job.parameters, "explorers": 0,
            "controls_moved": 0,
        }  # fmt: skip
        if several_seeds:
            entry["seed"] = seed
        report["notebooks"].append(entry)


def _identity(path: str, seed: Any) -> str:
    return json.dumps([path, seed])
