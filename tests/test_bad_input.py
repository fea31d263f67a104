"""Bad input, for every public function of the numeric packages, those to come included.

For a new function add a row to VALID; for a parameter of a new name add a row to BAD. What a
function of its own refuses beyond that belongs into its own test file.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import array_api_strict
import numpy as np
import pytest
import scipy.sparse

import labkit
from labkit import networks
from labkit.arrays import is_array
from labkit.trace import trace
from labkit.trials import over

NO_METHODS = {"explorer", "figures", "papers", "runner"}
"""Packages that take no data; their refusals are in their own tests."""


def public_functions() -> dict[str, Callable[..., Any]]:
    """Return every function of `__all__` of every numeric package, by its full name."""
    found: list[Callable[..., Any]] = [trace, over]
    for module in pkgutil.iter_modules(labkit.__path__):
        if module.ispkg and module.name not in NO_METHODS:
            package = importlib.import_module(f"labkit.{module.name}")
            public = (getattr(package, name) for name in getattr(package, "__all__", ()))
            found += [value for value in public if inspect.isfunction(value)]
    return {f"{f.__module__.removeprefix('labkit.')}.{f.__name__}": f for f in found}


FUNCTIONS = public_functions()

# Valid calls

X = np.random.default_rng(0).standard_normal((6, 3))
BASIS = np.linalg.qr(X)[0][:, :2]
TARGETS = np.eye(2)[[0, 1, 0, 1, 0, 1]]
WIDTHS = (3, 4, 2)


def parameters() -> networks.mlp.Parameters:
    return networks.initial_parameters(WIDTHS, like=X, rng=0)


def training() -> dict[str, Any]:
    return {"parameters": parameters(), "X": X, "targets": TARGETS}


VALID: dict[str, Callable[[], dict[str, Any]]] = {
    "trace.trace": lambda: {"states": iter([1.0, 2.0]), "n_steps": 1, "record": {"x": float}},
    "trials.over": lambda: {"function": lambda seed: 1.0, "seed": 0, "n_repetitions": 2},
    "linalg.principal_angles.principal_angles": lambda: {"basis": BASIS, "other": BASIS},
    "linalg.signs.fix_signs": lambda: {"Vh": X},
    "pca.concept_explanation.concept_explanation": lambda: {
        "features": abs(X).reshape(2, 1, 3, 3), "head": lambda maps: maps.mean(axis=(1, 2)),
        "n_concepts": 2,
    },
    "pca.principal_components.principal_components": lambda: {"X": X},
    "pca.probabilistic_components.probabilistic_components": lambda: {"X": X, "n_components": 1},
    "pca.self_paced_components.self_paced_components": lambda: {"X": X, "n_components": 1},
    "pca.principal_component_pursuit.principal_component_pursuit": lambda: {"M": X},
    "pca.alternating_projections.alternating_projections": lambda: {"M": X},
    "pca.robust_unmixing.robust_unmixing": lambda: {"X": abs(X), "n_endmembers": 2},
    "pca.spatial_weights.spatial_weights": lambda: {"X": X, "image_shape": (2, 3)},
    "pca.structured_unmixing.structured_unmixing": lambda: {
        "X": abs(X), "n_endmembers": 2, "image_shape": (2, 3),
    },
    "pca.trajectory_spectrum.trajectory_spectrum": lambda: {"n_states": 5},
    "networks.mlp.initial_parameters": lambda: {"widths": WIDTHS, "like": X},
    "networks.mlp.flatten": lambda: {"parameters": parameters()},
    "networks.mlp.unflatten": lambda: {
        "vector": networks.flatten(parameters()), "widths": WIDTHS,
    },
    "networks.mlp.forward": lambda: {"parameters": parameters(), "X": X},
    "networks.mlp.loss_and_gradient": training,
    "networks.training.gradient_training": lambda: {**training(), "step_size": 0.1},
    "datasets.synthetic.planted_spectrum": lambda: {
        "singular_values": np.array([2.0, 1.0]), "n_samples": 4,
    },
    "datasets.walks.random_walk": lambda: {"n_dimensions": 3},
    "datasets.synthetic.contaminated_subspace": lambda: {
        "n_samples": 9, "n_features": 3, "rank": 1, "contamination": 0.1,
    },
    "datasets.synthetic.hyperspectral_scene": lambda: {"image_shape": (4, 5)},
    "datasets.synthetic.low_rank_plus_sparse": lambda: {
        "shape": (4, 3), "rank": 1, "contamination": 0.1,
    },
    "datasets.images.fashion_mnist": dict,
    "datasets.images.flags": dict,
    "datasets.images.mnist": dict,
    "datasets.images.digits": dict,
    "datasets.images.faces": dict,
    "datasets.images.natural_image": dict,
    "datasets.tables.breast_cancer": dict,
    "datasets.tables.wine": dict,
    "datasets.tables.iris": dict,
    "datasets.tables.diabetes": dict,
    "datasets.scenes.indian_pines": dict,
}  # fmt: skip

# Bad values


class Bad(NamedTuple):
    """A bad value, or a function that makes it from a good one; its error; what must be shown."""

    label: str
    value: Any
    error: type[Exception]
    seen: str


def changed(first: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that copies an array and changes its first entry."""

    def change(good: np.ndarray) -> np.ndarray:
        bad = np.array(good)
        bad.flat[0] = first
        return bad

    return change


