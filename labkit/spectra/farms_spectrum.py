"""The spectrum of a weight matrix, seen through windows of one shape.

How heavy the tail of a layer's spectrum is depends on the shape of the layer, long before anything
is learned. Windows of a fixed aspect ratio make layers of different shapes comparable.

Papers: eigenspectrum-analysis-neural-networks.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_matrix, check_real


def farms_spectrum(
    W: Array, *, aspect_ratio: float = 1.0, window: int | None = None, n_per_side: int = 10
) -> Array:
    r"""Return the squared singular values of windows of one shape, pooled.

    .. math:: \bigcup_{a, b} \{ \sigma_i(W_{ab})^2 \}, \qquad W_{ab} \in
              \mathbb{R}^{m \times \lfloor Q m \rfloor}

    Parameters
    ----------
    W : Array, shape (n_out, n_in)
        Weights. Its scale does not matter to `hill_estimator`.
    aspect_ratio : float
        Q, columns for each row of a window, above 0: one number for all layers that are compared.
        W must hold a window of at least one row and one column.
    window : int, optional
        m, rows of a window, from 1 to the most that fit, which is the default. For layers that are
        to be compared exactly, take one m for all: the shape fixes the law in the limit, the size
        how far it is away.
    n_per_side : int
        Places of the window along each side, evenly spaced from end to end; fewer where the window
        has fewer places to go.

    Returns
    -------
    Array, shape (n_windows * min(m, floor(Q m)),)
        Rising.

    Raises
    ------
    TypeError, ValueError
        For bad values; a window that does not fit.

    Notes
    -----
    Portable.

    1. The window: as many rows as asked for, or as fit.
    2. Its places: a regular grid of contiguous blocks, which overlap where they must.
    3. Squared singular values of all blocks, in one list. The average of their distributions is the
       distribution of that list.

    n_per_side^2 decompositions of small matrices. Hu, Goel, Killiakov and Yang (2025) put Hill's
    estimator with the upper half of the list behind it: ``hill_estimator(found)[len(found) // 2 -
    1]``, a shape index rather than the exponent of a tail. In the code that was seen the strides
    are rounded down, so that the last window may not reach the end, and a layer narrower than the
    window cuts it off; here windows reach both ends and keep their shape. Convolutions, a second
    rule for the cutoff, and what the paper does with the exponents (learning rates, pruning shares)
    are left out.

    Overlapping windows share entries, so the list is no independent sample, and one huge entry
    stands in many of them.

    References
    ----------
    Hu, Goel, Killiakov, Yang: Eigenspectrum analysis of neural networks without aspect ratio bias,
    ICML (2025).

    Notebook: ``notebooks/spectra/03_weights.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> W = np.random.default_rng(0).standard_normal((100, 400))
    >>> farms_spectrum(W, window=50, n_per_side=4).shape
    (800,)
    """
    W = check_matrix(W, "W")
    Q = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    n_per_side = check_count(n_per_side, "n_per_side", 1)
    n_rows, n_columns = W.shape
    most = min(n_rows, math.floor((n_columns + 1e-9) / Q))
    if most < 1 or math.floor(Q * most) < 1:
        raise ValueError(
            f"aspect_ratio must leave a window in W of shape {(n_rows, n_columns)}, got {Q:g}"
        )
    m = most if window is None else check_count(window, "window", 1, most)  # step 1
    n = math.floor(Q * m + 1e-9)
    if n < 1:
        raise ValueError(f"window must have a column at aspect ratio {Q:g}, got {m} rows")
    xp = array_namespace(W)
    blocks = [  # step 2
        W[i : i + m, j : j + n]
        for i in _starts(n_rows - m, n_per_side)
        for j in _starts(n_columns - n, n_per_side)
    ]
    values = xp.linalg.svdvals(xp.stack(blocks))  # step 3
    return xp.sort(xp.reshape(values * values, (-1,)))


def _starts(room: int, n_places: int) -> list[int]:
    """Return evenly spaced integers from 0 to room, none twice."""
    n_places = min(n_places, room + 1)
    return [round(i * room / max(n_places - 1, 1)) for i in range(n_places)]
