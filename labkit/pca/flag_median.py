"""The median of nested subspaces: the flag with the least sum of chordal distances, not squared.

An outlier pulls with the same force wherever it is, so a minority of outliers cannot pull far.

Papers: chordal-averaging-flag-manifolds.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, eps, frobenius_norm
from labkit.checks import check_count, check_real
from labkit.pca._flags import (
    check_flags,
    check_levels,
    common_span,
    greedy_basis,
    polar_step,
    projectors,
    sorted_within_levels,
    squared_distances,
)
from labkit.pca.results import Subspace


def flag_median(
    flags: Array,
    *,
    dimensions: Sequence[int] | None = None,
    smoothing: float = 1e-6,
    tol: float = 1e-9,
    max_iterations: int = 1000,
) -> Subspace:
    r"""Take the median of flags under the chordal distance.

    .. math:: \min_{Y^\top Y = I} \sum_j \phi(d(X^{(j)}, Y)), \qquad
              \phi(d) = \begin{cases} d & d \ge \delta \\
              d^2 / 2\delta + \delta / 2 & d < \delta \end{cases}

    Parameters
    ----------
    flags : Array, shape (n_flags, n_features, k)
        Orthonormal columns, see `chordal_distances`.
    dimensions : sequence of int, optional
        Of the nested subspaces, increasing up to k. By default ``(k,)``, plain subspaces.
    smoothing : float
        delta, above 0: below this distance a flag counts by its square. A delta above all distances
        gives `flag_mean`.
    tol : float
        Stop when a step moves the basis by less than this, in the Frobenius norm; at least ten
        roundings.
    max_iterations : int
        Reweightings, at least 1.

    Returns
    -------
    Subspace
        As `flag_mean` with the last weights returns it; `objective_history` holds the sum of phi.

    Raises
    ------
    TypeError, ValueError
        See `flag_mean`.

    Notes
    -----
    Portable.

    1. Start with the greedy start of `flag_mean`, all weights 1.
    2. Weigh each flag by ``1 / max(d_j, delta)``.
    3. One step of `flag_mean` uphill with these weights; return to 2 until it rests.

    No round raises the objective: phi is concave in d^2, so it lies below its tangent there, which
    is the weighted sum of squared distances plus a constant; step 3 does not raise that sum. The
    objective is not convex, and with a large minority of outliers in one place there are two
    minima; the start decides.

    The objective, the weights and delta are those of the paper's second algorithm, the chordal
    flag-median. For each set of weights that solves the whole weighted mean, with its first
    algorithm, and it starts from a random flag; one step a round is enough for the descent, and
    was seen to need no more rounds. A round costs a step of `flag_mean` and the projectors anew.

    With outliers spread evenly in all directions the mean is as good; without outliers it is a
    little better.

    References
    ----------
    Mankovich, Birdal: Chordal averaging on flag manifolds and its applications, ICCV (2023).
    Mankovich, King, Peterson, Kirby: The flag median and FlagIRLS, CVPR (2022).

    Notebook: ``notebooks/pca/06_flags.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> angles = np.array([-0.1, 0.0, 0.1, 0.7, 0.8])
    >>> lines = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, :, None]
    >>> x, y = flag_median(lines).basis[:, 0]
    >>> round(float(np.arctan(y / x)), 2)
    0.1
    """
    flags = check_flags(flags, "flags")
    xp = array_namespace(flags)
    levels = check_levels(dimensions, flags.shape[2])
    smoothing = check_real(smoothing, "smoothing", 0.0, open_low=True)
    tol = max(check_real(tol, "tol", 0.0), 10 * eps(flags))
    check_count(max_iterations, "max_iterations", 1)

    span, inside = common_span(flags)
    weights = xp.ones_like(flags[:, 0, 0])
    basis = greedy_basis(projectors(inside, weights, levels), levels)  # step 1
    history: list[float] = []
    at_rest = False
    while not at_rest and len(history) <= max_iterations:
        squares = squared_distances(inside, basis, levels)
        wide = xp.clip(xp.sqrt(squares), min=smoothing)
        history.append(float(xp.sum((squares / wide + wide) / 2)))  # phi, either side of delta
        P = projectors(inside, 1 / wide, levels)  # step 2
        following, _ = polar_step(P, basis, levels)  # step 3
        at_rest = frobenius_norm(following - basis) <= tol
        basis = basis if at_rest else following

    basis, values = sorted_within_levels(P, basis, levels)
    return Subspace(
        basis=basis if span is None else span @ basis,
        values=values / float(xp.sum(1 / wide)),
        objective_history=tuple(history),
        n_iterations=len(history) - 1,
        converged=at_rest,
    )
