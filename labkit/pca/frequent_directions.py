"""Frequent directions: a sketch of a few rows that holds for every order of the stream.

When the sketch is full, its squared singular values are all lowered by the same amount, so that
half of its rows become free. What has been lowered is known, and bounds the error.

Every streaming method of this package can be compared with it; its own sources are the references.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count
from labkit.pca._right_svd import right_svd
from labkit.pca._stream import opened


@dataclass(frozen=True)
class RowSketch:
    """A few rows B that stand for all rows A of a stream: ``B.T @ B`` is nearly ``A.T @ A``.

    Attributes
    ----------
    rows : Array, shape (at most 2 sketch_size, n_features)
        The sketch B.
    lost : float
        No direction has lost more: ``0 <= |A v|^2 - |B v|^2 <= lost`` for each unit vector v.
    n_samples : int
        Rows seen so far.
    """

    rows: Array
    lost: float
    n_samples: int

    @property
    def n_stored(self) -> int:
        """Return how many numbers are kept until the next batch."""
        return math.prod(self.rows.shape)

    @cached_property
    def basis(self) -> Array:
        """Return the right singular vectors of the sketch as columns, computed when asked for."""
        return self._svd[1]

    @cached_property
    def values(self) -> Array:
        """Return its squared singular values, each too small by at most `lost`, descending."""
        return self._svd[0] ** 2

    @cached_property
    def _svd(self) -> tuple[Array, Array]:
        s, Vh = right_svd(self.rows)
        return s, array_namespace(Vh).matrix_transpose(Vh)


def frequent_directions(batches: Iterable[Array], *, sketch_size: int) -> Iterator[RowSketch]:
    r"""Return a generator of sketches, one for each batch.

    .. math:: 0 \preceq A^\top A - B^\top B \preceq \Delta I, \qquad
              \Delta \le \min_{k \le \ell} \frac{\|A - A_k\|_F^2}{\ell + 1 - k}

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features) or (n_features,)
        The rows of A in any order; a matrix is a stream of its rows. Nothing is centred.
    sketch_size : int
        The rows l that are left after the sketch was lowered, at least 1; up to 2 l in between.
        From n_features on the sketch is exact.

    Returns
    -------
    iterator of RowSketch
        One state for each batch; `lost` is Delta.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable.

    1. Append rows until there are 2 l.
    2. Take the singular values and right singular vectors of the sketch. Lower all squared
       singular values by the (l + 1)-th, which leaves at most l rows.

    About 6 n_features l flops a row, memory for 2 l rows. Liberty's sketch is full with l rows and
    lowers by the middle one; the buffer of 2 l rows is from Ghashami and others, whose proof
    gives the bound: each lowering by delta takes at least (l + 1) delta from ``|B|_F^2``.

    The lowering shrinks large singular values too. `incremental_components` on its merged route
    only cuts the small ones, which is better for most data and has no bound before it has run.

    References
    ----------
    Liberty: Simple and deterministic matrix sketching, KDD 2013.

    Ghashami, Liberty, Phillips, Woodruff: Frequent directions: simple and deterministic matrix
    sketching, SIAM J. Computing 45 (2016).

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.random.default_rng(0).standard_normal((1000, 5)) * [9, 1, 1, 1, 1]
    >>> for sketch in frequent_directions(np.split(A, 10), sketch_size=2):
    ...     pass  # the last state
    >>> bool(abs(sketch.basis[0, 0]) > 0.999), sketch.rows.shape[0] <= 4
    (True, True)
    """
    first, stream = opened(batches)
    sketch_size = check_count(sketch_size, "sketch_size", 1)

    def states() -> Iterator[RowSketch]:
        xp = array_namespace(first)
        rows, lost, n_samples = first[:0, :], 0.0, 0
        for batch in stream:
            n_samples, start = n_samples + batch.shape[0], 0
            while start < batch.shape[0]:
                stop = min(batch.shape[0], start + 2 * sketch_size - rows.shape[0])
                rows = xp.concat([rows, batch[start:stop, :]], axis=0)  # step 1
                start = stop
                if rows.shape[0] == 2 * sketch_size:
                    rows, lowered = _lowered(rows, sketch_size)  # step 2
                    lost += lowered
            yield RowSketch(rows, lost, n_samples)

    return states()


def _lowered(rows: Array, size: int) -> tuple[Array, float]:
    xp = array_namespace(rows)
    s, Vh = right_svd(rows)
    if s.shape[0] <= size:
        return s[:, None] * Vh, 0.0
    least = s[size]
    s = xp.sqrt((s[:size] - least) * (s[:size] + least))
    return s[:, None] * Vh[:size, :], float(least) ** 2
