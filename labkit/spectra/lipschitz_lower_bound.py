"""How far a network is seen to stretch: the largest derivative at given points.

Papers: direct-parameterization-lipschitz-bounded, l-lipschitz-gershgorin-resnet.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device
from labkit.networks.mlp import Parameters, check_inputs, unchecked_outputs
from labkit.spectra._chain import check_chain


def lipschitz_lower_bound(
    parameters: Parameters, X: Array, *, activation: str = "relu", skip: bool = False
) -> float:
    r"""Return the largest norm of the derivative of a network's outputs by its inputs.

    .. math:: \max_i \bigl\| s I + W_L D_{L-1}(x_i) W_{L-1} \cdots D_1(x_i) W_1 \bigr\|_2

    Parameters
    ----------
    parameters : list of (weights, bias)
        As in `labkit.networks`.
    X : Array, shape (n_points, n_inputs)
        Where to look. More points never make the result smaller.
    activation : {"relu", "tanh"}
        Between layers; D holds its slopes.
    skip : bool
        Whether the input is added to the output, s = 1, or not, s = 0.

    Returns
    -------
    float
        No bound on the Lipschitz constant can lie below it, save by rounding.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit; a residual network whose output is not as wide as its input.

    Notes
    -----
    Portable. Forward once, then the products of slopes and weights for all points at once:
    n_points n_inputs numbers for each unit of the widest layer. At a kink of a ReLU the slope is
    taken as 0. Quotients over random pairs of points are averages of such derivatives along the
    line between them, and see far less.

    References
    ----------
    Wang, Manchester (2023), arXiv 2301.11526, estimate their networks' constants from below too, by
    a search which is left out.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> layers = [(np.array([[3.0]]), np.zeros(1)), (np.array([[2.0]]), np.zeros(1))]
    >>> lipschitz_lower_bound(layers, np.array([[-1.0]])), lipschitz_lower_bound(layers, np.eye(1))
    (0.0, 6.0)
    """
    X = check_inputs(parameters, X, activation)
    weights = check_chain(parameters, skip=skip, n_layers=1)
    xp = array_namespace(X)
    outputs = unchecked_outputs(parameters, X, activation)
    n_points, n_in = X.shape
    J = xp.broadcast_to(weights[0], (n_points, *weights[0].shape))
    for h, W in zip(outputs[1:-1], weights[1:], strict=True):
        slopes = 1 - h * h if activation == "tanh" else xp.astype(h > 0, h.dtype)
        J = W @ (slopes[:, :, None] * J)
    if skip:
        J = J + xp.eye(n_in, dtype=X.dtype, device=device(X))
    return float(xp.max(xp.linalg.matrix_norm(J, ord=2)))
