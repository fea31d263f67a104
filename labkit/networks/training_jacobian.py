"""How the end of a training depends on its start: the derivative of one by the other.

Papers: understanding-gradient-descent-through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, to_numpy
from labkit.checks import check_array, check_real, check_same_device
from labkit.networks.hessian_product import hessian_product
from labkit.networks.mlp import (
    Parameters,
    check_inputs,
    check_targets,
    flatten,
    unchecked_loss_and_gradient,
    unflatten,
)


@dataclass(frozen=True)
class TrainingState:
    """Parameters after some steps, and how they depend on the first ones.

    Attributes
    ----------
    parameters : list of (weights, bias)
        theta_t.
    jacobian : Array, shape (n_parameters, n_parameters)
        The derivative of theta_t by theta_0, in the order of `flatten`.
    """

    parameters: Parameters
    jacobian: Array


def training_jacobian(
    parameters: Parameters,
    X: Array,
    targets: Array,
    *,
    schedule: Array,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    activation: str = "tanh",
) -> Iterator[TrainingState]:
    r"""Return a generator of gradient descent's states, each with its derivative by the start.

    .. math:: v_t = \mu v_{t-1} + g_t, \quad \theta_t = \theta_{t-1} - \eta_t v_t, \qquad
              M_t = \mu M_{t-1} + H_t J_{t-1}, \quad J_t = J_{t-1} - \eta_t M_t

    Parameters
    ----------
    parameters : list of (weights, bias)
        theta_0, see `initial_parameters`.
    X : Array, shape (n_samples, n_features)
        The inputs, all of them used in every step.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels, or probabilities: rows that sum to 1.
    schedule : Array, shape (n_steps,)
        eta_1, eta_2, ..., none negative, on the device of X.
    momentum : float
        mu, from 0 to below 1.
    weight_decay : float
        Adds this times theta to the gradient g and this times the identity to the Hessian H,
        from 0.
    activation : {"tanh", "relu"}
        With relu the map from start to end has kinks; what comes back is the derivative on the
        side where the run was.

    Returns
    -------
    iterator of TrainingState
        The start, whose Jacobian is the identity, then one state a step.

    Raises
    ------
    TypeError, ValueError
        At the call, for bad values, a negative step, or arrays that do not fit.

    Notes
    -----
    Portable. Forward differentiation of the whole run.

    1. Gradient, and the Hessian times all columns of the Jacobian at once.
    2. Both velocities: with momentum the Jacobian is not the product of ``I - eta_t H_t``.
    3. Both steps.

    A step costs n_parameters Hessian products: for some hundred parameters. The singular values say
    what training does to small changes of its start: near 1 it leaves them, and if the singular
    vectors on both sides agree, as they are. Belrose and Scherlis differentiate in the same
    direction through batches in a fixed order; here every step sees all samples.

    References
    ----------
    Belrose, Scherlis: Understanding gradient descent through the training Jacobian,
    arXiv 2412.07003 (2024).

    Notebook: ``notebooks/spectra/12_training_jacobian.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> start = [(np.zeros((2, 1)), np.zeros(2))]
    >>> steps = np.array([0.5])
    >>> states = training_jacobian(start, np.ones((1, 1)), np.eye(2)[:1], schedule=steps)
    >>> [state.jacobian[0].tolist() for state in states]  # of the first weight
    [[1.0, 0.0, 0.0, 0.0], [0.875, 0.125, -0.125, 0.125]]
    """
    X = check_inputs(parameters, X, activation)
    targets = check_targets(parameters, X, targets)
    schedule = check_array(schedule, "schedule", n_dims=1)
    check_same_device(X=X, schedule=schedule)
    steps = to_numpy(schedule).tolist()
    if min(steps) < 0:
        raise ValueError(f"schedule must not be negative, got {min(steps):g}")
    momentum = check_real(momentum, "momentum", 0.0, 1.0, open_high=True)
    weight_decay = check_real(weight_decay, "weight_decay", 0.0)

    def states() -> Iterator[TrainingState]:
        xp = array_namespace(X)
        widths = [weights.shape[1] for weights, _ in parameters] + [targets.shape[1]]
        theta = flatten(parameters)
        jacobian = xp.eye(theta.shape[0], dtype=theta.dtype, device=device(theta))
        velocity, turned = xp.zeros_like(theta), xp.zeros_like(jacobian)
        yield TrainingState(parameters, jacobian)
        for step in steps:
            here = unflatten(theta, widths)
            _, gradient = unchecked_loss_and_gradient(here, X, targets, activation)  # step 1
            product = hessian_product(here, X, targets, jacobian, activation=activation)
            velocity = momentum * velocity + flatten(gradient) + weight_decay * theta  # step 2
            turned = momentum * turned + product + weight_decay * jacobian
            theta = theta - step * velocity  # step 3
            jacobian = jacobian - step * turned
            yield TrainingState(unflatten(theta, widths), jacobian)

    return states()
