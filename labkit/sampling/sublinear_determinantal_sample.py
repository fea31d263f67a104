"""Exact determinantal sets without the whole matrix: a list of candidates, a test, a small process.

A rough picture of the kernel, from a few of its columns, says which items may matter. Candidates
drawn from it are put to a test that makes up for whatever the picture missed.

Papers: exact-sampling-determinantal-point.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_count, check_real
from labkit.random import Rng, as_generator
from labkit.sampling._candidates import Block, Columns, outline, propose
from labkit.sampling._kernels import log_of, probability_of, projection_draws, spectrum


@dataclass(frozen=True)
class SublinearDraw:
    """A set drawn by `sublinear_determinantal_sample`, and what it cost.

    Attributes
    ----------
    items : tuple of int
        The set, in ascending order.
    n_proposals : int
        Lists of candidates tried, the accepted one included.
    candidates : ndarray of int
        The accepted list; items may come twice.
    n_entries : int
        Entries of L that this draw asked for.
    n_pivots : int
        Columns of L that the preparation asked for, n entries each.
    bound : float
        s, the sum of the items' weights: at least the mean size of a set.
    """

    items: tuple[int, ...]
    n_proposals: int
    candidates: np.ndarray
    n_entries: int
    n_pivots: int
    bound: float


def sublinear_determinantal_sample(
    kernel_block: Block,
    diagonal: Array,
    *,
    residual: float = 0.5,
    candidate_factor: float = 1.0,
    max_iterations: int = 10000,
    rng: Rng = None,
) -> Iterator[SublinearDraw]:
    r"""Return a generator of independent sets from a determinantal point process.

    .. math:: \Pr(S) = \frac{\det L_S}{\det(I + L)}

    Parameters
    ----------
    kernel_block : callable
        ``kernel_block(rows, columns)`` returns the entries of L there, shape (len(rows),
        len(columns)), for two arrays of indices. L is symmetric and positive semidefinite.
    diagonal : Array, shape (n,)
        Of L, not negative.
    residual : float
        The preparation stops when the trace that its columns leave unexplained is below this, above
        0. Larger: fewer columns, more proposals. The law of the sets does not depend on it.
    candidate_factor : float
        q over s^2 (over 1 if s is less), above 0: lists have about q candidates. Larger: longer
        lists, fewer of them.
    max_iterations : int
        Proposals for one set, at least 1.
    rng : int, Generator or None
        Draws the columns, the candidates and the sets.

    Returns
    -------
    iterator of SublinearDraw
        Endless. The preparation is done at the call.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; for blocks of a wrong shape or not finite.
    RuntimeError
        If no proposal of `max_iterations` is accepted: choose a smaller residual or a larger
        candidate_factor.

    Notes
    -----
    Host: lists of random length, drawn, tested and thrown away one after the other.

    1. Columns: pivots of a Cholesky decomposition, each drawn in proportion to the diagonal that is
       left, until little is. ``Lhat = F F'`` is the Nystrom approximation from these columns.
    2. ``l_i``, the diagonal of ``L - Lhat + Lhat (I + Lhat)^-1``, estimates the probability of item
       i. Their sum s is at least the mean size; z is the trace of the last term, and
       ``q = candidate_factor max(s, 1)^2``.
    3. Candidates: ``t ~ Poisson(q e^(s/q))`` items, each with probability ``l_i / s``, repeated or
       not. The sum of l is accumulated once, so that a candidate costs log n.
    4. Accept the list with probability ``e^z det(I + M) / (e^(t s/q) det(I + Lhat))``, where
       ``M_ab = s L_ab / (q sqrt(l_a l_b))`` over the list; otherwise draw another.
    5. Draw from the determinantal process of M; no item comes twice.

    The ratio of step 4 is at most 1: with features b_i of the items, C the covariance of their
    projections on the chosen columns and A that of the list, weighted,
    ``det(I + A) / det(I + C) <= exp tr((A - C)(I + C)^-1)`` as log det is concave, and the trace is
    ``t s/q - z`` because ``b_i' (I + C)^-1 b_i = l_i``. So the law is exact whatever the columns
    are.

    The preparation asks for m columns, m of the order of the mean size times a logarithm where the
    spectrum falls fast, and costs n m^2; a set costs t^2 entries and about 9 t^3 operations a
    proposal, whatever n is. Derezinski, Calandriello and Valko (2019) take the columns by
    approximate ridge leverage scores in place of step 1; the steps 2 to 5 are those of their
    DPP-VFX. Their reduction to sets of given size, by repetition, is left out.

    For one set of a few hundred items `determinantal_sample` is faster.

    References
    ----------
    Derezinski, Calandriello, Valko: Exact sampling of determinantal point processes with sublinear
    time preprocessing, NeurIPS (2019), arXiv 1905.13476.

    Chen, Epperly, Tropp, Webber: Randomly pivoted Cholesky, arXiv 2207.06503 (2022), for step 1.

    Notebook: ``notebooks/sampling/02_sublinear.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 5000)
    >>> def block(rows, columns):
    ...     return 0.005 * np.exp(-((x[rows][:, None] - x[columns][None]) ** 2) / 0.02)
    >>> draw = next(sublinear_determinantal_sample(block, np.full(5000, 0.005), rng=0))
    >>> len(draw.items) < 20, draw.n_entries < 50000
    (True, True)
    """
    diagonal = to_numpy(check_array(diagonal, "diagonal", n_dims=1)).astype(np.float64)
    if diagonal.min() < 0:
        raise ValueError(f"diagonal must not be negative, got {diagonal.min():g}")
    residual = check_real(residual, "residual", 0.0, open_low=True)
    candidate_factor = check_real(candidate_factor, "candidate_factor", 0.0, open_low=True)
    check_count(max_iterations, "max_iterations", 1)
    generator = as_generator(rng)
    columns = Columns(kernel_block, diagonal)
    while columns.left.sum() > residual:  # step 1
        columns.add(generator)
    about = outline(*columns.turned(), columns.left, candidate_factor)  # step 2

    def states() -> Iterator[SublinearDraw]:
        while True:
            n_entries = n_proposals = 0
            accepted = False
            while not accepted:
                if n_proposals == max_iterations:
                    raise RuntimeError(
                        f"none of {max_iterations} proposals was accepted; choose a smaller "
                        "residual or a larger candidate_factor"
                    )
                listed, M, likely = propose(kernel_block, about, generator)  # step 3
                accepted = math.log(1.0 - generator.random()) < likely  # step 4
                n_proposals, n_entries = n_proposals + 1, n_entries + len(listed) ** 2
            items = _small_sample(listed, M, generator)  # step 5
            yield SublinearDraw(items, n_proposals, listed, n_entries, columns.n_columns, about.s)

    return states()


def _small_sample(
    listed: np.ndarray, M: np.ndarray, generator: np.random.Generator
) -> tuple[int, ...]:
    if len(listed) == 0:
        return ()
    values, vectors, log_scale = spectrum((M + M.T) / 2, "kernel_block")
    shares = probability_of(log_of(values) + log_scale)
    chosen = generator.random((1, len(listed))) < shares
    taken = projection_draws(vectors, chosen, generator)[0]
    return tuple(sorted(int(i) for i in listed[taken]))
