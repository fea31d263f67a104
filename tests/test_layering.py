"""Imports go down only, and each library is known where it belongs and nowhere else.

`ORDER` is the one place where the order is declared. A new package is named here first; a package
that does not exist yet may stand in it.
"""

import ast
import re
from pathlib import Path

import pytest

import labkit

PACKAGE = Path(labkit.__file__).parent
BASIS = ("sketching", "sampling", "spectra")  # methods that other methods use
METHODS = (
    "clustering", "compression", "manifolds", "optimizers", "pca", "regression", "robust",
    "sensing", "systems",
)  # fmt: skip
# A module imports from the lines above its own, from its own package, and from nothing else.
ORDER = (
    ("arrays", "papers"),
    ("checks", "random"),
    ("claims", "trace", "trials"),
    ("linalg",),
    ("networks",),
    BASIS,
    METHODS,
    ("datasets", "figures"),
    ("explorer",),
    ("runner",),
    ("doctor", "init_ci", "lab"),
    ("cli",),
    ("__main__",),
)
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
PORTABLE = ("linalg", "networks", *BASIS, *METHODS)
ARRAY_LIBRARIES = {"cupy", "torch", "jax", "array_api_compat", "array_api_strict"}
HOST_LIBRARIES = {"numpy", "scipy", "sklearn"}
LAZY = ("clustering/estimator.py",)
"""Loaded by a package's ``__getattr__``, because a class needs its base when it is defined."""
FILES = sorted(PACKAGE.rglob("*.py"))


def unit(file):
    """Return the module or package of labkit that a file belongs to; none for labkit itself."""
    first = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return None if first == "__init__" else first


def imports(node):
    """Return every absolute name that a tree imports, wherever the import stands."""
    names = []
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            names += [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: relative import"
            names += [f"{child.module}.{alias.name}" for alias in child.names]
    return names


def libraries(node):
    return {name.partition(".")[0] for name in imports(node)}


def at_import_time(tree):
    """Return the tree without the bodies of its functions."""
    kept = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return ast.Module(kept, [])


def says_host(tree):
    """Tell whether a docstring in the file says "Host: " and a reason."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = (ast.get_docstring(n) for n in ast.walk(tree) if isinstance(n, documented))
    return any(re.search(r"\bHost: \w+ \w+ \w+", text or "") for text in texts)


def parsed(files):
    trees = [(f, ast.parse(f.read_text(encoding="utf-8"))) for f in files]
    return [pytest.param(f, t, id=f.relative_to(PACKAGE).as_posix()) for f, t in trees]


every_file = pytest.mark.parametrize(("file", "tree"), parsed(FILES))
every_method = pytest.mark.parametrize(
    ("file", "tree"), parsed([f for f in FILES if unit(f) in PORTABLE])
)


def test_every_package_has_its_place():
    found = {unit(file) for file in FILES} - {None}
    assert found <= LEVEL.keys(), "declare the order of a new package in tests/test_layering.py"
    assert len(LEVEL) == sum(len(names) for names in ORDER)


@every_file
def test_imports_go_down_only(file, tree):
    here = unit(file)
    inside = [name for name in imports(tree) if name.partition(".")[0] == "labkit"]
    used = {name.split(".")[1] for name in inside if name.count(".")} - {"__version__", here}
    if here is None:
        assert not used
    for other in used:
        assert LEVEL[other] < LEVEL[here], f"{here} must not import {other}"


@every_file
def test_array_libraries_are_known_to_arrays_only(file, tree):
    if unit(file) != "arrays":
        assert not libraries(tree) & ARRAY_LIBRARIES


@every_file
def test_widgets_are_known_to_the_explorer_only(file, tree):
    if unit(file) != "explorer":
        assert "ipywidgets" not in libraries(tree)


@every_file
def test_pictures_are_drawn_by_figures_only(file, tree):
    if unit(file) not in ("figures", "explorer"):
        assert "matplotlib" not in libraries(tree)


@every_file
def test_scikit_learn_is_imported_where_it_is_used(file, tree):
    heavy = {"sklearn", "skimage", "tensorly", "mlxtend", "pandas"}
    if file.relative_to(PACKAGE).as_posix() in LAZY:
        heavy -= {"sklearn"}
    assert not libraries(at_import_time(tree)) & heavy


@every_method
def test_method_is_portable_or_says_why_not(file, tree):
    if libraries(tree) & HOST_LIBRARIES:
        assert says_host(tree), 'say "Host: " and the reason in a docstring'
