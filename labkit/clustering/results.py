"""Results that methods of the package share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, is_array


@dataclass(frozen=True)
class SelfExpression:
    """Samples written as combinations of other samples.

    Attributes
    ----------
    coefficients : Array or SciPy sparse, shape (n_samples, n_samples)
        C: row i holds what sample i, scaled to norm 1, takes of each sample, scaled likewise.
    residuals : Array, shape (n_samples,)
        The norm of what is left of each sample, between 0 and 1; 0 for a sample of zeros.
    n_rounds : int
        How often every sample, or some of them, were compared with all samples.
    """

    coefficients: Any
    residuals: Array
    n_rounds: int

    @property
    def affinity(self) -> Any:
        """Return \\|C\\| + \\|C\\|^T, what `spectral_labels` takes; sparse if C is."""
        C = self.coefficients
        if is_array(C):
            xp = array_namespace(C)
            return xp.abs(C) + xp.matrix_transpose(xp.abs(C))
        return abs(C) + abs(C).T.tocsr()
