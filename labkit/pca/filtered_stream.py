"""The direction of largest variance among outliers, from one pass over a stream.

The filter of `filtered_components` is remembered as a few directions with a threshold each, so a
new row can be judged without those before it.

Papers: nearly-linear-time-streaming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_real
from labkit.pca._filter import MOST, threshold
from labkit.pca._stream import opened, orthonormal
from labkit.pca.results import StreamedDirections
from labkit.random import Rng, as_generator, standard_normal


def filtered_stream(
    batches: Iterable[Array], *, contamination: float, max_filters: int = 50, rng: Rng = None
) -> Iterator[StreamedDirections]:
    r"""Return a generator of unit vectors of nearly the largest variance of the inliers.

    .. math:: u_{t+1} \propto \sum_{x \in B_t} x x^\top u_t\;
              \bigl[(x^\top v_j)^2 \le T_j \text{ for all filters } j\bigr]

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features)
        The stream, its inliers of mean zero with light tails. Each batch should hold some ten
        outliers and more rows than features.
    contamination : float
        The share of outliers in each batch, from 0 to 0.1.
    max_filters : int
        Filters that are kept, at least 1; no more are made then.
    rng : int, Generator or None
        Draws the start and the thresholds.

    Returns
    -------
    iterator of StreamedDirections
        First the start, then one state for each batch. `values` is the mean square of the rows
        of the last batch that were accepted, along the direction before it.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable.

    1. Accept the rows of a batch that pass every filter.
    2. Judge the squares along u as step 2 of `filtered_components` does. If they carry too much,
       draw a threshold and add u with it to the filters.
    3. One step of the power method with the accepted rows.

    Rows are judged by directions that they had no part in. Four n_features flops a row, two more
    for each filter; memory for u and the filters. The paper's streaming algorithm (only its
    statements were read) runs in stages with new samples each, as many as its theory asks for;
    here every batch is a step and a test, and no bound on the number of filters is proven.

    References
    ----------
    Diakonikolas, Kane, Pensia, Pittas: Nearly-linear time and streaming algorithms for
    outlier-robust PCA, ICML 2023.

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X = np.random.default_rng(0).standard_normal((20000, 5)) * [2, 1, 1, 1, 1]
    >>> X[::20] = [0, 12, 0, 0, 0]
    >>> states = filtered_stream(np.split(X, 20), contamination=0.05, rng=0)
    >>> run = trace(states, n_steps=20, record={"overlap": lambda state: abs(state.basis[0, 0])})
    >>> bool(run["overlap"][-1] > 0.99)
    True
    """
    first, stream = opened(batches)
    n_features = first.shape[1]
    contamination = check_real(contamination, "contamination", 0.0, MOST)
    max_filters = check_count(max_filters, "max_filters", 1)
    generator = as_generator(rng)
    start = standard_normal(generator, (n_features, 1), like=first)

    def states() -> Iterator[StreamedDirections]:
        xp = array_namespace(start)
        tiny = float(xp.finfo(start.dtype).smallest_normal) ** 0.5
        u, _ = orthonormal(start)
        filters: list[tuple[Array, float]] = []
        value, n_samples = xp.zeros_like(start[0, :]), 0
        yield StreamedDirections(u, value, n_samples, n_features + 1)
        for batch in stream:
            n_samples += batch.shape[0]
            accepted = xp.sum(batch * batch, axis=1) >= 0.0
            for direction, cut in filters:  # step 1
                accepted = accepted & ((batch @ direction)[:, 0] ** 2 <= cut)
            projections = batch @ u
            scores = projections[:, 0] ** 2
            new = threshold(scores[accepted], contamination, generator)  # step 2
            if new is not None and len(filters) < max_filters:
                filters.append((u, new))
                accepted = accepted & (scores <= new)
            weights = xp.astype(accepted, batch.dtype)[:, None]
            product = xp.matrix_transpose(batch) @ (weights * projections)
            n_accepted = xp.maximum(xp.sum(weights), xp.ones_like(weights[0, 0]))
            value = xp.sum(weights * projections**2, axis=0) / n_accepted
            u, _ = orthonormal(product + tiny * u)  # step 3
            n_stored = (n_features + 1) * (1 + len(filters))
            yield StreamedDirections(u, value, n_samples, n_stored)

    return states()
