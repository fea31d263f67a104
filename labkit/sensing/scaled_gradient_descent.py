"""Gradient descent in the metric of the factors: conditioning no longer sets the pace.

Papers: power-preconditioning-overparameterized-low.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, eps, frobenius_norm
from labkit.checks import check_real
from labkit.sensing._factors import check_problem, check_size, check_start, damped, largest_norm
from labkit.sensing.problem import Factors, SensingProblem


def scaled_gradient_descent(
    problem: SensingProblem,
    start: Factors,
    *,
    step_size: float,
    damping: float,
    adaptive: bool = False,
) -> Iterator[Factors]:
    r"""Return a generator of the factors along preconditioned gradient descent.

    .. math:: U_{t+1} = U_t - \eta \nabla f(U_t)\, (U_t^\top U_t + \lambda I)^{-1}

    Parameters
    ----------
    problem : SensingProblem
        Measurements and what was measured.
    start : Array, shape (n_rows, rank), or tuple of two Arrays
        See `gradient_descent`.
    step_size : float
        eta, above 0 and below 1 / 2 for one factor, 1 for a pair: it has no unit.
    damping : float
        lambda, not negative, in units of a singular value of the truth; well below the smallest
        one that matters. 0 is ScaledGD, which wants exactly as many columns as the truth has rank
        and a start of full rank near it; a large value is plain descent with steps eta / lambda.
    adaptive : bool
        Multiply the damping by the root of twice the loss at each step (PrecGD). At a small start
        the loss is large and so is the damping: the first components then come slowly. It stays
        above rounding, so that it may run on at the answer.

    Returns
    -------
    iterator of Array or tuple of Array
        Endless; first the start, then new factors for each step.

    Raises
    ------
    TypeError, ValueError
        For a bad start, step size or damping, at the call; for factors that grow without bound,
        at the step.

    Notes
    -----
    Portable. A step costs two passes over the measurements and solves of size rank.

    1. The gradient in the factors.
    2. Divide by the damped Gram matrix of the factor, of the other factor for a pair.
    3. Step down. Both factors of a pair move at once.

    Undamped steps do not see the choice of factors: with U also U B descends, to U_t B. So a truth
    of condition number 1000 is as easy as one of 1. With too many columns the Gram matrix becomes
    singular at the answer; the fixed damping bounds its inverse there.

    Xu et al. take the loss with 1/4 where ours has 1/2, so their step size is twice ours, and
    start from ``alpha`` times a Gaussian matrix. Their theorem's values of alpha, lambda and eta
    are smaller than needed and are not used. Its noise and approximate rank are left out.

    References
    ----------
    Xu, Shen, Chi, Ma: The power of preconditioning in overparameterized low-rank matrix sensing,
    ICML (2023).
    Tong, Ma, Chi: Accelerating ill-conditioned low-rank matrix estimation via scaled gradient
    descent, JMLR 22 (2021). Zhang, Fattahi, Zhang: Preconditioned gradient descent for
    over-parameterized nonconvex matrix factorization, NeurIPS (2021).

    Notebook: ``notebooks/sensing/02_conditioning.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.datasets import sensing_problem
    >>> from labkit.trace import trace
    >>> problem = sensing_problem([1.0, 0.01], n_rows=5, n_measurements=80, rng=0)
    >>> start = 1e-6 * np.eye(5)[:, :2]
    >>> states = scaled_gradient_descent(problem, start, step_size=0.25, damping=1e-3)
    >>> run = trace(states, n_steps=100, record={"error": problem.recovery_error})
    >>> bool(run["error"][-1] < 1e-6)
    True
    """
    problem = check_problem(problem)
    factors = check_start(problem, start)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    damping = check_real(damping, "damping", 0.0)
    if damping == 0:
        _check_full_rank(factors)
    limit = largest_norm(problem, factors)

    smallest = 100 * eps(problem.b) * frobenius_norm(problem.b[None, :])

    def weight(state: Factors) -> float:
        if not adaptive:
            return damping
        return max(damping * math.sqrt(2 * problem.loss(state)), smallest)

    def symmetric(U: Array) -> Iterator[Factors]:
        while True:
            yield U
            direction = _scaled(problem.gradient(U), U, weight(U))  # steps 1 and 2
            U = check_size(U - step_size * direction, limit, step_size)  # step 3

    def pairs(F: Array, G: Array) -> Iterator[Factors]:
        while True:
            yield F, G
            by_F, by_G = problem.gradients(F, G)  # step 1
            here = weight((F, G))
            by_F, by_G = _scaled(by_F, G, here), _scaled(by_G, F, here)  # step 2
            F = check_size(F - step_size * by_F, limit, step_size)  # step 3
            G = check_size(G - step_size * by_G, limit, step_size)

    return pairs(*factors) if isinstance(factors, tuple) else symmetric(factors)


def _scaled(gradient: Array, factor: Array, damping: float) -> Array:
    xp = array_namespace(gradient)
    inverse_times = xp.linalg.solve(damped(factor, damping), xp.matrix_transpose(gradient))
    return xp.matrix_transpose(inverse_times)


def _check_full_rank(factors: Factors) -> None:
    for factor in factors if isinstance(factors, tuple) else (factors,):
        xp = array_namespace(factor)
        values = xp.linalg.svdvals(factor)
        lost = float(values[-1]) <= math.sqrt(eps(factor)) * float(values[0])
        if factor.shape[0] < factor.shape[1] or lost:
            raise ValueError(
                "damping must be above 0 for a start without full rank, got 0 with singular values "
                f"from {float(values[-1]):.1e} to {float(values[0]):.1e}"
            )
