"""Tables with most of their entries unseen, whose answer is known."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def sparsely_seen_rows(
    n_rows: int,
    n_columns: int,
    *,
    rank: int,
    n_observed: int = 2,
    noise: float = 0.0,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a matrix of low rank and a mask that shows a few entries of each row.

    Parameters
    ----------
    n_rows, n_columns : int
        Of the matrix.
    rank : int
        From 1 to n_columns.
    n_observed : int
        Entries shown of each row, drawn without repetition, from 1 to n_columns.
    noise : float
        Standard deviation of normal noise on each entry, in units of the root mean square of the
        entries without it.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    X : ndarray, shape (n_rows, n_columns)
        Rows are standard normal combinations of the basis, plus noise; entries that the mask hides
        are there, too.
    observed : ndarray of bool, shape (n_rows, n_columns)
        The mask.
    basis : ndarray, shape (n_columns, rank)
        Orthonormal columns, in random directions: the right singular space of X without noise.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, observed, basis = sparsely_seen_rows(5, 4, rank=2, rng=0)
    >>> observed.sum(axis=1).tolist(), bool(np.allclose(X @ basis @ basis.T, X))
    ([2, 2, 2, 2, 2], True)
    """
    check_count(n_rows, "n_rows", 1)
    check_count(n_columns, "n_columns", 1)
    check_count(rank, "rank", 1, n_columns)
    check_count(n_observed, "n_observed", 1, n_columns)
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    basis = np.linalg.qr(generator.standard_normal((n_columns, rank)))[0]
    X = generator.standard_normal((n_rows, rank)) @ basis.T
    observed = np.zeros((n_rows, n_columns), dtype=bool)
    order = np.argpartition(generator.random(X.shape), n_observed - 1, axis=1)[:, :n_observed]
    np.put_along_axis(observed, order, True, axis=1)
    X += noise * (rank / n_columns) ** 0.5 * generator.standard_normal(X.shape)
    return X, observed, basis
