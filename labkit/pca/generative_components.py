"""PCA when the direction is known to be one that a generator can make: project, multiply, project.

A power step turns a vector towards the leading eigenvector of a noisy matrix. Between the steps the
vector is replaced by the nearest direction in the range of a generative model with few inputs.

Papers: generative-principal-component-analysis.
"""

from __future__ import annotations

from collections.abc import Callable

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_array, check_count, check_real, check_same_device
from labkit.pca._symmetric import check_scaled_symmetric, unit_rows
from labkit.pca.results import Subspace
from labkit.random import Rng, as_generator, standard_normal

N_STEPS = 3
"""Levenberg-Marquardt steps in a projection; the next one starts where it stopped."""
DAMPING, EASIER, HARDER = 1e-2, 0.3, 4.0


def generative_components(
    V: Array,
    generator: Callable[[Array], Array],
    *,
    n_latent: int,
    n_restarts: int = 6,
    tol: float = 1e-4,
    max_iterations: int = 30,
    rng: Rng = None,
) -> Subspace:
    r"""Find the direction of largest ``w' V w`` among those that a generator makes.

    .. math:: \max_{z \in \mathbb{R}^k} w^\top V w, \qquad w = \frac{G(z)}{\|G(z)\|}, \qquad
              w_{t+1} = P_G(V w_t)

    Parameters
    ----------
    V : Array, shape (n_features, n_features)
        Symmetric: a covariance matrix, or any other whose mean has the signal as its leading
        eigenvector.
    generator : callable
        G: takes latent vectors in rows, shape (r, n_latent), and returns an Array of shape
        (r, n_features) on the device of V. Its derivatives are taken by differences, so it needs
        none; its scale does not matter. Usual inputs are those of a standard normal draw.
    n_latent : int
        k, at least 1.
    n_restarts : int
        Latent vectors from which each projection starts, at least 1: the one of the last
        projection, and fresh draws. A projection on a range that is not convex may miss the
        nearest point; more of them miss it less.
    tol : float
        Stop when the direction moves by less, in radians.
    max_iterations : int
        Power steps, at least 1.
    rng : int, Generator or None
        Draws the restarts.

    Returns
    -------
    Subspace
        One column, a direction of the range with the sign that it has there; its ``w' V w``; that
        value after each projection; `n_iterations` counts the power steps.

    Raises
    ------
    TypeError, ValueError
        For bad values, a matrix that is not symmetric, a generator that returns another shape,
        another device or NaN, or one that vanishes at all restarts.

    Notes
    -----
    Portable; the draws are made on the host.

    1. Start with the column of V that has the largest diagonal entry, and with its negative: an
       eigenvector has no sign, but a range may hold x without -x.
    2. Project both on the range: Levenberg-Marquardt on ``||G(z) / ||G(z)|| - target||^2`` from
       all restarts at once, and keep the nearest.
    3. Multiply by V and project again, until nothing moves. Keep the sign of larger ``w' V w``.

    It is Algorithm 1 of the paper (PPower) with another projection: where the authors take a
    hundred Adam steps from three starts on G itself, scaled with the norm of the true signal, here
    both sides are normalised, which needs to know nothing. A step costs 2 n^2 flops for the product
    and, for each restart, k + 1 calls of the generator and k^2 n for the normal equations.

    The answer is never worse in ``w' V w`` because of the sign, but the problem is not convex:
    compare medians over draws. Where the signal is far from the range this is worse than plain
    `principal_components`, which assumes nothing; where it is known to have few entries that are
    not zero, take `truncated_power`.

    References
    ----------
    Liu, Liu, Ghosh, Han, Scarlett: Generative principal component analysis, ICLR (2022).

    Notebook: ``notebooks/pca/08_priors.ipynb``.

    Examples
    --------
    The signal is known to be a wave of unknown frequency and phase.

    >>> import numpy as np
    >>> time = np.linspace(0, 1, 50)
    >>> def wave(Z):
    ...     return np.sin((6 + 2 * Z[:, :1]) * time + Z[:, 1:])
    >>> x = wave(np.array([[0.3, -0.2]]))[0]
    >>> x = x / np.linalg.norm(x)
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((20, 1)) * 1.5 * x + rng.standard_normal((20, 50))
    >>> found = generative_components(X.T @ X / 20, wave, n_latent=2, rng=0)
    >>> plain = np.linalg.eigh(X.T @ X)[1][:, -1]
    >>> bool(abs(x @ found.basis[:, 0]) > 0.95 > abs(x @ plain))
    True
    """
    V, scale = check_scaled_symmetric(V, "V")
    if not callable(generator):
        raise TypeError(f"generator must be callable, got {generator!r}")
    k = check_count(n_latent, "n_latent", 1)
    check_count(n_restarts, "n_restarts", 1)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    draws = as_generator(rng)
    xp = array_namespace(V)

    def fresh(n_draws: int) -> Array:
        return standard_normal(draws, (2, n_draws, k), like=V)

    z = fresh(n_restarts)
    _check_generated(generator, z[0, ...], V)
    column = V[:, int(xp.argmax(xp.linalg.diagonal(V)))]
    targets = xp.stack([column, -column])  # step 1, both signs
    before, best, history, converged = targets, 0, [], False
    while True:
        z, w = _project(generator, unit_rows(targets), z)  # step 2
        targets = w @ V
        values = xp.sum(w * targets, axis=1)
        best = int(xp.argmax(values))
        history.append(float(values[best]) * scale)
        moved = float(xp.linalg.vector_norm(w[best, :] - before[best, :]))
        converged = len(history) > 1 and moved <= tol
        if converged or len(history) > max_iterations:
            break
        before = w
        if n_restarts > 1:
            z = xp.concat([z, fresh(n_restarts - 1)], axis=1)  # step 3
    return Subspace(
        basis=w[best, :][:, None],
        values=values[best : best + 1] * scale,
        objective_history=tuple(history),
        n_iterations=len(history) - 1,
        converged=converged,
    )


