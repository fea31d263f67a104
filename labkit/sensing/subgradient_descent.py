"""The sub-gradient method on the sum of absolute residuals: a sensing problem under gross outliers.

Least squares lets one wrong measurement pull as hard as it is wrong. The sign of a residual pulls
with the same force whatever its size, and outliers that know nothing of the measurements cancel.

Papers: global-convergence-sub-gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_real
from labkit.sensing._factors import check_size, largest_norm
from labkit.sensing._symmetric import check_points
from labkit.sensing.problem import SensingProblem


def subgradient_descent(
    problem: SensingProblem, start: Array, *, step_size: float = 0.3, decay: float = 0.99
) -> Iterator[Array]:
    r"""Return a generator of factors that descend the absolute residuals.

    .. math:: \min_U \; \| \mathcal A(U U^\top) - b \|_1, \qquad
              U_{t+1} = U_t - \eta \rho^t \frac{D_t}{\| D_t \|_F} U_t, \qquad
              D_t = \mathrm{sym} \; \mathcal A^*\bigl( \mathrm{sign}(\mathcal A(U_t U_t^\top) - b)
              \bigr)

    Parameters
    ----------
    problem : SensingProblem
        With a square, symmetric truth.
    start : Array, shape (n_rows, search_rank)
        U_0. Small: a random matrix times alpha. The search rank may be anything up to n_rows, and
        the result hardly depends on it.
    step_size : float
        eta, above 0: how far ``U U^T`` turns in the first step, relative to U. Above about 1 the
        first steps overshoot.
    decay : float
        rho, from 0 to 1. The small start must still grow while steps are large: the sum of all
        steps, ``eta / (1 - rho)``, should exceed ``log(1 / alpha) |X|_F / s_r`` twofold, with s_r
        the least singular value of the truth X. With 1 the error stalls at the size of the step.

    Returns
    -------
    iterator of Array, each of shape (n_rows, search_rank)
        First the start, then one factor a step, without end.

    Raises
    ------
    TypeError, ValueError
        For bad values, a start that does not fit, or measurements of matrices that are not square;
        while it runs, for steps so long that the factors grow without bound.

    Notes
    -----
    Portable.

    1. Take the signs of the residuals and send them back: D, made symmetric.
    2. Step by ``eta rho^t`` along D over its norm. Where D is zero, every residual is: stay.

    Why outliers cancel: for Gaussian A_i and ``y_i = <A_i, X> + s_i`` with s independent of A_i,
    ``E sign(<A_i, Z> - s) A_i = sqrt(2 / pi) E exp(-s^2 / 2 |Z|^2) Z / |Z|``, ``Z = U U^T - X``:
    it points along the error, whatever the law of s. Outliers only shorten it.

    One product with A and one with its adjoint a step. The loss does not tend to 0, since outliers
    stay: to stop, look at the motion of U.

    The model and the normalised, geometrically shrinking step are those of Ma and Fattahi (2022).
    Their start is spectral, ``alpha`` times a root of the positive part of the sub-gradient at 0;
    any small start is taken here. Their step for noiseless data, proportional to the loss, is left
    out.

    References
    ----------
    Ma, Fattahi: Global convergence of sub-gradient method for robust matrix recovery, J. Machine
    Learning Research 24 (2023).

    Notebook: ``notebooks/sensing/03_outliers.ipynb``.

    Examples
    --------
    >>> import dataclasses
    >>> import numpy as np
    >>> from labkit.datasets import sensing_problem
    >>> from labkit.trace import trace
    >>> problem = sensing_problem([1.0], n_rows=8, n_measurements=200, rng=0)
    >>> spoilt = dataclasses.replace(problem, b=problem.b + 5.0 * (np.arange(200) % 5 == 0))
    >>> start = 1e-4 * np.random.default_rng(0).standard_normal((8, 8))
    >>> run = trace(subgradient_descent(spoilt, start), n_steps=900, record={}, every=900)
    >>> problem.recovery_error(run.last) < 1e-3
    True
    """
    start = check_points(problem, start, "start", n_dims=2)
    eta = check_real(step_size, "step_size", 0.0, open_low=True)
    rho = check_real(decay, "decay", 0.0, 1.0)

    def factors() -> Iterator[Array]:
        xp = array_namespace(start)
        U, step, limit = start, eta, largest_norm(problem, start)
        while True:
            yield U
            back = problem.A.adjoint(xp.sign(problem.residual(U)))  # step 1
            D = (back + xp.matrix_transpose(back)) / 2
            size = math.sqrt(float(xp.sum(D * D)))
            if size > 0:  # step 2
                U = check_size(U - (step / size) * (D @ U), limit, eta)
            step = rho * step

    return factors()
