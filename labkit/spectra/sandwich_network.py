"""A network that cannot stretch more than it was told to, whatever its parameters are.

Free numbers go in, the weights of an ordinary multilayer perceptron come out. Any numbers will do,
so plain gradient steps train it, and no step can lose the guarantee.

Papers: direct-parameterization-lipschitz-bounded.
"""

from __future__ import annotations

from labkit.arrays import array_namespace
from labkit.checks import check_real
from labkit.networks.mlp import Parameters
from labkit.spectra._cayley import SandwichLayers, cayley, check_sandwich, plain_factors


def sandwich_network(layers: SandwichLayers, *, bound: float = 1.0) -> Parameters:
    r"""Return the weights of a network with a Lipschitz constant of at most `bound`.

    .. math:: h_k = \sqrt2\, A_k^\top \Psi_k\, \phi\bigl(\sqrt2\, \Psi_k^{-1} B_k h_{k-1} + b_k
              \bigr), \qquad A_k A_k^\top + B_k B_k^\top = I

    Parameters
    ----------
    layers : sequence of (free, log_scales, bias)
        One triple a layer, the last one linear. ``free``, shape (out + in, out), holds a square X
        above Y and may be anything; at zero the layer is zero. ``log_scales`` and ``bias`` have
        shape (out,); the log scales are the logarithms of Psi, and those of the last layer are not
        used.
    bound : float
        gamma, above 0: no two inputs are moved apart by more than gamma times their distance.

    Returns
    -------
    list of (weights, bias)
        For `labkit.networks.forward`, with either of its activations: all that is asked of one is a
        slope between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        For layers of shapes that do not fit, or a bound that is not above 0.

    Notes
    -----
    Portable.

    1. Z = X - X' + Y'Y; A' = (I + Z)^-1 (I - Z) = 2 (I + Z)^-1 - I and B' = -2 Y (I + Z)^-1, so
       that the columns of A' above B' are orthonormal.
    2. What stands between two activations is one matrix: 2 Psi_k^-1 B_k A_{k-1}' Psi_{k-1}. At the
       first and the last layer a root of 2 is replaced by a root of gamma.

    8/3 out^3 for each layer. With z what comes out of the activation and v what goes in, both as
    differences between two inputs, |h_{k-1}|^2 - |h_k|^2 - 2 z' Psi^2 (v - z) = |h_{k-1} - sqrt(2)
    B' Psi z|^2; slopes between 0 and 1 make the third term harmless, so no layer lengthens h.

    Wang and Manchester (2023) build convolutions too, by the same algebra in the Fourier domain,
    and their code trains a length beside each free matrix of length one; both are left out here.
    For a network that exists and has such a bound, `sandwich_parameters` goes back.

    References
    ----------
    Wang, Manchester: Direct parameterization of Lipschitz-bounded deep networks, ICML (2023), arXiv
    2301.11526.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [(np.array([[0.0], [-1.0]]), np.zeros(1), np.zeros(1))]  # one linear layer
    >>> sandwich_network(layers, bound=3.0)[0][0].round(6).tolist()
    [[3.0]]
    """
    checked = check_sandwich(layers)
    bound = check_real(bound, "bound", 0.0, open_low=True)
    xp = array_namespace(*(part for layer in checked for part in layer))
    parameters, right = [], None
    for k, factor in enumerate(plain_factors(len(checked), bound)):
        free, log_scales, bias = checked[k]
        layer = cayley(free)  # step 1
        weights = factor * (layer.B if right is None else layer.B @ right)  # step 2
        if k < len(checked) - 1:
            weights = weights * xp.exp(-log_scales)[:, None]
            right = layer.At * xp.exp(log_scales)
        parameters.append((weights, bias))
    return parameters
