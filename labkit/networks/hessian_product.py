"""The second derivatives of a network's loss, applied to vectors, without ever forming the matrix.

Papers: empirical-analysis-hessian-over, high-dimensional-sgd-aligns.
"""

from __future__ import annotations

from labkit.arrays import Array
from labkit.networks._curvature import curvature_product
from labkit.networks.mlp import Parameters, check_inputs, check_targets


def hessian_product(
    parameters: Parameters, X: Array, targets: Array, vectors: Array, *, activation: str = "tanh"
) -> Array:
    r"""Return the Hessian of the mean softmax cross-entropy times one or more vectors.

    .. math:: H v = \nabla^2 f(\theta) \, v
              = \frac{d}{dt} \nabla f(\theta + t v) \Big|_{t = 0}

    Parameters
    ----------
    parameters : list of (weights, bias)
        The point theta, one pair a layer.
    X : Array, shape (n_samples, n_features)
        The inputs, on the device of the parameters.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels, or probabilities: rows that sum to 1.
    vectors : Array, shape (n_parameters,) or (n_parameters, n_vectors)
        In the order of `flatten`. The identity gives the whole Hessian.
    activation : {"tanh", "relu"}
        Between layers. With relu the loss has a second derivative away from the kinks only; there
        the product is exact, at a kink it is that of the side on which the unit is off.

    Returns
    -------
    Array
        H v, of the shape of the vectors.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit each other or lie on different devices, and for rows of targets
        that do not sum to 1.

    Notes
    -----
    Portable. Exact up to rounding: no step size, no difference of gradients. Forward over reverse
    (Pearlmutter 1994): each line of the forward and of the backward pass is differentiated along
    the vectors.

    1. Forward, and how the signal into each layer moves along v.
    2. The probabilities p, and how they move: the softmax has the derivative diag(p) - p p'.
    3. Backward with the product rule: one term from the moving signals, one from the moving
       weights, one from the slope of the activation.

    About three gradients' work for one vector, less for each further one. Several vectors take
    memory of n_vectors * n_samples * width; for a large network multiply in portions. Nothing is
    kept from one call to the next, so each repeats the forward pass.

    `gauss_newton_product` leaves out how the network bends; that part has no negative eigenvalue.

    References
    ----------
    Pearlmutter: Fast exact multiplication by the Hessian, Neural Computation 6 (1994).

    Notebook: ``notebooks/spectra/06_hessians.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> blind = [(np.zeros((2, 1)), np.zeros(2))]
    >>> X, targets = np.array([[2.0]]), np.array([[1.0, 0.0]])
    >>> hessian_product(blind, X, targets, np.array([1.0, 0.0, 0.0, 0.0])).tolist()
    [1.0, -1.0, 0.5, -0.5]
    """
    X = check_inputs(parameters, X, activation)
    targets = check_targets(parameters, X, targets)
    return curvature_product(parameters, X, vectors, activation, targets)
