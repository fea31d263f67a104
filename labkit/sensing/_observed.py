"""The mask of a matrix with holes, checked at the door.

Used by: one_sided_completion, singular_value_thresholding.
"""

from __future__ import annotations

from typing import Any

from labkit.arrays import Array, array_namespace, as_array
from labkit.checks import check_same_device


def check_observed(M: Array, observed: Any, name: str) -> Array:
    """Return the mask as ones and zeros in the dtype of M; every row must hold an entry."""
    observed = as_array(observed)
    check_same_device(**{name: M, "observed": observed})
    xp = array_namespace(M, observed)
    if observed.dtype != xp.bool:
        raise TypeError(f"observed must be an array of bool, got dtype {observed.dtype}")
    if observed.shape != M.shape:
        raise ValueError(f"observed must have shape {tuple(M.shape)}, got {tuple(observed.shape)}")
    if not bool(xp.all(xp.any(observed, axis=1))):
        raise ValueError("observed must hold an entry of every row, got a sample without any")
    return xp.astype(observed, M.dtype)
