"""The README's table: family, notebook, papers; written from what the runner recorded."""

from __future__ import annotations

import json
from pathlib import Path

from labkit import papers

BEGIN, END = "<!-- table -->", "<!-- /table -->"


def readme_table(root: Path) -> str:
    """Return the table of families, notebooks and papers.

    Parameters
    ----------
    root : Path
        The checkout, with `notebooks/`.

    Returns
    -------
    str
        Markdown; one row for each notebook but the start.
    """
    records = papers.checked()
    n_checked = sum(record["status"] == "checked" for record in records.values())
    lines = [
        f"{n_checked} of {len(papers.all_papers())} papers are checked so far.",
        "",
        "| family | notebook | papers (rows of the list) |",
        "| --- | --- | --- |",
    ]
    for file in sorted((root / "notebooks").glob("*/[0-9]*.ipynb")):
        path = file.relative_to(root).as_posix()
        rows = sorted((r["row"], r["status"]) for r in records.values() if path in r["notebooks"])
        cited = ", ".join(f"{row} {status}" for row, status in rows) or "textbook"
        lines.append(f"| {file.parent.name} | [{_title(file)}]({path}) | {cited} |")
    return "\n".join(lines)


def update_readme(root: Path) -> None:
    """Write the table between its marks in README.md.

    Parameters
    ----------
    root : Path
        The checkout.
    """
    readme = root / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = f"{before}{BEGIN}\n{readme_table(root)}\n{END}{after}"
    readme.write_text(text, encoding="utf-8")


def _title(file: Path) -> str:
    """Return a notebook's heading."""
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line[2:].strip()
    return file.stem
