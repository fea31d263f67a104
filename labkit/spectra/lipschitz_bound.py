"""The tightest bound on a network's stretching that looks at each unit by itself.

Papers: direct-parameterization-lipschitz-bounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, device, from_numpy, to_numpy
from labkit.checks import check_count
from labkit.networks.mlp import Parameters
from labkit.spectra._chain import check_chain

N_SWEEPS = 10
"""Rounds of balancing; their end need not be exact."""
TOO_FAR = 1e3
"""What the descent is told where multipliers certify nothing: above all logarithms it meets."""


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
    Host: descent by SciPy decides on the steps; the multipliers' logarithms cross at each of them.
    The factorisations stay where the weights are.

    1. Start where a product of norms is certified: lambda_k is the product of the squared norms of
       all layers above k. Of the network as it is, or with its units balanced, so that the weights
       into and out of each have the same length: whichever product is smaller. Lengths can be
       moved through a unit into its multiplier.
    2. For given multipliers eliminate from the end: S_k = 2 Lambda_k - W' Lambda S^-1 Lambda W of
       the layer above; the squared bound is the largest eigenvalue of what reaches the input.
    3. Its derivative by an entry of Lambda_k, by the envelope theorem, is 2 z (v - z) at the worst
       difference of inputs, with v and z before and after the unit.
    4. Descent on log Lambda by L-BFGS, which runs on the host; the best multipliers met are kept.

    For each step about two factorisations of each layer, 2 n^3. The largest eigenvalue has kinks
    where it is double, and there the descent may stop short of the minimum; a solver of
    semidefinite programs, as in the papers, goes to the end, at a cost of n^6.

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
    >>> round(found.product, 2), round(found.bound, 2)  # no unit knows of the other
    (2.0, 1.0)
    """
    weights = check_chain(parameters)
    check_count(max_iterations, "max_iterations", 1)
    from scipy.optimize import minimize

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
    best, _ = _certified(unit, logs)
    history = [min(best**0.5, 1.0)]

    def objective(vector: Any) -> tuple[float, Any]:
        nonlocal best, logs
        tried = _split(xp.astype(from_numpy(vector, like=unit[0]), unit[0].dtype), lengths)
        value, slopes = _certified(unit, tried)
        if math.isinf(value):
            return TOO_FAR, 0 * vector
        if value < best:
            best, logs = value, tried
        slope = to_numpy(xp.concat(slopes)) / value
        return math.log(value), slope.astype(vector.dtype)

    def keep(_vector: Any) -> None:
        history.append(min(best**0.5, 1.0))

    zeros = to_numpy(xp.concat(logs)).astype(float)
    minimize(  # step 4
        objective, zeros, jac=True, method="L-BFGS-B", callback=keep,
        options={"maxiter": max_iterations},
    )  # fmt: skip
    history.append(min(best**0.5, 1.0))
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


def _split(vector: Array, like: list[Array]) -> list[Array]:
    """Cut a vector into pieces of the lengths of others."""
    pieces, start = [], 0
    for other in like:
        pieces.append(vector[start : start + other.shape[0]])
        start += other.shape[0]
    return pieces


def _diagonal(M: Array) -> Array:
    """Return a mask of the diagonal."""
    xp = array_namespace(M)
    return xp.eye(M.shape[0], dtype=M.dtype, device=device(M)) > 0
