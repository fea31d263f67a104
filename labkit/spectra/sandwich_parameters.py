"""The free numbers behind a network that is known not to stretch too much.

Papers: direct-parameterization-lipschitz-bounded.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_real
from labkit.networks.mlp import Parameters
from labkit.spectra._cayley import plain_factors
from labkit.spectra._chain import check_chain
from labkit.spectra.lipschitz_matrix import check_multipliers


def sandwich_parameters(
    parameters: Parameters, multipliers: Sequence[Array], *, bound: float
) -> list[tuple[Array, Array, Array]]:
    r"""Return free parameters whose `sandwich_network` is the given network.

    .. math:: B_k = \tfrac12 \Psi_k W_k \Psi_{k-1}^{-1} A_{k-1}^{-1}, \qquad
              A_k = (I - B_k B_k^\top)^{1/2}, \qquad \Psi_k = \Lambda_k^{1/2}

    Parameters
    ----------
    parameters : list of (weights, bias)
        A network with one hidden layer or more.
    multipliers : sequence of Array, shape (n_k,)
        That certify the bound: then the matrix of `lipschitz_matrix` has positive eigenvalues only.
    bound : float
        gamma, above 0.

    Returns
    -------
    list of (free, log_scales, bias)
        One triple a layer. They are not unique: each A may be turned from the right.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit; multipliers that do not certify the bound, with the layer at
        which that shows.

    Notes
    -----
    Portable.

    1. From the first layer on: B_k follows from the weights and from A_{k-1}; a root of 2 is
       replaced by a root of gamma at both ends. That I - B B' has no negative eigenvalue is what
       elimination asks of the big matrix at this place.
    2. A_k is the symmetric root. Its eigenvalues are not negative, so I + A can be inverted.
    3. The inverse of the Cayley transform: Z = (I - A)(I + A)^-1, Y = -B' (I + Z) / 2, and X is
       half of what is skew in Z, which here is nothing.

    10 n^3 for each layer. This is the proof of completeness of Wang and Manchester (2023) as a
    computation, with the symmetric root as our choice; networks on the very edge, where A is
    singular, are limits of such networks and are refused.

    References
    ----------
    Wang, Manchester: Direct parameterization of Lipschitz-bounded deep networks, ICML (2023), arXiv
    2301.11526.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.spectra import sandwich_network
    >>> chain = [(np.array([[0.5]]), np.zeros(1)), (np.array([[1.0]]), np.zeros(1))]
    >>> layers = sandwich_parameters(chain, [np.ones(1)], bound=1.0)
    >>> [W.round(6).tolist() for W, _ in sandwich_network(layers, bound=1.0)]
    [[[0.5]], [[1.0]]]
    """
    weights = check_chain(parameters)
    bound = check_real(bound, "bound", 0.0, open_low=True)
    scales = check_multipliers(multipliers, weights)
    xp = array_namespace(*weights)
    roots = [xp.sqrt(scale) for scale in scales]
    roots.append(xp.ones_like(weights[-1][:, 0]))
    found, right = [], None
    for k, factor in enumerate(plain_factors(len(weights), bound)):
        B = roots[k][:, None] * weights[k] / factor  # step 1
        if right is not None:
            B = B @ right
        identity = xp.eye(B.shape[0], dtype=B.dtype, device=device(B))
        values, vectors = xp.linalg.eigh(identity - B @ xp.matrix_transpose(B))
        if float(values[0]) <= (10 * eps(B) if k < len(weights) - 1 else -1e3 * eps(B)):
            raise ValueError(
                f"multipliers must certify the bound {bound:g}, got none at layer {k + 1}: an "
                f"eigenvalue is {float(values[0]):.3g}"
            )
        values = xp.clip(values, min=0.0)
        turned = xp.matrix_transpose(vectors)
        root = xp.sqrt(values)  # step 2
        Z = (vectors * ((1 - root) / (1 + root))) @ turned  # step 3
        Y = -xp.matrix_transpose(B) @ (identity + Z) / 2
        found.append((xp.concat([xp.zeros_like(Z), Y]), xp.log(roots[k]), parameters[k][1]))
        if k < len(weights) - 1:
            right = ((vectors / root) @ turned) / roots[k][:, None]
    return found
