"""One front door to determinantal sets: it finds out which sampler is the right one, and says so.

The same sets can be drawn from eigenvectors, from a few columns that hold the whole kernel, or from
lists of candidates. Which is fastest depends on how fast the spectrum falls and on how many items
are wanted, and a wrong choice costs a factor of ten or a hundred. A few columns and a few trial
lists tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import Array, is_array, to_numpy
from labkit.checks import check_array, check_choice, check_count, check_symmetric
from labkit.random import Rng, as_generator
from labkit.sampling._candidates import Block, Columns, Outline, block_of, propose
from labkit.sampling._choice import choose_vectors
from labkit.sampling._kernels import log_of, probability_of, projection_draws, spectrum
from labkit.sampling._route import chance_of_size, fill, prepare, spectral_work
from labkit.sampling.low_rank_determinantal_sample import spectrum_of_features

ROUTES = ("auto", "spectral", "low rank", "candidates")
SMALL = 256
"""Up to so many items nothing is faster than all eigenvectors."""
LARGEST = 20000
"""More items than this make a matrix that one does not want to have: 3.2 GB."""


@dataclass(frozen=True)
class DeterminantalDraw:
    """A set drawn by `determinantal_draws`, and how.

    Attributes
    ----------
    items : tuple of int
        The set, in ascending order.
    route : {"spectral", "low rank", "candidates"}
        Which sampler drew it.
    reason : str
        Why this one, in a sentence with its numbers.
    n_columns : int
        Columns of L that the preparation looked at, n entries each; all n on the spectral route.
    n_proposals : int
        Lists of candidates for this set; zero on the other routes.
    n_entries : int
        Entries of L that they took.
    """

    items: tuple[int, ...]
    route: str
    reason: str
    n_columns: int
    n_proposals: int
    n_entries: int


def determinantal_draws(
    likelihood: Array | Block,
    diagonal: Array | None = None,
    *,
    size: int | None = None,
    n_planned: int = 1,
    route: str = "auto",
    rng: Rng = None,
) -> Iterator[DeterminantalDraw]:
    r"""Return a generator of independent sets from a determinantal point process.

    .. math:: \Pr(S) = \frac{\det L_S}{\det(I + L)} \qquad \text{or, with } |S| = k, \qquad
              \Pr(S) = \frac{\det L_S}{e_k(\lambda_1, \dots, \lambda_n)}

    Parameters
    ----------
    likelihood : Array, shape (n, n), or callable
        L, symmetric and positive semidefinite, or ``likelihood(rows, columns)``, which returns its
        entries there for two arrays of indices; then L is not formed if that can be avoided.
    diagonal : Array, shape (n,), optional
        Of L, not negative; only with a callable.
    size : int, optional
        k, from 1 to the rank of L: sets of k items. By default the size is random.
    n_planned : int
        About how many sets will be taken, at least 1: what is worth preparing depends on it. More
        or fewer may be taken.
    route : {"auto", "spectral", "low rank", "candidates"}
        The sampler; by default the one that is expected to take least work.
    rng : int, Generator or None
        Draws everything.

    Returns
    -------
    iterator of DeterminantalDraw
        Endless. The preparation is done at the call. All routes draw from the same law.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; for a matrix that is not square and symmetric; for a size above
        the rank; for a route that this kernel does not have: "low rank" if its columns take more
        than 0.5 GB, "candidates" if the lists would be too long, "spectral" above 20000 items.

    Notes
    -----
    Host: it weighs one list of random length against another.

    1. Up to 256 items: spectral.
    2. Take columns, pivots of Cholesky drawn in proportion to the diagonal that is left. If nothing
       but rounding is left, the columns are L: low rank, `low_rank_determinantal_sample`.
    3. With 0, 8, 16, 32, ... columns make an outline of L, for given k of ``alpha L`` with the
       alpha at which about k items are expected; the law given the size does not depend on it. Draw
       six trial lists as `sublinear_determinantal_sample` does and take the mean of their
       chances, for given k times the probability that a set from the list has k items. That tells
       the work for one set. Where twice as many columns cost less than a set from the first list,
       no trial is needed.
    4. Go on to twice as many columns while they cost less than what is expected to be left to do
       and less than a twentieth of eigenvectors, and while a doubling at least halves what the
       columns leave; without any bearable list, while they fit into 0.5 GB. That is a rule of
       thumb: a spectrum that ends suddenly, late, is missed.
    5. Compare with eigenvectors, ``9 n^3``; take the cheaper one. The trial lists are thrown away.
    6. Candidates: lists until one is accepted, then a set from it by eigenvectors; for given k a
       list is accepted with the chance of step 3, and the set is a k-DPP of the list.

    Above 20000 items there is no way back to eigenvectors, and with a slow spectrum it may take
    minutes of columns until this is refused.

    Work per set on the route of candidates does not grow with n. References of the routes stand in
    their own files; the choice is ours.

    For many sets at once from a small matrix `determinantal_sample` and `k_determinantal_sample`
    are faster, and they are portable.

    References
    ----------
    Derezinski, Calandriello, Valko: Exact sampling of determinantal point processes with sublinear
    time preprocessing, NeurIPS (2019), arXiv 1905.13476.

    Notebook: ``notebooks/sampling/09_choosing_a_sampler.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 20000)
    >>> def block(rows, columns):
    ...     return np.exp(-((x[rows][:, None] - x[columns][None]) ** 2) / 0.5)
    >>> draw = next(determinantal_draws(block, np.ones(20000), size=6, rng=0))
    >>> draw.route, len(draw.items), draw.n_columns < 40
    ('low rank', 6, True)
    """
    check_choice(route, "route", ROUTES)
    n_planned = check_count(n_planned, "n_planned", 1)
    draw = as_generator(rng)
    block, diagonal, L = _opened(likelihood, diagonal)
    n = len(diagonal)
    if size is not None:
        size = check_count(size, "size", 1, n)
    if route == "auto" and n <= SMALL:  # step 1
        return _by_vectors(_all(block, L, n), size, "spectral", f"{n} items are few", n, draw)
    if route == "spectral":
        return _by_vectors(_all(block, L, n), size, route, "asked for", n, draw)
    columns = Columns(block, diagonal)
    bar = spectral_work(n) if route == "auto" and n <= LARGEST else math.inf
    about, work = None, math.inf
    if route == "low rank":
        fill(columns, draw)
    else:
        about, work = prepare(columns, block, size, n_planned, bar, draw)  # steps 2 to 4
    m = columns.n_columns
    if columns.left.max() == 0 and route != "candidates":
        reason = f"{m} of {n} columns hold the whole kernel"
        found = (*spectrum_of_features(columns.factor if m else np.zeros((n, 1))), 0.0)
        return _by_vectors(found, size, "low rank", reason, m, draw)
    if about is not None and work < bar:  # step 5
        reason = f"lists of about {about.q:.0f} candidates stand in for {n} items"
        return _by_candidates(block, about, size, reason, m, draw)
    if math.isinf(bar):
        raise ValueError(
            f"likelihood has too slow a spectrum for {n} items: after {m} columns too much is left "
            f"for lists of candidates, and eigenvectors are for {LARGEST} items; lower its scale"
        )
    reason = f"the spectrum falls slowly, {m} of {n} columns leave too much"
    return _by_vectors(_all(block, L, n), size, "spectral", reason, n, draw)


def _opened(likelihood: Array | Block, diagonal: Array | None) -> tuple[Block, np.ndarray, Any]:
    """Return a function of blocks, the diagonal, and the matrix where there is one."""
    if is_array(likelihood) or not callable(likelihood):
        L = to_numpy(check_symmetric(likelihood, "likelihood")).astype(float, copy=False)
        if L.diagonal().min() < 0:
            raise ValueError(
                f"likelihood must be positive semidefinite, got {L.diagonal().min():g} on the "
                "diagonal"
            )
        if diagonal is not None:
            raise TypeError("diagonal goes with a callable, got it with an array")

        def block(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
            return L[columns[0], rows][:, None] if len(columns) == 1 else L[np.ix_(rows, columns)]

        likelihood, diagonal = block, L.diagonal().copy()
    else:
        L = None
    diagonal = to_numpy(check_array(diagonal, "diagonal", n_dims=1)).astype(float)
    if diagonal.min() < 0:
        raise ValueError(f"the diagonal of L must not be negative, got {diagonal.min():g}")
    return likelihood, diagonal, L


def _all(block: Block, L: Any, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return eigenvalues, ascending, eigenvectors, and the logarithm of a factor."""
    if n > LARGEST:
        raise ValueError(f"route 'spectral' takes at most {LARGEST} items, got {n}")
    if L is None:
        L = check_symmetric(block_of(block, np.arange(n), np.arange(n)), "likelihood")
    return spectrum(L, "likelihood")


