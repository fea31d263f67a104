"""Training by gradient steps, as a generator of states, so that the path can be watched."""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, from_numpy
from labkit.checks import check_count, check_real
from labkit.networks.mlp import (
    Parameters,
    check_inputs,
    check_targets,
    unchecked_loss_and_gradient,
)
from labkit.random import Rng, as_generator


def gradient_training(
    parameters: Parameters,
    X: Array,
    targets: Array,
    *,
    step_size: float,
    batch_size: int | None = None,
    momentum: float = 0.0,
    activation: str = "tanh",
    rng: Rng = None,
) -> Iterator[Parameters]:
    r"""Return a generator of the parameters along stochastic gradient descent.

    .. math:: v_t = \mu v_{t-1} - \eta \nabla f_{B_t}(\theta_{t-1}), \qquad
              \theta_t = \theta_{t-1} + v_t

    Parameters
    ----------
    parameters : list of (weights, bias)
        The start, see `initial_parameters`.
    X : Array, shape (n_samples, n_features)
        The inputs, on the device of the parameters.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels, see `loss_and_gradient`.
    step_size : float
        eta, above 0.
    batch_size : int, optional
        Samples a step, from 1 to n_samples; all of them by default, then nothing is random.
    momentum : float
        mu, from 0 to below 1. The path moves by step_size / (1 - momentum) in the long run.
    activation : {"tanh", "relu"}
        Between layers.
    rng : int, Generator or None
        Draws the batches.

    Returns
    -------
    iterator of list of (weights, bias)
        Endless; first the start, then new arrays for each step. Run it with `labkit.trace.trace`
        and ``record={"parameters": flatten}`` for a matrix with a row for each step.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or arrays that do not fit, at the call.

    Notes
    -----
    Portable. One gradient of a batch a step, about six flops for each weight and sample.

    1. Draw a batch without replacement, anew at each step, so the noise of the steps is
       independent; the usual sweep through shuffled data makes the steps of an epoch cancel a
       little of each other's noise.
    2. Step along the velocity (heavy ball, Polyak 1964).

    References
    ----------
    Polyak: Some methods of speeding up the convergence of iteration methods, USSR Comput. Math.
    and Math. Physics 4 (1964).

    Notebook: ``notebooks/pca/02_random_walks.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.networks import flatten, initial_parameters
    >>> from labkit.trace import trace
    >>> X, targets = np.eye(3), np.eye(3)
    >>> states = gradient_training(
    ...     initial_parameters((3, 3), like=X, rng=0), X, targets, step_size=0.1
    ... )
    >>> trace(states, n_steps=5, record={"parameters": flatten})["parameters"].shape
    (6, 12)
    """
    X = check_inputs(parameters, X, activation)
    targets = check_targets(parameters, X, targets)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    momentum = check_real(momentum, "momentum", 0.0, 1.0, open_high=True)
    if batch_size is not None:
        check_count(batch_size, "batch_size", 1, X.shape[0])
    generator = as_generator(rng)

    def states() -> Iterator[Parameters]:
        xp = array_namespace(X)
        theta = parameters
        velocity = [(xp.zeros_like(weights), xp.zeros_like(bias)) for weights, bias in theta]
        inputs, labels = X, targets
        while True:
            yield theta
            if batch_size is not None:  # step 1
                drawn = generator.choice(X.shape[0], batch_size, replace=False, shuffle=False)
                batch = from_numpy(drawn, like=X)
                inputs, labels = xp.take(X, batch, axis=0), xp.take(targets, batch, axis=0)
            _, gradient = unchecked_loss_and_gradient(theta, inputs, labels, activation)
            velocity = [  # step 2
                (momentum * v - step_size * g, momentum * u - step_size * h)
                for (v, u), (g, h) in zip(velocity, gradient, strict=True)
            ]
            theta = [
                (weights + v, bias + u)
                for (weights, bias), (v, u) in zip(theta, velocity, strict=True)
            ]

    return states()
