"""Training inside a random subspace: few numbers steer all weights of a network.

Papers: measuring-intrinsic-dimension-objective.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_real, check_same_device
from labkit.networks.mlp import (
    Parameters,
    check_inputs,
    check_targets,
    flatten,
    unchecked_loss_and_gradient,
    unflatten,
)


def subspace_training(
    parameters: Parameters,
    X: Array,
    targets: Array,
    basis: Array,
    *,
    step_size: float,
    activation: str = "tanh",
) -> Iterator[Parameters]:
    r"""Return a generator of the parameters along Adam's steps in a subspace.

    .. math:: \theta = \theta_0 + P z, \qquad z_0 = 0, \qquad \nabla_z f = P^\top \nabla_\theta f

    Parameters
    ----------
    parameters : list of (weights, bias)
        theta_0, the usual random start; it stays as the offset.
    X : Array, shape (n_samples, n_features)
        The inputs, all used in every step.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels, or probabilities: rows that sum to 1.
    basis : Array, shape (n_parameters, n_dims)
        P, fixed, in the order of `flatten`. Random normal columns of length 1 for the experiment of
        the paper. The identity gives training without restriction.
    step_size : float
        Adam's, above 0: about how far each entry of z moves in a step. With columns of length 1 a
        single entry moves all parameters by that length together.
    activation : {"tanh", "relu"}
        Between layers.

    Returns
    -------
    iterator of list of (weights, bias)
        Endless; the start, then the network after each step.

    Raises
    ------
    TypeError, ValueError
        At the call, for bad values or arrays that do not fit, and for a basis with no column.

    Notes
    -----
    Portable. A step costs a gradient and 4 n_parameters n_dims for the products with P.

    1. The gradient of all parameters, projected.
    2. Adam with its usual constants, 0.9, 0.999 and 1e-8.
    3. The parameters anew from z, so that rounding does not add up.

    The intrinsic dimension of a task is the smallest n_dims with which this reaches, by the paper's
    convention, nine tenths of what unrestricted training reaches. The authors train on batches;
    their sparse and fast transforms in place of P, for large networks, are left out.

    References
    ----------
    Li, Farkhoor, Liu, Yosinski: Measuring the intrinsic dimension of objective landscapes, ICLR
    (2018). Kingma, Ba: Adam: a method for stochastic optimization, ICLR (2015).

    Notebook: ``notebooks/spectra/12_training_jacobian.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> start, X = [(np.zeros((2, 1)), np.zeros(2))], np.ones((1, 1))
    >>> basis = np.array([[1.0], [-1.0], [0.0], [0.0]]) / 2**0.5
    >>> states = subspace_training(start, X, np.eye(2)[:1], basis, step_size=1.0)
    >>> _, ((weights, _),) = next(states), next(states)
    >>> weights.round(3).tolist()  # one entry of z moved by 1
    [[0.707], [-0.707]]
    """
    X = check_inputs(parameters, X, activation)
    targets = check_targets(parameters, X, targets)
    basis = check_matrix(basis, "basis")
    check_same_device(X=X, basis=basis)
    start = flatten(parameters)
    if basis.shape[0] != start.shape[0]:
        raise ValueError(
            f"basis must have {start.shape[0]} rows, one a parameter, got shape {basis.shape}"
        )
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)

    def states() -> Iterator[Parameters]:
        xp = array_namespace(X)
        widths = [weights.shape[1] for weights, _ in parameters] + [targets.shape[1]]
        transposed = xp.matrix_transpose(basis)
        z = xp.zeros_like(basis[0, :])
        mean, square, t = z, z, 0
        theta = parameters
        while True:
            yield theta
            _, gradient = unchecked_loss_and_gradient(theta, X, targets, activation)
            slope, t = transposed @ flatten(gradient), t + 1  # step 1
            mean = 0.9 * mean + 0.1 * slope  # step 2
            square = 0.999 * square + 0.001 * slope**2
            size = xp.sqrt(square / (1 - 0.999**t)) + 1e-8
            z = z - step_size * (mean / (1 - 0.9**t)) / size
            theta = unflatten(start + basis @ z, widths)  # step 3

    return states()