def _by_vectors(
    found: tuple[Any, Any, float], size: int | None, route: str, reason: str, m: int, draw: Any
) -> Iterator[DeterminantalDraw]:
    values, vectors, log_scale = found
    rank = int(np.sum(values > 0))
    if size is not None and size > rank:
        raise ValueError(f"size must be at most the rank of L, {rank}, got {size}")

    def states() -> Iterator[DeterminantalDraw]:
        n_chosen = 1
        shares = probability_of(log_of(values) + log_scale)
        while True:
            if size is None:
                chosen = draw.random((n_chosen, len(values))) < shares
            else:
                chosen = choose_vectors(values, size, n_chosen, draw)
            for row in chosen:
                taken = projection_draws(vectors, row[None], draw)[0]
                items = tuple(np.nonzero(taken)[0].tolist())
                yield DeterminantalDraw(items, route, reason, m, 0, 0)
            n_chosen = min(2 * n_chosen, 64)  # the choices share a table

    return states()


def _by_candidates(
    block: Block, about: Outline, size: int | None, reason: str, m: int, draw: Any
) -> Iterator[DeterminantalDraw]:
    n_proposals = n_entries = 0
    while True:
        listed, M, log_chance = propose(block, about, draw)  # step 6
        n_proposals, n_entries = n_proposals + 1, n_entries + len(listed) ** 2
        if math.log(1.0 - draw.random()) >= log_chance:
            continue
        items: tuple[int, ...] = ()
        if len(listed):
            values, vectors, log_scale = spectrum((M + M.T) / 2, "likelihood")
            if size is None:
                chosen = draw.random((1, len(values))) < probability_of(log_of(values) + log_scale)
            else:
                if draw.random() >= chance_of_size(values * math.exp(log_scale), size):
                    continue
                chosen = choose_vectors(values, size, 1, draw)
            taken = projection_draws(vectors, chosen, draw)[0]
            items = tuple(sorted(listed[taken].tolist()))
        elif size is not None:
            continue
        yield DeterminantalDraw(items, "candidates", reason, m, n_proposals, n_entries)
        n_proposals = n_entries = 0
