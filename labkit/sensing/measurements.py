"""Linear measurements of a matrix: what they see of it, and what they send back.

``A(X)_i = <A_i, X>``. Gradient methods need A, its adjoint, and both at factors of X. Where the A_i
have structure, no ``n^2 x m`` table is made. Both classes answer the same four calls.

Used by every dynamic of this package; its sources are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace


@dataclass(frozen=True)
class DenseMeasurements:
    """Measurement matrices without structure, such as Gaussian ones.

    Attributes
    ----------
    matrices : Array, shape (n_measurements, n_rows * n_columns)
        A_i, each row by row. Dynamics of a symmetric matrix want symmetric ones.
    shape : tuple of int
        ``(n_rows, n_columns)`` of X.
    """

    matrices: Array
    shape: tuple[int, int]

    def apply(self, X: Array) -> Array:
        """Return ``A(X)``, shape (n_measurements,); n_measurements * n_rows * n_columns flops."""
        xp = array_namespace(X)
        return self.matrices @ xp.reshape(X, (-1,))

    def adjoint(self, y: Array) -> Array:
        """Return ``A*(y) = sum_i y_i A_i``, shape (n_rows, n_columns)."""
        xp = array_namespace(y)
        return xp.reshape(y @ self.matrices, self.shape)

    def apply_factors(self, F: Array, G: Array) -> Array:
        """Return ``A(F G^T)``."""
        xp = array_namespace(F)
        return self.apply(F @ xp.matrix_transpose(G))

    def adjoint_times(self, y: Array, G: Array) -> Array:
        """Return ``A*(y) G``, shape (n_rows, rank)."""
        return self.adjoint(y) @ G


@dataclass(frozen=True)
class RankOneMeasurements:
    """Measurement matrices ``left_i right_i^T``: bilinear, or quadratic where both are the same.

    Attributes
    ----------
    left : Array, shape (n_measurements, n_rows)
        Their left vectors.
    right : Array, shape (n_measurements, n_columns)
        Their right vectors.
    """

    left: Array
    right: Array

    @property
    def shape(self) -> tuple[int, int]:
        """Return ``(n_rows, n_columns)`` of X."""
        return self.left.shape[1], self.right.shape[1]

    def apply(self, X: Array) -> Array:
        """Return ``A(X)``, shape (n_measurements,); n_measurements * n_rows * n_columns flops."""
        xp = array_namespace(X)
        return xp.sum((self.left @ X) * self.right, axis=1)

    def adjoint(self, y: Array) -> Array:
        """Return ``A*(y) = sum_i y_i left_i right_i^T``, shape (n_rows, n_columns)."""
        xp = array_namespace(y)
        return xp.matrix_transpose(self.left * y[:, None]) @ self.right

    def apply_factors(self, F: Array, G: Array) -> Array:
        """Return ``A(F G^T)``; n_measurements * (n_rows + n_columns) * rank flops."""
        xp = array_namespace(F)
        return xp.sum((self.left @ F) * (self.right @ G), axis=1)

    def adjoint_times(self, y: Array, G: Array) -> Array:
        """Return ``A*(y) G``, shape (n_rows, rank), without forming ``A*(y)``."""
        xp = array_namespace(y)
        return xp.matrix_transpose(self.left) @ (y[:, None] * (self.right @ G))


Measurements = DenseMeasurements | RankOneMeasurements
