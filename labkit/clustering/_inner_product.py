"""Functions as rows with the inner product of a mass matrix: shared by what clusters solutions."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_same_device, check_symmetric


def check_functions(mass: Array | None = None, **rows: Array) -> tuple[Array, ...]:
    """Return checked rows of functions, none of them zero, and the mass matrix or None, last."""
    checked = {name: check_matrix(array, name) for name, array in rows.items()}
    first, n_features = next((name, array.shape[1]) for name, array in checked.items())
    given = checked if mass is None else {**checked, "mass": check_symmetric(mass, "mass")}
    check_same_device(**given)
    for name, array in given.items():
        if array.shape[1] != n_features:
            raise ValueError(
                f"{name} must have {n_features} columns as {first} has, got {array.shape[1]}"
            )
    for name, array in checked.items():
        xp = array_namespace(array)
        n_zero = int(xp.sum(xp.astype(~xp.any(array != 0, axis=1), xp.int64)))
        if n_zero:
            raise ValueError(f"{name} must not hold the function zero, got {n_zero} such rows")
    return (*checked.values(), given.get("mass"))


def factor(mass: Array | None) -> Array | None:
    """Return C with mass = C C^T, so that the inner product is that of the rows times C."""
    if mass is None:
        return None
    xp = array_namespace(mass)
    smallest = float(xp.min(xp.linalg.eigvalsh(mass)))
    if smallest <= 0:
        raise ValueError(f"mass must be positive definite, got an eigenvalue of {smallest:.3g}")
    return xp.linalg.cholesky(mass)


def unit_rows(rows: Array, C: Array | None) -> Array:
    """Return the rows times C, scaled to norm 1; by their largest entry first, against overflow."""
    xp = array_namespace(rows)
    rows = rows / xp.max(xp.abs(rows), axis=1, keepdims=True)
    if C is not None:
        rows = rows @ xp.astype(C, rows.dtype, copy=False)
    return rows / xp.linalg.vector_norm(rows, axis=1, keepdims=True)