ARRAY = (
    Bad("NaN", changed(np.nan), ValueError, "got 1 entries that are NaN or infinite"),
    Bad("infinite", changed(-np.inf), ValueError, "got 1 entries that are NaN or infinite"),
    Bad("a dimension too few", lambda good: good[0], ValueError, "shape (|got )"),
    Bad("a dimension too many", lambda good: good[None], ValueError, r"shape \(1, "),
    Bad("empty", lambda good: good[:0], ValueError, r"\(0,"),
    Bad("object", lambda good: good.astype(object), TypeError, "dtype object"),
    Bad("None", lambda good: None, TypeError, "dtype object"),
    Bad("complex", lambda good: good + 0j, TypeError, "dtype complex128"),
    Bad("text", lambda good: good.astype(str), TypeError, "dtype <U"),
    Bad("a word", lambda good: "abc", TypeError, "dtype <U3"),
    Bad("masked", np.ma.MaskedArray, TypeError, "masked array"),
    Bad("ragged", lambda good: [[1.0, 2.0], [3.0]], ValueError, "inhomogeneous"),
)
MATRIX = (*ARRAY, Bad("sparse", scipy.sparse.csr_array, TypeError, "csr_array"))
NO_INTEGER = (
    Bad("half", 2.5, TypeError, "2.5"),
    Bad("float", 2.0, TypeError, "2.0"),
    Bad("True", True, TypeError, "True"),
    Bad("text", "3", TypeError, "'3'"),
    Bad("array", np.array([1, 2]), TypeError, r"array\(\[1, 2\]\)"),
)
FROM_0 = (*NO_INTEGER, Bad("negative", -1, ValueError, "-1"))
FROM_1 = (*FROM_0, Bad("zero", 0, ValueError, "0"))
FROM_2 = (*FROM_1, Bad("one", 1, ValueError, "1"))
TOO_LARGE = Bad("too large", 10**9, ValueError, "1000000000")
NO_REAL = (
    Bad("NaN", np.nan, ValueError, "nan"),
    Bad("infinite", np.inf, ValueError, "inf"),
    Bad("minus infinite", -np.inf, ValueError, "-inf"),
    Bad("text", "0.5", TypeError, "'0.5'"),
    Bad("True", True, TypeError, "True"),
    Bad("None", None, TypeError, "None"),
    Bad("complex", 0.5j, TypeError, "0.5j"),
)
NEGATIVE, ABOVE_1 = Bad("negative", -0.1, ValueError, "-0.1"), Bad("1.5", 1.5, ValueError, "1.5")
NAME = (
    Bad("unknown", "nonsense", ValueError, "'nonsense'"),
    Bad("number", 3, ValueError, "3"),
    Bad("None", None, ValueError, "None"),
)
SEED = (
    Bad("negative", -1, ValueError, "-1"),
    Bad("text", "abc", TypeError, "'abc'"),
    Bad("half", 1.5, TypeError, "1.5"),
    Bad("True", True, TypeError, "True"),
)
WIDTHS_BAD = (
    Bad("none", (), ValueError, r"\(\)"),
    Bad("one", (3,), ValueError, r"\(3,\)"),
    Bad("zero", (3, 0), ValueError, "0"),
    Bad("half", (3, 2.5), TypeError, "2.5"),
    Bad("text", "32", TypeError, "'3'"),
    Bad("number", 3, TypeError, "3"),
)
ANYTHING: tuple[Bad, ...] = ()
"""For functions, where Python's own error says what is wrong, and for flags, which any value is."""

