"""Labels of a network with random weights, whose answer is known."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_count
from labkit.random import Rng, as_generator


def quadratic_teacher(
    n_inputs: int, *, n_hidden: int, n_samples: int, rng: Rng = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw inputs and the labels that a network of quadratic units gives them.

    Parameters
    ----------
    n_inputs : int
        d.
    n_hidden : int
        Units m, each the square of a normal combination of the inputs.
    n_samples : int
        Inputs to draw.
    rng : int, Generator or None
        All draws: first the weights, then the inputs.

    Returns
    -------
    X : ndarray, shape (n_samples, n_inputs)
        Standard normal.
    y : ndarray, shape (n_samples,)
        ``x^T S x / d``, about 1.
    S : ndarray, shape (n_inputs, n_inputs)
        ``W W^T / m``: all that the labels depend on.

    Raises
    ------
    TypeError, ValueError
        For bad counts.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, y, S = quadratic_teacher(5, n_hidden=2, n_samples=7, rng=0)
    >>> int(np.linalg.matrix_rank(S)), bool(np.allclose(y, np.diag(X @ S @ X.T) / 5))
    (2, True)
    """
    d = check_count(n_inputs, "n_inputs", 1)
    m = check_count(n_hidden, "n_hidden", 1)
    n = check_count(n_samples, "n_samples", 1)
    generator = as_generator(rng)
    W = generator.standard_normal((d, m))
    X = generator.standard_normal((n, d))
    return X, np.sum((X @ W) ** 2, axis=1) / (m * d), W @ W.T / m
