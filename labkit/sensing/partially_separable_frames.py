"""A moving picture from one projection a frame: few images times few curves in time, smoothed.

One projection says little about a frame. A film whose frames are mixtures of a few images shares
them among all its projections, and a denoiser says what an image looks like.

Papers: red-psm-regularization-denoising.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labkit.arrays import Array, all_finite, array_namespace, device
from labkit.checks import check_array, check_count, check_real, check_same_device
from labkit.linalg import fix_signs


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
        f, the copy of the film that the denoiser sees.
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
    denoising: float = 1.0,
    coupling: float = 2.5,
    ridge: float = 0.1,
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
        R_t, the projections of a square image that frame t was seen through.
    rank : int
        Images in the mixture, at most n_coefficients.
    n_coefficients : int
        Cosines that a curve in time may hold, at most n_frames.
    denoising : float
        lambda, the weight of the denoiser; 0 leaves low rank and ridge alone.
    coupling : float
        beta, above 0, between the film and its copy: large is slow, small swings.
    ridge : float
        xi, above 0, on both factors; on the film, a price on the sum of its singular values.
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
    2. Balance: of all factors of the film, those whose squares sum to least.
    3. Z, then Lambda: five conjugate gradient steps each, on the data and on the distance of the
       film to ``f - gamma``.
    4. ``f <- (lambda D f + beta (film + gamma)) / (lambda + beta)``, one step.
    5. ``gamma <- gamma + film - f``.

    At rest film and f agree and ``lambda (f - D f) = beta gamma``. That is a point without slope of
    the objective where ``f - D f`` is the gradient of ``f^T (f - D f) / 2``: for a linear D, where
    it is symmetric. A round costs about ``48 n_frames n_bins side^2`` flops.

    Of the paper's ADMM the splitting and steps 4 and 5 are kept. Its step 3 is 25 gradient steps,
    without step 2; splines are cosines here; the learned denoiser (DnCNN), clipping at zero and
    the start from temporal functions that are fitted to the projections are left out.

    References
    ----------
    Iskender, Klasky, Bresler: RED-PSM: regularization by denoising of partially separable models
    for dynamic imaging, ICCV 2023, arXiv 2304.03483.

    Notebook: ``notebooks/sensing/13_moving_images.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> R = np.broadcast_to(np.eye(4), (3, 4, 4))  # every pixel is seen in three frames
    >>> g = np.outer([1.0, 2.0, 3.0], [1.0, 0.0, 0.0, 1.0])
    >>> states = partially_separable_frames(
    ...     g, R, rank=1, n_coefficients=3, denoising=0.0, ridge=1e-9
    ... )
    >>> for _ in range(30):
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
    k = check_count(rank, "rank", 1, min(d, n_pixels))
    lam = check_real(denoising, "denoising", 0.0)
    beta = check_real(coupling, "coupling", 0.0, open_low=True)
    xi = check_real(ridge, "ridge", 0.0, open_low=True)
    D = _smooth if denoiser is None else denoiser
    if not callable(D):
        raise TypeError(f"denoiser must be callable, got {D!r}")

    def states() -> Iterator[SeparableFrames]:
        xp = array_namespace(g, R)
        T = xp.matrix_transpose
        Phi = _cosines(n_frames, d, like=g)
        back = (T(R) @ g[:, :, None])[:, :, 0]

        def normal(film: Array, pull: float) -> Array:
            return (T(R) @ (R @ film[:, :, None]))[:, :, 0] + pull * film

        def images_near(L: Array, Psi: Array, target: Array, pull: float, n_steps: int) -> Array:
            right = T(back + pull * target) @ Psi
            return _descended(
                L, lambda L: T(normal(Psi @ T(L), pull)) @ Psi + xi * L, right, n_steps
            )

        def curves_near(Z: Array, L: Array, target: Array) -> Array:
            right = T(Phi) @ ((back + beta * target) @ L)
            return _descended(
                Z, lambda Z: T(Phi) @ (normal(Phi @ Z @ T(L), beta) @ L) + xi * Z, right, 5
            )

        gamma, Psi = xp.zeros_like(back), Phi[:, :k]  # step 1
        Z = xp.eye(d, k, dtype=g.dtype, device=device(g))
        images = images_near(xp.zeros_like(T(back) @ Psi), Psi, gamma, 0.0, 20)
        f = Psi @ T(images)
        while True:
            images, Z = _balanced(images, Z)  # step 2
            yield SeparableFrames(images, Phi @ Z, f, gamma)
            Z = curves_near(Z, images, f - gamma)  # step 3
            images = images_near(images, Phi @ Z, f - gamma, beta, 5)
            film = Phi @ Z @ T(images)
            denoised = _checked(D(xp.reshape(f, (n_frames, side, side))), n_frames, side)
            pulled = lam * xp.reshape(denoised, f.shape) + beta * (film + gamma)
            f = pulled / (lam + beta)  # step 4
            gamma = gamma + film - f  # step 5

    return states()


def _checked(frames: Array, n_frames: int, side: int) -> Array:
    if tuple(frames.shape) != (n_frames, side, side):
        raise ValueError(f"denoiser must return shape {(n_frames, side, side)}, got {frames.shape}")
    if not all_finite(frames):
        raise ValueError("denoiser must return finite numbers, got NaN or infinite ones")
    return frames


def _descended(x: Array, normal: Callable[[Array], Array], right: Array, n_steps: int) -> Array:
    """Return x after some steps of conjugate gradients on ``normal(x) = right``."""
    xp = array_namespace(x)
    residual = right - normal(x)
    direction, square = residual, xp.sum(residual**2)
    tiny = xp.finfo(x.dtype).smallest_normal
    for _ in range(n_steps):
        applied = normal(direction)
        step = square / (xp.sum(direction * applied) + tiny)
        x, residual = x + step * direction, residual - step * applied
        last, square = square, xp.sum(residual**2)
        direction = residual + square / (last + tiny) * direction
    return x


def _balanced(images: Array, Z: Array) -> tuple[Array, Array]:
    """Return the factors of ``images @ Z.T`` whose squares sum to least."""
    xp = array_namespace(images)
    (Q, A), (P, B) = xp.linalg.qr(images), xp.linalg.qr(Z)
    U, values, Vh = xp.linalg.svd(A @ xp.matrix_transpose(B), full_matrices=False)
    rows = Vh @ xp.matrix_transpose(P)
    turned = fix_signs(rows)
    roots = xp.sqrt(values)
    signs = xp.sum(rows * turned, axis=1)  # 1 or -1
    return Q @ (U * (roots * signs)), xp.matrix_transpose(turned) * roots


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
    options = {"dtype": frames.dtype, "device": device(frames)}
    place = xp.arange(frames.shape[1], **options)
    away = xp.abs(place[:, None] - place[None, :])
    S = xp.where(away < 2, 0.5 - away / 4, xp.zeros_like(away))
    S = S + xp.eye(place.shape[0], **options) * (1 - xp.sum(S, axis=0))
    return S @ frames @ S
