"""A moving picture from one projection a frame: few images times few curves in time, smoothed.

One projection says little about a frame. A film whose frames are mixtures of a few images shares
them among all its projections, and a denoiser says what an image looks like.

Papers: red-psm-regularization-denoising.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_count, check_real, check_same_device


@dataclass(frozen=True)
class SeparableFrames:
    """A film in two factors, one state of the splitting.

    Attributes
    ----------
    images : Array, shape (side * side, rank)
        Lambda.
    curves : Array, shape (n_frames, rank)
        Psi, how much of each image a frame holds.
    smoothed : Array, shape (n_frames, side * side)
        f, the copy of the film that the denoiser has seen.
    multiplier : Array, shape (n_frames, side * side)
        gamma; film and copy agree when it rests.
    """

    images: Array
    curves: Array
    smoothed: Array
    multiplier: Array

    @property
    def film(self) -> Array:
        """Return ``Psi Lambda^T``, shape (n_frames, side * side)."""
        xp = array_namespace(self.images)
        return self.curves @ xp.matrix_transpose(self.images)


def partially_separable_frames(
    projections: Array,
    operators: Array,
    *,
    rank: int,
    n_coefficients: int = 7,
    weight: float = 1.0,
    coupling: float = 1.0,
    ridge: float = 1e-3,
    denoiser: Callable[[Array], Array] | None = None,
) -> Iterator[SeparableFrames]:
    r"""Return a generator of films, one for each round of a variable splitting.

    .. math:: \min_{\Lambda, Z} \tfrac12 \sum_t \| R_t \Lambda \psi_t - g_t \|^2
              + \tfrac\lambda2 \sum_t f_t^\top (f_t - D f_t)
              + \tfrac\xi2 \bigl( \|\Lambda\|^2 + \|Z\|^2 \bigr),
              \qquad f_t = \Lambda \psi_t, \quad \Psi = \Phi Z

    Parameters
    ----------
    projections : Array, shape (n_frames, n_bins)
        g_t.
    operators : Array, shape (n_frames, n_bins, side * side)
        R_t, the projection of a square image that frame t was seen through.
    rank : int
        Images in the mixture, at most n_coefficients.
    n_coefficients : int
        Cosines that a curve in time may hold, at most n_frames.
    weight : float
        lambda, of the denoiser; 0 leaves low rank alone.
    coupling : float
        beta, above 0, between the film and its copy: large is slow, small swings.
    ridge : float
        xi, above 0, on both factors.
    denoiser : callable, optional
        D: takes and returns frames, shape (n_frames, side, side). By default a symmetric linear
        smoother: weights 1/4, 1/2, 1/4 along rows and along columns, mirrored at the rim.

    Returns
    -------
    iterator of SeparableFrames
        First the start of step 1, without end.

    Raises
    ------
    TypeError, ValueError
        For bad values, shapes that do not fit, arrays on different devices, at the call; for a
        denoiser that returns another shape or numbers that are not finite, when it does.

    Notes
    -----
    Portable.

    1. Phi holds the first cosines. Start with ``Z = I``, the images that fit best, ``gamma = 0``.
    2. Z, by least squares on the data and on the distance of the film to ``f - gamma``.
    3. Lambda, by five conjugate gradient steps on the same.
    4. ``f <- (lambda D f + beta (film + gamma)) / (lambda + beta)``, one step.
    5. ``gamma <- gamma + film - f``.

    At rest film and f agree and ``lambda (f - D f) = beta gamma``. That is a point without slope of
    the objective where ``f - D f`` is the gradient of ``f^T (f - D f) / 2``: for a linear D, where
    it is symmetric. A median is not such a D. A step costs ``24 n_frames n_bins side^2`` flops or
    so, and a least squares in ``rank n_coefficients`` unknowns.

    Of the paper's Algorithm 1 the splitting and steps 4 and 5 are kept. Its step on the factors is
    25 gradient steps; splines are cosines here; the learned denoiser (DnCNN), clipping at zero and
    the start from temporal functions that are fitted to the projections are left out.

    References
    ----------
    Iskender, Klasky, Bresler: RED-PSM: regularization by denoising of partially separable models
    for dynamic imaging, arXiv 2304.03483 (2023).

    Notebook: ``notebooks/sensing/13_moving_images.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> R = np.broadcast_to(np.eye(4), (3, 4, 4))  # every pixel is seen in three frames
    >>> g = np.outer([1.0, 2.0, 3.0], [1.0, 0.0, 0.0, 1.0])
    >>> states = partially_separable_frames(
    ...     g, R, rank=1, n_coefficients=3, weight=0.0, ridge=1e-9
    ... )
    >>> for _ in range(60):
    ...     state = next(states)
    >>> bool(np.max(np.abs(state.film - g)) < 1e-3)
    True
    """
    g = check_array(projections, "projections", n_dims=2)
    R = check_array(operators, "operators", n_dims=3)
    check_same_device(projections=g, operators=R)
    n_frames, n_bins, n_pixels = R.shape
    side = round(n_pixels**0.5)
    if g.shape != (n_frames, n_bins):
        raise ValueError(f"projections must have shape {(n_frames, n_bins)}, got {tuple(g.shape)}")
    if side * side != n_pixels:
        raise ValueError(f"operators must see square images, got {n_pixels} pixels")
    d = check_count(n_coefficients, "n_coefficients", 1, n_frames)
    k = check_count(rank, "rank", 1, d)
    lam = check_real(weight, "weight", 0.0)
    beta = check_real(coupling, "coupling", 0.0, open_low=True)
    xi = check_real(ridge, "ridge", 0.0, open_low=True)
    D = _smooth if denoiser is None else denoiser

    def states() -> Iterator[SeparableFrames]:
        xp = array_namespace(g, R)
        Phi = _cosines(n_frames, d, like=g)
        Psi = Phi[:, :k]  # step 1
        nothing = xp.zeros_like(R[:, 0, :])
        images = xp.zeros_like(xp.matrix_transpose(nothing) @ Psi)
        images = _fitted_images(images, Psi, g, R, nothing, 0.0, xi, n_steps=20)
        f, gamma = Psi @ xp.matrix_transpose(images), nothing
        while True:
            yield SeparableFrames(images, Psi, f, gamma)
            Psi = _fitted_curves(images, Phi, g, R, f - gamma, beta, xi)  # step 2
            images = _fitted_images(images, Psi, g, R, f - gamma, beta, xi, n_steps=5)  # step 3
            film = Psi @ xp.matrix_transpose(images)
            denoised = xp.reshape(D(xp.reshape(f, (n_frames, side, side))), f.shape)
            if not bool(xp.all(xp.isfinite(denoised))):
                raise ValueError("denoiser must return finite numbers, got NaN or infinite ones")
            f = (lam * denoised + beta * (film + gamma)) / (lam + beta)  # step 4
            gamma = gamma + film - f  # step 5

    return states()


def _fitted_curves(
    images: Array, Phi: Array, g: Array, R: Array, target: Array, beta: float, xi: float
) -> Array:
    """Return ``Phi Z`` for the Z of least squares; the columns of Phi are orthonormal."""
    xp = array_namespace(images)
    k, d = images.shape[1], Phi.shape[1]
    seen = R @ images  # n_frames, n_bins, k
    design = xp.reshape(seen[:, :, :, None] * Phi[:, None, None, :], (-1, k * d))
    gram = xp.matrix_transpose(images) @ images
    both = gram[:, None, :, None] * xp.eye(d, dtype=g.dtype, device=device(g))[None, :, None, :]
    normal = xp.matrix_transpose(design) @ design + beta * xp.reshape(both, (k * d, k * d))
    normal = normal + xi * xp.eye(k * d, dtype=g.dtype, device=device(g))
    pulled = xp.matrix_transpose(images) @ xp.matrix_transpose(target) @ Phi  # k, d
    right = xp.matrix_transpose(design) @ xp.reshape(g, (-1,)) + beta * xp.reshape(pulled, (-1,))
    Z = xp.reshape(xp.linalg.solve(normal, right[:, None]), (k, d))
    return Phi @ xp.matrix_transpose(Z)


def _fitted_images(
    images: Array,
    Psi: Array,
    g: Array,
    R: Array,
    target: Array,
    beta: float,
    xi: float,
    *,
    n_steps: int,
) -> Array:
    """Return the images after some steps of conjugate gradients."""
    xp = array_namespace(images)
    Rt = xp.matrix_transpose(R)

    def normal(L: Array) -> Array:
        film = Psi @ xp.matrix_transpose(L)
        back = (Rt @ (R @ film[:, :, None]))[:, :, 0] + beta * film
        return xp.matrix_transpose(back) @ Psi + xi * L

    right = xp.matrix_transpose((Rt @ g[:, :, None])[:, :, 0] + beta * target) @ Psi
    residual = right - normal(images)
    direction, square = residual, xp.sum(residual**2)
    for _ in range(n_steps):
        applied = normal(direction)
        curvature = xp.sum(direction * applied)
        step = square / xp.where(curvature > 0, curvature, xp.ones_like(curvature))
        images = images + step * direction
        residual = residual - step * applied
        following = xp.sum(residual**2)
        direction = (
            residual + following / xp.where(square > 0, square, xp.ones_like(square)) * direction
        )
        square = following
    return images


def _cosines(n_frames: int, d: int, *, like: Array) -> Array:
    """Return the first d columns of the orthonormal cosine transform."""
    xp = array_namespace(like)
    options = {"dtype": like.dtype, "device": device(like)}
    times, orders = xp.arange(n_frames, **options), xp.arange(d, **options)
    waves = xp.cos((xp.pi / n_frames) * (times[:, None] + 0.5) * orders[None, :])
    return waves / xp.sqrt(xp.sum(waves**2, axis=0))


def _smooth(frames: Array) -> Array:
    """Return frames weighted 1/4, 1/2, 1/4 along rows and columns, mirrored: a symmetric map."""
    xp = array_namespace(frames)
    for axis in (1, 2):
        n = frames.shape[axis]
        first, last = (
            (frames[:, :1, :], frames[:, n - 1 :, :])
            if axis == 1
            else (frames[:, :, :1], frames[:, :, n - 1 :])
        )
        wide = xp.concat([first, frames, last], axis=axis)
        before = wide[:, :n, :] if axis == 1 else wide[:, :, :n]
        after = wide[:, 2:, :] if axis == 1 else wide[:, :, 2:]
        frames = frames / 2 + (before + after) / 4
    return frames
