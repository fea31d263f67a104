"""Many small elastic-net problems at once, each solved to the end by an active set.

Host: called by a host method only.
"""

from __future__ import annotations

import numpy as np

N_JOIN = 3
"""Coefficients that may join an active set at a time."""
RIDGE = 1e-10
"""Added where there is no l2 penalty, so that dependent atoms have a solution too."""
MAX_ROUNDS = 10_000


def elastic_nets(
    K: np.ndarray, g: np.ndarray, start: np.ndarray, mu: np.ndarray, rho: np.ndarray, tol: float
) -> np.ndarray:
    r"""Return the minimisers of c K c / 2 + rho c c / 2 - g c + mu \|c\|_1, one a row.

    K is (b, m, m), g and the start (b, m), mu and rho (b,). The conditions of optimality hold up to
    ``tol`` mu. Each round lowers every objective:

    a. Where c is the best of its signs, the most violated zeros join, or none and c is done.
    b. Solve for the active coefficients with their signs held. If no sign broke, go there.
    c. Else set to zero what broke, if that lowers the objective. Else go until the first one
       reaches zero; one that would leave zero for the wrong side is taken out without a move.
    """
    K, g, c = (np.array(part, dtype=float) for part in (K, g, start))
    mu, rho = mu.astype(float)[:, None], rho.astype(float)[:, None]
    solution, going = np.zeros_like(c), np.arange(len(c))
    active, sign = c != 0, np.sign(c)
    Kc = _times(K, c)
    value = _objective(c, Kc, g, mu, rho)
    settled = ~active.any(axis=1)
    for _ in range(MAX_ROUNDS):
        slack = g - Kc - rho * c
        over = np.where(active, -np.inf, np.abs(slack) - mu * (1 + tol))
        done = settled & (over.max(axis=1) <= 0)
        if done.any():
            solution[going[done]] = c[done]
            left = (going, K, g, c, mu, rho, active, sign, Kc, value, settled, slack, over)
            going, K, g, c, mu, rho, active, sign, Kc, value, settled, slack, over = (
                part[~done] for part in left
            )
            if not len(going):
                return solution
        least = (
            -np.partition(-over, N_JOIN - 1, axis=1)[:, [N_JOIN - 1]]
            if over.shape[1] > N_JOIN
            else 0
        )
        joins = settled[:, None] & (over > 0) & (over >= least)  # a
        active, sign = active | joins, np.where(joins, np.sign(slack), sign)
        aim = _best_with_signs(K, g - mu * sign, rho, active)  # b
        broken = active & (aim * sign <= 0)
        settled = ~broken.any(axis=1)
        c, active = c.copy(), active & ~broken
        trial = np.where(broken, 0.0, aim)
        K_trial = _times(K, trial)
        lower = _objective(trial, K_trial, g, mu, rho)
        slow = np.flatnonzero(~settled & (lower >= value - 1e-14 * np.abs(value)))  # c
        if len(slow):
            here, to, hurt = c[slow], aim[slow], broken[slow]
            part = np.divide(
                here, here - to, out=np.full(to.shape, np.inf), where=hurt & (here != 0)
            )
            wrong = hurt & (here == 0)
            share = np.where(wrong.any(axis=1), 0.0, part.min(axis=1))[:, None]
            out = np.where(wrong.any(axis=1)[:, None], wrong, part <= share)
            active[slow] = (active[slow] | hurt) & ~out
            trial[slow] = np.where(active[slow], here + share * (to - here), 0.0)
            K_trial[slow] = _times(K[slow], trial[slow])
            lower[slow] = _objective(trial, K_trial, g, mu, rho)[slow]
        c, Kc, value = trial, K_trial, lower
    raise RuntimeError(
        f"the active set of {len(going)} samples did not settle in {MAX_ROUNDS} rounds"
    )


def _best_with_signs(
    K: np.ndarray, target: np.ndarray, rho: np.ndarray, active: np.ndarray
) -> np.ndarray:
    """Solve (K + rho) c = target on the active coefficients of each problem; zeros elsewhere."""
    width = int(active.sum(axis=1).max())
    order = np.argsort(~active, axis=1, kind="stable")[:, :width]  # the active ones first
    real = np.take_along_axis(active, order, axis=1)
    H = K[np.arange(len(K))[:, None, None], order[:, :, None], order[:, None, :]]
    H *= real[:, :, None] & real[:, None, :]
    H[:, np.arange(width), np.arange(width)] += np.where(real, np.maximum(rho, RIDGE), 1.0)
    b = np.where(real, np.take_along_axis(target, order, axis=1), 0.0)
    c = np.zeros_like(target)
    np.put_along_axis(c, order, np.linalg.solve(H, b[:, :, None])[:, :, 0], axis=1)
    return c


def _times(K: np.ndarray, c: np.ndarray) -> np.ndarray:
    return (K @ c[:, :, None])[:, :, 0]


def _objective(
    c: np.ndarray, Kc: np.ndarray, g: np.ndarray, mu: np.ndarray, rho: np.ndarray
) -> np.ndarray:
    return np.sum(c * (0.5 * Kc + 0.5 * rho * c - g) + mu * np.abs(c), axis=1)