def _project(generator: Callable[[Array], Array], targets: Array, z: Array) -> tuple[Array, Array]:
    """Return the nearest directions in the range and their latent vectors.

    The targets have shape (2, n) and norm 1, z (2, r, k); back come (2, 1, k) and (2, n).
    """
    xp = array_namespace(z)
    _, r, k = z.shape
    nudge = eps(z) ** 0.4  # above the root: rounding in J is what two scales differ by
    identity = xp.eye(k, dtype=z.dtype, device=device(z))
    w = _directions(generator, z)
    cosines = _cosines(w, targets)
    damping = xp.full((2, r), DAMPING, dtype=z.dtype, device=device(z))
    for _ in range(N_STEPS):
        nudged = _directions(generator, z[:, :, None, :] + nudge * identity)
        J = (nudged - w[:, :, None, :]) / nudge  # (2, r, k, n)
        normal = J @ xp.matrix_transpose(J)
        size = xp.sum(xp.linalg.diagonal(normal), axis=-1) / k
        size = xp.where(size > 0, size, xp.ones_like(size))
        slope = J @ (targets[:, None, :] - w)[..., None]
        step = xp.linalg.solve(normal + (damping * size)[..., None, None] * identity, slope)
        z_new = z + step[..., 0]
        w_new = _directions(generator, z_new)
        cosines_new = _cosines(w_new, targets)
        better = cosines_new > cosines
        z = xp.where(better[..., None], z_new, z)
        w = xp.where(better[..., None], w_new, w)
        cosines = xp.where(better, cosines_new, cosines)
        damping = xp.where(better, damping * EASIER, damping * HARDER)
    nearest = xp.argmax(cosines, axis=1)[:, None, None]
    z = xp.take_along_axis(z, xp.broadcast_to(nearest, (2, 1, k)), axis=1)
    w = xp.take_along_axis(w, xp.broadcast_to(nearest, (2, 1, w.shape[2])), axis=1)
    return z, w[:, 0, :]


def _directions(generator: Callable[[Array], Array], z: Array) -> Array:
    """Return what the generator makes, normalised, for latent vectors along the last axis."""
    xp = array_namespace(z)
    rows = generator(xp.reshape(z, (-1, z.shape[-1])))
    return unit_rows(xp.reshape(rows, (*z.shape[:-1], -1)))


def _cosines(w: Array, targets: Array) -> Array:
    return (w @ targets[..., None])[..., 0]


def _check_generated(generator: Callable[[Array], Array], z: Array, V: Array) -> None:
    """Refuse a generator that does not return a row of n_features numbers for each row of z."""
    rows = check_array(generator(z), "generator(z)", n_dims=2)
    check_same_device(generator=rows, V=V)
    wanted = (z.shape[0], V.shape[0])
    if tuple(rows.shape) != wanted:
        raise ValueError(
            f"generator must return shape {wanted} for z of shape {tuple(z.shape)}, "
            f"got {tuple(rows.shape)}"
        )
    if not float(array_namespace(rows).max(array_namespace(rows).abs(rows))) > 0:
        raise ValueError("generator must not vanish, got zeros for all of the restarts")
