"""Determinantal sets of a given size: k-DPPs, drawn exactly."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, from_numpy
from labkit.checks import check_count, check_symmetric
from labkit.random import Rng, as_generator
from labkit.sampling._choice import choose_vectors
from labkit.sampling._kernels import projection_draws, spectrum


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
       from the last on: with l missing among the first J, the next is at most the j-th with
       probability ``e_l(1..j) / e_l(1..J)``.
    3. Draw from the projection on them, as `determinantal_sample` does.

    9 n^3 once; for a set of k items n k and k^3 log k more. Kulesza and Taskar's
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

    values, vectors, _ = spectrum(L, "L")  # step 1
    rank = int(xp.sum(xp.astype(values > 0, xp.int64)))
    if size > rank:
        raise ValueError(f"size must be at most the rank of L, {rank}, got {size}")
    chosen = from_numpy(choose_vectors(values, size, n_draws, generator), like=L)  # step 2
    return projection_draws(vectors, chosen, generator)  # step 3
