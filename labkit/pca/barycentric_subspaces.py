"""Nested subspaces through data points, for points on a sphere, in hyperbolic or in flat space.

PCA's planes pass through the mean, which a curved space may not have, and along directions, which
live at one point only. Barycentric subspaces are made of points instead: the weighted means of
k + 1 of them. The best chain x0, x0 x1, x0 x1 x2, ... is the one that leaves least unexplained,
summed over all its subspaces.

Papers: barycentric-subspace-analysis-manifolds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps, to_numpy
from labkit.checks import check_choice, check_count
from labkit.pca._constant_curvature import (
    check_points,
    metric,
    squared_distances,
    squared_distances_to_span,
)


@dataclass(frozen=True)
class BarycentricSubspaces:
    """Samples whose weighted means form nested subspaces near all samples.

    Attributes
    ----------
    references : Array of int, shape (n_references,)
        Rows of the data, in order: the first i + 1 of them span subspace i.
    unexplained_variances : Array, shape (n_references,)
        The mean squared distance of the samples from each subspace, descending.
    accumulated_unexplained_variance : float
        Their sum, the criterion.
    n_evaluations : int
        Subspaces whose unexplained variance was computed.
    """

    references: Array
    unexplained_variances: Array
    accumulated_unexplained_variance: float
    n_evaluations: int


def barycentric_subspaces(
    X: Array, *, n_references: int, geometry: str = "euclidean", search: str = "greedy"
) -> BarycentricSubspaces:
    r"""Choose samples whose nested barycentric subspaces leave least unexplained.

    .. math:: \min_{x_0, \dots, x_k \in X} \; \mathrm{AUV} = \sum_{i=0}^{k} \frac1n \sum_x
              d^2\bigl(x, \mathrm{Aff}(x_0, \dots, x_i)\bigr)

    Parameters
    ----------
    X : Array, shape (n_samples, n_coordinates)
        The data: any for ``"euclidean"``, unit vectors for ``"sphere"``; for ``"hyperbolic"``
        vectors of the hyperboloid ``-x[0]^2 + x[1]^2 + ... = -1`` with ``x[0] > 0``.
    n_references : int
        k + 1, from 1 to the smaller of ``n_samples`` and the number of points that span the space:
        ``n_coordinates``, one more for ``"euclidean"``.
    geometry : {"euclidean", "sphere", "hyperbolic"}
        The space.
    search : {"greedy", "exhaustive"}
        One reference after the other, each the best given those before; or the best ordered
        choice of all, by branch and bound.

    Returns
    -------
    BarycentricSubspaces
        The rows chosen, in order, and what each subspace leaves.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for points off the sphere or the hyperboloid; if fewer
        than `n_references` samples are independent.

    Notes
    -----
    Portable. Everything is inner products:

    1. The Gram matrix K of the samples; in flat space of their differences to the first reference.
    2. Distances to the first reference alone, from K.
    3. The affine span of more points is the cut with their linear span, so a distance is that of
       the component normal to it: arcsin, arcsinh or the norm itself. Adding sample j to the span
       leaves ``K - K[:, j] K[j, :] / K[j, j]`` (a Schur complement, one step of Cholesky with
       pivots), whose diagonal holds the squared normal components, for all j at once.
    4. Greedy: take the j that leaves least; repeat.
    5. Exhaustive: all ordered choices in order of what they leave, but none further once its sum
       so far reaches the best sum known, at the start the greedy one.

    This is the paper's forward analysis (greedy) and its minimisation of the accumulated
    unexplained variance (exhaustive), both restricted to samples as references; the paper lets
    references move freely, and its backward analysis is left out. In flat space free references
    give exactly PCA's planes, so `principal_components` is better there by its own measure; what
    samples have over components is that one can look at them.

    Greedy costs n^2 (d + k) flops, exhaustive up to n^(k + 2). Squared distances carry an absolute
    error of some eps, times the square of the first coordinate in hyperbolic space.

    References
    ----------
    Pennec: Barycentric subspace analysis on manifolds, Annals of Statistics 46 (2018).

    Notebook: ``notebooks/pca/07_barycentric_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> turn = np.linspace(0, 6, 13)
    >>> X = np.column_stack([np.cos(turn), np.sin(turn), 0 * turn])
    >>> found = barycentric_subspaces(X, n_references=2, geometry="sphere")
    >>> found.unexplained_variances.round(12).tolist()[1]
    0.0
    """
    X = check_points(X, "X", geometry)
    check_choice(search, "search", ("greedy", "exhaustive"))
    n_samples, n_coordinates = X.shape
    most = min(n_samples, n_coordinates + (geometry == "euclidean"))
    n_references = check_count(n_references, "n_references", 1, most)
    xp = array_namespace(X)

    tree = _Tree(X, geometry)
    best = tree.greedy(n_references)
    if search == "exhaustive":
        best = tree.exhaustive(n_references, best)
    chosen, left = best
    if len(chosen) < n_references:
        raise ValueError(
            f"X must hold {n_references} independent samples, got {len(chosen)}; "
            "ask for fewer references"
        )
    return BarycentricSubspaces(
        references=xp.asarray(chosen, device=device(X)),
        unexplained_variances=xp.asarray(left, dtype=X.dtype, device=device(X)),
        accumulated_unexplained_variance=sum(left),
        n_evaluations=tree.n_evaluations,
    )


Choice = tuple[list[int], list[float]]
"""References in order, and what each subspace leaves."""


class _Tree:
    """Choices of references, one level a reference; a state is the Gram matrix that is left."""

    def __init__(self, X: Array, geometry: str) -> None:
        xp = array_namespace(X)
        if geometry == "euclidean":
            X = X - xp.mean(X, axis=0)  # a large mean would cost digits
        self.X, self.geometry, self.n_evaluations = X, geometry, 0
        self.gram = (X * metric(X, geometry)) @ xp.matrix_transpose(X)  # step 1
        self.smallest = 100 * X.shape[1] * eps(X) * float(xp.max(xp.sum(X * X, axis=1)))

    def left(self, state: Array | None) -> list[float]:
        """Return what is left unexplained with each sample added; infinite for dependent ones."""
        xp = array_namespace(self.X)
        self.n_evaluations += self.X.shape[0]
        if state is None and self.geometry == "euclidean":
            squares = xp.linalg.diagonal(self.gram)
            table = squares[:, None] + squares[None, :] - 2 * self.gram
            return to_numpy(xp.mean(xp.clip(table, min=0.0), axis=0)).tolist()
        if state is None:
            found = xp.mean(squared_distances(self.gram, self.geometry), axis=0)  # step 2
            return to_numpy(found).tolist()
        pivots = xp.linalg.diagonal(state)
        free = pivots > self.smallest
        squares = pivots[:, None] - state**2 / xp.where(free, pivots, xp.ones_like(pivots))
        found = xp.mean(squared_distances_to_span(squares, self.geometry), axis=0)  # step 3
        return to_numpy(xp.where(free, found, xp.full_like(found, math.inf))).tolist()

    def add(self, state: Array | None, j: int) -> Array:
        """Return the Gram matrix of what is normal to the span with sample j added."""
        xp = array_namespace(self.X)
        if state is None and self.geometry == "euclidean":
            apart = self.X - self.X[j, :]
            return apart @ xp.matrix_transpose(apart)
        state = self.gram if state is None else state
        return state - state[:, j][:, None] * state[j, :][None, :] / state[j, j]

    def greedy(self, n_references: int) -> Choice:
        state: Array | None = None
        chosen: list[int] = []
        left: list[float] = []
        while len(chosen) < n_references:
            found = self.left(state)
            j = min(range(len(found)), key=found.__getitem__)
            if found[j] == math.inf:
                break
            state = self.add(state, j)  # step 4
            chosen, left = [*chosen, j], [*left, found[j]]
        return chosen, left

    def exhaustive(self, n_references: int, best: Choice) -> Choice:
        def search(state: Array | None, chosen: list[int], left: list[float]) -> None:
            nonlocal best
            found = self.left(state)
            for j in sorted(range(len(found)), key=found.__getitem__):  # step 5
                if sum(left) + found[j] >= sum(best[1]):
                    break
                if len(chosen) + 1 == n_references:
                    best = [*chosen, j], [*left, found[j]]
                else:
                    search(self.add(state, j), [*chosen, j], [*left, found[j]])

        if len(best[0]) == n_references:
            search(None, [], [])
        return best
