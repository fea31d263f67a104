"""The spectra of all weight matrices of a network in one call: tail, bulk, spikes, shuffles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_count, check_matrix
from labkit.random import Rng, as_generator
from labkit.spectra.marchenko_pastur_fit import BulkFit, marchenko_pastur_fit
from labkit.spectra.power_law_fit import PowerLawFit, power_law_fit


@dataclass(frozen=True)
class LayerReport:
    """One matrix in the report of `network_report`.

    Attributes
    ----------
    name : str
        Of the matrix.
    shape : tuple of two ints
        Rows and columns.
    eigenvalues : Array, shape (min(shape),)
        Squared singular values over the longer side, rising; those within rounding of zero are
        zero.
    rank : int
        Eigenvalues that are not zero.
    stable_rank : float
        Their sum over the largest: how many directions as strong as the strongest there are.
    tail : PowerLawFit or None
        Of the eigenvalues that are not zero; None if fewer than three of them, or all of them
        equal.
    bulk : BulkFit or None
        The noise whose spectrum has the median of this one, and how many eigenvalues lie above it;
        None if more than half of the eigenvalues are zero.
    shuffled_largest : float
        The largest eigenvalue of the matrix with its entries shuffled, the largest of several
        shuffles; NaN without shuffles.
    n_above_shuffled : int
        Eigenvalues above it; zero without shuffles.
    """

    name: str
    shape: tuple[int, int]
    eigenvalues: Array
    rank: int
    stable_rank: float
    tail: PowerLawFit | None
    bulk: BulkFit | None
    shuffled_largest: float
    n_above_shuffled: int


def network_report(
    matrices: Mapping[str, Array], *, n_shuffles: int = 0, rng: Rng = None
) -> tuple[LayerReport, ...]:
    r"""Return tail, bulk and outliers of the spectrum of each matrix.

    .. math:: \lambda_i = \sigma_i(W)^2 / \max(m, n), \qquad W \in \mathbb{R}^{m \times n}

    Parameters
    ----------
    matrices : mapping of str to Array, shape (m, n)
        Weights by name, at least one matrix. A convolution is to be given as the matrix that it is
        meant to be.
    n_shuffles : int
        Random orders of the entries of each matrix, 0 or more: what a spectrum owes to the
        sizes of the entries alone.
    rng : int, Generator or None
        Draws the orders.

    Returns
    -------
    tuple of LayerReport
        In the order of the mapping.

    Raises
    ------
    TypeError, ValueError
        For bad values; no matrix, a matrix of zeros.

    Notes
    -----
    Portable; the fits run on the host, where `power_law_fit` and `marchenko_pastur_fit` do.

    1. Eigenvalues of the Gram matrix of the shorter side, in double precision: half of what
       singular values cost, or less. Squares lose those below 1e-8 of the largest singular value,
       which no fit here looks at.
    2. A power law in the tail.
    3. A bulk: the Marchenko-Pastur law with the same median.
    4. The same eigenvalues for shuffled entries, of which only the largest is kept.

    m n^2 / 2 and about 4 n^3 / 3 operations a matrix and shuffle, n the shorter side; the fits take
    milliseconds. An exponent is a description: whether it is one of a power law, only
    `power_law_goodness` says. For layers of unlike shapes see `farms_spectrum`.

    References
    ----------
    Martin, Mahoney: Implicit self-regularization in deep neural networks, JMLR 22 (2021), arXiv
    1810.01075, for reading layers by their spectra, and for the shuffling.

    Notebook: ``notebooks/spectra/03_weights.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> W = np.random.default_rng(0).standard_normal((300, 100))
    >>> W[0] += 30
    >>> layer = network_report({"first": W}, n_shuffles=1, rng=0)[0]
    >>> layer.shape, layer.bulk.n_outliers, layer.n_above_shuffled
    ((300, 100), 1, 1)
    """
    if not isinstance(matrices, Mapping):
        raise TypeError(f"matrices must be a mapping of names to arrays, got {matrices!r:.40}")
    if not matrices:
        raise ValueError("matrices must hold at least one matrix, got none")
    n_shuffles = check_count(n_shuffles, "n_shuffles", 0)
    checked = {name: check_matrix(W, f"matrices[{name!r}]") for name, W in matrices.items()}
    draw = as_generator(rng)
    return tuple(_layer(str(name), W, n_shuffles, draw) for name, W in checked.items())


def _layer(name: str, W: Array, n_shuffles: int, draw: Any) -> LayerReport:
    values = _eigenvalues(W)  # step 1
    on_host = to_numpy(values)
    largest = float(on_host[-1])
    if largest == 0:
        raise ValueError(f"matrices[{name!r}] must not be zero, got an array of zeros")
    positive = on_host[on_host > 0]
    tail = power_law_fit(positive) if _has_tail(positive) else None  # step 2
    ratio = min(W.shape) / max(W.shape)
    median = float(on_host[len(on_host) // 2])
    bulk = marchenko_pastur_fit(on_host, aspect_ratio=ratio) if median > 0 else None  # step 3
    shuffled = math.nan
    if n_shuffles:  # step 4
        entries = to_numpy(W).ravel()
        orders = (draw.permutation(entries).reshape(W.shape) for _ in range(n_shuffles))
        shuffled = max(float(_eigenvalues(from_numpy(other, like=W))[-1]) for other in orders)
    above = int((on_host > shuffled).sum())
    stable_rank = float(on_host.sum()) / largest
    shape = (W.shape[0], W.shape[1])
    return LayerReport(name, shape, values, len(positive), stable_rank, tail, bulk, shuffled, above)


def _eigenvalues(W: Array) -> Array:
    """Return squared singular values over the longer side, rising, zeros where rounding is all."""
    xp = array_namespace(W)
    W = xp.astype(W, xp.float64)
    scale = float(xp.max(xp.abs(W))) or 1.0
    W = W / scale
    turned = xp.matrix_transpose(W)
    gram = W @ turned if W.shape[0] <= W.shape[1] else turned @ W
    values = xp.linalg.eigvalsh(gram)
    rounding = 4 * max(W.shape) * float(xp.finfo(values.dtype).eps) * float(values[-1])
    values = xp.where(values > rounding, values, xp.zeros_like(values))
    return values * (scale**2 / max(W.shape))


def _has_tail(values: Any) -> bool:
    return len(values) >= 3 and values[0] < values[-1]
