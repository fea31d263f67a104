"""What the dynamics of factors share: checks at the call, and a guard against steps too long."""

from __future__ import annotations

import math
from typing import Any

from labkit.arrays import Array, array_namespace, device, eps, frobenius_norm
from labkit.checks import check_array, check_same_device
from labkit.sensing.problem import Factors, SensingProblem


def check_problem(problem: Any) -> SensingProblem:
    """Return the problem, or say what came instead."""
    if not isinstance(problem, SensingProblem):
        raise TypeError(f"problem must be a SensingProblem, got {type(problem).__name__}")
    return problem


def check_start(problem: SensingProblem, start: Any) -> Factors:
    """Return one factor, or a pair of factors in a tuple, of the shapes of the problem."""
    n_rows, n_columns = problem.A.shape
    if not isinstance(start, tuple):
        U = _checked(problem, start, n_rows)
        if n_rows != n_columns:
            raise ValueError(
                f"start must be a pair for a truth of shape {problem.A.shape}, got one"
            )
        return U
    if len(start) != 2:
        raise ValueError(f"start must be one factor or a pair, got {len(start)}")
    F, G = _checked(problem, start[0], n_rows), _checked(problem, start[1], n_columns)
    if F.shape[1] != G.shape[1] or F.dtype != G.dtype:
        raise ValueError(
            f"start must hold two factors of one width and precision, got {tuple(F.shape)} of "
            f"{F.dtype} and {tuple(G.shape)} of {G.dtype}"
        )
    return F, G


def _checked(problem: SensingProblem, factor: Any, length: int) -> Array:
    factor = check_array(factor, "start", n_dims=2)
    check_same_device(start=factor, problem=problem.b)
    if factor.shape[0] != length:
        raise ValueError(f"start must have {length} rows, got shape {tuple(factor.shape)}")
    return factor


def largest_norm(problem: SensingProblem, start: Factors) -> float:
    """Return a norm that no factor on its way to an answer comes near."""
    parts = start if isinstance(start, tuple) else (start,)
    size = max(frobenius_norm(part) for part in parts)
    return (1 + size + math.sqrt(frobenius_norm(problem.b[None, :]))) * eps(parts[0]) ** -0.75


def check_size(factor: Array, limit: float, step_size: float) -> Array:
    """Return the factor, unless the steps have driven it off."""
    if not frobenius_norm(factor) < limit:
        raise ValueError(f"step_size must be smaller here: the factors grow without bound, got "
                         f"{step_size:g}")  # fmt: skip
    return factor


def damped(factor: Array, damping: float) -> Array:
    """Return ``factor^T factor + damping I``."""
    xp = array_namespace(factor)
    gram = xp.matrix_transpose(factor) @ factor
    identity = xp.eye(factor.shape[1], dtype=factor.dtype, device=device(factor))
    return gram + damping * identity
