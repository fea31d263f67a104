"""Descent on a model that is quadratic in its parameters: how the curvature finds its level.

A linear model keeps its curvature for ever, and descent either converges or explodes. One term more
is enough for what is seen in networks: the curvature grows while the loss falls, until the step is
only just stable, and stays there.

Papers: second-order-regression-models, sam-operates-far-home.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_array, check_real, check_same_device


@dataclass(frozen=True)
class QuadraticModels:
    """Several quadratic models on their way.

    Attributes
    ----------
    residuals : Array, shape (n_models, n_outputs)
        z, outputs minus targets.
    jacobian : Array, shape (n_models, n_outputs, n_parameters)
        J, how the residuals change with the parameters.
    escaped : Array of bool, shape (n_models,)
        Which models grew without bound. They stand where they last were within it.
    """

    residuals: Array
    jacobian: Array
    escaped: Array

    @property
    def loss(self) -> Array:
        """Return half the sum of squared residuals, shape (n_models,)."""
        return array_namespace(self.residuals).sum(self.residuals**2, axis=-1) / 2

    @property
    def ntk_eigenvalue(self) -> Array:
        """Return the largest eigenvalue of the tangent kernel ``J J^T``, shape (n_models,)."""
        xp = array_namespace(self.jacobian)
        kernel = self.jacobian @ xp.matrix_transpose(self.jacobian)
        return xp.linalg.eigvalsh(kernel)[:, -1]


def quadratic_regression_descent(
    residuals: Array,
    jacobian: Array,
    Q: Array,
    *,
    step_size: float,
    sam_radius: float = 0.0,
) -> Iterator[QuadraticModels]:
    r"""Return a generator of quadratic models along gradient descent, each by itself.

    .. math:: L(\theta) = \tfrac12 \|z(\theta)\|^2, \quad
              z(\theta + \delta) = z + J \delta + \tfrac12 Q(\delta, \delta), \qquad
              \theta \leftarrow \theta - \eta\, \nabla L(\theta + \rho \nabla L(\theta))

    Parameters
    ----------
    residuals : Array, shape (n_models, n_outputs)
        z where each model starts.
    jacobian : Array, shape (n_models, n_outputs, n_parameters)
        J there.
    Q : Array, shape (n_models, n_outputs, n_parameters, n_parameters)
        The second derivatives of each output, which stay; a first axis of length 1 means the same
        for all models. Zeros make the model linear, and J never changes.
    step_size : float
        eta, above 0.
    sam_radius : float
        rho, not negative. 0 is gradient descent; above, sharpness-aware minimisation, where the
        gradient is taken a step uphill, not normalised.

    Returns
    -------
    iterator of QuadraticModels
        Endless; first the start.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; second derivatives that are not symmetric; entries so large
        that a step could overflow.

    Notes
    -----
    Portable.

    1. The gradient ``J^T z``.
    2. Residuals and Jacobian at another place, exactly: ``z + J d + Q(d, d) / 2`` and ``J + Q d``.
       For rho > 0 first uphill, where the gradient is taken anew.
    3. The step, by the same formulae, from where the model stood.
    4. A model with an entry beyond the ninth root of the largest number stops: no later step of it
       could be trusted. ``escaped`` tells.
    5. Residuals below the root of the smallest normal number become 0. What squares of them would
       add is nothing, and numbers below normal are slow.

    The parameters are never needed: z and J say all of them that matters. A step costs the product
    of Q with a vector, ``n_outputs n_parameters^2``, two of them for rho > 0.

    The curvature that decides stability is the tangent kernel's largest eigenvalue, l. Along its
    eigenvector a step multiplies a small residual by ``1 - eta l (1 + rho l)``, so the edge lies
    where ``eta l (1 + rho l) = 2``, at ``2 / eta`` for rho = 0. The Hessian of the loss differs
    from ``J^T J`` by ``z . Q`` as long as the residuals are not zero.

    Agarwala, Pedregosa and Pennington (2023) study rho = 0, Agarwala and Dauphin (2023) rho > 0.
    Their abstracts and introductions were read, not their full texts: the step above was derived
    from the model. Batches, momentum, and the normalised form of sharpness-aware minimisation,
    ``rho g / |g|``, whose edge depends on the gradient, are left out.

    References
    ----------
    Agarwala, Pedregosa, Pennington: Second-order regression models exhibit progressive sharpening
    to the edge of stability, ICML (2023), arXiv 2210.04860.

    Agarwala, Dauphin: SAM operates far from home: eigenvalue regularization as a dynamical
    phenomenon, ICML (2023), arXiv 2302.08692.

    Notebook: ``notebooks/spectra/08_edge_of_stability.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> z, J = np.array([[-5.5]]), np.array([[[1.0, -0.775]]])
    >>> Q = np.diag([1.0, -0.05])[None, None]
    >>> states = quadratic_regression_descent(z, J, Q, step_size=0.2)
    >>> eigenvalues = [float(state.ntk_eigenvalue[0]) for _, state in zip(range(2000), states)]
    >>> round(eigenvalues[0], 2), round(eigenvalues[-1], 2)  # the edge is at 10
    (1.6, 9.86)
    """
    z = check_array(residuals, "residuals", n_dims=2)
    J = check_array(jacobian, "jacobian", n_dims=3)
    Q = check_array(Q, "Q", n_dims=4)
    check_same_device(residuals=z, jacobian=J, Q=Q)
    xp = array_namespace(z)
    limit = float(xp.finfo(z.dtype).max) ** (1 / 9)
    nothing = float(xp.finfo(z.dtype).smallest_normal) ** 0.5
    _check_shapes(z, J, Q)
    for name, array in (("residuals", z), ("jacobian", J), ("Q", Q)):
        largest = float(xp.max(xp.abs(array)))
        if not largest < limit:
            raise ValueError(f"{name} must have entries below {limit:.3g}, got {largest:.3g}")
    eta = check_real(step_size, "step_size", 0.0, limit, open_low=True)
    rho = check_real(sam_radius, "sam_radius", 0.0, limit)
    curvature = xp.reshape(Q, (Q.shape[0], -1, Q.shape[3]))  # one product instead of n_outputs

    def states(z: Array, J: Array) -> Iterator[QuadraticModels]:
        inside = xp.ones_like(z[:, 0], dtype=xp.bool)
        while True:
            yield QuadraticModels(z, J, ~inside)
            direction = _gradient(z, J)  # step 1
            if rho > 0:
                there, slopes = _moved(z, J, curvature, rho * direction)  # step 2
                inside = inside & _within(there, slopes, limit)
                there = xp.clip(there, min=-limit, max=limit)
                direction = _gradient(there, xp.clip(slopes, min=-limit, max=limit))
            there, slopes = _moved(z, J, curvature, -eta * direction)  # step 3
            inside = inside & _within(there, slopes, limit)  # step 4
            there = xp.where(xp.abs(there) < nothing, xp.zeros_like(there), there)  # step 5
            z = xp.where(inside[:, None], there, z)
            J = xp.where(inside[:, None, None], slopes, J)

    return states(z, J)


def _gradient(z: Array, J: Array) -> Array:
    """Return ``J^T z``, shape (n_models, n_parameters)."""
    return (z[:, None, :] @ J)[:, 0, :]


def _moved(z: Array, J: Array, curvature: Array, by: Array) -> tuple[Array, Array]:
    """Return residuals and Jacobian after a step."""
    bend = array_namespace(z).reshape(curvature @ by[:, :, None], J.shape)
    return z + ((J + bend / 2) @ by[:, :, None])[..., 0], J + bend


def _within(z: Array, J: Array, limit: float) -> Array:
    xp = array_namespace(z)
    return (xp.max(xp.abs(z), axis=-1) < limit) & (xp.max(xp.abs(J), axis=(-2, -1)) < limit)


def _check_shapes(z: Array, J: Array, Q: Array) -> None:
    xp = array_namespace(z)
    n_models, n_outputs = z.shape
    if J.shape[:2] != z.shape:
        raise ValueError(
            f"jacobian must have shape ({n_models}, {n_outputs}, n_parameters), as residuals have "
            f"{tuple(z.shape)}, got {tuple(J.shape)}"
        )
    wanted = (n_outputs, J.shape[2], J.shape[2])
    if Q.shape[0] not in (1, n_models) or Q.shape[1:] != wanted:
        raise ValueError(
            f"Q must have shape ({n_models}, {', '.join(map(str, wanted))}), or 1 in front, got "
            f"{tuple(Q.shape)}"
        )
    apart = 2 * float(xp.max(xp.abs(Q / 2 - xp.matrix_transpose(Q) / 2)))
    if apart > 100 * J.shape[2] * eps(Q) * float(xp.max(xp.abs(Q))):
        raise ValueError(f"Q must be symmetric, got entries that differ by {apart:.3g}")
