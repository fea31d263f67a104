"""From the derivative by a network's weights to the derivative by the free numbers behind them.

Papers: direct-parameterization-lipschitz-bounded.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_real, check_same_device
from labkit.networks.mlp import Parameters
from labkit.spectra._cayley import SandwichLayers, cayley, check_sandwich, plain_factors
from labkit.spectra._chain import short


def sandwich_pullback(
    layers: SandwichLayers, gradient: Parameters, *, bound: float = 1.0
) -> list[tuple[Array, Array, Array]]:
    r"""Return the gradient of a loss by the free parameters of a `sandwich_network`.

    .. math:: \frac{\partial f}{\partial \theta} = \Bigl( \frac{\partial W}{\partial \theta}
              \Bigr)^{\!\top} \frac{\partial f}{\partial W}

    Parameters
    ----------
    layers : sequence of (free, log_scales, bias)
        Where the derivative is taken.
    gradient : list of (weights, bias)
        The derivative by the weights of ``sandwich_network(layers, bound=bound)``, for example from
        `labkit.networks.loss_and_gradient`.
    bound : float
        As it was there.

    Returns
    -------
    list of (free, log_scales, bias)
        Like the layers. Zero for the log scales of the last, which nothing depends on.

    Raises
    ------
    TypeError, ValueError
        For a gradient that does not fit the layers.

    Notes
    -----
    Portable. Backward through `sandwich_network`, last layer first, with M the inverse of I + Z:

    1. Through the product of a layer's B with the A' of the layer below, and the scales on both
       sides.
    2. Through A' = 2 M - I and B' = -2 Y M, both to M; then by dM = -M dZ M.
    3. Through Z = X - X' + Y'Y.

    About three times the cost of the map itself.

    References
    ----------
    Wang, Manchester: Direct parameterization of Lipschitz-bounded deep networks, ICML (2023), arXiv
    2301.11526. They leave derivatives to automatic differentiation.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [(np.array([[0.0], [-0.5]]), np.zeros(1), np.zeros(1))]
    >>> by_weights = [(np.array([[1.0]]), np.array([2.0]))]
    >>> [part.round(2).tolist() for part in sandwich_pullback(layers, by_weights)[0]]
    [[[0.0], [-0.96]], [0.0], [2.0]]
    """
    checked = check_sandwich(layers)
    bound = check_real(bound, "bound", 0.0, open_low=True)
    _check_gradient(gradient, checked)
    xp = array_namespace(*(part for layer in checked for part in layer))
    matrices = [cayley(free) for free, _, _ in checked]
    factors = plain_factors(len(checked), bound)
    found: list[tuple[Array, Array, Array]] = []
    by_right = None  # the derivative by A' Psi of the layer at hand, from the one above
    for k in reversed(range(len(checked))):
        At, B, Y, M = matrices[k]
        _, log_scales, _ = checked[k]
        by_product, by_bias = factors[k] * gradient[k][0], gradient[k][1]
        by_scales, by_inverse = xp.zeros_like(log_scales), xp.zeros_like(M)
        right = None
        if k > 0:
            right = matrices[k - 1].At * xp.exp(checked[k - 1][1])
        if by_right is not None:  # step 1
            by_product = by_product * xp.exp(-log_scales)[:, None]
            product = B if right is None else B @ right
            scaled = At * xp.exp(log_scales)
            by_scales = xp.sum(scaled * by_right, axis=0) - xp.sum(product * by_product, axis=1)
            by_inverse = 2 * by_right * xp.exp(log_scales)  # step 2
        by_B = by_product if right is None else by_product @ xp.matrix_transpose(right)
        by_right = xp.matrix_transpose(B) @ by_product
        by_Bt = xp.matrix_transpose(by_B)
        by_inverse = by_inverse - 2 * xp.matrix_transpose(Y) @ by_Bt
        Mt = xp.matrix_transpose(M)
        by_Z = -Mt @ by_inverse @ Mt
        turned = xp.matrix_transpose(by_Z)  # step 3
        by_free = xp.concat([by_Z - turned, Y @ (by_Z + turned) - 2 * by_Bt @ Mt])
        found.append((by_free, by_scales, by_bias))
    return found[::-1]


def _check_gradient(gradient: Parameters, layers: SandwichLayers) -> None:
    """Refuse what is not a list of (weights, bias) of the shapes of the layers."""
    wanted = [((W.shape[1], W.shape[0] - W.shape[1]), (W.shape[1],)) for W, _, _ in layers]
    try:
        shapes = [tuple(tuple(part.shape) for part in pair) for pair in gradient]
    except (AttributeError, TypeError) as error:
        seen = short(gradient)
        raise TypeError(f"gradient must be a list of pairs of arrays, got {seen}") from error
    if shapes != wanted:
        raise ValueError(f"gradient must have shapes {wanted}, got {shapes}")
    check_same_device(layers=layers[0][0], gradient=gradient[0][0])
