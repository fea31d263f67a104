"""The tightest bound on a network's stretching that looks at each unit by itself.

Papers: direct-parameterization-lipschitz-bounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count
from labkit.networks.mlp import Parameters
from labkit.spectra._chain import check_chain

N_SWEEPS = 10
"""Rounds of balancing; their end need not be exact."""


@dataclass(frozen=True)
class LipschitzBound:
    """What `lipschitz_bound` returns.

    Attributes
    ----------
    bound : float
        gamma: no two inputs are moved apart by more than gamma times their distance.
    product : float
        The product of the layers' largest singular values, the bound of a user in a hurry.
    multipliers : list of Array
        That certify the bound, for `lipschitz_matrix`; one vector for each hidden layer.
    history : list of float
        The bound after each step, never rising; first a product of norms.
    """

    bound: float
    product: float
    multipliers: list[Array]
    history: list[float]


def lipschitz_bound(parameters: Parameters, *, max_iterations: int = 200) -> LipschitzBound:
    r"""Return an upper bound on the Lipschitz constant of a network, by a linear matrix inequality.

    .. math:: \min_{\Lambda > 0} \gamma \quad \text{such that the matrix of
              \texttt{lipschitz\_matrix} has no negative eigenvalue}

    Parameters
    ----------
    parameters : list of (weights, bias)
        An ordinary network with one hidden layer or more, activations with slopes from 0 to 1.
    max_iterations : int
        Steps of descent, from 1. Every step keeps a valid bound, so fewer steps give a larger one,
        never a wrong one.

    Returns
    -------
    LipschitzBound
        The bound and what certifies it.

    Raises
    ------
    TypeError, ValueError
        For weights that do not fit each other, or a layer of zeros, whose network is constant.

    Notes
    -----
    Portable; a few numbers cross to the host at each step.

    1. Start where a product of norms is certified: lambda_k is the product of the squared norms of
       all layers above k. Of the network as it is, or with its units balanced, so that the weights
       into and out of each have the same length: whichever product is smaller. Lengths can be
       moved through a unit into its multiplier.
    2. For given multipliers eliminate from the end: S_k = 2 Lambda_k - W' Lambda S^-1 Lambda W of
       the layer above; the squared bound is the largest eigenvalue of what reaches the input.
    3. Its derivative by an entry of Lambda_k, by the envelope theorem, is 2 z (v - z) at the worst
       difference of inputs, with v and z before and after the unit.
    4. Step against the derivative by log Lambda, twice as far after a success, a quarter as far
       after a failure.

    For each step one factorisation of each layer, 2 n^3. Where the largest eigenvalue is double the
    descent may stop short of the minimum; a solver of semidefinite programs, as in the papers, goes
    to the end, at a cost of n^6.

    References
    ----------
    Fazlyab, Robey, Hassani, Morari, Pappas: Efficient and accurate estimation of Lipschitz
    constants for deep neural networks, NeurIPS (2019).

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> one = [(np.ones((2, 1)), np.zeros(2)), (np.array([[1.0, -1.0]]), np.zeros(1))]
    >>> found = lipschitz_bound(one)  # max(x, 0) - max(x, 0)
    >>> round(found.product, 4), round(found.bound, 4)  # no unit knows of the other
    (2.0, 1.0)
    """
    weights = check_chain(parameters)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(*weights)
    norms = _norms(weights)
    product = math.prod(norms)
    if min(norms) == 0 or not math.isfinite(product):
        raise ValueError(f"parameters must have layers of finite norms above 0, got {norms}")
    balanced, lengths = _balanced(weights)  # step 1
    if math.prod(_norms(balanced)) < product:
        weights, norms = balanced, _norms(balanced)
    else:
        lengths = [xp.ones_like(length) for length in lengths]
    unit = [W / norm for W, norm in zip(weights, norms, strict=True)]  # no over- or underflow
    logs = [xp.zeros_like(length) for length in lengths]
    value, slopes = _certified(unit, logs)
    step, history = 1.0, [1.0]
    for _ in range(max_iterations):
        size = float(sum(xp.sum(slope * slope) for slope in slopes)) ** 0.5
        if size == 0 or step < 1e-9:
            break
        moved = [a - (step / size) * slope for a, slope in zip(logs, slopes, strict=True)]  # step 4
        new_value, new_slopes = _certified(unit, moved)
        if new_value < value:
            logs, value, slopes, step = moved, new_value, new_slopes, 2 * step
        else:
            step = step / 4
        history.append(min(value**0.5, 1.0))
    start = math.prod(norms)
    bounds = [part * start for part in history]
    above = [math.prod(norms[k + 1 :]) for k in range(len(logs))]  # undo all divisions
    multipliers = [
        xp.exp(log) * (part**2 / bounds[-1]) * length**2
        for log, part, length in zip(logs, above, lengths, strict=True)
    ]
    return LipschitzBound(bounds[-1], product, multipliers, bounds)


def _norms(weights: list[Array]) -> list[float]:
    """Return the largest singular value of each layer."""
    return [float(array_namespace(W).linalg.matrix_norm(W, ord=2)) for W in weights]


def _balanced(weights: list[Array]) -> tuple[list[Array], list[Array]]:
    """Return weights with balanced units, and by what each unit's incoming ones were multiplied."""
    xp = array_namespace(*weights)
    weights = list(weights)
    lengths = [xp.ones_like(W[:, 0]) for W in weights[:-1]]
    for _ in range(N_SWEEPS):
        for k in range(len(lengths)):
            into = xp.linalg.vector_norm(weights[k], axis=1)
            out = xp.linalg.vector_norm(weights[k + 1], axis=0)
            used = (into > 0) & (out > 0)
            safe = xp.where(used, into, xp.ones_like(into))
            factor = xp.where(used, xp.sqrt(out / safe), xp.ones_like(into))
            weights[k] = factor[:, None] * weights[k]
            weights[k + 1] = weights[k + 1] / factor
            lengths[k] = lengths[k] * factor
    return weights, lengths


def _certified(weights: list[Array], logs: list[Array]) -> tuple[float, list[Array]]:
    """Return the squared bound for multipliers exp(logs), and its derivative by the logs."""
    xp = array_namespace(*weights)
    taken = xp.matrix_transpose(weights[-1]) @ weights[-1]
    pulls: list[Array] = []
    for W, log in zip(reversed(weights[:-1]), reversed(logs), strict=True):
        scale = xp.exp(log)  # step 2
        S = xp.where(_diagonal(taken), 2 * scale - taken, -taken)
        values, vectors = xp.linalg.eigh((S + xp.matrix_transpose(S)) / 2)
        if float(values[0]) <= 1e-9 * float(values[-1]):
            return math.inf, []
        right = scale[:, None] * W
        solved = vectors @ ((xp.matrix_transpose(vectors) @ right) / values[:, None])
        pulls.append(solved)
        taken = xp.matrix_transpose(right) @ solved
    values, vectors = xp.linalg.eigh((taken + xp.matrix_transpose(taken)) / 2)
    below, slopes = vectors[:, -1], []
    for W, log, pull in zip(weights[:-1], logs, reversed(pulls), strict=True):
        above = pull @ below  # step 3: the worst difference, layer by layer
        slopes.append(2 * xp.exp(log) * above * (W @ below - above))
        below = above
    return float(values[-1]), slopes


def _diagonal(M: Array) -> Array:
    """Return a mask of the diagonal."""
    xp = array_namespace(M)
    return xp.eye(M.shape[0], dtype=M.dtype, device=device(M)) > 0
