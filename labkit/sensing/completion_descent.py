"""Completion by descent: both factors in turn go downhill, in a metric that forgets conditioning.

Tanner and Wei 2016; no paper of the list. The rival of alternating minimisation whose step is one
gradient: rank multiplications an entry, and no inner problem.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labkit.arrays import from_numpy
from labkit.random import Rng, as_generator
from labkit.sensing.observed_entries import (
    CompletionState,
    ObservedEntries,
    Tally,
    check_entries,
    entries_of,
    leading_right_vectors,
    orthonormal,
    times,
)


def completion_descent(
    entries: ObservedEntries, *, rank: int, rng: Rng = None
) -> Iterator[CompletionState]:
    r"""Return a generator of factors, each step a scaled steepest descent in L and then in R.

    .. math:: L \leftarrow L + t\, E R\, (R^\top R)^{-1}, \qquad E = P_\Omega(M - L R^\top)

    Parameters
    ----------
    entries : ObservedEntries
        Omega and the entries there.
    rank : int
        k, from 1 to the smaller side.
    rng : int, Generator or None
        Draws the start of the power iteration.

    Returns
    -------
    iterator of CompletionState
        First the start, its left factor zero; then one state for each step, without end. `left` has
        orthonormal columns.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Host: sums over the entries of a row are sparse products, which the array standard lacks.

    1. Start as `alternating_minimisation` does.
    2. Make R orthonormal, R = Q T, and L into L T^T: then the scaling is the identity.
    3. Step along D = E Q by the length that is best along it, t = |D|^2 / |P(D Q^T)|^2.
    4. The same with L and R in each other's place.

    The loss never rises, and no step size is to be chosen. Multiplications a step:
    ``|Omega| (6 k + 2)``, and ``3 (m + n) k^2`` for the QR decompositions and what follows them.
    Tanner and Wei keep the inverses of the k by k matrices in place of the QR decompositions, which
    is the same step, and update the residual, which saves a third. Alternating minimisation with
    one inner step is this method with a length for each row.

    References
    ----------
    Tanner, Wei: Low rank matrix completion by alternating steepest descent methods, Appl. Comput.
    Harmon. Anal. 40 (2016), algorithm 3 (ScaledASD).

    Notebook: ``notebooks/sensing/06_completion.ipynb``.

    Examples
    --------
    >>> from labkit.datasets import completion_problem
    >>> from labkit.trace import trace
    >>> problem = completion_problem(60, 50, rank=2, n_observed=1200, rng=0)
    >>> states = completion_descent(problem.entries, rank=2, rng=0)
    >>> run = trace(states, n_steps=100, record={"error": problem.recovery_error})
    >>> bool(run["error"][-1] < 1e-8)
    True
    """
    rank = check_entries(entries, rank)
    generator = as_generator(rng)

    def states() -> Iterator[CompletionState]:
        tally = Tally()
        R = leading_right_vectors(entries, rank, generator, tally)  # step 1
        L = np.zeros((entries.shape[0], rank), dtype=R.dtype)
        while True:
            left, right = (from_numpy(F, like=entries.values) for F in (L, R))
            yield CompletionState(left, right, tally.n_multiplications)
            for pattern in (entries.by_row, entries.by_column):
                Q, T = orthonormal(R, tally)  # step 2
                L = L @ T.T
                E = pattern.data - entries_of(pattern, L, Q, tally)
                D = times(pattern, E, Q, tally)  # step 3
                moved = entries_of(pattern, D, Q, tally)
                length = float(moved @ moved)
                if length > 0:
                    L = L + np.sum(D * D) / length * D
                tally.n_multiplications += len(moved) + L.size * (rank + 2)
                L, R = Q, L  # step 4

    return states()
