"""The matrix nuclear norm: lengths of columns in place of singular values.

The nuclear norm tells whether the states of a network use many directions or few. It asks for
singular values; sums of column lengths ask for none, and are the same thing if the columns happen
to be orthogonal.

Papers: large-language-model-evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_matrix


@dataclass(frozen=True)
class MatrixNuclearNorm:
    """What `matrix_nuclear_norm` returns.

    Attributes
    ----------
    norm : float
        The sum of the ``min(n_samples, n_features)`` largest column lengths over the number of
        samples.
    column_lengths : Array, shape (n_features,)
        All of them, falling. Their sum is never below the nuclear norm.
    """

    norm: float
    column_lengths: Array


def matrix_nuclear_norm(X: Array, *, normalize: bool = True) -> MatrixNuclearNorm:
    r"""Return a sum of column lengths that stands in for the nuclear norm.

    .. math:: \frac1n \sum_{j=1}^{\min(n, d)} \|x_j\|_{(j)}, \qquad
              \|X\|_* = \Bigl\|\sum_j x_j e_j^\top\Bigr\|_* \le \sum_{j=1}^{d} \|x_j\|

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        States, such as that of a token, in rows; x_j are the columns.
    normalize : bool
        Whether to take the mean out of each column and to scale each row to length one, as the
        method asks for. Without, the columns are taken as they are.

    Returns
    -------
    MatrixNuclearNorm
        The number, and the lengths that it is made of.

    Raises
    ------
    TypeError, ValueError
        For bad values; a row that equals the mean of all rows and so has no direction.

    Notes
    -----
    Portable.

    1. The mean row is taken out, each row scaled to length one: the squared entries sum to n.
    2. Lengths of the columns, the largest first.
    3. The first ``min(n, d)`` of them, summed, over n.

    n d operations and a sort. Li, Xia, Chang and Wu (2025), from their code. They call it an
    approximation of the nuclear norm. Twice it is not: the lengths depend on the basis of the
    features, where singular values do not; and with fewer samples than features the sum in step 3
    leaves columns out, so that it may be above or below. Only the sum of all lengths is a bound, by
    the triangle inequality above, an equality for orthogonal columns.

    `effective_rank` is what a basis cannot change.

    References
    ----------
    Li, Xia, Chang, Wu: Large language model evaluation via matrix nuclear-norm, Findings of EMNLP
    (2025), arXiv 2410.10672.

    Notebook: ``notebooks/spectra/13_ranks_of_layers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> found = matrix_nuclear_norm(np.diag([3.0, 4.0]), normalize=False)
    >>> found.norm, found.column_lengths.tolist()
    (3.5, [4.0, 3.0])
    """
    X = check_matrix(X, "X")
    xp = array_namespace(X)
    n, d = X.shape
    if normalize:  # step 1
        size = float(xp.max(xp.abs(X)))
        X = X - xp.mean(X, axis=0, keepdims=True)
        lengths = xp.linalg.vector_norm(X, axis=1, keepdims=True)
        flat = xp.sum(xp.astype(lengths <= 100 * eps(X) * size, xp.int64))
        if int(flat):
            raise ValueError(
                f"X must have rows that differ from their mean, got {int(flat)} that do not"
            )
        X = X / lengths
    columns = xp.flip(xp.sort(xp.linalg.vector_norm(X, axis=0)))  # step 2
    return MatrixNuclearNorm(float(xp.sum(columns[: min(n, d)])) / n, columns)  # step 3