BAD: dict[str, tuple[Bad, ...]] = {
    # Arrays
    "X": MATRIX,
    "features": (
        Bad("NaN", changed(np.nan), ValueError, "got 1 entries that are NaN or infinite"),
        Bad("a dimension too few", lambda good: good[0], ValueError, "shape"),
        Bad("empty", lambda good: good[:0], ValueError, r"\(0,"),
        Bad("complex", lambda good: good + 0j, TypeError, "dtype complex128"),
        Bad("None", None, TypeError, "dtype object"),
    ),
    "Vh": MATRIX,
    "M": MATRIX,
    "basis": MATRIX,
    "other": MATRIX,
    "targets": MATRIX,
    "vector": ARRAY,
    "singular_values": (*ARRAY, Bad("negative", [1.0, -1.0], ValueError, "-1.0")),
    "like": (
        Bad("integers", np.arange(3), TypeError, "dtype int64"),
        Bad("complex", np.zeros(3) + 0j, TypeError, "dtype complex128"),
        Bad("list", [1.0], TypeError, "list"),
        Bad("None", None, TypeError, "None"),
    ),
    "parameters": (
        Bad("none", [], ValueError, r"\[\]"),
        Bad("number", 3, TypeError, "3"),
        Bad("array", X, TypeError, "array|shape"),
        Bad("text", "weights", TypeError, "'weights'|str"),
    ),
    # Counts
    "n_components": (*FROM_1, TOO_LARGE),
    "n_concepts": (*FROM_1, TOO_LARGE),
    "n_endmembers": (*FROM_1, TOO_LARGE),
    "n_bands": FROM_2,
    "n_bad_bands": (*FROM_0, TOO_LARGE),
    "n_stages": FROM_1,
    "rank": (*FROM_1, TOO_LARGE),
    "batch_size": (*FROM_1, TOO_LARGE),
    "n_samples": FROM_1,
    "n_states": FROM_2,
    "n_dimensions": FROM_1,
    "n_repetitions": FROM_1,
    "n_steps": FROM_0,
    "every": FROM_1,
    "max_iterations": FROM_1,
    "n_power_iterations": FROM_0,
    "oversampling": FROM_0,
    "widths": WIDTHS_BAD,
    "classes": (
        Bad("unknown", 10, ValueError, "10"),
        Bad("none", (), ValueError, r"\(\)"),
        Bad("twice", (1, 1), ValueError, r"\(1, 1\)"),
        Bad("text", "Bag", ValueError, "'Bag'"),
        Bad("half", 0.5, ValueError, "0.5"),
    ),
    "n_features": FROM_2,
    "shape": (
        Bad("number", 3, TypeError, "3"),
        Bad("one", (3,), TypeError, r"\(3,\)"),
        Bad("zero", (3, 0), ValueError, "0"),
        Bad("half", (3, 2.5), TypeError, "2.5"),
    ),
    "image_shape": (
        Bad("number", 3, TypeError, "3"),
        Bad("one", (3,), TypeError, r"\(3,\)"),
        Bad("zero", (3, 0), ValueError, "0"),
        Bad("half", (3, 2.5), TypeError, "2.5"),
    ),
    # Real numbers
    "sparsity": (*NO_REAL, NEGATIVE),
    "smoothness": (*NO_REAL, NEGATIVE),
    "share": (*NO_REAL, ABOVE_1, Bad("small", 0.4, ValueError, "0.4")),
    "growth": (*NO_REAL, Bad("one", 1.0, ValueError, "1.0")),
    "contamination": (*NO_REAL, NEGATIVE, ABOVE_1),
    "magnitude": (*NO_REAL, Bad("zero", 0.0, ValueError, "0.0")),
    "noise": (*NO_REAL, NEGATIVE),
    "penalty": (*(bad for bad in NO_REAL if bad.label != "None"), NEGATIVE),
    "momentum": (*NO_REAL, NEGATIVE, Bad("one", 1.0, ValueError, "1.0")),
    "restoring": (*NO_REAL, NEGATIVE, ABOVE_1),
    "drift": NO_REAL,
    "step_size": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "tol": (*NO_REAL, NEGATIVE),
    # Names and seeds
    "reducer": NAME,
    "route": NAME,
    "activation": NAME,
    "kind": NAME,
    "name": NAME,
    "rng": SEED,
    "seed": (*SEED, Bad("None", None, TypeError, "None")),
    # Functions and what they are given
    "function": ANYTHING,
    "head": ANYTHING,
    "grid": ANYTHING,
    "record": ANYTHING,
    "stop": ANYTHING,
    "states": (Bad("none", iter(()), ValueError, "none"),),
    # Flags
    "progress": ANYTHING,
    "non_faces": ANYTHING,
    "grey": ANYTHING,
}
BAD_HERE: dict[tuple[str, str], tuple[Bad, ...]] = {
    ("pca.principal_components.principal_components", "X"): (
        Bad("one sample", X[:1], ValueError, r"\(1, 3\)"),
        Bad("no features", X[:, :0], ValueError, r"\(6, 0\)"),
        Bad("overflowing", changed(1e200), ValueError, r"1e\+200"),
    ),
    ("datasets.synthetic.planted_spectrum", "n_samples"): (Bad("few", 2, ValueError, "2"),),
    ("datasets.images.fashion_mnist", "n_samples"): (TOO_LARGE,),
    ("datasets.images.mnist", "n_samples"): (TOO_LARGE,),
    ("datasets.images.digits", "n_samples"): (TOO_LARGE,),
    ("networks.mlp.unflatten", "vector"): (Bad("short", np.ones(3), ValueError, "3"),),
    ("networks.mlp.loss_and_gradient", "targets"): (
        Bad("rows off", 2 * TARGETS, ValueError, "1 off"),
        Bad("short", TARGETS[:2], ValueError, r"\(2, 2\)"),
    ),
    ("networks.mlp.forward", "X"): (Bad("features", X[:, :2], ValueError, "got 2"),),
}
"""What only one function refuses."""


