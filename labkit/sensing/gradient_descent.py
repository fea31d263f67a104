"""Gradient descent on the factors of a matrix that is seen through linear measurements.

Nothing in it asks for low rank. From a small start it finds one component after the other, the
largest first; with more columns than the truth has rank, it slows down.

Papers: understanding-incremental-learning-gradient, over-parameterization-slows-down.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array
from labkit.checks import check_real
from labkit.sensing._factors import check_problem, check_size, check_start, largest_norm
from labkit.sensing.problem import Factors, SensingProblem


def gradient_descent(
    problem: SensingProblem, start: Factors, *, step_size: float
) -> Iterator[Factors]:
    r"""Return a generator of the factors along gradient descent.

    .. math:: U_{t+1} = U_t - \eta\,(\mathcal A^*(r) + \mathcal A^*(r)^\top)\, U_t, \qquad
              r = \mathcal A(U_t U_t^\top) - b

    Parameters
    ----------
    problem : SensingProblem
        Measurements and what was measured.
    start : Array, shape (n_rows, rank), or tuple of two Arrays
        One factor U of a symmetric estimate, or a pair (F, G) with as many columns each, on the
        device of the problem. Zeros never move.
    step_size : float
        eta, above 0; below ``1 / (4 L)`` for one factor and ``1 / L`` for a pair, with L the
        largest singular value of the truth, less by the distortion of A.

    Returns
    -------
    iterator of Array or tuple of Array
        Endless; first the start, then new factors for each step. Run it with `labkit.trace.trace`
        and the problem's `loss`, `recovery_error` or `spectrum` as records.

    Raises
    ------
    TypeError, ValueError
        For a bad start or step size, at the call; for factors that grow without bound, at the step.

    Notes
    -----
    Portable. A step costs two passes over the measurements.

    1. The residual, and its gradient in the factors.
    2. Step down. Both factors of a pair move at once.

    The imbalance ``F^T F - G^T G`` of a pair stays what it was at the start up to terms in the step
    size squared: a small and unbalanced start is remembered, and sets the speed at the end.

    Row 400 studies the loss over ``4 m``: with measurements scaled by ``1 / sqrt(m)`` half of ours,
    so its step size is twice ours. Row 178 uses the same loss for the pair. Both theorems ask
    for steps far smaller than stable ones. `scaled_gradient_descent` where the truth is ill
    conditioned, `rebalanced_factors` where a pair slows down.

    References
    ----------
    Jin, Li, Lyu, Du, Lee: Understanding incremental learning of gradient descent, ICML (2023).
    Xiong, Ding, Du: How over-parameterization slows down gradient descent in matrix sensing, ICLR
    (2024).

    Notebook: ``notebooks/sensing/01_incremental_learning.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.datasets import sensing_problem
    >>> from labkit.trace import trace
    >>> problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=80, rng=0)
    >>> states = gradient_descent(problem, 0.01 * np.eye(5)[:, :2], step_size=0.05)
    >>> run = trace(states, n_steps=500, record={"error": problem.recovery_error})
    >>> bool(run["error"][-1] < 1e-6)
    True
    """
    problem = check_problem(problem)
    factors = check_start(problem, start)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    limit = largest_norm(problem, factors)

    def symmetric(U: Array) -> Iterator[Factors]:
        while True:
            yield U
            U = check_size(U - step_size * problem.gradient(U), limit, step_size)  # steps 1 and 2

    def pairs(F: Array, G: Array) -> Iterator[Factors]:
        while True:
            yield F, G
            by_F, by_G = problem.gradients(F, G)  # step 1
            F = check_size(F - step_size * by_F, limit, step_size)  # step 2
            G = check_size(G - step_size * by_G, limit, step_size)

    return pairs(*factors) if isinstance(factors, tuple) else symmetric(factors)
