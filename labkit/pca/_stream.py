"""What the methods that read a stream share: their door, blocks of rows, orthonormal columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labkit.arrays import Array, array_namespace, as_array
from labkit.checks import check_matrix, check_same_device


def opened(batches: Iterable[Any], *, finite: bool = True) -> tuple[Array, Iterator[Array]]:
    """Return the first batch, and an iterator over all batches, each checked as it comes.

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features) or (n_features,)
        What a caller gave. Single rows become batches of one.
    finite : bool
        Whether to look for NaN and infinity in batches after the first, as in `check_array`.

    Returns
    -------
    first : Array, shape (n_rows, n_features)
        Says which library, device, dtype and number of features the others must have.
    stream : iterator of Array
        The first batch is its first item.
    """
    if not isinstance(batches, Iterable) or isinstance(batches, str):
        raise TypeError(f"batches must be an iterable of arrays, got {batches!r}")
    items = iter(batches)
    for item in items:
        first = _checked(item, "batches", None)
        break
    else:
        raise ValueError("batches must hold at least one batch, got none")

    def stream() -> Iterator[Array]:
        yield first
        for number, item in enumerate(items, 1):
            yield _checked(item, f"batches[{number}]", first, finite=finite)

    return first, stream()


def _checked(item: Any, name: str, first: Array | None, *, finite: bool = True) -> Array:
    batch = as_array(item)
    if batch.ndim == 1:
        batch = batch[None, :]
    batch = check_matrix(batch, name, finite=finite)
    if first is None:
        return batch
    check_same_device(**{name: batch, "batches[0]": first})
    if batch.shape[1] != first.shape[1]:
        raise ValueError(
            f"{name} must have {first.shape[1]} features like batches[0], got {batch.shape[1]}"
        )
    return array_namespace(batch).astype(batch, first.dtype, copy=False)


def in_blocks(stream: Iterable[Array], block_size: int) -> Iterator[tuple[Array, bool, bool]]:
    """Cut batches of any size where blocks end.

    Parameters
    ----------
    stream : iterable of Array, each of shape (n_rows, n_features)
        The batches.
    block_size : int
        Rows of a block.

    Yields
    ------
    piece : Array
        Rows of one block and one batch.
    block_ends, batch_ends : bool
        Whether they are the last of it.
    """
    filled = 0
    for batch in stream:
        start, n_rows = 0, batch.shape[0]
        while start < n_rows:
            stop = min(n_rows, start + block_size - filled)
            filled = (filled + stop - start) % block_size
            yield batch[start:stop, :], filled == 0, stop == n_rows
            start = stop


def orthonormal(A: Array) -> tuple[Array, Array]:
    """Return orthonormal columns by Gram and Schmidt's rule, and the lengths that were left.

    Parameters
    ----------
    A : Array, shape (n_features, k)
        Linearly independent columns.

    Returns
    -------
    Q : Array, shape (n_features, k)
        Each column at an acute angle to that of A, so that signs persist along a stream.
    lengths : Array, shape (k,)
        Of each column of A without its part in the span of those before it.
    """
    xp = array_namespace(A)
    Q, triangle = xp.linalg.qr(A)
    diagonal = xp.linalg.diagonal(triangle)
    turned = xp.astype(diagonal < 0, A.dtype)
    return Q * (1 - 2 * turned), xp.abs(diagonal)
