"""Determinantal sets of a given size by a Markov chain: swap one item, and see whether it stays.

No eigenvectors, no columns: a swap looks at k entries of the kernel. What it costs is patience, and
a theorem says how much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, device, from_numpy, to_numpy
from labkit.checks import check_array, check_count, check_same_device, check_symmetric
from labkit.random import Rng, as_generator
from labkit.sampling.greedy_determinantal_subset import greedy_determinantal_subset


def swap_chain(
    L: Array,
    *,
    size: int,
    start: Array | None = None,
    n_chains: int = 1,
    rng: Rng = None,
) -> Iterator[Array]:
    r"""Return a generator of sets of k items whose law becomes that of the determinantal process.

    .. math:: \Pr(S \to S - i + j) = \frac{1}{2 k (n - k)}
              \min\Bigl(1, \frac{\det L_{S - i + j}}{\det L_S}\Bigr)

    Parameters
    ----------
    L : Array, shape (n, n)
        Symmetric and positive semidefinite. A factor on it changes nothing.
    size : int
        k, from 1 to the rank of L.
    start : Array, shape (n,), optional
        True, or 1, at the k items that all chains start with; their volume must not be zero. By
        default the greedy set.
    n_chains : int
        Independent chains side by side, at least 1.
    rng : int, Generator or None
        Three numbers for each step of each chain.

    Returns
    -------
    iterator of Array of bool, each of shape (n_chains, n)
        Endless: the start, then the sets after each step, true at their items.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; for a size above the rank; for a start without volume.

    Notes
    -----
    Portable.

    1. An item i of the set and an item j outside of it, both evenly; with k = n nothing moves.
    2. The volume of the set after the swap, by elimination.
    3. Swap with half the ratio of the volumes, at most one half; or else stay. The half keeps all
       eigenvalues of the chain above zero.

    k^3 operations and k^2 entries for a step of a chain; an update of a factorization would take
    k^2, and is left out. Anari, Oveis Gharan and Rezaei (2016): the chain is within eps of the
    k-DPP, in total variation, after ``2 k n log(1 / (eps Pr(start)))`` steps at most. The greedy
    start has ``Pr >= 1 / ((k!)^2 C(n, k))``. Their proof needs a law whose items repel each other
    as those of a DPP do; for other laws such chains can take exponential time.

    `k_determinantal_sample` is exact and cheaper up to a few thousand items. The chain is for
    kernels too large for eigenvectors and too rough for lists of candidates, and for laws near a
    DPP. Its sets are independent in different chains only.

    References
    ----------
    Anari, Oveis Gharan, Rezaei: Monte Carlo Markov chain algorithms for sampling strongly Rayleigh
    distributions and determinantal point processes, COLT (2016), arXiv 1602.05242.

    Notebook: ``notebooks/sampling/10_diverse_pictures.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> twins = np.array([[9.0, 9.0, 0.0], [9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
    >>> *_, last = islice(swap_chain(twins, size=2, n_chains=100, rng=0), 20)
    >>> last.sum(axis=1).min(), last[:, 2].min()
    (np.int64(2), np.True_)
    """
    L = check_symmetric(L, "L")
    n = L.shape[0]
    size = check_count(size, "size", 1, n)
    n_chains = check_count(n_chains, "n_chains", 1)
    xp = array_namespace(L)
    if float(xp.min(xp.linalg.diagonal(L))) < 0:
        raise ValueError(
            "L must be positive semidefinite, got "
            f"{float(xp.min(xp.linalg.diagonal(L))):g} on the diagonal"
        )
    L = L / (float(xp.max(xp.abs(L))) or 1.0)
    if start is None:
        first = sorted(greedy_determinantal_subset(L, size=size).items)
    else:
        first = _items_of(start, L, size)
    draw = as_generator(rng)
    items = xp.asarray([first] * n_chains, dtype=xp.int64, device=device(L))
    volumes = _log_volumes(L, items)
    if float(xp.min(volumes)) == -math.inf:
        raise ValueError(f"start must be items that can come together, got {first}")

    def states() -> Iterator[Array]:
        present, heights = items, volumes
        inside = _marks(present, n)
        places = xp.arange(size, device=device(L))[None, :]
        while True:
            yield inside
            if size == n:
                continue
            uniforms = from_numpy(draw.random((3, n_chains)), like=L)
            out = xp.astype(xp.floor(uniforms[0, :] * size), xp.int64)  # step 1
            rank = xp.astype(xp.floor(uniforms[1, :] * (n - size)), xp.int64)
            order = xp.cumulative_sum(xp.astype(~inside, xp.int64), axis=1)  # of those outside
            into = xp.sum(xp.astype(order <= rank[:, None], xp.int64), axis=1)
            swapped = xp.where(places == out[:, None], into[:, None], present)
            after = _log_volumes(L, swapped)  # step 2
            coins = xp.log(xp.astype(2 * (1 - uniforms[2, :]), L.dtype))
            goes = coins < xp.clip(after - heights, max=0.0)  # step 3
            present = xp.where(goes[:, None], swapped, present)
            heights = xp.where(goes, after, heights)
            inside = _marks(present, n)

    return states()


def _items_of(start: Array, L: Array, size: int) -> list[int]:
    start = check_array(start, "start", n_dims=1)
    check_same_device(L=L, start=start)
    marks = to_numpy(start)
    if len(marks) != L.shape[0] or not ((marks == 0) | (marks == 1)).all():
        raise ValueError(
            f"start must hold {L.shape[0]} zeros and ones, got {len(marks)} numbers from "
            f"{marks.min():g} to {marks.max():g}"
        )
    if marks.sum() != size:
        raise ValueError(f"start must have {size} items, as size says, got {int(marks.sum())}")
    return [int(item) for item in marks.nonzero()[0]]


def _log_volumes(L: Array, items: Array) -> Array:
    """Return ``log det L_S`` of many sets, minus infinity where there is no volume."""
    xp = array_namespace(L)
    n_chains, size = items.shape
    flat = items[:, :, None] * L.shape[0] + items[:, None, :]
    blocks = xp.take(xp.reshape(L, (-1,)), xp.reshape(flat, (-1,)))
    sign, logs = xp.linalg.slogdet(xp.reshape(blocks, (n_chains, size, size)))
    return xp.where(sign > 0, logs, xp.full_like(logs, -math.inf))


def _marks(items: Array, n: int) -> Array:
    xp = array_namespace(items)
    numbers = xp.arange(n, device=device(items))
    return xp.any(items[:, :, None] == numbers[None, None, :], axis=1)
