"""How often each item is drawn by a determinantal process, of free or of given size."""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count, check_symmetric
from labkit.sampling._kernels import log_of, probability_of, spectrum
from labkit.sampling.log_symmetric_polynomials import log_symmetric_polynomials


def inclusion_probabilities(L: Array, *, size: int | None = None) -> Array:
    r"""Return the probability of each item to be in the set.

    .. math:: \Pr(i \in S) = \sum_j v_{ij}^2\, p_j, \qquad
              p_j = \frac{\lambda_j}{1 + \lambda_j} \quad \text{or, if } |S| = k, \quad
              p_j = \lambda_j \frac{e_{k-1}(\lambda_{-j})}{e_k(\lambda)}

    Parameters
    ----------
    L : Array, shape (n, n)
        Symmetric and positive semidefinite, with eigenvectors v and eigenvalues lambda.
    size : int, optional
        k, from 1 to the rank of L. By default the size is free.

    Returns
    -------
    Array, shape (n,)
        The probabilities. They sum to k, or to the mean size.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a matrix that is not square, symmetric and positive
        semidefinite up to rounding; for a size above its rank.

    Notes
    -----
    Portable.

    1. p_j is the chance that eigenvector j is chosen in step 2 of `determinantal_sample`.
    2. With a given size that of `k_determinantal_sample`, from the chance of every state of its
       chain: l eigenvectors still to be chosen among the first j.

    Dividing a factor out of e_k, or leaving out one value after the other, gives the same p_j: the
    first by differences that cancel, the second at n times the cost. The chain adds positive
    numbers only. 9 n^3 and n k steps.

    References
    ----------
    Kulesza, Taskar: Determinantal point processes for machine learning, Found. Trends Mach. Learn.
    5 (2012), arXiv 1207.6083, section 5.

    Notebook: ``notebooks/sampling/01_determinantal.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> twins = np.array([[9.0, 9.0, 0.0], [9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
    >>> inclusion_probabilities(twins, size=2).round(6).tolist()
    [0.5, 0.5, 1.0]
    """
    L = check_symmetric(L, "L")
    xp = array_namespace(L)
    values, vectors, log_scale = spectrum(L, "L")
    if size is None:
        shares = probability_of(log_of(values) + log_scale)  # step 1
    else:
        size = check_count(size, "size", 1, L.shape[0])
        rank = int(xp.sum(xp.astype(values > 0, xp.int64)))
        if size > rank:
            raise ValueError(f"size must be at most the rank of L, {rank}, got {size}")
        shares = _shares(values, size)  # step 2
    return (vectors**2) @ shares


def _shares(values: Array, size: int) -> Array:
    xp = array_namespace(values)
    logs, table = log_of(values), log_symmetric_polynomials(values, order=size)
    nothing = xp.full((1,), -math.inf, dtype=values.dtype, device=device(values))
    states = xp.astype(xp.arange(size + 1, device=device(values)) == size, values.dtype)
    shares = []
    for j in range(values.shape[0], 0, -1):
        here = table[j, :]
        here = xp.where(here == -math.inf, xp.zeros_like(here), here)  # not met: state chance is 0
        taken = states * xp.exp(logs[j - 1] + xp.concat([nothing, table[j - 1, :size]]) - here)
        left = states * xp.exp(table[j - 1, :] - here)
        shares.append(xp.sum(taken))
        states = left + xp.concat([taken[1:], xp.zeros_like(taken[:1])])
    return xp.flip(xp.stack(shares))
