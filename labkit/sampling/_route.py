"""What a determinantal set costs by lists of candidates, and how many columns that is worth.

Host: it weighs one list of random length against another.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from labkit.sampling._candidates import Block, Columns, Outline, outline, propose
from labkit.sampling.log_symmetric_polynomials import log_symmetric_polynomials

FACTOR = 0.25
"""q over s^2: a list costs t^3 with t near q, and about e^(s^2 / 2q) of them are needed."""
LEAST = 32.0
"""The smallest q: shorter lists save nothing."""
N_TRIALS = 6
LONGEST = 1500
"""Candidates in a list."""
SHARE = 0.05
"""Of the work on eigenvectors: what is spent at most on finding out whether it can be saved."""
SLOW = 10.0
"""A column takes its products one vector at a time, eigenvectors take them in blocks."""
ENTRY = 100.0
"""Operations for an entry of the kernel."""
CALLS = {"column": 5e5, "list": 6e6, "set": 3e7}
"""Operations that fit into the time of the calls for each, whatever the sizes."""
MOST = 2**26
"""Numbers that columns may hold: 0.5 GB."""


def spectral_work(n: int) -> float:
    """Return the operations for all eigenvectors of n items."""
    return 9.0 * n**3


def prepare(
    columns: Columns, block: Block, size: int | None, n_sets: int, bar: float, draw: Any
) -> tuple[Outline | None, float]:
    """Add columns while that may pay.

    Parameters
    ----------
    columns : Columns
        Empty; holds the whole kernel at the end if nothing is left of its diagonal.
    block : callable
        Entries of L.
    size : int, optional
        k.
    n_sets : int
        How many sets the work is for.
    bar : float
        What the other way costs; infinity if there is none.
    draw : Generator
        Draws columns and trial lists.

    Returns
    -------
    outline : Outline or None
        The one whose sets are cheapest; None if none has lists of bearable length.
    work : float
        What the sets are expected to cost with it; infinity without.
    """
    n = len(columns.left)
    best: Outline | None = None
    cost, before = math.inf, math.inf
    while True:
        about = _outline_for(columns, size)
        m, left = max(columns.n_columns, 4), float(columns.left.sum())
        doubling = n * m * (SLOW * m + ENTRY) + m * CALLS["column"]
        bearable = doubling <= SHARE * bar and 2 * n * m <= MOST
        surely = doubling <= n_sets * sum(_work_of_one(about)) and left <= before / 2
        if not (bearable and surely):  # or else more columns pay even if every list is accepted
            work = n_sets * work_of_a_set(block, about, size, SHARE * bar, draw)
            if work < cost:
                best, cost = about, work
            slow = math.isfinite(cost) and left > before / 2  # more columns say little
            if not bearable or doubling > cost or slow:
                return best, cost
        before = left
        for _ in range(2 * m - columns.n_columns):
            if columns.left.max() == 0:
                if best is None:
                    best = _outline_for(columns, size)
                    cost = n_sets * work_of_a_set(block, best, size, SHARE * bar, draw)
                return best, cost
            columns.add(draw)


def fill(columns: Columns, draw: Any) -> None:
    """Add columns until they hold the whole kernel.

    Parameters
    ----------
    columns : Columns
        Is filled.
    draw : Generator
        Draws the columns.

    Raises
    ------
    ValueError
        If they would hold more numbers than is allowed.
    """
    while columns.left.max() > 0:
        if columns.n_columns * len(columns.left) > MOST:
            raise ValueError(
                f"route 'low rank' needs columns that hold L, got {columns.n_columns} of "
                f"{len(columns.left)} that do not; more would not fit into memory"
            )
        columns.add(draw)


def work_of_a_set(block: Block, about: Outline, size: int | None, most: float, draw: Any) -> float:
    """Return the operations for a set, from the mean chance of trial lists.

    Parameters
    ----------
    block : callable
        Entries of L.
    about : Outline
        Of the kernel.
    size : int, optional
        k.
    most : float
        Operations that the trials may take.
    draw : Generator
        Draws the lists.

    Returns
    -------
    float
        Infinity if the lists are too long to be tried.
    """
    a_list, a_set = _work_of_one(about)
    if a_list == math.inf or N_TRIALS * (a_list + (a_set if size else 0)) > most:
        return math.inf
    chances, both = np.zeros(N_TRIALS), np.zeros(N_TRIALS)
    for i in range(N_TRIALS):
        _, M, log_chance = propose(block, about, draw)
        chances[i] = math.exp(min(log_chance, 0.0))
        both[i] = chances[i]
        if size is not None and chances[i] > 1e-6:
            both[i] *= chance_of_size(np.linalg.eigvalsh(M), size)
    if both.mean() < 1e-9:
        return math.inf
    return float((a_list + chances.mean() * a_set) / both.mean())


def chance_of_size(values: np.ndarray, size: int) -> float:
    """Return the probability that a set of the process with these eigenvalues has k items.

    Parameters
    ----------
    values : ndarray, shape (t,)
        Of L; what rounding made negative counts as zero.
    size : int
        k.

    Returns
    -------
    float
        Zero if there are fewer items.
    """
    if size > len(values):
        return 0.0
    values = np.clip(values, 0.0, None)
    log_all = float(log_symmetric_polynomials(values, order=size)[-1, size])
    return math.exp(log_all - float(np.sum(np.log1p(values))))


def _work_of_one(about: Outline) -> tuple[float, float]:
    """Return the operations for a list and for a set from it; infinity for lists too long."""
    expected = about.q * math.exp(about.s / about.q)
    if expected > LONGEST:
        return math.inf, math.inf
    a_list = expected**3 + ENTRY * expected**2 + CALLS["list"]
    return a_list, 10 * expected**3 + CALLS["set"]


def _outline_for(columns: Columns, size: int | None) -> Outline:
    """Return the outline of L, for given k of the multiple of L whose weights add up to k."""
    turned, values = columns.turned()
    if size is None:
        return outline(turned, values, columns.left, FACTOR, least=LEAST)
    rest, low, high = float(columns.left.sum()), -700.0, 700.0
    for _ in range(60):
        middle = (low + high) / 2
        x = math.exp(middle) * values
        s = math.exp(middle) * rest + float(np.sum(x / (1 + x)))
        low, high = (low, middle) if s > size else (middle, high)
    return outline(turned, values, columns.left, FACTOR, math.exp(low), LEAST)
