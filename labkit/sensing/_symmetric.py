"""Checks at the door of methods for a symmetric truth."""

from __future__ import annotations

from labkit.arrays import Array
from labkit.checks import check_array, check_same_device
from labkit.sensing.problem import SensingProblem


def check_square(problem: SensingProblem) -> int:
    """Return n_rows of a problem with a square truth."""
    if not isinstance(problem, SensingProblem):
        raise TypeError(f"problem must be a SensingProblem, got {type(problem).__name__}")
    n_rows, n_columns = problem.A.shape
    if n_rows != n_columns:
        raise ValueError(f"problem must be of square matrices, got {n_rows} by {n_columns}")
    return n_rows


def check_points(problem: SensingProblem, value: Array, name: str, *, n_dims: int) -> Array:
    """Return an array whose first axis is the problem's, beside the problem's arrays."""
    n_rows = check_square(problem)
    value = check_array(value, name, n_dims=n_dims)
    check_same_device(**{name: value, "problem": problem.b})
    if value.shape[0] != n_rows:
        raise ValueError(f"{name} must have {n_rows} rows, got {value.shape[0]}")
    return value
