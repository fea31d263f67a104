"""Directions that tell classes apart when a class is several clouds, without an eigenproblem.

Subclass discriminant analysis looks for directions along which subclasses of different classes lie
far apart. The matrix that says which pairs count knows nothing of the data, only of the labels, so
its eigenvectors can be written down; regression on them gives the directions. The same holds for
several views of each sample.

Papers: speed-up-multi-view.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import (
    check_array,
    check_count,
    check_matrix,
    check_real,
    check_same_device,
)
from labkit.linalg import fix_signs
from labkit.pca._scale import power_of_two
from labkit.pca.results import Subspace


def subclass_directions(
    X: Array,
    labels: Array,
    subclasses: Array,
    *,
    view_sizes: Sequence[int] | None = None,
    penalty: float = 1e-3,
) -> Subspace:
    r"""Return the discriminant directions of classes that consist of subclasses.

    .. math:: L_b\, t = \lambda\, t, \qquad
              w = (X_c^\top X_c + \alpha I)^{-1} X_c^\top t, \qquad
              t^\top L_b\, t = \sum_{i < j} \sum_{k, l} p_{ik}\, p_{jl}
              (\bar t_{ik} - \bar t_{jl})^2

    Here :math:`p_{ik}` is the share of subclass k of class i, :math:`\bar t_{ik}` its mean of t.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data; views of a sample stand side by side in a row.
    labels : Array, shape (n_samples,)
        Any numbers that name the classes, at least two.
    subclasses : Array, shape (n_samples,) or (n_samples, n_views)
        Any numbers that name the subclasses within a class, in each view; see `subclass_labels`.
    view_sizes : sequence of int, optional
        How many features each view has. By default there is one view.
    penalty : float
        The ridge alpha, above 0, in units of the mean non-zero eigenvalue that
        ``Xc.T @ Xc`` would have at full rank, in each view. Below rounding it is rounding.

    Returns
    -------
    Subspace
        `values` are the eigenvalues of L_b times the number of samples (times views): 1 for
        contrasts between classes, then ``1 - p_i`` for contrasts within class i. With G groups
        (pairs of class and subclass, and view) there are ``G - n_views`` columns, fewer where
        X cannot tell groups apart. The projection of a sample is the sum over its views of
        ``x_v @ basis_v``, with the rows of the view. The objective is the sum of `values`.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for shapes that do not agree; for one class only;
        for a view that does not vary.

    Notes
    -----
    Portable.

    1. Number the groups. Vectors that are constant on groups hold all eigenvectors of L_b with
       eigenvalues above 0: contrasts of class means have 1 / n, contrasts within class i
       (1 - p_i) / n. Orthonormal ones, in this order, come from a G x G matrix.
    2. In each view, centre, and sum the samples of each group: ``Xc.T @ t`` needs nothing else.
    3. In each view, regress: with fewer features than samples through ``Xc.T @ Xc``, else through
       ``Xc @ Xc.T``.
    4. Make the directions orthonormal, one eigenvalue after the other, and drop those that are
       combinations of earlier ones.

    n p^2 + 2 p^3 / 3 + n p G flops for n >= p; the eigenproblem of L_b, n x n, would take 9 n^3
    and that of the scatter matrices 14 p^3.

    The order of the columns comes from the labels alone. The first C - 1 columns are linear
    discriminant analysis, also where it is blind; only with all columns is the span that of the
    generalised eigenproblem ``S_b w = lambda (S_t + alpha I) w``, and then it is so exactly, for
    any n and p: both are ``(S_t + alpha I)^-1`` times the differences of group means. The single
    directions agree only where ``Xc w = t`` can be solved.

    Differs from the paper's algorithms, single-view and multi-view, as published with its code:
    the targets are contrasts of indicators instead of random vectors made orthonormal, with the
    same spans; the QR decomposition is of G x G instead of n x G; alpha is relative; the
    columns are orthonormal, together over all views, instead of each of length 1; kernels are
    left out.

    Where all directions are kept and there is one view, scikit-learn's linear discriminant
    analysis, told that the subclasses are the classes, spans the same space for
    alpha = 0; it solves eigenproblems.

    References
    ----------
    Chumachenko, Raitoharju, Iosifidis, Gabbouj: Speed-up and multi-view extensions to subclass
    discriminant analysis, Pattern Recognition 111 (2021).

    Zhu, Martinez: Subclass discriminant analysis, IEEE Trans. Pattern Anal. Mach. Intell. 28
    (2006).

    Notebook: ``notebooks/pca/10_labels.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 1, 0], [-1, -1, 0], [1, -1, 0], [-1, 1, 0]])  # exclusive or
    >>> X = np.concatenate([X, X + [[0, 0, 0.1]]])
    >>> found = subclass_directions(X, [0, 0, 1, 1] * 2, [0, 1, 0, 1] * 2)
    >>> found.values.tolist(), bool(abs(found.basis[2, :]).max() < 1e-9)
    ([0.5, 0.5], True)
    """
    X, labels = check_matrix(X, "X", min_samples=2), check_array(labels, "labels", n_dims=1)
    n_samples, n_features = X.shape
    penalty = check_real(penalty, "penalty", 0.0, open_low=True)
    sizes = _checked_sizes(view_sizes, n_features)
    if labels.shape[0] != n_samples:
        raise ValueError(
            f"labels must have shape ({n_samples},) to go with X, got shape {tuple(labels.shape)}"
        )
    subclasses = _checked_subclasses(subclasses, n_samples, len(sizes))
    check_same_device(X=X, labels=labels, subclasses=subclasses)
    xp = array_namespace(X)

    ids, classes = _groups(labels, subclasses)  # step 1
    counts = [int(xp.sum(xp.astype(ids == g, xp.int64))) for g in range(len(classes))]
    contrasts, values = _contrasts(counts, classes, X)
    scale = power_of_two(X)
    Xc = X if 1e-6 < scale < 1e6 else X / scale  # so that squares neither overflow nor vanish
    Xc = Xc - xp.mean(Xc, axis=0)
    blocks: list[Array] = []
    total, start = 0.0, 0
    for v, size in enumerate(sizes):
        if _is_constant(X[:, start : start + size]):
            raise ValueError(f"X must vary, got samples that are all equal in view {v}")
        view = Xc[:, start : start + size]
        block, energy = _regression(view, ids[:, v], contrasts, counts, penalty)  # steps 2 and 3
        blocks.append(block)
        total, start = total + energy, start + size
    basis, values = _orthonormal(xp.concat(blocks, axis=0), values, 1 / total**0.5)  # step 4
    if not values:
        raise ValueError("X must tell groups apart, got group means that are all equal")
    return Subspace(
        basis=xp.matrix_transpose(fix_signs(xp.matrix_transpose(basis))),
        values=xp.asarray(values, dtype=X.dtype, device=device(X)),
        objective_history=(sum(values),),
        n_iterations=0,
        converged=True,
    )


def _checked_sizes(view_sizes: Any, n_features: int) -> tuple[int, ...]:
    if view_sizes is None:
        return (n_features,)
    if isinstance(view_sizes, str) or not isinstance(view_sizes, Sequence) or not view_sizes:
        raise TypeError(f"view_sizes must be a sequence of counts or None, got {view_sizes!r}")
    sizes = tuple(check_count(size, "view_sizes", 1) for size in view_sizes)
    if sum(sizes) != n_features:
        raise ValueError(f"view_sizes must sum to the {n_features} features of X, got {sizes}")
    return sizes


def _checked_subclasses(subclasses: Any, n_samples: int, n_views: int) -> Array:
    n_dims = 1 if getattr(subclasses, "ndim", 1) != 2 and n_views == 1 else 2
    checked = check_array(subclasses, "subclasses", n_dims=n_dims)
    shape = tuple(checked.shape)
    if shape not in ((n_samples,), (n_samples, n_views)):
        raise ValueError(
            f"subclasses must have shape ({n_samples}, {n_views}) to go with X, got shape {shape}"
        )
    return array_namespace(checked).reshape(checked, (n_samples, n_views))


def _groups(labels: Array, subclasses: Array) -> tuple[Array, list[int]]:
    """Return the group of each sample in each view, and the class of each group."""
    xp = array_namespace(labels, subclasses)
    names, of_sample = xp.unique_inverse(labels)
    if names.shape[0] < 2:
        raise ValueError(f"labels must name at least two classes, got {names.shape[0]}")
    columns, classes, n_groups = [], [], 0
    for v in range(subclasses.shape[1]):
        within, k = xp.unique_inverse(subclasses[:, v])
        pairs, ids = xp.unique_inverse(of_sample * within.shape[0] + k)
        columns.append(ids + n_groups)
        classes += [int(pairs[i]) // within.shape[0] for i in range(pairs.shape[0])]
        n_groups += pairs.shape[0]
    return xp.stack(columns, axis=1), classes


def _contrasts(counts: list[int], classes: list[int], like: Array) -> tuple[Array, list[float]]:
    """Return orthonormal contrasts of groups, weighted by the roots of the counts."""
    xp = array_namespace(like)
    total, n_groups = sum(counts), len(counts)
    share = {
        c: sum(n for n, d in zip(counts, classes, strict=True) if d == c) / total
        for c in sorted(set(classes))
    }

    def columns(rows: list[list[int]]) -> Array:
        entries = [[counts[g] ** 0.5 * row[g] for row in rows] for g in range(n_groups)]
        return xp.asarray(entries, dtype=like.dtype, device=device(like))

    by_class = [[int(c == d) for d in classes] for c in share]
    bases, values = [columns([[1] * n_groups])], [1.0] * (len(share) - 1)
    bases[0] = bases[0] / total**0.5
    bases.append(_span(columns(by_class), bases[0], len(share) - 1))
    for c in sorted(share, key=lambda c: share[c]):
        members = [g for g in range(n_groups) if classes[g] == c]
        each = [[int(g == h) for h in range(n_groups)] for g in members]
        if len(members) > 1:
            whole = columns([[sum(column) for column in zip(*each, strict=True)]])
            whole = whole / xp.linalg.vector_norm(whole)
            bases.append(_span(columns(each), whole, len(members) - 1))
            values += [1.0 - share[c]] * (len(members) - 1)
    return xp.concat(bases[1:], axis=1), values


def _span(A: Array, known: Array, n: int) -> Array:
    """Return n orthonormal columns of the span of A that are orthogonal to what is known."""
    xp = array_namespace(A)
    A = A / xp.linalg.vector_norm(A, axis=0)
    U = xp.linalg.svd(A - known @ (xp.matrix_transpose(known) @ A), full_matrices=False)[0]
    return U[:, :n]


def _regression(
    Xc: Array, ids: Array, contrasts: Array, counts: list[int], penalty: float
) -> tuple[Array, float]:
    """Return the regression of the targets of one view on its features, and its scatter's trace."""
    xp = array_namespace(Xc)
    n_samples, n_features = Xc.shape
    sizes = xp.asarray(counts, dtype=Xc.dtype, device=device(Xc))
    of_group = contrasts / xp.sqrt(sizes)[:, None]  # the target's value on each group
    wide = n_samples <= n_features
    scatter = Xc @ xp.matrix_transpose(Xc) if wide else xp.matrix_transpose(Xc) @ Xc
    smaller, trace = scatter.shape[0], float(xp.linalg.trace(scatter))
    alpha = max(penalty, smaller * eps(Xc)) * trace / smaller
    scatter = scatter + alpha * xp.eye(smaller, dtype=Xc.dtype, device=device(Xc))
    if wide:
        targets = xp.take(of_group, ids, axis=0)
        return xp.matrix_transpose(Xc) @ xp.linalg.solve(scatter, targets), trace
    member = xp.arange(len(counts), device=device(Xc)) == ids[:, None]
    sums = xp.matrix_transpose(xp.astype(member, Xc.dtype)) @ Xc  # step 2
    return xp.linalg.solve(scatter, xp.matrix_transpose(sums) @ of_group), trace


def _is_constant(X: Array) -> bool:
    xp = array_namespace(X)
    some = X[:: max(1, X.shape[0] // 256), :]
    return bool(xp.all(some == X[:1, :])) and bool(xp.all(X[:1, :] == X))


def _orthonormal(W: Array, values: list[float], typical: float) -> tuple[Array, list[float]]:
    """Orthonormalise the columns from eigenvalue to eigenvalue; drop what adds nothing."""
    xp = array_namespace(W)
    longest = float(xp.max(xp.linalg.vector_norm(W, axis=0)))
    smallest = eps(W) ** (2 / 3) * max(typical, longest)
    basis, kept = W[:, :0], []
    places = range(W.shape[1])
    for value, block in itertools.groupby(places, key=lambda j: values[j]):
        columns = list(block)
        new = W[:, columns[0] : columns[-1] + 1]
        for _ in range(2):  # once leaves what rounding makes of it
            new = new - basis @ (xp.matrix_transpose(basis) @ new)
        U, s, _ = xp.linalg.svd(new, full_matrices=False)
        n_new = int(xp.sum(xp.astype(s > smallest, xp.int64)))
        basis = xp.concat([basis, U[:, :n_new]], axis=1)
        kept += [value] * n_new
    return basis, kept
