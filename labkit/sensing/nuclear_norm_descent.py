"""The convex way: least squares plus the sum of singular values, by accelerated proximal steps.

Toh and Yun 2010; no paper of the list. The baseline that chooses no rank and no start.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_real
from labkit.sensing._factors import check_problem, check_size, largest_norm
from labkit.sensing.problem import SensingProblem


def nuclear_norm_descent(
    problem: SensingProblem, *, step_size: float, penalty: float
) -> Iterator[tuple[Array, Array]]:
    r"""Return a generator of the estimates along accelerated descent to least nuclear norm.

    .. math:: \min_X \; \tfrac12 \| \mathcal A(X) - b \|^2 + \lambda \| X \|_*

    Parameters
    ----------
    problem : SensingProblem
        Measurements and what was measured.
    step_size : float
        eta, above 0, below one over the largest eigenvalue of ``A* A``: less than 1 by the
        distortion over all matrices, not over those of low rank.
    penalty : float
        lambda, not negative, in units of a singular value of X: the answer's are too small by about
        as much. 0 is least squares.

    Returns
    -------
    iterator of tuple of two Arrays, shapes (n_rows, side) and (n_columns, side)
        Endless; first zeros, then balanced factors of the estimate with ``side = min(n_rows,
        n_columns)`` columns: those of the values that were shrunk to zero are zero.

    Raises
    ------
    TypeError, ValueError
        For a bad step size or penalty, at the call; for estimates that grow without bound, at the
        step.

    Notes
    -----
    Portable. A step costs two passes over the measurements and a singular value decomposition of
    the whole matrix, ``O(n_rows n_columns side)``: rank does not make it cheaper.

    1. Go on a little in the direction of the last step.
    2. A gradient step from there.
    3. Subtract ``eta lambda`` from each singular value, down to zero.
    4. The momentum starts again where it points uphill.

    Step 4 is O'Donoghue and Candes'; Toh and Yun have a line search and a falling penalty instead.
    The loss converges from every start, and the estimate where the answer is unique: no minimum is
    spurious. The price is a matrix where the others hold factors, and more measurements at a given
    rank. `soft_impute` is the same problem for entries.

    References
    ----------
    Toh, Yun: An accelerated proximal gradient algorithm for nuclear norm regularized linear least
    squares problems, Pacific J. Optim. 6 (2010). O'Donoghue, Candes: Adaptive restart
    for accelerated gradient schemes, Found. Comput. Math. 15 (2015).

    Notebook: ``notebooks/sensing/02_conditioning.ipynb``.

    Examples
    --------
    >>> from labkit.datasets import sensing_problem
    >>> from labkit.trace import trace
    >>> problem = sensing_problem([1.0, 0.01], n_rows=5, n_measurements=80, rng=0)
    >>> states = nuclear_norm_descent(problem, step_size=0.5, penalty=1e-6)
    >>> run = trace(states, n_steps=200, record={"error": problem.recovery_error})
    >>> bool(run["error"][-1] < 1e-5)
    True
    """
    problem = check_problem(problem)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    penalty = check_real(penalty, "penalty", 0.0)
    xp = array_namespace(problem.b)
    zero = xp.zeros(problem.A.shape, dtype=problem.b.dtype, device=device(problem.b))
    limit = largest_norm(problem, zero)

    def states() -> Iterator[tuple[Array, Array]]:
        side = min(problem.A.shape)
        X, previous, age = zero, zero, 1.0
        yield zero[:, :side], xp.matrix_transpose(zero)[:, :side]
        while True:
            older, age = age, (1 + math.sqrt(1 + 4 * age * age)) / 2
            ahead = X + (older - 1) / age * (X - previous)  # step 1
            D = problem.A.adjoint(problem.A.apply(ahead) - problem.b)
            moved = check_size(ahead - step_size * D, limit, step_size)  # step 2
            U, s, Vh = xp.linalg.svd(moved, full_matrices=False)
            s = xp.where(s > step_size * penalty, s - step_size * penalty, xp.zeros_like(s))
            root = xp.sqrt(s)
            F, G = U * root, xp.matrix_transpose(Vh) * root
            X, previous = F @ xp.matrix_transpose(G), X  # step 3
            if float(xp.sum((ahead - X) * (X - previous))) > 0:  # step 4
                age = 1.0
            yield F, G

    return states()
