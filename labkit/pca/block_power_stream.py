"""The power method on a stream: each block of rows is one multiplication with the covariance.

The block that passes by stands for all data; nothing of it is kept but its product with the
present directions.

Papers: approximating-top-eigenvector-random, which repairs it where single rows are heavy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count
from labkit.pca._stream import in_blocks, opened, orthonormal
from labkit.pca.results import StreamedDirections
from labkit.random import Rng, as_generator, standard_normal


def block_power_stream(
    batches: Iterable[Array], *, n_components: int, block_size: int, rng: Rng = None
) -> Iterator[StreamedDirections]:
    r"""Return a generator of directions that are multiplied by one block of rows after the other.

    .. math:: Q_{j+1} R_{j+1} = \frac1b \sum_{x \in \mathrm{block}\ j} x x^\top Q_j

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features) or (n_features,)
        The stream, its rows of mean zero; a matrix is a stream of its rows.
    n_components : int
        From 1 to n_features.
    block_size : int
        Rows b of a block, at least 1. Large blocks are accurate, many blocks let the start be
        forgotten: the last block leaves an error of about sqrt(n_features / b) times
        ``sqrt(lambda_1 lambda_2) / (lambda_1 - lambda_2)``, and each one shrinks that of the start
        by ``lambda_k+1 / lambda_k``.
    rng : int, Generator or None
        Draws the start.

    Returns
    -------
    iterator of StreamedDirections
        First the start, then one state for each batch. The directions change where a block is
        complete; rows after the last complete block are not used.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable.

    1. Start from orthonormal columns in random directions.
    2. Add up the products of rows with the directions until a block is complete.
    3. Make them orthonormal; the lengths over b are `values`. Go on with the next block. Each
       sum starts at a tiny multiple of the directions, so that a block of zeros leaves them.

    Four n_features n_components flops a row; memory for the directions and their product. How the
    stream is cut into batches changes nothing but rounding. This is Algorithm 1 of the paper; its
    block size, which its theory gives up to constants, is left to the caller.

    `heavy_row_power` is for streams in which few rows carry much; `incremental_components` is
    exact where n_features^2 numbers can be kept.

    References
    ----------
    Mitliagkas, Caramanis, Jain: Memory limited, streaming PCA, NeurIPS 2013.

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X = np.random.default_rng(0).standard_normal((5000, 3)) * [2.0, 1.0, 1.0]
    >>> states = block_power_stream(np.split(X, 50), n_components=1, block_size=500, rng=0)
    >>> last = trace(states, n_steps=50, record={}).last
    >>> bool(abs(last.basis[0, 0]) > 0.99), last.n_stored
    (True, 7)
    """
    first, stream = opened(batches)
    n_features = first.shape[1]
    k = check_count(n_components, "n_components", 1, n_features)
    block_size = check_count(block_size, "block_size", 1)
    start = standard_normal(as_generator(rng), (n_features, k), like=first)

    def states() -> Iterator[StreamedDirections]:
        xp = array_namespace(start)
        tiny = float(xp.finfo(start.dtype).smallest_normal) ** 0.5
        Q, _ = orthonormal(start)  # step 1
        product = tiny * Q
        values, n_samples = xp.zeros_like(start[0, :]), 0
        n_stored = 2 * n_features * k + k
        yield StreamedDirections(Q, values, n_samples, n_stored)
        for piece, block_ends, batch_ends in in_blocks(stream, block_size):
            product = product + xp.matrix_transpose(piece) @ (piece @ Q)  # step 2
            n_samples += piece.shape[0]
            if block_ends:
                Q, lengths = orthonormal(product)  # step 3
                values, product = lengths / block_size, tiny * Q
            if batch_ends:
                yield StreamedDirections(Q, values, n_samples, n_stored)

    return states()
