"""The curvature that a loss takes from its outer function alone, applied to vectors.

Papers: empirical-analysis-hessian-over.
"""

from __future__ import annotations

from labkit.arrays import Array
from labkit.networks._curvature import curvature_product
from labkit.networks.mlp import Parameters, check_inputs


def gauss_newton_product(
    parameters: Parameters, X: Array, vectors: Array, *, activation: str = "tanh"
) -> Array:
    r"""Return the Gauss-Newton part of the Hessian times one or more vectors.

    .. math:: G v = \frac1n \sum_i J_i^\top \bigl(\operatorname{diag}(p_i) - p_i p_i^\top\bigr)
              J_i \, v, \qquad J_i = \frac{\partial z_i}{\partial \theta}

    Parameters
    ----------
    parameters : list of (weights, bias)
        Where the Jacobians J_i of the logits z_i are taken, one pair a layer.
    X : Array, shape (n_samples, n_features)
        The inputs, beside the parameters. There are no labels: G does not depend on them.
    vectors : Array, shape (n_parameters,) or (n_parameters, n_vectors)
        Columns are multiplied, in the order of `flatten`.
    activation : {"tanh", "relu"}
        Between layers; at a kink of relu the slope is 0.

    Returns
    -------
    Array
        G v, shaped like the vectors.

    Raises
    ------
    TypeError, ValueError
        For inputs or vectors of the wrong shape or on another device.

    Notes
    -----
    Portable. For softmax and cross-entropy G is also Fisher's information matrix: the mean over
    inputs and over labels *drawn from the model* of the outer product of the gradient.

    G has no negative eigenvalue, and at most n_samples * (n_classes - 1) that are not zero, for
    each middle factor has rank n_classes - 1 at most: the logits can all be shifted at once. The
    Hessian is G plus the mean of (p_ic - y_ic) times the Hessian of the logit z_ic.

    The numbered steps of `hessian_product`, with the derivative by the logits put to zero before
    step 3. It costs the same here; a product from the left and one from the right with J would
    cost two thirds.

    References
    ----------
    Schraudolph: Fast curvature matrix-vector products for second-order gradient descent, Neural
    Computation 14 (2002).

    Notebook: ``notebooks/spectra/06_hessians.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> blind = [(np.zeros((2, 1)), np.zeros(2))]
    >>> gauss_newton_product(blind, np.array([[2.0]]), np.eye(4)).diagonal().tolist()
    [1.0, 1.0, 0.25, 0.25]
    """
    X = check_inputs(parameters, X, activation)
    return curvature_product(parameters, X, vectors, activation, None)
