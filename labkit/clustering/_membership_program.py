"""The semidefinite program behind two methods: memberships of points in groups, as matrices.

maximise sum_b <A_b, Z_b> over matrices Z_b that are symmetric, positive semidefinite and without
negative entries, each of trace t, with sum_b Z_b 1 = 1. A partition into groups G gives the points
1_G 1_G' / |G| of it: one block that holds all groups (t is their number), or a block for each group
(t = 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps

PENALTY = 0.5
"""Where the splitting's weight begins, for an objective of norm 1; it follows the residuals."""
NEWTON_STEPS = 30
LLOYD_STEPS = 30


@dataclass(frozen=True)
class Memberships:
    """A solution of the program, up to its residual, and where the next one may start.

    Attributes
    ----------
    Z : Array, shape (n_blocks, n, n)
        Not negative, symmetric, with sum_b Z_b 1 = 1; semidefinite of the right trace up to
        `residual`.
    value, bound : float
        sum <A_b, Z_b>, and a number that no point of the program exceeds, by duality. It holds
        whatever the residual.
    residual : float
        How far the two splittings and the last two steps are apart, relative to the norm of Z.
    n_iterations : int
        Each is one symmetric eigenvalue problem a block.
    dual, multiplier, penalty
        The state of the splitting.
    """

    Z: Array
    value: float
    bound: float
    residual: float
    n_iterations: int
    dual: Array
    multiplier: Array
    penalty: float


def membership_program(
    A: Array, trace: float, *, tol: float, max_iterations: int, start: Memberships | None = None
) -> Memberships:
    """Solve the program by alternating between the spectrahedron and the stochastic matrices."""
    xp, n = array_namespace(A), A.shape[1]
    row = xp.mean(A, axis=(0, 2))  # what is added to all rows alike does not change the solution
    level = float(xp.mean(row))
    A = A - (row[:, None] + row[None, :] - level)
    scale = float(xp.sqrt(xp.sum(A * A) / (trace * A.shape[0]))) or 1.0
    A = A / scale
    if start is None:
        Y = xp.ones_like(A) / (n * A.shape[0])
        U, multiplier, penalty = xp.zeros_like(A), xp.zeros_like(row), PENALTY
    else:
        Y, U, multiplier, penalty = start.Z, start.dual, start.multiplier, start.penalty
    size = (trace * A.shape[0]) ** 0.5
    residual, step = float("inf"), 0
    while step < max_iterations and residual > tol:
        step += 1
        values, V = xp.linalg.eigh(Y - U + A / penalty)
        values = _on_simplex(values, trace)
        X = (V * values[:, None, :]) @ xp.matrix_transpose(V)
        X = (X + xp.matrix_transpose(X)) / 2
        mixed, before = X + U, Y
        Y, multiplier = _stochastic(mixed, multiplier)
        U = mixed - Y
        apart = float(xp.linalg.vector_norm(X - Y)) / size
        moved = penalty * float(xp.linalg.vector_norm(Y - before)) / size
        residual = max(apart, moved)
        if step % 10 == 0 and residual > 4 * min(apart, moved) and step < max_iterations // 2:
            factor = 2.0 if apart > moved else 0.5
            penalty, U, multiplier = penalty * factor, U / factor, multiplier / factor
    sums = multiplier[:, None] + multiplier[None, :]
    slack = xp.maximum(sums - U, xp.zeros_like(U))
    largest = xp.linalg.eigvalsh(A + penalty * (slack - sums))[:, -1]
    bound = trace * float(xp.sum(largest)) + 2 * penalty * float(xp.sum(multiplier))
    back = 2 * float(xp.sum(row)) - n * level
    value = float(xp.sum(A * Y))
    return Memberships(
        Y, scale * value + back, scale * bound + back, residual, step, U, multiplier, penalty
    )


def rounded(Z: Array, k: int) -> Array:
    """Return labels of the rows: Lloyd's steps from k rows that lie far from each other."""
    xp, n = array_namespace(Z), Z.shape[0]
    place = xp.arange(n, device=device(Z))
    norms = xp.sum(Z * Z, axis=1)
    inner = Z @ xp.matrix_transpose(Z)
    apart = norms
    chosen = []
    for _ in range(k):
        chosen.append(int(xp.argmax(apart)))
        distance = norms + norms[chosen[-1]] - 2 * inner[:, chosen[-1]]
        apart = distance if len(chosen) == 1 else xp.minimum(apart, distance)
    centres = xp.stack([Z[i, :] for i in chosen])
    numbers, labels = xp.arange(k, device=device(Z)), None
    for _ in range(LLOYD_STEPS):
        scores = xp.sum(centres * centres, axis=1)[None, :] / 2 - Z @ xp.matrix_transpose(centres)
        before, labels = labels, xp.argmin(scores, axis=1)
        if before is not None and bool(xp.all(before == labels)):
            break
        inside = xp.astype(labels[:, None] == numbers[None, :], Z.dtype)
        sizes = xp.sum(inside, axis=0)[:, None]
        means = xp.matrix_transpose(inside) @ Z / xp.maximum(sizes, xp.ones_like(sizes))
        centres = xp.where(sizes > 0, means, centres)
    firsts = [xp.min(xp.where(labels == j, place, n)) for j in range(k)]
    order = xp.argsort(xp.stack(firsts))  # clusters numbered as they first occur
    return xp.take(xp.argsort(order), labels)


def _on_simplex(values: Array, total: float) -> Array:
    """Return each row projected onto the numbers from 0 up with that sum."""
    xp = array_namespace(values)
    falling = xp.sort(values, axis=1, descending=True)
    counts = xp.arange(1, values.shape[1] + 1, dtype=values.dtype, device=device(values))
    shifts = (xp.cumulative_sum(falling, axis=1) - total) / counts
    kept = xp.sum(xp.astype(falling > shifts, xp.int64), axis=1, keepdims=True)
    shift = xp.take_along_axis(shifts, kept - 1, axis=1)
    return xp.maximum(values - shift, xp.zeros_like(values))


def _stochastic(M: Array, multiplier: Array) -> tuple[Array, Array]:
    """Project blocks onto those from 0 up whose row sums add up to one; return the multiplier.

    The projection is max(0, M_b - l 1' - 1 l'), with l from a semismooth Newton method: the rows'
    sums fall linearly in l between changes of sign, so a few steps are exact.
    """
    xp, n = array_namespace(M), M.shape[1]
    identity = xp.eye(n, dtype=M.dtype, device=device(M))
    enough = max(1e-9, 50 * n * eps(M))
    for _ in range(NEWTON_STEPS):
        T = M - multiplier[:, None] - multiplier[None, :]
        positive = xp.astype(T > 0, M.dtype)
        excess = xp.sum(T * positive, axis=(0, 2)) - 1
        if float(xp.max(xp.abs(excess))) < enough:
            break
        C = xp.sum(positive, axis=0)
        slope = C + identity * (xp.sum(C, axis=1)[:, None] + 1e-6)
        multiplier = multiplier + xp.linalg.solve(slope, excess[:, None])[:, 0]
    T = M - multiplier[:, None] - multiplier[None, :]
    return xp.maximum(T, xp.zeros_like(T)), multiplier
