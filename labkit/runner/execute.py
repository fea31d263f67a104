"""Run one notebook through papermill, move its controls, and read what it claims."""

from __future__ import annotations

import ast
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat

from labkit import claims
from labkit.runner import rules

SWEEP_MIME_TYPE = "application/vnd.labkit.sweep+json"
THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_WATCH = "from labkit.explorer import sweep as _labkit_sweep\n_labkit_sweep.watch()"
_REPORT = "_labkit_sweep.report(move={})"


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    Attributes
    ----------
    path : str
        The notebook.
    parameters : dict
        What to set, beside the quick values when the profile is quick.
    profile : {"full", "quick"}
        Whether to apply ``metadata.labkit.quick``.
    timeout : float
        Seconds for each cell.
    strict : bool
        Apply the house rules as well.
    output : str or None
        Where to keep the executed notebook, with a web page beside it.
    move : bool
        Move the controls at the end.
    """

    path: str
    parameters: dict[str, Any] = field(default_factory=dict)
    profile: str = "full"
    timeout: float = 60.0
    strict: bool = False
    output: str | None = None
    move: bool = True


def execute(job: Job) -> dict[str, Any]:
    """Run a notebook and judge it.

    Parameters
    ----------
    job : Job
        What to run.

    Returns
    -------
    dict
        ``notebook``: an entry of the report's ``notebooks``; ``claims``: its entries of ``claims``.
    """
    started = time.perf_counter()
    entry: dict[str, Any] = {
        "path": job.path, "status": "passed", "reason": "", "seconds": 0.0, "peak_mib": None,
        "parameters": {}, "explorers": 0, "controls_moved": 0,
    }  # fmt: skip
    records: list[dict[str, Any]] = []
    try:
        notebook: Any = nbformat.read(job.path, as_version=4)
        entry["parameters"] = {**defaults(notebook), **_quick(notebook, job), **job.parameters}
        entry["status"], entry["reason"], executed = _run(notebook, job)
        if executed is not None:
            records = _claims(executed, job)
            sweep = _sweep(executed)
            entry["explorers"] = len(sweep.get("explorers", []))
            entry["controls_moved"] = sweep.get("controls_moved", 0)
            entry["peak_mib"] = sweep.get("peak_mib")
            if entry["status"] == "passed":
                problems = [*_problems(executed, sweep, records)]
                if job.strict:
                    problems += rules.source_problems(notebook)
                    problems += rules.executed_problems(executed, sweep, job.profile)
                if problems:
                    entry["status"], entry["reason"] = "failed", "; ".join(problems)
            if job.output:
                _write_page(executed, job.output)
    except Exception as error:  # whatever is wrong with one notebook stays with it
        entry["status"], entry["reason"] = "failed", f"{type(error).__name__}: {error}"
    entry["reason"] = re.sub(r"\s*\n\s*", " ", entry["reason"].strip())  # one line, always
    entry["seconds"] = round(time.perf_counter() - started, 2)
    return {"notebook": entry, "claims": records}


def defaults(notebook: Any) -> dict[str, Any]:
    """Read the parameters cell of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Any notebook.

    Returns
    -------
    dict
        Name to value; a value that is not a literal is given as its source. Empty without a cell
        tagged ``parameters``.
    """
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        for node in ast.parse(cell.source, "parameters cell").body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", 0)]
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and value is not None:
                    try:
                        found[target.id] = ast.literal_eval(value)
                    except ValueError:
                        found[target.id] = ast.unparse(value)
    return found


@contextmanager
def environment(profile: str) -> Iterator[None]:
    """Set what a kernel inherits: the profile and one BLAS thread; put everything back after.

    Parameters
    ----------
    profile : {"full", "quick"}
        Read by `labkit.claims` in the kernel.
    """
    wanted = {claims.PROFILE_VARIABLE: profile, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    wanted |= dict.fromkeys(THREAD_VARIABLES, "1")
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _quick(notebook: Any, job: Job) -> dict[str, Any]:
    if job.profile != "quick":
        return {}
    return dict(notebook.metadata.get("labkit", {}).get("quick", {}))


def _run(notebook: Any, job: Job) -> tuple[str, str, Any]:
    """Return status, reason and the executed notebook (None if it did not start)."""
    missing = [
        name
        for name in notebook.metadata.get("labkit", {}).get("requires", [])
        if find_spec(name) is None
    ]
    if missing:
        return "skipped", f"needs {', '.join(missing)}: pip install {' '.join(missing)}", None
    given = {**_quick(notebook, job), **job.parameters}
    known = defaults(notebook)
    for name in given:
        if name not in known:
            allowed = ", ".join(known) or "none"
            return "failed", f"unknown parameter {name!r}; the notebook has {allowed}", None

    import papermill
    from papermill.exceptions import PapermillException, PapermillExecutionError

    from labkit.runner import kernels

    kernels.cure_output_widgets()
    guarded = nbformat.from_dict(notebook)
    guarded.cells = [
        nbformat.v4.new_code_cell(_WATCH, id="labkit-watch"),
        *guarded.cells,
        nbformat.v4.new_code_cell(_REPORT.format(job.move), id="labkit-report"),
    ]
    with tempfile.TemporaryDirectory(prefix="labkit-") as folder, environment(job.profile):
        source, target = Path(folder, "in.ipynb"), Path(folder, "out.ipynb")
        nbformat.write(guarded, source)
        status, reason = "passed", ""
        try:
            papermill.execute_notebook(
                str(source), str(target), parameters=given,
                kernel_name=kernels.kernel_name(notebook), language=kernels.language(notebook),
                cwd=str(Path(job.path).resolve().parent), progress_bar=False, log_output=False,
                execution_timeout=job.timeout, start_timeout=60,
                kernel_manager_class=kernels.kernel_manager_class(),
            )  # fmt: skip
        except PapermillExecutionError as error:
            status, reason = "failed", _first_line(error)
        except PapermillException as error:
            status, reason = "failed", f"{type(error).__name__}: {error}"
        except Exception as error:
            status, reason = "failed", f"{type(error).__name__}: {error}"
            if "Timeout" in reason.partition(":")[0]:
                status = "timeout"
                reason = f"a cell ran longer than {job.timeout:g} s: {_running_cell(target)}"
            elif "DeadKernel" in reason.partition(":")[0]:
                reason = f"the kernel died, last in {_running_cell(target)}"
        executed = nbformat.read(target, as_version=4) if target.exists() else None
    return status, reason, executed


def _first_line(error: Any) -> str:
    """Name the cell by its first line and the error, in one line."""
    line = next((s for s in error.source.splitlines() if s.strip()), "")
    value = re.sub(r"\s+", " ", str(error.evalue))
    if error.source == _REPORT.format(True):
        return f"moving the controls raised {error.ename}: {value}"
    return f"cell `{line.strip()}` raised {error.ename}: {value}"


def _running_cell(target: Path) -> str:
    """Name the last cell that papermill started; it calls one that ran out of time completed."""
    begun = []
    if target.exists():
        cells = nbformat.read(target, as_version=4).cells
        begun = [c for c in cells if c.metadata.get("papermill", {}).get("start_time")]
    return (
        f"`{(begun[-1].source.splitlines() or [''])[0]}`" if begun else "the kernel did not start"
    )


def outputs(executed: Any, mime_type: str) -> Iterator[Any]:
    """Yield everything of a MIME type that an executed notebook displayed.

    Parameters
    ----------
    executed : NotebookNode
        The notebook with outputs.
    mime_type : str
        For example ``"text/html"``.

    Yields
    ------
    object
        The data.
    """
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if mime_type in output.get("data", {}):
                yield output.data[mime_type]


def _claims(executed: Any, job: Job) -> list[dict[str, Any]]:
    entries = []
    for stored in outputs(executed, claims.MIME_TYPE):
        record = claims.from_json(dict(stored))
        verdict = claims.judge(record, job.profile)
        entry = asdict(record)
        control = entry.pop("control")
        entry["held"], entry["judged"] = verdict.held, verdict.judged
        entry["passed"], entry["reason"] = verdict.passed, verdict.reason
        entry["control"] = (
            None if control is None else {"measured": control, "held": verdict.control_held}
        )
        entry["notebook"] = job.path
        entries.append(entry)
    return entries


def _sweep(executed: Any) -> dict[str, Any]:
    return next((dict(found) for found in outputs(executed, SWEEP_MIME_TYPE)), {})


def _problems(executed: Any, sweep: dict[str, Any], records: list[dict[str, Any]]) -> list[str]:
    """Everything that fails any notebook, ours or not: broken widgets and failed claims."""
    found = [f"a widget raised {error}" for error in sweep.get("errors", [])]
    for explorer in sweep.get("explorers", []):
        found += [f"an explorer raised {error}" for error in explorer["errors"][:1]]
        found += [f"control {name!r} changes nothing" for name in explorer["inert"]]
    if not found:  # a backstop: errors kept in the state of Output widgets
        state = executed.metadata.get("widgets", {}).get(
            "application/vnd.jupyter.widget-state+json", {}
        )
        for model in state.get("state", {}).values():
            for output in model.get("state", {}).get("outputs") or []:
                if output.get("output_type") == "error":
                    found.append(f"a widget raised {output['ename']}: {output['evalue']}")
    for claim in records:
        if claim["judged"] and not claim["passed"]:
            found.append(
                f"claim {claim['reason']} {claim['statement']!r}: measured {claim['measured']:.4g}"
            )
    return list(dict.fromkeys(found))


def _write_page(executed: Any, output: str) -> None:
    """Keep the executed notebook, and a page on which explorers are plain pictures."""
    from nbconvert import HTMLExporter

    target = Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    hidden = {"labkit-watch", "labkit-report"}
    executed.cells = [cell for cell in executed.cells if cell.get("id") not in hidden]
    nbformat.write(executed, target)
    plain = nbformat.from_dict(executed)
    plain.metadata.pop("widgets", None)
    for cell in plain.cells:
        for shown in cell.get("outputs", []):
            if "text/html" in shown.get("data", {}):
                shown.data.pop("application/vnd.jupyter.widget-view+json", None)
    page, _resources = HTMLExporter().from_notebook_node(plain)
    target.with_suffix(".html").write_text(page, encoding="utf-8")
