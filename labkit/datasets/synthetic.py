"""Data whose answer is known: planted spectra."""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_count
from labkit.random import Rng, as_generator


def planted_spectrum(
    singular_values: Array,
    *,
    n_samples: int,
    rng: Rng = None,
) -> np.ndarray:
    """Draw data whose centred matrix has exactly the given singular values.

    Parameters
    ----------
    singular_values : Array, shape (n_features,)
        What PCA should find; not negative.
    n_samples : int
        More than `n_features`.
    rng : int, Generator or None
        Draws the random singular vectors.

    Returns
    -------
    ndarray, shape (n_samples, n_features)
        Columns of mean zero, up to rounding.

    Raises
    ------
    TypeError, ValueError
        For bad values or too few samples.

    Notes
    -----
    Host: data are made on the host. The left vectors are orthonormal to the vector of ones, so
    that centring changes nothing.

    Examples
    --------
    >>> X = planted_spectrum([2.0, 1.0], n_samples=5, rng=0)
    >>> np.linalg.svd(X, compute_uv=False).round(12).tolist()
    [2.0, 1.0]
    """
    s = to_numpy(check_array(singular_values, "singular_values", n_dims=1)).astype(np.float64)
    if np.any(s < 0):
        raise ValueError(f"singular_values must not be negative, got {s.min()}")
    check_count(n_samples, "n_samples", len(s) + 1)
    generator = as_generator(rng)
    left = np.column_stack([np.ones(n_samples), generator.standard_normal((n_samples, len(s)))])
    U = np.linalg.qr(left)[0][:, 1:]
    V = np.linalg.qr(generator.standard_normal((len(s), len(s))))[0]
    return (U * s) @ V.T
