"""How many of a network's parameters can be told from what it computes.

Different parameters may give one and the same function: then the loss cannot tell them apart, and
neither can any data. The rank of the derivatives of all outputs counts what can be told.

Papers: hidden-symmetries-relu-networks.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_real
from labkit.networks.mlp import Parameters, check_inputs, unchecked_outputs


@dataclass(frozen=True)
class FunctionalDimension:
    """What `functional_dimension` returns.

    Attributes
    ----------
    rank : int
        Directions of the parameters that change an output at one of the points, to first order.
    bound : int
        The largest rank that a ReLU network of these widths can have: all parameters but one for
        each hidden unit, whose incoming weights can be scaled up and its outgoing ones down.
    n_parameters : int
        Weights and biases in all.
    singular_values : Array, shape (min(n_points * n_outputs, n_parameters),)
        Of the derivatives with rows, then columns scaled to length one, falling.
    """

    rank: int
    bound: int
    n_parameters: int
    singular_values: Array


def functional_dimension(
    parameters: Parameters, X: Array, *, activation: str = "relu", tol: float = 1e-9
) -> FunctionalDimension:
    r"""Return the rank of the derivatives of the outputs by the parameters.

    .. math:: \operatorname{rank} \Bigl( \frac{\partial f_o(x_i; \theta)}{\partial \theta_j}
              \Bigr)_{(i, o), j} \;\le\; n_L + \sum_{l=1}^{L} n_l\, n_{l-1}
              \quad \text{for ReLU}

    Parameters
    ----------
    parameters : list of (weights, bias)
        A multilayer perceptron, as `labkit.networks.initial_parameters` draws it; n_0 to n_L are
        its widths.
    X : Array, shape (n_points, n_0)
        Where the outputs are looked at. Too few points, or points that miss a region in which the
        network is linear, give too small a rank; more never make it smaller.
    activation : {"relu", "tanh"}
        Between layers. The bound is for "relu".
    tol : float
        Singular values up to tol times the largest count as zero, from 0, below 1.

    Returns
    -------
    FunctionalDimension
        The rank, and what it is to be compared with.

    Raises
    ------
    TypeError, ValueError
        For inputs that do not fit the network.

    Notes
    -----
    Portable.

    1. Forward, all layers; then backward the derivatives of each output by each layer's
       preactivations.
    2. Their products with what comes from below are the derivatives by the weights.
    3. Rows and columns scaled to length one, so that the tolerance does not depend on how large an
       input or a layer is; columns of zeros stay.
    4. Singular values, and how many exceed the tolerance.

    n_points n_outputs n_parameters^2 for the singular values. The functional dimension of Grigsby,
    Lindsey and Rolnick (2023) is the supremum over all finite sets of points; a hidden symmetry is
    there, locally, where it stays below the bound. Their way of choosing points was not read.

    References
    ----------
    Grigsby, Lindsey, Rolnick: Hidden symmetries of ReLU networks, ICML (2023), arXiv 2306.06179.

    Notebook: ``notebooks/spectra/14_degeneracy.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.networks import initial_parameters
    >>> rng = np.random.default_rng(0)
    >>> parameters = initial_parameters((2, 8, 1), like=np.zeros(1), bias_scale=1.0, rng=1)
    >>> found = functional_dimension(parameters, 3 * rng.standard_normal((500, 2)))
    >>> found.rank, found.bound, found.n_parameters
    (25, 25, 33)
    """
    X = check_inputs(parameters, X, activation)
    tol = check_real(tol, "tol", 0.0, 1.0, open_high=True)
    xp = array_namespace(X)
    outputs = unchecked_outputs(parameters, X, activation)  # step 1
    n_points, n_outputs = outputs[-1].shape
    eye = xp.eye(n_outputs, dtype=X.dtype, device=device(X))
    by_units = xp.broadcast_to(eye, (n_points, n_outputs, n_outputs))
    parts: list[Array] = []
    for layer in reversed(range(len(parameters))):
        below = outputs[layer]
        by_weights = by_units[..., None] * below[:, None, None, :]  # step 2
        parts = [xp.reshape(by_weights, (n_points * n_outputs, -1)),
                 xp.reshape(by_units, (n_points * n_outputs, -1)), *parts]  # fmt: skip
        if layer:
            slope = 1 - below * below if activation == "tanh" else xp.astype(below > 0, X.dtype)
            by_units = (by_units @ parameters[layer][0]) * slope[:, None, :]
    J = xp.concat(parts, axis=1)
    for axis in (1, 0):  # step 3
        lengths = xp.linalg.vector_norm(J, axis=axis, keepdims=True)
        J = J / xp.where(lengths > 0, lengths, xp.ones_like(lengths))
    values = xp.linalg.svdvals(J)  # step 4
    rank = int(xp.sum(xp.astype(values > tol * values[0], xp.int64)))
    widths = [X.shape[1], *(W.shape[0] for W, _ in parameters)]
    bound = widths[-1] + sum(a * b for a, b in itertools.pairwise(widths))
    return FunctionalDimension(rank, bound, J.shape[1], values)
