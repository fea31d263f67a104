"""A determinantal process of which a part is settled: what is left is determinantal again."""

from __future__ import annotations

import numbers
from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, device, eps, from_numpy, to_numpy
from labkit.checks import check_symmetric


def conditioned_kernel(
    L: Array, *, included: Sequence[int] = (), excluded: Sequence[int] = ()
) -> Array:
    r"""Return the likelihood kernel of the other items, given that some are in and some are out.

    .. math:: L' = L_{RR} - L_{RA} L_{AA}^{-1} L_{AR}, \qquad
              \Pr(S = A \cup B \mid A \subseteq S,\ S \cap E = \emptyset) \propto \det L'_B

    Parameters
    ----------
    L : Array, shape (n, n)
        Symmetric and positive semidefinite.
    included : sequence of int
        A, items from 0 to n - 1 that are in the set. Their volume must not be zero.
    excluded : sequence of int
        E, items that are not; R are all others.

    Returns
    -------
    Array, shape (n, n)
        L', with rows and columns of zeros at A and E: these are never drawn, and items keep their
        numbers. A set drawn from it, together with A, is a set of the conditioned process; for sets
        of k items draw k less those in A.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a matrix that is not square and symmetric; for
        items out of range, twice in a list or in both; for included items that cannot come
        together, and for a remainder with a negative diagonal.

    Notes
    -----
    Portable.

    1. Leaving out items is leaving out rows and columns: ``det L_S`` is the same for all other
       sets, and only their sum is another.
    2. For ``A`` in the set, ``det L_{A + B} = det L_A det L'_B`` with L' the Schur complement.
    3. What is left of an item's own entry is its squared distance from the span of A. Within
       rounding of zero it is zero, and with it the whole row: the item repeats what is in already.

    n^2 |A| and |A|^3. Borodin and Rains (2005), in the form of Kulesza and Taskar's section 2.4.3,
    which inverts n x n matrices twice; the Schur complement is the same and needs those of A only.
    To ask for the kernel K that goes with it, `marginal_kernel`.

    References
    ----------
    Borodin, Rains: Eynard-Mehta theorem, Schur process, and their pfaffian analogs, J. Stat. Phys.
    121 (2005).

    Kulesza, Taskar: Determinantal point processes for machine learning, Found. Trends Mach. Learn.
    5 (2012), arXiv 1207.6083.

    Notebook: ``notebooks/sampling/10_diverse_pictures.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> twins = np.array([[9.0, 9.0, 0.0], [9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
    >>> conditioned_kernel(twins, included=[0]).tolist()  # the other twin adds nothing any more
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 9.0]]
    """
    L = check_symmetric(L, "L")
    xp = array_namespace(L)
    n = L.shape[0]
    inside, outside = _items(included, "included", n), _items(excluded, "excluded", n)
    if both := sorted(set(inside) & set(outside)):
        raise ValueError(f"included and excluded must have no item in common, got {both}")
    own = xp.linalg.diagonal(L)
    if float(xp.min(own)) < 0:
        raise ValueError(
            f"L must be positive semidefinite, got {float(xp.min(own)):g} on the diagonal"
        )
    keep = _marks(inside + outside, L) == 0  # step 1
    rest = L
    if inside:
        rows = xp.asarray(inside, dtype=xp.int64, device=device(L))
        across = xp.take(L, rows, axis=0)
        among = xp.take(across, rows, axis=1)
        scale = xp.sqrt(xp.linalg.diagonal(among))
        least = _smallest_angle(among, scale)
        if least <= 10 * len(inside) * eps(L):
            raise ValueError(f"included must be items that can come together, got {inside}")
        scaled = across / scale[:, None]
        correlated = among / scale[:, None] / scale[None, :]
        rest = L - xp.matrix_transpose(scaled) @ xp.linalg.solve(correlated, scaled)  # step 2
        rest = (rest + xp.matrix_transpose(rest)) / 2
        rounding = 10 * n * eps(L) / least * own
        left = xp.linalg.diagonal(rest)
        if bool(xp.any(keep & (left < -10 * rounding))):
            worst = float(xp.min(xp.where(keep, left, xp.zeros_like(left))))
            raise ValueError(f"L must be positive semidefinite, got a remainder of {worst:.3g}")
        keep = keep & (left > rounding)  # step 3
    both_kept = keep[:, None] & keep[None, :]
    return xp.where(both_kept, rest, xp.zeros_like(rest))


def _items(items: Sequence[int], name: str, n: int) -> list[int]:
    allowed = f"integers from 0 to {n - 1}"
    try:
        listed = list(items)
    except TypeError:
        raise TypeError(f"{name} must be a sequence of {allowed}, got {items!r}") from None
    for item in listed:
        if isinstance(item, bool) or not isinstance(item, numbers.Integral):
            raise TypeError(f"{name} must hold {allowed}, got {item!r}")
        if not 0 <= item < n:
            raise ValueError(f"{name} must hold {allowed}, got {item}")
    if len(set(listed)) < len(listed):
        raise ValueError(f"{name} must hold every item once, got {listed}")
    return [int(item) for item in listed]


def _marks(items: list[int], like: Array) -> Array:
    """Return ones at the items and zeros elsewhere."""
    marks = to_numpy(array_namespace(like).zeros_like(like[0, :])).copy()
    marks[items] = 1.0
    return from_numpy(marks, like=like)


def _smallest_angle(among: Array, scale: Array) -> float:
    """Return the smallest eigenvalue of the correlations of the included items, at least zero."""
    xp = array_namespace(among)
    if float(xp.min(scale)) == 0.0:
        return 0.0
    return max(float(xp.linalg.eigvalsh(among / scale[:, None] / scale[None, :])[0]), 0.0)
