"""Gradient descent among the matrices of one rank, where a matrix has no factors to choose.

Wei, Cai, Chan and Leung 2016; no paper of the list. The baseline that has no step size to tune.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, frobenius_norm
from labkit.checks import check_count, check_real
from labkit.sensing._factors import check_problem, check_size, largest_norm
from labkit.sensing.problem import SensingProblem


def riemannian_gradient_descent(
    problem: SensingProblem, *, rank: int, step_size: float | None = None
) -> Iterator[tuple[Array, Array]]:
    r"""Return a generator of the estimates along descent on the manifold of matrices of rank r.

    .. math:: X_{t+1} = H_r\big( X_t - \eta_t P_{T_t} \mathcal A^*(r_t) \big), \qquad
              r_t = \mathcal A(X_t) - b

    Parameters
    ----------
    problem : SensingProblem
        Measurements and what was measured.
    rank : int
        r, from 1 to the smaller side of X.
    step_size : float, optional
        eta, above 0, best near 1 where ``|A(X)| ~ |X|_F``. None, the default, takes the best step
        along each tangent direction.

    Returns
    -------
    iterator of tuple of two Arrays, shapes (n_rows, rank) and (n_columns, rank)
        Endless; balanced factors (F, G) of the estimate, for a symmetric problem too. The first is
        ``H_r(A*(b))``, the best approximation of rank r of what the measurements send back.

    Raises
    ------
    TypeError, ValueError
        For a bad rank or step size, at the call; for estimates that grow without bound, at the
        step.

    Notes
    -----
    Portable. A step costs three passes over the measurements, two without the search, and
    ``O((n_rows + n_columns) rank^2)``.

    1. The gradient D, times the singular vectors U and V of the estimate.
    2. Its part in the tangent space, ``P D = U U^T D + (I - U U^T) D V V^T``, as two factors.
    3. The step that minimises the loss along it, ``|P D|^2 / |A(P D)|^2``.
    4. Back to rank r: the sum has factors of 2 r columns, so that its singular value decomposition
       is two QR decompositions and one of size 2 r.

    Steps see X alone, never its factors: conditioning does not slow them near the answer. Far from
    it they can come to rest elsewhere: with few measurements the first estimate is far. Wei et al.
    split the step into parts within and outside the spans; ours multiplies the triangles of the
    whole, which stays right where a part has lower rank. `scaled_gradient_descent` starts anywhere
    and needs fewer measurements.

    References
    ----------
    Wei, Cai, Chan, Leung: Guarantees of Riemannian optimization for low rank matrix recovery, SIAM
    J. Matrix Anal. Appl. 37 (2016).

    Notebook: ``notebooks/sensing/02_conditioning.ipynb``.

    Examples
    --------
    >>> from labkit.datasets import sensing_problem
    >>> from labkit.trace import trace
    >>> problem = sensing_problem([1.0, 0.01], n_rows=5, n_measurements=80, rng=0)
    >>> states = riemannian_gradient_descent(problem, rank=2)
    >>> run = trace(states, n_steps=40, record={"error": problem.recovery_error})
    >>> bool(run["error"][-1] < 1e-6)
    True
    """
    problem = check_problem(problem)
    check_count(rank, "rank", 1, min(problem.A.shape))
    if step_size is not None:
        step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    back = problem.A.adjoint(problem.b)
    limit = largest_norm(problem, back)

    def states() -> Iterator[tuple[Array, Array]]:
        xp = array_namespace(back)
        U, s, Vh = xp.linalg.svd(back, full_matrices=False)
        U, s, V = U[:, :rank], s[:rank], xp.matrix_transpose(Vh[:rank, :])
        while True:
            here = U * xp.sqrt(s), V * xp.sqrt(s)
            yield here
            D = problem.A.adjoint(problem.residual(here))
            by_U, by_V = xp.matrix_transpose(D) @ U, D @ V  # step 1
            outside = by_V - U @ (xp.matrix_transpose(U) @ by_V)
            left = xp.concat((U, outside), axis=1)  # step 2
            eta = step_size or _search(problem, left, xp.concat((by_U, V), axis=1))  # step 3
            right = xp.concat((V * s - eta * by_U, -eta * V), axis=1)
            U, s, V = _truncated(left, right, rank)  # step 4
            check_size(s[None, :], limit, eta)

    return states()


def _truncated(left: Array, right: Array, rank: int) -> tuple[Array, Array, Array]:
    """Return the leading singular triples of ``left right^T``."""
    xp = array_namespace(left, right)
    (Q_left, A), (Q_right, B) = xp.linalg.qr(left), xp.linalg.qr(right)
    U, s, Vh = xp.linalg.svd(A @ xp.matrix_transpose(B), full_matrices=False)
    return Q_left @ U[:, :rank], s[:rank], Q_right @ xp.matrix_transpose(Vh[:rank, :])


def _search(problem: SensingProblem, left: Array, right: Array) -> float:
    """Return the best step along ``left right^T``, the gradient in the tangent space."""
    xp = array_namespace(left)
    grams = (xp.matrix_transpose(left) @ left) * (xp.matrix_transpose(right) @ right)
    seen = frobenius_norm(problem.A.apply_factors(left, right)[None, :]) ** 2
    return float(xp.sum(grams)) / seen if seen > 0 else 0.0
