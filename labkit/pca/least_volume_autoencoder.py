"""An autoencoder that packs its codes into the smallest box, and so finds width and axes itself.

Charge for the volume of the box around the codes, and forbid the decoder to enlarge it again. Flat
boxes are cheap: coordinates that carry little are pressed flat, the others turn into the principal
axes.

Papers: compressing-latent-space-least.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count, check_matrix, check_real
from labkit.pca._linear_autoencoder import (
    bounded,
    largest_singular_value,
    mean_and_covariance,
    start,
)
from labkit.pca.results import LinearAutoencoder
from labkit.random import Rng, as_generator


def least_volume_autoencoder(
    X: Array,
    *,
    n_latents: int,
    penalty: float,
    offset: float = 1.0,
    bound: float | None = 1.0,
    rng: Rng = None,
) -> Iterator[LinearAutoencoder]:
    r"""Return a generator of linear autoencoders on the way to codes of least volume.

    .. math:: \min_{E, D} \; \frac1n \|X - X E D\|_F^2
              + \lambda \prod_{i=1}^{h} (s_i + \eta)^{1/h}, \qquad \|D\|_2 \le K

    where s_i is the standard deviation of latent coordinate i, the column X E e_i.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data; the mean is subtracted.
    n_latents : int
        h, the width of encoder E and decoder D, from 1 to ``n_features``.
    penalty : float
        lambda, at least 0, in the unit of the data. With 0 nothing is pressed flat.
    offset : float
        eta, above 0, in the unit of the data. Large: the penalty is nearly linear in s, and large
        coordinates pay like small ones. Small: they hardly pay.
    bound : float, optional
        K, how much the decoder may stretch, above 0. None lifts the bound, and then the volume
        means nothing: codes shrink, the decoder grows, the product stays.
    rng : int, Generator or None
        Draws the start.

    Returns
    -------
    iterator of LinearAutoencoder
        Endless; first the start, then a state for each round; `bottleneck` is the identity. Run it
        with `labkit.trace.trace`. Coordinates that are pressed flat are exact zero columns of
        `encoder`.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for entries whose variances overflow.

    Notes
    -----
    Portable. With S the covariance and R = I - E D, a round is

    1. ``E <- E + R D' / ||D||^2``, a step of length 1 / L, L = 2 ||D||^2, on the codes X E.
    2. The volume V is concave in s, so its tangent lies above it: coordinate i costs
       ``w_i = penalty * V / (h (s_i + offset))`` for each unit of s_i. Its column is scaled so
       that s_i falls by ``w_i / L``, to zero at most: the proximal map of that cost.
    3. ``D <- D + 2 E' S R / L`` with ``L = 2 ||E' S E||``, and its singular values are cut at K.

    No step can raise the objective, so there is no step size to choose. For uncorrelated codes the
    product of the variances is the determinant of their covariance, and otherwise it is larger
    (Hadamard): of all rotations of the codes that reconstruct equally well, those along the
    principal axes have the least volume. That is the paper's theorem on PCA in a nutshell.
    With K = 1 a coordinate along a component of variance l dies if
    ``penalty * V / (h * offset) >= 2 sqrt(l)``; one that lives has
    ``2 (sqrt(l) - s) = penalty * V / (h (s + offset))``. What is pressed flat once does not come
    back, so a large penalty can also take a true dimension with it on the way.

    The paper trains nonlinear networks by Adam on batches, with spectral normalisation of each
    layer of the decoder, after which singular values are scaled, not cut; only its linear special
    case is here, and the loss and volume are those of the whole data. So the ordering of
    coordinates in nonlinear models, and manifolds that need more
    dimensions than they have (a circle needs two), are not shown. A round costs a few products
    of p x p and p x h matrices and a decomposition of a p x h one. `low_rank_autoencoder` finds
    the width as well, but leaves the axes unturned.

    References
    ----------
    Chen, Fuge: Compressing latent space via least volume, ICLR (2024), arXiv 2404.17773.

    Notebook: ``notebooks/pca/09_reconstruction.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 0.1], [0.0, -0.1]])
    >>> states = least_volume_autoencoder(X, n_latents=2, penalty=1.0, rng=0)
    >>> run = trace(states, n_steps=300, record={"E": lambda state: state.encoder}, every=300)
    >>> s = np.sort(np.linalg.norm(X @ run["E"][-1], axis=0) / 2)
    >>> s.round(2).tolist()  # the standard deviations were 0.07 and 2.12
    [0.0, 1.98]
    """
    X = check_matrix(X, "X")
    k = check_count(n_latents, "n_latents", 1, X.shape[1])
    penalty = check_real(penalty, "penalty", 0.0)
    offset = check_real(offset, "offset", 0.0, open_low=True)
    if bound is not None:
        bound = check_real(bound, "bound", 0.0, open_low=True)
    generator = as_generator(rng)
    mean, covariance = mean_and_covariance(X)
    xp = array_namespace(X)
    state = LinearAutoencoder(
        encoder=start(X.shape[1], k, None, X, generator),
        bottleneck=xp.eye(k, dtype=X.dtype, device=device(X)),
        decoder=xp.matrix_transpose(start(X.shape[1], k, bound, X, generator)),
        mean=mean,
    )
    return _states(state, covariance, penalty, offset, bound)


def _states(
    state: LinearAutoencoder, S: Array, penalty: float, offset: float, bound: float | None
) -> Iterator[LinearAutoencoder]:
    xp = array_namespace(S)
    T, norm = xp.matrix_transpose, largest_singular_value
    identity = xp.eye(S.shape[0], dtype=S.dtype, device=device(S))
    E, D = state.encoder, state.decoder
    while True:
        yield LinearAutoencoder(E, state.bottleneck, D, state.mean)
        widths = _standard_deviations(E, S)
        volume = xp.exp(xp.mean(xp.log(widths + offset)))
        cost = penalty * volume / (E.shape[1] * (widths + offset))
        squared = norm(D) ** 2
        E = E + (identity - E @ D) @ T(D) / squared  # step 1

        widths = _standard_deviations(E, S)  # step 2
        fall = cost / (2 * squared)
        lives = widths > fall
        E = E * xp.where(lives, 1 - fall / xp.where(lives, widths, xp.ones_like(widths)), 0 * fall)

        SE = S @ E
        D = D + T(SE) @ (identity - E @ D) / norm(T(E) @ SE)  # step 3
        D = bounded(D, bound)


def _standard_deviations(E: Array, S: Array) -> Array:
    """Return the standard deviation of each latent coordinate."""
    xp = array_namespace(S)
    return xp.sqrt(xp.abs(xp.sum(E * (S @ E), axis=0)))  # abs: rounding below zero
