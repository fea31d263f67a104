"""Small notebooks, written where a test can break them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nbformat
import pytest

PARAMETERS = 'seed = 0  # of the draws\ndevice = "cpu"  # where the arrays live'


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., str]:
    """Return a function that writes a valid notebook of format 4.5 and returns its path.

    The first cell is tagged `parameters` (None leaves it out); keywords that are not the
    function's own become notebook metadata.
    """

    def write(
        cells: Iterable[Any] = (),
        *,
        name: str = "tiny.ipynb",
        parameters: str | None = PARAMETERS,
        **metadata: Any,
    ) -> str:
        first = []
        if parameters is not None:
            first = [nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})]
        rest = [nbformat.v4.new_code_cell(c) if isinstance(c, str) else c for c in cells]
        notebook = nbformat.v4.new_notebook(
            cells=[*first, *rest],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                **metadata,
            },
        )
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return str(path)

    return write
