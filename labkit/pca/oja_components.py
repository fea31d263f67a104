"""Oja's rule: principal components from a stream, one small step for each row that passes by.

Papers: approximating-top-eigenvector-random, which says when a fixed step size must fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_real
from labkit.pca._stream import opened, orthonormal
from labkit.pca.results import StreamedDirections
from labkit.random import Rng, as_generator, standard_normal


def oja_components(
    batches: Iterable[Array],
    *,
    n_components: int,
    step_size: float,
    decay: float = 1.0,
    rng: Rng = None,
) -> Iterator[StreamedDirections]:
    r"""Return a generator of directions that turn a little with each batch.

    .. math:: Q_t = \mathrm{orth}\Bigl(Q_{t-1} + \eta_t \sum_{x \in B_t} x x^\top Q_{t-1}\Bigr),
              \qquad \eta_t = \frac{\eta}{n_t^{\,\mathrm{decay}}}

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features) or (n_features,)
        The stream, its rows of mean zero; a matrix is a stream of its rows.
    n_components : int
        From 1 to n_features.
    step_size : float
        eta, above 0, in units of one over variance. With decay 1 it should exceed
        ``1 / (2 (lambda_k - lambda_k+1))``, or the error falls more slowly than 1 / n.
    decay : float
        How fast the steps shrink with the n_t rows seen, from 0 (never: the rule then keeps
        trembling, and follows a stream that changes) to 1.
    rng : int, Generator or None
        Draws the start.

    Returns
    -------
    iterator of StreamedDirections
        First the start, then one state for each batch, until the stream ends. `values` are the
        mean squares of all rows along the columns of their time.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable.

    1. Start from orthonormal columns in random directions.
    2. Add to each column the rows of a batch, weighted by their projection on it.
    3. Make the columns orthonormal again, the first one first (Gram and Schmidt): so they turn to
       the single components, not only to the plane.

    Four n_features n_components flops a row, and a QR decomposition of the basis a batch; memory
    for the basis alone. The step is the sum over a batch, so to first order in the step size the
    path does not depend on how the stream is cut; Oja's own rule takes single rows. Price and Xun
    (2024) take fixed steps and rows in any order: ``decay=0``.

    `block_power_stream` has no step size to choose, and `incremental_components` is exact where
    n_features^2 numbers can be kept.

    References
    ----------
    Oja: A simplified neuron model as a principal component analyzer, J. Math. Biology 15 (1982).

    Oja, Karhunen: On stochastic approximation of the eigenvectors and eigenvalues of the
    expectation of a random matrix, J. Math. Analysis and Applications 106 (1985).

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X = np.random.default_rng(0).standard_normal((5000, 2)) * [2.0, 1.0]
    >>> states = oja_components(np.split(X, 100), n_components=1, step_size=1.0, rng=0)
    >>> run = trace(states, n_steps=100, record={"overlap": lambda state: abs(state.basis[0, 0])})
    >>> bool(run["overlap"][-1] > 0.999)
    True
    """
    first, stream = opened(batches)
    n_features = first.shape[1]
    k = check_count(n_components, "n_components", 1, n_features)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    decay = check_real(decay, "decay", 0.0, 1.0)
    start = standard_normal(as_generator(rng), (n_features, k), like=first)

    def states() -> Iterator[StreamedDirections]:
        xp = array_namespace(start)
        Q, _ = orthonormal(start)  # step 1
        values, n_samples = xp.zeros_like(start[0, :]), 0
        n_stored = n_features * k + k
        yield StreamedDirections(Q, values, n_samples, n_stored)
        for batch in stream:
            n_rows = batch.shape[0]
            n_samples += n_rows
            scores = batch @ Q
            step = step_size / n_samples**decay
            Q, _ = orthonormal(Q + step * (xp.matrix_transpose(batch) @ scores))  # steps 2 and 3
            change = xp.mean(scores * scores, axis=0) - values
            values = values + (n_rows / n_samples) * change
            yield StreamedDirections(Q, values, n_samples, n_stored)

    return states()
