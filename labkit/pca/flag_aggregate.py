"""One gradient from those of many workers, some of whom may lie.

The honest gradients agree up to noise; a subspace of few dimensions that passes near most of them
leaves out what only a liar says.

Papers: flag-aggregator-scalable-distributed.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_count, check_matrix, check_real

FLOOR = 1e-7


@dataclass(frozen=True)
class AggregatedGradient:
    """One gradient out of those of many workers.

    Attributes
    ----------
    gradient : Array, shape (n_parameters,)
        What to step along.
    reconstruction_ratios : Array, shape (n_workers,)
        How much of each worker's unit gradient lies in the subspace, from 0 to 1; 0 for a worker
        who sent zeros.
    basis : Array, shape (n_parameters, n_components)
        Orthonormal columns of the subspace; columns of zeros where the gradients span less.
    objective_history : tuple of float
        The objective after each reweighting.
    n_iterations : int
        Reweightings after the first fit.
    converged : bool
        Whether the objective came to rest.
    """

    gradient: Array
    reconstruction_ratios: Array
    basis: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


def flag_aggregate(
    gradients: Array,
    *,
    n_components: int = 1,
    tol: float = 1e-10,
    max_iterations: int = 100,
) -> AggregatedGradient:
    r"""Aggregate gradients by the subspace that is nearest to most of them.

    .. math:: \min_{Y^\top Y = I} \sum_i \sqrt{1 - v_i + \delta}, \qquad
              v_i = \|Y^\top \hat g_i\|^2, \quad \hat g_i = g_i / \|g_i\|, \quad \delta = 10^{-7}

    Parameters
    ----------
    gradients : Array, shape (n_workers, n_parameters)
        One gradient a row. A row of zeros says nothing and is left out.
    n_components : int
        Columns of Y, from 1 to the smaller side. With n_workers it is the mean of the unit
        gradients; each direction above the first also lets a liar in.
    tol : float
        Stop when a round lowers the objective by less than this, relative.
    max_iterations : int
        Reweightings, at least 1.

    Returns
    -------
    AggregatedGradient
        See there.

    Raises
    ------
    TypeError, ValueError
        For bad values, or if all gradients are zero.

    Notes
    -----
    Portable. In float32 delta is ten roundings.

    1. Divide each gradient by its norm; keep the products of each with each, K.
    2. Start with all weights 1.
    3. Y: the leading left singular vectors of the columns ``sqrt(w_i) g_i``, by an eigenproblem of
       n_workers x n_workers. Then v_i, and the weights ``w_i = 1 / sqrt(1 - v_i + delta)``. Return
       until the objective rests.
    4. The direction is that of ``Y Y' sum_i g_i``, of unit gradients; the length is the median over
       the workers of their component along it, zero if that is negative.

    No round raises the objective: the root is concave in v_i, so it lies below its tangent, and
    step 3 minimises the tangent. That is `flag_median` of lines, with a subspace for an answer.

    The paper takes the square root for the likelihood of a Beta density of v_i; step 3 is its
    iteratively reweighted least squares and the direction in 4 is its update, which is
    ``Y Y' sum_i g_i / n_components``. Left out: its penalty on pairs of workers (lambda), and the
    random start; the start here is the flag mean. The length is ours, the paper's forgets how long
    the gradients were. K is formed once, so a round costs n_workers^3 and no reading of gradients.

    What to expect: with independent noise of relative size s (``g_i = g + s |g| z_i``, z_i of
    length 1) and h honest workers among p, liars in random directions are ignored, whatever their
    length; f liars who share one direction own the flag of one component as soon as
    ``f (1 + s^2) > h + s^2``, so the noisier honest workers are, the fewer it takes; beyond
    ``p / 2`` nothing helps. Workers who send ``-g`` lie on the same line as the honest, v_i = 1:
    they are outvoted in step 4, not found out. `numpy.median` by coordinate needs no agreement of
    directions and holds colluders up to p / 2, at the price of more noise.

    References
    ----------
    Almasi, Mishra, Vamanan, Ravi: Flag aggregator: scalable distributed training under failures and
    augmented losses using convex optimization, arXiv 2302.05865 (2023).

    Notebook: ``notebooks/pca/06_flags.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> honest = [[1.0, 0.1, 0.0], [1.0, -0.1, 0.0], [1.1, 0.0, 0.0]]
    >>> found = flag_aggregate(np.array([*honest, [0.0, 0.0, 900.0]]))
    >>> found.gradient.round(1) + 0.0, found.reconstruction_ratios > 0.5
    (array([1., 0., 0.]), array([ True,  True,  True, False]))
    """
    G = check_matrix(gradients, "gradients")
    xp = array_namespace(G)
    n_components = check_count(n_components, "n_components", 1, min(G.shape))
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)

    largest = xp.max(xp.abs(G), axis=1, keepdims=True)
    if float(xp.max(largest)) == 0:
        raise ValueError("gradients must not all be zero, got zeros only")
    unit = G / xp.where(largest > 0, largest, xp.ones_like(largest))  # step 1
    length = xp.linalg.vector_norm(unit, axis=1, keepdims=True)
    unit = unit / xp.where(length > 0, length, xp.ones_like(length))
    floor = max(FLOOR, 10 * eps(G))
    K = unit @ xp.matrix_transpose(unit)
    says = xp.astype(length[:, 0] > 0, G.dtype)

    weights = says  # step 2
    history: list[float] = []
    at_rest = False
    while not at_rest and len(history) <= max_iterations:
        roots = xp.sqrt(weights)
        values, V = xp.linalg.eigh(roots[:, None] * K * roots[None, :])  # step 3
        values, V = (xp.flip(a, axis=-1)[..., :n_components] for a in (values, V))
        room = values > G.shape[0] * eps(G) * values[0]
        scale = xp.where(room, xp.sqrt(xp.where(room, values, xp.ones_like(values))), xp.inf)
        mixing = roots[:, None] * V / scale  # Y = unit.T @ mixing
        ratios = xp.clip(xp.sum((K @ mixing) ** 2, axis=1), max=1.0)
        gaps = 1 - ratios + floor
        history.append(float(xp.sum(says * xp.sqrt(gaps))))
        at_rest = len(history) > 1 and history[-2] - history[-1] <= tol * history[0]
        weights = says / xp.sqrt(gaps)

    votes = xp.matrix_transpose(mixing) @ xp.sum(K, axis=1)  # step 4
    direction = xp.matrix_transpose(unit) @ (mixing @ votes)
    size = xp.linalg.vector_norm(direction)
    direction = direction / xp.where(size > 0, size, xp.ones_like(size))
    along = xp.sort(G @ direction)
    middle = (along[(G.shape[0] - 1) // 2] + along[G.shape[0] // 2]) / 2
    return AggregatedGradient(
        gradient=xp.clip(middle, min=0.0) * direction,
        reconstruction_ratios=ratios,
        basis=xp.matrix_transpose(unit) @ mixing,
        objective_history=tuple(history),
        n_iterations=len(history) - 1,
        converged=at_rest,
    )
