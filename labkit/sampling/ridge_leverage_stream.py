"""A dictionary for a kernel matrix that nobody can store, kept while the points stream by.

A point matters to the kernel matrix as far as the others do not say the same: that is its ridge
leverage score. The scores need the matrix. But a good dictionary of the points seen so far is
enough to estimate them, and good estimates are enough to keep the dictionary good.

Papers: distributed-adaptive-sampling-kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labkit.arrays import Array, array_namespace, as_array, device
from labkit.checks import check_count, check_matrix, check_real, check_same_device
from labkit.random import Rng, as_generator
from labkit.sampling._dictionary import Kernel, KernelDictionary, kernel_block, thinned


def ridge_leverage_stream(
    batches: Iterable[Array],
    kernel_function: Kernel,
    *,
    ridge: float,
    n_copies: int = 10,
    rng: Rng = None,
) -> Iterator[KernelDictionary]:
    r"""Return a generator of dictionaries, one for each batch of points.

    .. math:: \tau_i = \left[ K (K + \gamma I)^{-1} \right]_{ii}, \qquad
              d_\gamma = \sum_i \tau_i, \qquad
              \tilde\tau_i = \frac{1 - \epsilon}{\gamma} \left( k_{ii} - k_i^\top S
              (S^\top K S + \gamma I)^{-1} S^\top k_i \right)

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features)
        The points, each seen once; a matrix is a stream of its rows.
    kernel_function : callable
        ``kernel_function(A, B)`` returns the kernel between the rows of A and those of B, shape
        (n, m), positive semidefinite.
    ridge : float
        gamma, above 0, in units of the kernel: directions of K with eigenvalues well below are not
        kept. A regression with the penalty ``n lambda`` has gamma = n lambda.
    n_copies : int
        q, at least 1: how many coins stand for each point. Larger: a larger and better dictionary.
        The paper's proof asks for hundreds to thousands; ten to thirty do in practice.
    rng : int, Generator or None
        The coins.

    Returns
    -------
    iterator of KernelDictionary
        One state for each batch. Its ``features`` give the approximation of K.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable. The coins are thrown on the host.

    1. Expand: a new point enters with probability 1 and all of its q copies.
    2. Estimate the score of every point of the dictionary, new or old, from the dictionary alone.
       S has a column for each of them with the root of its weight, copies / (q probability).
    3. Shrink: the probability becomes the estimate, if that is smaller, and each copy survives with
       the chance (new over old). A point without copies is gone for good.

    A batch of b points costs b (m + b) entries of the kernel and about (m + b)^3 operations, m the
    size of the dictionary, at most ``q d_gamma`` in expectation if the estimates are right: memory
    does not grow with n where d_gamma does not. This is SQUEAK of Calandriello and others (2017)
    with epsilon 1/2; batches take the place of single points, and q is a parameter in place of
    their bound, which at laptop sizes drops nothing.

    `merged_dictionary` joins the dictionaries of several streams. `leverage_probabilities` is for a
    matrix that fits.

    References
    ----------
    Calandriello, Lazaric, Valko: Distributed adaptive sampling for kernel matrix approximation,
    AISTATS (2017), arXiv 1803.10172.

    Alaoui, Mahoney: Fast randomized kernel ridge regression with statistical guarantees, NeurIPS
    (2015).

    Notebook: ``notebooks/sampling/03_streams_of_leverage.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).integers(0, 3, (600, 1)).astype(float)  # three places
    >>> def kernel(A, B):
    ...     return np.exp(-4 * (A - B.T) ** 2)
    >>> *_, last = ridge_leverage_stream(np.split(X, 20), kernel, ridge=6.0, rng=0)
    >>> last.points.shape[0] < 60, sorted({float(x) for x in last.points[:, 0]})
    (True, [0.0, 1.0, 2.0])
    """
    if not isinstance(batches, Iterable) or isinstance(batches, str):
        raise TypeError(f"batches must be an iterable of arrays, got {batches!r}")
    items = iter(batches)
    first: Array | None = None
    for item in items:
        first = _checked(item, "batches", None)
        break
    if first is None:
        raise ValueError("batches must hold at least one batch, got none")
    ridge = check_real(ridge, "ridge", 0.0, open_low=True)
    n_copies = check_count(n_copies, "n_copies", 1)
    kernel_block(kernel_function, first[:1, :], first[:1, :])
    draw = as_generator(rng)

    def states() -> Iterator[KernelDictionary]:
        dictionary = _empty(first, ridge, n_copies)
        dictionary = thinned(_expanded(dictionary, first, kernel_function), draw)
        yield dictionary
        for number, item in enumerate(items, 1):
            batch = _checked(item, f"batches[{number}]", first)
            dictionary = _expanded(dictionary, batch, kernel_function)  # step 1
            dictionary = thinned(dictionary, draw)  # steps 2 and 3
            yield dictionary

    return states()


def _checked(item: Any, name: str, first: Array | None) -> Array:
    batch = as_array(item)
    batch = check_matrix(batch[None, :] if batch.ndim == 1 else batch, name)
    if first is None:
        return batch
    check_same_device(**{name: batch, "batches[0]": first})
    if batch.shape[1] != first.shape[1]:
        raise ValueError(
            f"{name} must have {first.shape[1]} features like batches[0], got {batch.shape[1]}"
        )
    return array_namespace(batch).astype(batch, first.dtype, copy=False)


def _empty(like: Array, ridge: float, n_copies: int) -> KernelDictionary:
    xp = array_namespace(like)
    where = {"device": device(like)}
    numbers = xp.zeros(0, dtype=xp.int64, **where)
    return KernelDictionary(
        points=like[:0, :],
        positions=numbers,
        probabilities=xp.zeros(0, dtype=like.dtype, **where),
        counts=numbers,
        gram=xp.zeros((0, 0), dtype=like.dtype, **where),
        ridge=ridge,
        n_copies=n_copies,
        n_seen=0,
        n_evaluations=0,
    )


def _expanded(old: KernelDictionary, batch: Array, kernel_function: Kernel) -> KernelDictionary:
    """Return the dictionary with all points of a batch, at probability 1."""
    xp = array_namespace(batch)
    b, where = batch.shape[0], {"device": device(batch)}
    points = xp.concat([old.points, batch], axis=0)
    columns = kernel_block(kernel_function, points, batch)
    m = old.points.shape[0]
    gram = xp.concat([old.gram, xp.matrix_transpose(columns[:m, :])], axis=0)
    positions = xp.arange(old.n_seen, old.n_seen + b, dtype=xp.int64, **where)
    ones = xp.ones(b, dtype=batch.dtype, **where)
    return KernelDictionary(
        points=points,
        positions=xp.concat([old.positions, positions]),
        probabilities=xp.concat([old.probabilities, ones]),
        counts=xp.concat([old.counts, xp.full((b,), old.n_copies, dtype=xp.int64, **where)]),
        gram=xp.concat([gram, columns], axis=1),
        ridge=old.ridge,
        n_copies=old.n_copies,
        n_seen=old.n_seen + b,
        n_evaluations=old.n_evaluations + (m + b) * b,
    )
