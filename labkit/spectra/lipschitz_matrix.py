"""One matrix whose lack of negative eigenvalues certifies how far a network can stretch.

Papers: direct-parameterization-lipschitz-bounded, l-lipschitz-gershgorin-resnet.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_real, check_same_device
from labkit.networks.mlp import Parameters
from labkit.spectra._chain import check_chain, short


def lipschitz_matrix(
    parameters: Parameters,
    multipliers: Sequence[Array],
    *,
    bound: float,
    skip: bool = False,
) -> Array:
    r"""Return the matrix of the linear matrix inequality behind a Lipschitz bound.

    .. math:: q(x, z) = \gamma |x|^2 - \tfrac1\gamma |s x + W_L z_{L-1}|^2
              - 2 \sum_{k<L} z_k^\top \Lambda_k (W_k z_{k-1} - z_k), \qquad z_0 = x

    Parameters
    ----------
    parameters : list of (weights, bias)
        An ordinary network with one hidden layer or more, as in `labkit.networks`. Biases play no
        part.
    multipliers : sequence of Array, shape (n_k,)
        The diagonals of Lambda, one for each hidden layer, all above 0.
    bound : float
        gamma, above 0.
    skip : bool
        Whether the input is added to the output, s = 1, or not, s = 0.

    Returns
    -------
    Array, shape (n_0 + ... + n_{L-1}, n_0 + ... + n_{L-1})
        Symmetric, in the order of input, first hidden layer, and so on. If it has no negative
        eigenvalue, no two inputs are moved apart by more than gamma times their distance.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit; a residual network whose output is not as wide as its input.

    Notes
    -----
    Portable. Let x, z be differences between two inputs and between what the activations make of
    them. A slope between 0 and 1 puts each entry of z between 0 and what went in, so that the sum
    over k is never negative, and q >= 0 says that gamma |x| is at least the difference of outputs.

    1. The diagonal blocks: gamma I, then 2 Lambda_k.
    2. Beside the diagonal: -Lambda_k W_k.
    3. What the output takes away from the last block; with the skip also from the first, and from
       the corner, which is what makes a tridiagonal matrix "pseudo-tridiagonal".

    Here all signs are such that feasible means without negative eigenvalues; the paper on residual
    networks has the negative of this. The inequality is a sufficient condition: with the best
    multipliers (`lipschitz_bound`) it is the tightest that looks at each unit by itself.

    References
    ----------
    Fazlyab, Robey, Hassani, Morari, Pappas: Efficient and accurate estimation of Lipschitz
    constants for deep neural networks, NeurIPS (2019). Wang, Manchester (2023), arXiv 2301.11526.
    Juston, Norris, Nottage, Soylemezoglu (2025), arXiv 2502.21279.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> chain = [(np.eye(1), np.zeros(1)), (np.eye(1), np.zeros(1))]
    >>> lipschitz_matrix(chain, [np.ones(1)], bound=1.0).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    weights = check_chain(parameters, skip=skip)
    bound = check_real(bound, "bound", 0.0, open_low=True)
    scales = check_multipliers(multipliers, weights)
    xp = array_namespace(*weights)
    place = {"dtype": weights[0].dtype, "device": device(weights[0])}
    sizes = [W.shape[1] for W in weights]
    rows = [[xp.zeros((n, m), **place) for m in sizes] for n in sizes]
    last, last_layer = weights[-1], len(sizes) - 1
    rows[0][0] = bound * xp.eye(sizes[0], **place)  # step 1
    for k, scale in enumerate(scales, start=1):
        rows[k][k] = 2 * scale[:, None] * xp.eye(sizes[k], **place)
        rows[k][k - 1] = -scale[:, None] * weights[k - 1]  # step 2
        rows[k - 1][k] = xp.matrix_transpose(rows[k][k - 1])
    turned = xp.matrix_transpose(last)
    rows[last_layer][last_layer] = rows[last_layer][last_layer] - turned @ last / bound  # step 3
    if skip:
        rows[0][0] = rows[0][0] - xp.eye(sizes[0], **place) / bound
        rows[0][last_layer] = rows[0][last_layer] - last / bound
        rows[last_layer][0] = xp.matrix_transpose(rows[0][last_layer])
    return xp.concat([xp.concat(row, axis=1) for row in rows], axis=0)


def check_multipliers(multipliers: Sequence[Array], weights: list[Array]) -> list[Array]:
    """Return one vector of numbers above 0 for each hidden layer.

    Parameters
    ----------
    multipliers : sequence of Array
        What the caller gave.
    weights : list of Array
        Of all layers.

    Returns
    -------
    list of Array
        In the type of the weights.

    Raises
    ------
    TypeError, ValueError
        For a wrong number of vectors, wrong lengths, or numbers not above 0.
    """
    n_hidden = len(weights) - 1
    if not isinstance(multipliers, Sequence) or isinstance(multipliers, str):
        seen = short(multipliers)
        raise TypeError(f"multipliers must be a list of {n_hidden} vectors, got {seen}")
    if len(multipliers) != n_hidden:
        raise ValueError(f"multipliers must be {n_hidden} vectors, got {len(multipliers)}")
    checked = []
    for k, scale in enumerate(multipliers):
        scale = check_array(scale, f"multipliers[{k}]", n_dims=1)
        check_same_device(parameters=weights[0], multipliers=scale)
        xp = array_namespace(scale)
        if scale.shape[0] != weights[k].shape[0]:
            wanted, seen = weights[k].shape[0], scale.shape[0]
            raise ValueError(f"multipliers[{k}] must have {wanted} entries, got {seen}")
        if float(xp.min(scale)) <= 0:
            raise ValueError(f"multipliers must be above 0, got {float(xp.min(scale)):g}")
        checked.append(xp.astype(scale, weights[0].dtype, copy=False))
    return checked
