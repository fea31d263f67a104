"""Determinantal point processes: random sets whose items repel each other, drawn exactly.

A set is as likely as its Gram matrix is large in volume: items that resemble each other span
little, and seldom come together.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps, from_numpy
from labkit.checks import check_choice, check_count, check_symmetric
from labkit.random import Rng, as_generator
from labkit.sampling._kernels import (
    log_of,
    probability_of,
    projection_draws,
    spectrum,
)

KINDS = ("likelihood", "marginal")


def determinantal_sample(
    matrix: Array, *, kind: str = "likelihood", n_draws: int = 1, rng: Rng = None
) -> Array:
    r"""Draw sets from a determinantal point process.

    .. math:: \Pr(S) = \frac{\det L_S}{\det(I + L)}, \qquad
              \Pr(A \subseteq S) = \det K_A, \qquad K = L (I + L)^{-1}

    Parameters
    ----------
    matrix : Array, shape (n, n)
        L or K, symmetric and positive semidefinite. A factor on L makes the sets larger or smaller.
    kind : {"likelihood", "marginal"}
        Whether the matrix is L, of any size, or K, with eigenvalues up to 1. A K that is a
        projection of rank r gives sets of r items always, and has no L.
    n_draws : int
        Independent sets, at least 1. They share the eigenvectors.
    rng : int, Generator or None
        Draws the sets.

    Returns
    -------
    Array of bool, shape (n_draws, n)
        True at the items of each set.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a matrix that is not square, symmetric and positive
        semidefinite up to rounding; for a K with an eigenvalue above 1.

    Notes
    -----
    Portable.

    1. Eigenvectors of the matrix, and the eigenvalues of K.
    2. Choose each eigenvector by itself, with its eigenvalue of K as the probability. So the size
       of a set is a sum of independent coins, of mean tr K.
    3. Draw from the projection on the chosen eigenvectors, item by item: the first with a
       probability in proportion to the squared lengths of the rows; then take its row out of all.

    9 n^3 once; for a set of k items n k and k^3 log k more. Hough et al. (2006) is the
    algorithm, Kulesza and Taskar's algorithm 1; there an orthonormal basis of the rest is made anew
    for every item, here the rows drawn so far are made orthonormal, which draws the same law.

    For a given number of items `k_determinantal_sample`; for a few sets from a K that is known
    `cholesky_determinantal_sample`; for the most likely set, nearly, `greedy_determinantal_subset`.

    References
    ----------
    Hough, Krishnapur, Peres, Virag: Determinantal processes and independence, Probab. Surveys 3
    (2006), arXiv math/0503110.

    Kulesza, Taskar: Determinantal point processes for machine learning, Found. Trends Mach. Learn.
    5 (2012), arXiv 1207.6083.

    Notebook: ``notebooks/sampling/01_determinantal.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> twins = np.array([[9.0, 9.0, 0.0], [9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
    >>> sets = determinantal_sample(twins, n_draws=500, rng=0)
    >>> bool(np.any(sets[:, 0] & sets[:, 1])), bool(np.any(sets[:, 0] & sets[:, 2]))
    (False, True)
    """
    check_choice(kind, "kind", KINDS)
    matrix = check_symmetric(matrix, "matrix")
    n_draws = check_count(n_draws, "n_draws", 1)
    generator = as_generator(rng)
    xp = array_namespace(matrix)

    values, vectors, log_scale = spectrum(matrix, "matrix")  # step 1
    logs = log_of(values) + log_scale
    if kind == "likelihood":
        shares = probability_of(logs)
    else:
        slack = 100 * matrix.shape[0] * eps(matrix)
        if float(logs[-1]) > slack:
            raise ValueError(
                "matrix must have eigenvalues up to 1 as a marginal kernel, got a largest one of "
                f"e^{float(logs[-1]):.3g}"
            )
        shares = xp.exp(logs)
        shares = xp.where(shares > 1 - slack, xp.ones_like(shares), shares)
    coins = from_numpy(generator.random((n_draws, matrix.shape[0])), like=matrix)
    chosen = coins < xp.astype(shares, xp.float64)[None, :]  # step 2
    return projection_draws(vectors, chosen, generator)  # step 3
