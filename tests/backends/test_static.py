"""Every function that labkit asks of an array namespace exists in CuPy's, read without a GPU.

`findings` follows the names that are bound to ``array_namespace(...)``, also under a second name
and for ``xp.linalg`` and ``xp.fft``, and compares what is taken from them with cupy_names.json. A
keyword must be one that the array-API standard gives the function.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import array_api_strict
import pytest

import labkit
from tests.backends import names

PACKAGE = Path(labkit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
STORED = names.stored()
KNOWN = {
    "xp": {*STORED["array_api_compat.cupy"]},
    "xp.linalg": {*STORED["array_api_compat.cupy.linalg"]},
    "xp.fft": {*STORED["array_api_compat.cupy.fft"]},
}
STANDARD = {
    "xp": array_api_strict,
    "xp.linalg": array_api_strict.linalg,
    "xp.fft": array_api_strict.fft,
}
UNREADABLE = "getattr of a namespace: write the function's name"


def findings(
    scope: ast.AST, outside: dict[str, str] | None = None, where: str = "the module"
) -> list[str]:
    """Return a line for each thing that CuPy, or the standard, does not have."""
    nodes = list(own_nodes(scope))
    bound = {"xp": "xp", **(outside or {})}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
            module = namespace(node.value, bound)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if module and isinstance(target, ast.Name):
                    bound[target.id] = module
    found = []
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            found += findings(node, bound, node.name)
        elif problem := problem_of(node, bound):
            found.append(f"line {node.lineno}, in {where}: {problem}")
    return found


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function or module; of functions inside, only their heads."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef):
            yield from own_nodes(child)


def namespace(node: ast.AST, bound: dict[str, str]) -> str | None:
    """Return the namespace that an expression stands for."""
    if isinstance(node, ast.Name):
        return bound.get(node.id)
    if isinstance(node, ast.Attribute):
        name = f"{namespace(node.value, bound)}.{node.attr}"
        return name if name in KNOWN else None
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else None
        called = node.func.id if isinstance(node.func, ast.Name) else called
        return "xp" if called == "array_namespace" else None
    return None


def problem_of(node: ast.AST, bound: dict[str, str]) -> str | None:
    """Return what is wrong with an attribute or a call of a namespace."""
    if isinstance(node, ast.Attribute):
        module = namespace(node.value, bound)
        known = not module or f"{module}.{node.attr}" in KNOWN or node.attr in KNOWN[module]
        return None if known else f"CuPy has no {module}.{node.attr}"
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.func.id == "getattr":
        return UNREADABLE if namespace(node.args[0], bound) else None
    module = namespace(node.func.value, bound) if isinstance(node.func, ast.Attribute) else None
    function = getattr(STANDARD[module], node.func.attr, None) if module else None
    if function is None or isinstance(function, type):
        return None
    given = {keyword.arg for keyword in node.keywords if keyword.arg}
    strange = ", ".join(sorted(given - {*inspect.signature(function).parameters}))
    return f"{module}.{node.func.attr} has no keyword {strange}" if strange else None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_cupy_has_every_function_used(file):
    found = findings(ast.parse(file.read_text(encoding="utf-8")))
    if found:
        pytest.fail("\n".join(f"{file}: {line}" for line in found), pytrace=False)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("xp.nanquantile(X)", "line 3, in f: CuPy has no xp.nanquantile"),
        ("xp.linalg.multi_dot([X, X])", "line 3, in f: CuPy has no xp.linalg.multi_dot"),
        ("array_namespace(X).geomspace(1, 2)", "line 3, in f: CuPy has no xp.geomspace"),
        ("other = array_namespace(X); other.block(X)", "line 3, in f: CuPy has no xp.block"),
        ("la = xp.linalg; la.polar(X)", "line 3, in f: CuPy has no xp.linalg.polar"),
        ("(lambda: xp.fft.dct(X))()", "line 3, in f: CuPy has no xp.fft.dct"),
        ("getattr(xp, 'block')(X)", f"line 3, in f: {UNREADABLE}"),
        ("xp.sum(X, keepdim=True)", "line 3, in f: xp.sum has no keyword keepdim"),
        ("xp.linalg.eigh(X, UPLO='U')", "line 3, in f: xp.linalg.eigh has no keyword UPLO"),
    ],
)
def test_what_is_missing_is_named_with_its_place(source, seen):
    code = f"def f(X):\n    xp = array_namespace(X)\n    {source}\n"
    assert findings(ast.parse(code)) == [seen]


def test_a_function_inside_sees_the_namespace_outside():
    inner = "def f(X):\n    space = array_namespace(X)\n    def g():\n        space.block(X)\n"
    assert findings(ast.parse(inner)) == ["line 4, in g: CuPy has no xp.block"]


def test_what_cupy_has_is_let_through():
    code = "xp.linalg.svd(X, full_matrices=False); xp.fft.fft(X); xp.sum(X, axis=0); xp.float64"
    assert findings(ast.parse(code)) == []


def test_the_list_is_that_of_the_cupy_installed():
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    if cupy.__version__ != STORED["versions"]["cupy"]:
        pytest.skip("the list is of another CuPy: run tests/backends/names.py")
    found = names.installed()
    del found["versions"]
    assert found == {key: value for key, value in STORED.items() if key != "versions"}


def test_the_list_is_stored_as_it_is_written():
    assert names.FILE.read_text(encoding="utf-8") == names.text(STORED)
