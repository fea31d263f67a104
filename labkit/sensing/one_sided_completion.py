"""One-sided completion: the row space of a matrix of which each row shows two entries, or few.

Two entries cannot tell what a row of rank three is. But each row shows a product of two columns,
and many rows average it: the second moments ``X^T X`` can be completed where X cannot.

Papers: one-sided-matrix-completion.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count, check_matrix, check_real
from labkit.sensing._observed import check_observed

DAMPING = 1e-3
"""Of the systems of step 3, relative to their mean: it changes the path, not where it rests."""


def one_sided_completion(
    X: Array, observed: Array, *, rank: int, step_size: float = 0.3
) -> Iterator[Array]:
    r"""Return a generator of factors of the second moments of the columns.

    .. math:: \min_V \; \frac{1}{4 n} \sum_i \Bigl[ \frac{2}{k_i (k_i - 1)} \sum_{a \ne b \in O_i}
              \bigl( (V V^\top)_{ab} - x_{ia} x_{ib} \bigr)^2 + \frac{2}{k_i} \sum_{a \in O_i}
              \bigl( (V V^\top)_{aa} - x_{ia}^2 \bigr)^2 \Bigr]

    Parameters
    ----------
    X : Array, shape (n_rows, n_columns)
        The data, of mean zero or not: moments are not centred. What stands where nothing was
        observed is never read, but has to be finite. At least two columns.
    observed : Array of bool, shape (n_rows, n_columns)
        O_i, the k_i entries seen of row i: at least one, two or more in some row.
    rank : int
        Columns of V, from 1 to n_columns.
    step_size : float
        Share of the step of step 3 that is taken, above 0 and at most 1.

    Returns
    -------
    iterator of Array, each of shape (n_columns, rank)
        V, first the start, without end. ``V V^T`` estimates the second moments ``X^T X / n_rows``,
        and the span of V the leading right singular vectors of X.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; observed entries that are all zero; no row with two entries.

    Notes
    -----
    Portable.

    1. Sum the products of all observed pairs and of the squares, and their weights: two matrices
       of n_columns^2 numbers, all that is ever needed of X.
    2. Start: divide by the mean rates of pairs and of squares, which leaves an unbiased estimate of
       the second moments, zeros where no pair was seen, and take its leading eigenvectors.
    3. Move each row of V against its gradient, by a share of a Gauss-Newton step: one system of
       size rank x rank a column.

    Two observations a row make this the objective of the paper's equation (2). Each product is
    right on average and never exact, so this is completion with noise of size one, not exact
    completion: with a row's entries uncorrelated the root mean square of the sines of the principal
    angles is ``rank sqrt((n_columns - rank) / (2 n_rows))`` to first order.

    The sums cost n_rows n_columns^2, a step n_columns^2 rank^2. The paper descends by plain
    gradients; step 3 has the same points of rest, and no scale to tune. Its regularised program
    with the proof, and its data on genomes, are left out; only the statements and the objective
    were read. Columns that were never observed stay zero.

    Where rows show many entries and noise is Gaussian, `labkit.pca.incomplete_components` is the
    likelihood's answer.

    References
    ----------
    Cao, Liang, Valiant: One-sided matrix completion from two observations per row, ICML (2023).

    Notebook: ``notebooks/sensing/07_two_per_row.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((2000, 1)) * np.array([0.6, 0.0, 0.8])
    >>> observed = np.argsort(rng.random(X.shape), axis=1) < 2
    >>> *_, V = islice(one_sided_completion(X, observed, rank=1), 30)
    >>> (np.abs(V[:, 0]) / np.linalg.norm(V)).round(1).tolist()
    [0.6, 0.0, 0.8]
    """
    X = check_matrix(X, "X", min_features=2)
    check_count(rank, "rank", 1, X.shape[1])
    step_size = check_real(step_size, "step_size", 0.0, 1.0, open_low=True)
    mask = check_observed(X, observed, "X")
    xp = array_namespace(X)
    if float(xp.max(xp.sum(mask, axis=1))) < 2:
        raise ValueError("observed must hold two entries of some row, got one of each")
    moments, weights = _pair_sums(X * mask, mask)  # step 1
    start = _leading_factor(moments, weights, rank)  # step 2
    if not float(xp.max(xp.abs(start))) > 0:
        raise ValueError("X must have a positive second moment where observed, got none")

    def states() -> Iterator[Array]:
        V = start
        d, r = V.shape
        identity = xp.eye(r, dtype=V.dtype, device=device(V))
        diagonal = xp.linalg.diagonal(weights)[:, None, None]
        while True:
            yield V
            gradient = (weights * (V @ xp.matrix_transpose(V)) - moments) @ V  # step 3
            outer = V[:, :, None] * V[:, None, :]
            systems = xp.reshape(weights @ xp.reshape(outer, (d, r * r)), (d, r, r))
            systems = systems + diagonal * outer
            floor = DAMPING * xp.sum(systems * identity) / (d * r)
            step = xp.linalg.solve(systems + floor * identity, gradient[:, :, None])
            V = V - step_size * step[:, :, 0]

    return states()


def _pair_sums(X: Array, mask: Array) -> tuple[Array, Array]:
    """Return weighted sums of products over the observed pairs and squares, and of the weights."""
    xp = array_namespace(X)
    n, d = X.shape
    k = xp.sum(mask, axis=1)[:, None]
    of_pair = xp.where(k > 1, 1 / (xp.where(k > 1, k, 2.0) * xp.where(k > 1, k - 1, 1.0)), 0.0)
    identity = xp.eye(d, dtype=X.dtype, device=device(X))
    moments = (xp.matrix_transpose(X) @ (X * of_pair)) * (1 - identity)
    weights = (xp.matrix_transpose(mask) @ (mask * of_pair)) * (1 - identity)
    moments = moments + identity * xp.sum(X * X / k, axis=0)
    weights = weights + identity * xp.sum(mask / k, axis=0)
    return moments / n, weights / n


def _leading_factor(moments: Array, weights: Array, rank: int) -> Array:
    """Return a factor of the best positive semidefinite approximation of the unbiased estimate."""
    xp = array_namespace(moments)
    d = moments.shape[0]
    identity = xp.eye(d, dtype=moments.dtype, device=device(moments))
    squares = xp.sum(weights * identity)
    pairs = xp.sum(weights) - squares
    unbiased = moments * (d * (d - 1) / pairs * (1 - identity) + d / squares * identity)
    values, Q = xp.linalg.eigh(unbiased)
    kept = xp.flip(values[d - rank :], axis=0)
    floor = DAMPING * xp.max(kept)  # a column of zeros would never move
    kept = xp.where(kept > floor, kept, floor)
    return xp.flip(Q[:, d - rank :], axis=1) * xp.sqrt(xp.where(kept > 0, kept, 0.0))
