"""The top eigenvector of a stream in random order: the power method, and the heavy rows kept.

In random order each block of rows stands for all rows, unless a single row carries much: then it
is in one block and missing in all others. So the few heaviest rows are stored and take part in
every step. Storing them is necessary: with less than that memory no method is accurate.

Papers: approximating-top-eigenvector-random.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count
from labkit.pca._right_svd import right_svd
from labkit.pca._stream import in_blocks, opened, orthonormal
from labkit.pca.results import StreamedDirections
from labkit.random import Rng, as_generator, standard_normal


def heavy_row_power(
    batches: Iterable[Array], *, n_heavy: int, block_size: int, rng: Rng = None
) -> Iterator[StreamedDirections]:
    r"""Return a generator of estimates of the top right singular vector of all rows so far.

    .. math:: A^\top A \approx s\, A_j^\top A_j + H^\top H, \qquad
              z_{j+1} = \text{top eigenvector of}\quad
              s\, \frac{p\, p^\top}{z_j^\top p} + H^\top H, \quad p = A_j^\top A_j z_j

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features) or (n_features,)
        The rows of A in random order; a matrix is a stream of its rows. Nothing is centred.
    n_heavy : int
        Rows H that are kept, those of largest norm so far. With 0 it is `block_power_stream` for
        one component.
    block_size : int
        Rows of a block A_j, at least 1, see `block_power_stream`.
    rng : int, Generator or None
        Draws the start.

    Returns
    -------
    iterator of StreamedDirections
        First the start, then one state for each batch. `values` is the squared singular value
        over the rows seen. Rows after the last complete block count only where they are kept.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable.

    1. Start from a random direction z.
    2. Of the rows that come and the rows that are kept, keep the `n_heavy` of largest norm. The
       others are multiplied with z and forgotten.
    3. When a block is complete, s is the number of all forgotten rows over those in the block.
       Only the product p of the block with z is known; ``p p' / z'p`` is the largest matrix below
       ``A_j' A_j`` that this knowledge grants (Nystroem), and exact on z. Its top eigenvector,
       after H'H is added, is the top right singular vector of n_heavy + 1 rows.
    4. When a new row is kept between blocks, only the singular vector is taken anew.

    The top eigenvector of ``s A_j' A_j + H' H`` is a fixed point of step 3, and for H = 0 the step
    is that of the power method. Memory for n_heavy + 4 rows; 4 n_features flops a row, sorting
    aside, and 2 n_features n_heavy^2 a block.

    In the paper (only its statements and an outline were read) a row is heavy if its norm exceeds
    ``|A|_F / sqrt(d polylog d)``; here the caller says how many are kept, so that the memory is
    fixed and ``|A|_F``, unknown in one pass, is not needed. The paper multiplies z by the sampled
    block and the heavy rows; step 3 uses the same products, but does not need further blocks to
    find a heavy row that comes late. Its sampling of rows by norm, which bounds the bits, is left
    out.

    It needs the random order: where one part of the stream differs from the rest, the last block
    decides. `frequent_directions` holds in any order.

    References
    ----------
    Kacham, Woodruff: Approximating the top eigenvector in random order streams, NeurIPS 2024.

    Price, Xun: Spectral guarantees for adversarial streaming PCA, FOCS 2024.

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> A = np.random.default_rng(0).standard_normal((1000, 20)) / 30
    >>> A[100] = 3 * np.eye(20)[0]
    >>> states = heavy_row_power(np.split(A, 100), n_heavy=1, block_size=100, rng=0)
    >>> last = trace(states, n_steps=100, record={}).last
    >>> bool(abs(last.basis[0, 0]) > 0.99), last.n_stored
    (True, 100)
    """
    first, stream = opened(batches)
    n_features = first.shape[1]
    n_heavy = check_count(n_heavy, "n_heavy", 0)
    block_size = check_count(block_size, "block_size", 1)
    start = standard_normal(as_generator(rng), (n_features, 1), like=first)

    def states() -> Iterator[StreamedDirections]:
        xp = array_namespace(start)
        tiny = float(xp.finfo(start.dtype).smallest_normal) ** 0.5
        z, _ = orthonormal(start)  # step 1
        found, value = z, xp.zeros_like(start[0, :])
        heavy = xp.zeros((0, n_features), dtype=start.dtype, device=device(start))
        bulk, product = heavy, tiny * z
        n_samples, n_in_product = 0, 0
        n_stored = (n_heavy + 4) * n_features
        yield StreamedDirections(found, value, n_samples, n_stored)
        for piece, block_ends, batch_ends in in_blocks(stream, block_size):
            n_samples += piece.shape[0]
            rows, n_before = xp.concat([heavy, piece], axis=0), heavy.shape[0]  # step 2
            order = xp.argsort(xp.sum(rows * rows, axis=1), descending=True, stable=True)
            n_kept = min(n_heavy, rows.shape[0])
            kept, rest = order[:n_kept], xp.take(rows, order[n_kept:], axis=0)
            heavy = xp.take(rows, kept, axis=0)
            product = product + xp.matrix_transpose(rest) @ (rest @ z)
            n_in_product += rest.shape[0]
            if block_ends:  # step 3
                scale = (n_samples - heavy.shape[0]) / max(n_in_product, 1)
                bulk = xp.matrix_transpose(product * xp.sqrt(scale / xp.sum(z * product)))
            if block_ends or bool(xp.any(kept >= n_before)):  # step 4
                s, Vh = right_svd(xp.concat([bulk, heavy], axis=0))
                top = xp.matrix_transpose(Vh[:1, :])
                found = xp.where(xp.sum(top * found) < 0, -top, top)
                value = s[:1] ** 2 / n_samples
            if block_ends:
                z, product, n_in_product = found, tiny * found, 0
            if batch_ends:
                yield StreamedDirections(found, value, n_samples, n_stored)

    return states()
