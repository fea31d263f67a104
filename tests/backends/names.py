"""What CuPy offers, by name: ``python tests/backends/names.py`` writes cupy_names.json anew.

Only where CuPy is installed; a GPU is not needed, nor is a driver. The names of cupyx are read from
the source, because importing it needs the CUDA libraries.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import textwrap
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("cupy_names.json")
IMPORTED = (
    "cupy",
    "cupy.linalg",
    "array_api_compat.cupy",
    "array_api_compat.cupy.linalg",
    "array_api_compat.cupy.fft",
)
READ = ("cupyx.scipy.linalg", "cupyx.scipy.sparse.linalg")


def stored() -> dict[str, Any]:
    """Return the file: `versions`, and for each namespace its names."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def installed() -> dict[str, Any]:
    """Return what the file would hold for the CuPy that is installed."""
    import array_api_compat
    import cupy

    return {
        "versions": {"cupy": cupy.__version__, "array_api_compat": array_api_compat.__version__},
        **{name: public(dir(importlib.import_module(name))) for name in IMPORTED},
        **{name: public(read(name)) for name in READ},
        "cupy.ndarray": sorted(dir(cupy.ndarray)),
    }


def public(names: Any) -> list[str]:
    """Return the names without an underscore and those of the array API's own, sorted."""
    return sorted(name for name in names if not name.startswith("_") or name.startswith("__array_"))


def read(module: str) -> set[str]:
    """Return the names that a package's source binds at its top."""
    root, *rest = module.split(".")
    spec = importlib.util.find_spec(root)
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent.joinpath(*rest, "__init__.py")
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def text(found: dict[str, Any]) -> str:
    """Return the file's text, in lines short enough to be read."""
    parts = []
    for key, value in found.items():
        lines = textwrap.fill(json.dumps(value), 98, break_long_words=False, break_on_hyphens=False)
        parts.append(f'"{key}":\n{textwrap.indent(lines, " ")}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(installed()), encoding="utf-8")
    print(f"{FILE} holds the names of CuPy {stored()['versions']['cupy']}")