def cases() -> list[Any]:
    """Return every bad value of every parameter of every function that has a row."""
    found = []
    for name, function in FUNCTIONS.items():
        for parameter in inspect.signature(function).parameters if name in VALID else ():
            bad_values = (*BAD.get(parameter, ()), *BAD_HERE.get((name, parameter), ()))
            short = name.rpartition(".")[2]
            found += [
                pytest.param(name, parameter, bad, id=f"{short}-{parameter}-{bad.label}")
                for bad in bad_values
            ]
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_a_row(name):
    if name not in VALID:
        pytest.fail(
            f"{name} has no row in VALID of {__file__}: add one that returns the keyword arguments "
            "of a valid call, small and with the required arguments only",
            pytrace=False,
        )
    FUNCTIONS[name](**VALID[name]())


def test_no_row_is_left_behind():
    assert set(VALID) <= set(FUNCTIONS)
    for name, parameter in BAD_HERE:
        assert parameter in inspect.signature(FUNCTIONS[name]).parameters


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters_have_a_row(name):
    missing = [p for p in inspect.signature(FUNCTIONS[name]).parameters if p not in BAD]
    if missing:
        pytest.fail(
            f"{name} has parameters without a row in BAD of {__file__}: {', '.join(missing)}",
            pytrace=False,
        )


@pytest.mark.parametrize(("name", "parameter", "bad"), cases())
def test_refusal(name, parameter, bad):
    """One line that names the argument and shows what was seen."""
    arguments = VALID[name]()
    value = bad.value
    if callable(value):
        value = value(arguments[parameter])
    with pytest.raises((ValueError, TypeError)) as caught:
        FUNCTIONS[name](**{**arguments, parameter: value})
    message = str(caught.value)
    assert type(caught.value) is bad.error
    assert re.search(rf"\b{parameter}\b", message), message
    assert re.search(bad.seen, message), message
    assert "\n" not in message


def elsewhere(value: Any) -> Any:
    """Move an array, or a list of pairs of arrays, to another library's second device."""
    if is_array(value):
        return array_api_strict.asarray(value, device=array_api_strict.Device("device1"))
    return [tuple(map(elsewhere, pair)) for pair in value]


def mixed() -> list[Any]:
    """Return every function of several arrays with each of them."""
    found = []
    for name, make in VALID.items():
        arguments = make() if name in FUNCTIONS else {}
        arrays = [k for k, v in arguments.items() if is_array(v) or k == "parameters"]
        short = name.rpartition(".")[2]
        if len(arrays) > 1:
            found += [pytest.param(name, array, id=f"{short}-{array}") for array in arrays]
    return found


@pytest.mark.parametrize(("name", "moved"), mixed())
def test_arrays_on_two_devices(name, moved):
    arguments = VALID[name]()
    with pytest.raises(TypeError) as caught:
        FUNCTIONS[name](**{**arguments, moved: elsewhere(arguments[moved])})
    message = str(caught.value)
    assert "array_api_strict" in message
    assert "numpy" in message
    assert re.search(rf"\b{moved}\b", message), message
