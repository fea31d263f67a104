"""The sensing problem that the dynamics share: measurements, what was measured, the truth.

A state of a dynamic is a factor U of the symmetric estimate ``U U^T``, or a pair (F, G) of
``F G^T``. Everything here takes both: ``problem.loss(U)``, ``problem.loss((F, G))``.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, frobenius_norm, qr_triangle
from labkit.sensing.measurements import Measurements

Factors = Array | tuple[Array, Array]


@dataclass(frozen=True)
class SensingProblem:
    r"""Find a matrix of low rank from linear measurements of it.

    .. math:: \min \; f = \tfrac12 \| \mathcal A(F G^\top) - b \|^2,
              \qquad G = F = U \text{ where X is symmetric}

    Attributes
    ----------
    A : DenseMeasurements or RankOneMeasurements
        Scaled such that ``|A(X)| ~ |X|_F`` for X of low rank, that is by ``1 / sqrt(m)``.
    b : Array, shape (n_measurements,)
        What was measured.
    truth : Array, shape (n_rows, n_columns)
        The matrix behind it, for errors only: no method looks at it.
    """

    A: Measurements
    b: Array
    truth: Array

    def residual(self, factors: Factors) -> Array:
        """Return ``A(F G^T) - b``, shape (n_measurements,)."""
        F, G = _pair(factors)
        return self.A.apply_factors(F, G) - self.b

    def loss(self, factors: Factors) -> float:
        """Return f, half the sum of squared residuals."""
        return frobenius_norm(self.residual(factors)[None, :]) ** 2 / 2

    def gradient(self, U: Array) -> Array:
        """Return the gradient of f in a symmetric factor, ``(A*(r) + A*(r)^T) U``."""
        xp = array_namespace(U)
        back = self.A.adjoint(self.residual(U))
        return (back + xp.matrix_transpose(back)) @ U

    def gradients(self, F: Array, G: Array) -> tuple[Array, Array]:
        """Return the gradients of f in two factors, ``A*(r) G`` and ``A*(r)^T F``."""
        xp = array_namespace(F, G)
        back = self.A.adjoint(self.residual((F, G)))
        return back @ G, xp.matrix_transpose(back) @ F

    def recovery_error(self, factors: Factors) -> float:
        """Return ``|F G^T - truth|_F / |truth|_F``."""
        F, G = _pair(factors)
        xp = array_namespace(F)
        return frobenius_norm(F @ xp.matrix_transpose(G) - self.truth) / frobenius_norm(self.truth)

    def spectrum(self, factors: Factors) -> Array:
        """Return the singular values of ``F G^T``, descending, shape (rank,)."""
        F, G = _pair(factors)
        xp = array_namespace(F)
        if min(F.shape[0], G.shape[0]) < F.shape[1]:
            return xp.linalg.svdvals(F @ xp.matrix_transpose(G))
        return xp.linalg.svdvals(qr_triangle(F) @ xp.matrix_transpose(qr_triangle(G)))


def _pair(factors: Factors) -> tuple[Array, Array]:
    return factors if isinstance(factors, tuple) else (factors, factors)
