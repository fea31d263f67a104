"""Least-squares and low-rank representation: each sample as a mixture of all, in closed form.

The ridge penalty spreads the coefficients over all samples of a subspace. As the penalty goes to
zero they become the projection on the rows of the data, the shape interaction matrix, which is also
what low-rank representation finds in data without noise.

Papers: none of the list; Lu and others (2012), LSR; Liu, Lin and Yu (2010), LRR; Costeira and
Kanade (1998).
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_matrix, check_real
from labkit.clustering.results import SelfExpression


def least_squares_representation(X: Array, *, penalty: float = 0.0) -> SelfExpression:
    r"""Express each sample by all samples.

    .. math:: \min_C \; \|X - C X\|_F^2 + \lambda \|C\|_F^2 \quad \Rightarrow \quad
              C = U \frac{\Sigma^2}{\Sigma^2 + \lambda} U^\top, \qquad
              \lambda \to 0: \; C = U U^\top \quad \text{where} \quad X = U \Sigma V^\top

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Rows, which are scaled to norm 1 first; rows of zeros stay.
    penalty : float
        lambda, from 0 up. With 0, C is the projection on the columns of X: also the solution of
        least nuclear norm with X = C X (low-rank representation without noise). Choose it near the
        variance of the noise times the number of samples of a subspace.

    Returns
    -------
    SelfExpression
        Symmetric coefficients with a diagonal, dense, in X's library; the residuals are those of
        this C. ``n_rounds`` is 1.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Portable.

    1. Singular values of the rows; those below ``max(shape) eps`` times the largest are zero.
    2. C = U f U^T with f as above.

    n_samples n_features min(n_samples, n_features) + n_samples^2 rank flops, and an n x n matrix in
    memory. Lu and others' variant with a zero diagonal, and the l2,1 norm of low-rank
    representation for outliers, are left out. C has no entries between subspaces that are
    independent, without noise and with penalty 0; nothing protects it beyond that, where
    `elastic_net_representation` is still right.

    References
    ----------
    Costeira, Kanade: A multibody factorization method for independently moving objects, IJCV 29
    (1998).

    Lu, Min, Zhao, Zhu, Huang, Yan: Robust and efficient subspace segmentation via least squares
    regression, ECCV (2012).

    Liu, Lin, Yan, Sun, Yu, Ma: Robust recovery of subspace structures by low-rank representation,
    IEEE PAMI 35 (2013).

    Notebook: ``notebooks/clustering/01_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0], [2, 0], [0, 3]])
    >>> least_squares_representation(X).coefficients.round(2).tolist()
    [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    X = check_matrix(X, "X")
    penalty = check_real(penalty, "penalty", 0.0)
    xp = array_namespace(X)
    largest = xp.max(xp.abs(X), axis=1, keepdims=True)
    rows = X / xp.where(largest > 0, largest, xp.ones_like(largest))
    norms = xp.linalg.vector_norm(rows, axis=1, keepdims=True)
    rows = rows / xp.where(norms > 0, norms, xp.ones_like(norms))
    U, values, _ = xp.linalg.svd(rows, full_matrices=False)  # step 1
    kept = values > max(X.shape) * eps(X) * values[0]
    squares = xp.where(kept, values**2, xp.zeros_like(values))
    shares = squares / xp.where(kept, squares + penalty, xp.ones_like(values))
    C = (U * shares) @ xp.matrix_transpose(U)  # step 2
    return SelfExpression(C, xp.linalg.vector_norm(rows - C @ rows, axis=1), 1)
