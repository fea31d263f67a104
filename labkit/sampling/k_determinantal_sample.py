"""Determinantal sets of a given size: k-DPPs, drawn exactly."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device, from_numpy
from labkit.checks import check_count, check_symmetric
from labkit.random import Rng, as_generator
from labkit.sampling._kernels import log_of, projection_draws, spectrum
from labkit.sampling.log_symmetric_polynomials import log_symmetric_polynomials


def k_determinantal_sample(L: Array, *, size: int, n_draws: int = 1, rng: Rng = None) -> Array:
    r"""Draw sets of k items from a determinantal point process, given their size.

    .. math:: \Pr(S) = \frac{\det L_S}{e_k(\lambda_1, \dots, \lambda_n)}, \qquad |S| = k

    Parameters
    ----------
    L : Array, shape (n, n)
        Symmetric and positive semidefinite. A factor on it changes nothing.
    size : int
        k, from 1 to the rank of L: larger sets have no volume.
    n_draws : int
        Independent sets, at least 1.
    rng : int, Generator or None
        Draws the sets.

    Returns
    -------
    Array of bool, shape (n_draws, n)
        True at the k items of each set.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a matrix that is not square, symmetric and positive
        semidefinite up to rounding; for a size above its rank.

    Notes
    -----
    Portable.

    1. Eigenvalues, and the symmetric polynomials e_l of the first j of them.
    2. Choose k eigenvectors, with a probability in proportion to the product of their eigenvalues,
       from the last on: with l still to be chosen among the first j, take the j-th with probability
       ``lambda_j e_{l-1}(1..j-1) / e_l(1..j)``.
    3. Draw from the projection on them, as `determinantal_sample` does.

    9 n^3 and n k steps once; for a set of k items n^2 k and 4 n k^2 more. Kulesza and Taskar's
    algorithms 7 and 8, in logarithms: theirs overflow at a few hundred items.

    References
    ----------
    Kulesza, Taskar: k-DPPs: fixed-size determinantal point processes, ICML (2011).

    Notebook: ``notebooks/sampling/01_determinantal.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> twins = np.array([[9.0, 9.0, 0.0], [9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
    >>> sets = k_determinantal_sample(twins, size=2, n_draws=100, rng=0)
    >>> sets.sum(axis=1).min(), sets[:, 2].min()
    (np.int64(2), np.True_)
    """
    L = check_symmetric(L, "L")
    size = check_count(size, "size", 1, L.shape[0])
    n_draws = check_count(n_draws, "n_draws", 1)
    generator = as_generator(rng)
    xp = array_namespace(L)
    n = L.shape[0]

    values, vectors, _ = spectrum(L, "L")  # step 1
    rank = int(xp.sum(xp.astype(values > 0, xp.int64)))
    if size > rank:
        raise ValueError(f"size must be at most the rank of L, {rank}, got {size}")
    logs, table = log_of(values), log_symmetric_polynomials(values, order=size)
    coins = from_numpy(generator.random((n, n_draws)), like=L)
    missing = xp.full((n_draws,), size, dtype=xp.int64, device=device(L))
    columns = []
    for j in range(n, 0, -1):  # step 2
        fewer = xp.take(table[j - 1, :], xp.clip(missing - 1, min=0))
        here = xp.take(table[j, :], missing)
        share = xp.astype(xp.exp(logs[j - 1] + fewer - here), xp.float64)
        forced = missing == j - (n - rank)  # no choice is left, whatever the rounding
        take = ((coins[j - 1, :] < share) | forced) & (missing > 0)
        missing = missing - xp.astype(take, xp.int64)
        columns.append(take)
    chosen = xp.flip(xp.stack(columns, axis=1), axis=1)
    return projection_draws(vectors, chosen, generator)  # step 3
