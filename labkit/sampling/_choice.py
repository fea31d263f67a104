"""Which eigenvectors make a set of a given size."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, to_numpy
from labkit.random import Rng, as_generator
from labkit.sampling.log_symmetric_polynomials import log_symmetric_polynomials


def choose_vectors(values: Array, size: int, n_draws: int, rng: Rng) -> Array:
    """Choose k eigenvectors with a probability in proportion to the product of their eigenvalues.

    Parameters
    ----------
    values : Array, shape (n,)
        Eigenvalues, ascending, zeros first; at least `size` are positive.
    size : int
        k, at least 1.
    n_draws : int
        Independent choices.
    rng : int, Generator or None
        k uniform numbers a draw.

    Returns
    -------
    ndarray of bool, shape (n_draws, n)
        True at the k chosen ones; on the host, where the chain of draws runs.

    Notes
    -----
    1. All values that are chosen lie among the first J = n, and l = k of them are missing.
    2. The last of them is the j-th with probability ``lambda_j e_{l-1}(1..j-1) / e_l(1..J)``, whose
       sum up to j is ``e_l(1..j) / e_l(1..J)``: the first j whose sum reaches a uniform number.
    3. Go on with J = j - 1 and l - 1.

    k steps instead of the n coins of Kulesza and Taskar's algorithm 8, with the same law.
    """
    values = to_numpy(values).astype(float)
    hp = array_namespace(values)
    table = log_symmetric_polynomials(values, order=size)
    uniforms = 1.0 - as_generator(rng).random((size, n_draws))
    last = hp.full(n_draws, len(values))  # step 1
    chosen = hp.zeros((n_draws, len(values)), dtype=bool)
    for missing in range(size, 0, -1):
        sums = table[:, missing]
        reached = hp.log(uniforms[missing - 1]) + sums[last]
        last = hp.clip(sums.searchsorted(reached), min=missing) - 1  # steps 2 and 3
        chosen[hp.arange(n_draws), last] = True
    return chosen
