"""Sparse PCA: components with few entries that are not zero, by a penalty on their magnitudes.

A principal component mixes all features. Here a component pays for each feature it uses, and the
data are described by a few features at a time. The problem is that of scikit-learn's SparsePCA.

Papers: none of the list; the classic beside generative-principal-component-analysis.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix, check_real
from labkit.linalg import fix_signs
from labkit.pca._scale import power_of_two
from labkit.pca._symmetric import unit_rows
from labkit.pca.principal_components import principal_components

MOMENTUM, MOST_MOMENTUM, FASTER, SLOWER = 0.3, 0.95, 1.1, 0.5
WATCHED = 10
"""Sweeps over which the progress is judged."""


@dataclass(frozen=True)
class SparseComponents:
    """Components with few entries that are not zero, and the scores of the data on them.

    Attributes
    ----------
    components : Array, shape (n_components, n_features)
        Rows of norm 1, or 0 for a component that is not used; signs by `linalg.fix_signs`. They
        are not orthogonal.
    scores : Array, shape (n_samples, n_components)
        ``scores @ components + mean`` describes the data; the largest norm of a column first.
    mean : Array, shape (n_features,)
        What was subtracted.
    objective_history : tuple of float
        The objective after each sweep; it never rises.
    n_iterations : int
        Sweeps.
    converged : bool
        Whether the objective came to rest before the limit.
    """

    components: Array
    scores: Array
    mean: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


def sparse_components(
    X: Array,
    *,
    n_components: int,
    penalty: float,
    tol: float = 1e-8,
    max_iterations: int = 2000,
) -> SparseComponents:
    r"""Describe centred data as scores times sparse loadings.

    .. math:: \min_{U, V} \tfrac12 \|X_c - U V\|_F^2 + \alpha \sum_{kj} |V_{kj}|, \qquad
              \|u_k\| \le 1

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data.
    n_components : int
        From 1 to ``min(n_samples, n_features)``.
    penalty : float
        alpha, at least 0, in the units of the loadings V, which grow with the square root of
        n_samples. At 0 the components span what those of PCA span; from the largest norm of a
        column of Xc on every loading is zero.
    tol : float
        Stop when the last ten sweeps have lowered the objective by less than this share of it.
    max_iterations : int
        Sweeps, at least 1.

    Returns
    -------
    SparseComponents
        Normalised components with `scores` that carry the size; the larger scores first.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`.

    Notes
    -----
    Portable.

    1. Write ``Xc = Q R`` with orthonormal Q by `principal_components`. The best U lies in the range
       of Q, so R, min(n_samples, n_features) rows, is all that the sweeps need; they start from
       the principal components, as scikit-learn's do.
    2. Each row of V in turn: given the others its best value is a soft threshold.
    3. Each column of U in turn: given the others its best value is a quotient, scaled into the unit
       ball. The columns of a component that is all zero stay.
    4. Go on in the direction of the last sweep (momentum), more boldly while the objective
       falls; a sweep that raises it is taken back and the momentum halved.

    Steps 2 and 3 are those of scikit-learn's SparsePCA with ``method="cd"``, which solves a lasso
    to the end before each step 3; step 4 is ours and saves most of the sweeps. Where a component
    dies scikit-learn draws a sample of the data in its place; here it stays zero. The problem is
    not convex, and on data without structure the two may end in different minima from the same
    start. A sweep costs ``4 r n_features n_components`` flops with r the rank.

    Components are not orthogonal and explain variance jointly. For the leading direction alone and
    a count in place of a penalty take `truncated_power`; where nothing is known to be sparse take
    `principal_components`.

    References
    ----------
    Mairal, Bach, Ponce, Sapiro: Online dictionary learning for sparse coding, ICML (2009), for the
    formulation. Zou, Hastie, Tibshirani: Sparse principal component analysis, J. Comput. Graph.
    Stat. 15 (2006), for the idea.

    Notebook: ``notebooks/pca/08_priors.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((40, 2)) @ [[2.0, 1.0, 0, 0, 0], [0, 0, 1.0, -1.0, 0]]
    >>> X = X + 0.1 * rng.standard_normal((40, 5))
    >>> sparse = sparse_components(X, n_components=2, penalty=0.5)
    >>> (sparse.components != 0).astype(int).tolist()
    [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0]]
    """
    X = check_matrix(X, "X", min_samples=2)
    k = check_count(n_components, "n_components", 1, min(X.shape))
    penalty = check_real(penalty, "penalty", 0.0)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(X)

    plain = principal_components(X)  # step 1
    scale = power_of_two(plain.singular_values)
    s, alpha = plain.singular_values / scale, penalty / scale
    R = s[:, None] * plain.components
    total = 0.5 * float(xp.sum(s * s))
    V = plain.components[:k, :]
    U = (xp.eye(s.shape[0], dtype=s.dtype, device=device(s)) * s)[:k, :]

    ahead, momentum = (U, V), MOMENTUM
    history: list[float] = []
    converged = False
    while not converged and len(history) < max_iterations:
        new_U, new_V, objective = _sweep(*ahead, R, alpha)  # steps 2 and 3
        objective += total
        if history and objective > history[-1]:  # step 4
            ahead, momentum = (U, V), SLOWER * momentum
            history.append(history[-1])
        else:
            step = momentum if history else 0.0  # the scores of PCA are not in the unit ball
            ahead = (new_U + step * (new_U - U), new_V + step * (new_V - V))
            U, V, momentum = new_U, new_V, min(FASTER * momentum, MOST_MOMENTUM)
            history.append(objective)
        if len(history) > WATCHED:
            converged = history[-WATCHED - 1] - history[-1] <= tol * history[-1]

    inverse = xp.where(s > eps(s) * s[0], 1 / xp.where(s > 0, s, xp.ones_like(s)), 0 * s)
    centred = (X - plain.mean) / scale
    basis = (centred @ xp.matrix_transpose(plain.components)) * inverse
    lengths = xp.linalg.vector_norm(V, axis=1)
    sizes = lengths * xp.linalg.vector_norm(U, axis=1)
    order = xp.argsort(sizes, descending=True, stable=True)
    V, U = xp.take(V, order, axis=0), xp.take(U * lengths[:, None], order, axis=0)
    components = fix_signs(unit_rows(V))
    U = xp.where(xp.sum(components * V, axis=1)[:, None] < 0, -U, U)
    return SparseComponents(
        components=components,
        scores=(basis @ xp.matrix_transpose(U)) * scale,
        mean=plain.mean,
        objective_history=tuple(value * scale * scale for value in history),
        n_iterations=len(history),
        converged=converged,
    )


def _sweep(U: Array, V: Array, R: Array, alpha: float) -> tuple[Array, Array, float]:
    """Improve each row of V, then each row of U, and return the objective less its constant."""
    xp = array_namespace(U)
    zero, one = xp.zeros_like(R[0, 0]), xp.ones_like(R[0, 0])
    others = 1 - xp.eye(V.shape[0], dtype=V.dtype, device=device(V))
    B, G = U @ R, U @ xp.matrix_transpose(U)
    squares, G = xp.linalg.diagonal(G), G * others
    squares = xp.where(squares > 0, squares, one)
    V = V + 0.0
    for j in range(V.shape[0]):  # step 2
        row = B[j, :] - G[j, :] @ V
        V[j, :] = (xp.maximum(row - alpha, zero) + xp.minimum(row + alpha, zero)) / squares[j]
    A, W = V @ xp.matrix_transpose(V), V @ xp.matrix_transpose(R)
    squares, rest = xp.linalg.diagonal(A), A * others
    used = squares > 0
    squares = xp.where(used, squares, one)
    new = U + 0.0
    for j in range(V.shape[0]):  # step 3
        row = (W[j, :] - rest[j, :] @ new) / squares[j]
        new[j, :] = row / xp.maximum(xp.sqrt(row @ row), one)
    U = xp.where(used[:, None], new, U)
    objective = xp.sum((0.5 * (A @ U) - W) * U) + alpha * xp.sum(xp.abs(V))
    return U, V, float(objective)
