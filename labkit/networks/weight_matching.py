"""Which unit of one network is which unit of another: permutations that bring the weights together.

Papers: analysis-linear-mode-connectivity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, from_numpy, to_numpy
from labkit.checks import check_count, check_same_device
from labkit.networks.mlp import Parameters, check_parameters
from labkit.random import Rng, as_generator


@dataclass(frozen=True)
class WeightMatching:
    """What `weight_matching` returns.

    Attributes
    ----------
    parameters : list of (weights, bias)
        The second network with its hidden units renamed: the same function.
    permutations : tuple of ndarray, each of shape (width,)
        For each hidden layer, which of its old units each new one is.
    distance : float
        Between the parameters of both networks, after.
    n_sweeps : int
        Passes over the hidden layers.
    """

    parameters: Parameters
    permutations: tuple[np.ndarray, ...]
    distance: float
    n_sweeps: int


def weight_matching(
    target: Parameters, parameters: Parameters, *, n_starts: int = 1, rng: Rng = None
) -> WeightMatching:
    r"""Rename the hidden units of a network so that its weights come near those of another.

    .. math:: \min_{P_1, \dots, P_{L-1}} \sum_l
              \lVert W_l^a - P_l W_l^b P_{l-1}^\top \rVert_F^2
              + \lVert b_l^a - P_l b_l^b \rVert^2, \qquad P_0 = P_L = I

    Parameters
    ----------
    target : list of (weights, bias)
        The network a that stays.
    parameters : list of (weights, bias)
        The network b, of the same widths, with at least one hidden layer.
    n_starts : int
        Searches, from 1: the first from the names as they are, the others from random ones; the
        nearest result is kept.
    rng : int, Generator or None
        Draws the order of the layers and the further starts.

    Returns
    -------
    WeightMatching
        The renamed network.

    Raises
    ------
    TypeError, ValueError
        For networks of different widths, or without a hidden layer.

    Notes
    -----
    Host: assignments are combinatorial, and SciPy solves them.

    1. Take the hidden layers in random order. For one of them, with the others held, the distance
       is least where the sum of ``C[i, P(i)]`` is largest, with C the products of weights into,
       weights out of, and biases of each pair of units.
    2. Solve that assignment exactly.
    3. Sweep until nothing changes: each step shortens the distance, so it ends. For more than one
       hidden layer in a local optimum.

    n^3 for layers of n units, for each assignment. Renaming units changes no singular value and no
    output.

    References
    ----------
    Ainsworth, Hayase, Srinivasa: Git re-basin: merging models modulo permutation symmetries, ICLR
    (2023). Ito, Yamada, Kumagai: Analysis of linear mode connectivity via permutation-based weight
    matching, ICLR (2025).

    Notebook: ``notebooks/spectra/17_mode_connectivity.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> a = [(np.array([[1.0], [5.0]]), np.zeros(2)), (np.array([[1.0, 2.0]]), np.zeros(1))]
    >>> b = [(a[0][0][::-1], np.zeros(2)), (a[1][0][:, ::-1], np.zeros(1))]
    >>> found = weight_matching(a, b)
    >>> found.permutations[0].tolist(), found.distance
    ([1, 0], 0.0)
    """
    n_starts = check_count(n_starts, "n_starts", 1)
    check_parameters(target, "target")
    check_parameters(parameters)
    shapes = [[tuple(w.shape) for w, _ in network] for network in (target, parameters)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"parameters must have the shapes of target {shapes[0]}, got {shapes[1]}")
    if len(shapes[0]) < 2:
        raise ValueError(f"parameters must have a hidden layer, got shapes {shapes[0]}")
    check_same_device(target=target[0][0], parameters=parameters[0][0])
    generator = as_generator(rng)
    a, b = ([(to_numpy(w), to_numpy(c)) for w, c in network] for network in (target, parameters))
    widths = [w.shape[0] for w, _ in a[:-1]]
    best = None
    for start in range(n_starts):
        names = [np.arange(n) if start == 0 else generator.permutation(n) for n in widths]
        found = _search(a, b, names, generator)
        if best is None or found[0] < best[0]:
            best = found
    assert best is not None
    distance, names, n_sweeps = best
    moved = [(from_numpy(w, like=ref), from_numpy(c, like=ref))
             for (w, c), (ref, _) in zip(_renamed(b, names), parameters, strict=True)]  # fmt: skip
    return WeightMatching(moved, tuple(names), distance, n_sweeps)


def _search(
    a: Parameters, b: Parameters, names: list[np.ndarray], generator: np.random.Generator
) -> tuple[float, list[np.ndarray], int]:
    """Improve one layer's names after another; return the distance, the names and the sweeps."""
    from scipy.optimize import linear_sum_assignment

    n_sweeps, changed = 0, True
    while changed:
        changed, n_sweeps = False, n_sweeps + 1
        for layer in generator.permutation(len(names)):  # step 1
            into, out_of = b[layer][0], b[layer + 1][0]
            if layer > 0:
                into = into[:, names[layer - 1]]
            if layer + 1 < len(names):
                out_of = out_of[names[layer + 1]]
            products = a[layer][0] @ into.T + a[layer + 1][0].T @ out_of
            products = products + np.outer(a[layer][1], b[layer][1])
            _, new = linear_sum_assignment(products, maximize=True)  # step 2
            places = np.arange(len(new))
            gain = np.sum(products[places, new]) - np.sum(products[places, names[layer]])
            if gain > 1e-9 * np.abs(products).max() * len(new):  # step 3
                names[layer], changed = new, True
    squares = [np.sum((w - v) ** 2) + np.sum((c - d) ** 2)
               for (w, c), (v, d) in zip(a, _renamed(b, names), strict=True)]  # fmt: skip
    return float(np.sqrt(np.sum(squares))), names, n_sweeps


def _renamed(network: Parameters, names: list[np.ndarray]) -> Parameters:
    """Return the network with the units of its hidden layers in another order."""
    result: list[tuple[Array, Array]] = []
    for layer, (weights, bias) in enumerate(network):
        if layer > 0:
            weights = weights[:, names[layer - 1]]
        if layer < len(names):
            weights, bias = weights[names[layer]], bias[names[layer]]
        result.append((weights, bias))
    return result
