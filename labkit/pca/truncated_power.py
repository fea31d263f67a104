"""PCA when the direction is known to have few entries that are not zero: multiply, cut, repeat.

Papers: a rival in generative-principal-component-analysis.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_real
from labkit.linalg import fix_signs
from labkit.pca._symmetric import check_scaled_symmetric, unit_rows
from labkit.pca.results import Subspace


def truncated_power(
    V: Array, *, n_nonzero: int, tol: float = 1e-6, max_iterations: int = 200
) -> Subspace:
    r"""Find a direction of large ``w' V w`` with few entries that are not zero.

    .. math:: \max_w w^\top V w, \qquad \|w\| = 1, \qquad \|w\|_0 \le s

    Parameters
    ----------
    V : Array, shape (n_features, n_features)
        Symmetric. Where its eigenvalues may be negative, add a multiple of the identity first: that
        changes no maximiser, and the power method wants the largest magnitude.
    n_nonzero : int
        s, from 1 to n_features. With n_features it is the classic power method.
    tol : float
        Stop when the direction moves by less, in radians.
    max_iterations : int
        Power steps, at least 1.

    Returns
    -------
    Subspace
        One column, its sign by `linalg.fix_signs`; its ``w' V w``; that value at the start and
        after each step.

    Raises
    ------
    TypeError, ValueError
        For bad values, and a matrix that is not symmetric or all zeros.

    Notes
    -----
    Portable.

    1. Start with the column of V that has the largest diagonal entry, cut to its s entries of
       largest magnitude and normalised. Start again with the leading eigenvector, cut likewise.
    2. Multiply by V, cut and normalise again, until nothing moves. Of the two keep the one of
       larger value; the history is its own.

    It is Algorithm 1 of Yuan and Zhang, who prove that the value never falls if V is positive
    semidefinite; of their warm starts by a falling count only the first and the last are taken. The
    first start is that of the generative paper, which runs the method as a rival: it suffices where
    the signal has one large entry, and is lost where all are small and the samples many, for which
    the second is there. A step costs 2 n^2 flops and a sort, the eigenvector about 9 n^3. Entries
    of equal magnitude at the cut: the first ones stay.

    For several sparse components at once, and a penalty in place of a count, take
    `sparse_components`.

    References
    ----------
    Yuan, Zhang: Truncated power method for sparse eigenvalue problems, J. Mach. Learn. Res. 14
    (2013).

    Notebook: ``notebooks/pca/08_priors.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.6, 0.0, -0.8, 0.0])
    >>> V = np.outer(x, x) + np.diag([0.0, 0.3, 0.0, 0.3])
    >>> truncated_power(V, n_nonzero=2).basis[:, 0].round(6).tolist()
    [-0.6, 0.0, 0.8, 0.0]
    """
    V, scale = check_scaled_symmetric(V, "V")
    n = V.shape[0]
    check_count(n_nonzero, "n_nonzero", 1, n)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(V)

    starts = [V[:, int(xp.argmax(xp.linalg.diagonal(V)))]]  # step 1
    if n_nonzero < n:
        starts.append(xp.linalg.eigh(V).eigenvectors[:, -1])
    found = [_climb(V, _cut(start, n_nonzero), n_nonzero, tol, max_iterations) for start in starts]
    w, history, converged = max(found, key=lambda run: run[1][-1])
    return Subspace(
        basis=xp.matrix_transpose(fix_signs(w[None, :])),
        values=xp.sum(w * (V @ w))[None] * scale,
        objective_history=tuple(value * scale for value in history),
        n_iterations=len(history) - 1,
        converged=converged,
    )


def _climb(
    V: Array, w: Array, n_nonzero: int, tol: float, max_iterations: int
) -> tuple[Array, list[float], bool]:
    """Multiply and cut until nothing moves; return the direction, the values, whether at rest."""
    xp = array_namespace(V)
    history: list[float] = []
    converged = False
    while True:
        product = V @ w
        history.append(float(xp.sum(w * product)))
        if converged or len(history) > max_iterations:
            return w, history, converged
        before, w = w, _cut(product, n_nonzero)  # step 2
        converged = float(xp.linalg.vector_norm(w - before)) <= tol


def _cut(w: Array, n_nonzero: int) -> Array:
    """Keep the entries of largest magnitude and divide by the norm."""
    xp = array_namespace(w)
    order = xp.argsort(xp.abs(w), descending=True, stable=True)
    ranks = xp.argsort(order, stable=True)
    return unit_rows(xp.where(ranks < n_nonzero, w, xp.zeros_like(w)))
