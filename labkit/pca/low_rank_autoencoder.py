"""An autoencoder that finds its own width: a penalty on the rank of a map in the middle.

Put one more square linear map between encoder and decoder and charge for its singular values. The
latent coordinates that earn less than they cost are switched off.

Papers: learning-low-rank-latent.
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


def low_rank_autoencoder(
    X: Array,
    *,
    n_latents: int,
    penalty: float,
    bound: float | None = None,
    rng: Rng = None,
) -> Iterator[LinearAutoencoder]:
    r"""Return a generator of linear autoencoders on the way to a bottleneck of low rank.

    .. math:: \min_{E, W, D} \; \frac1n \|X - X E W D\|_F^2 + \lambda \|W\|_*
              \qquad \bigl(\|E\|_2, \|D\|_2 \le K\bigr)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data; the mean is subtracted.
    n_latents : int
        Width of encoder E, bottleneck W and decoder D, from 1 to ``n_features``.
    penalty : float
        lambda, at least 0, in the squared unit of the data. With 0 nothing is switched off.
    bound : float, optional
        K, the largest singular value that encoder and decoder may have, above 0. Without it the
        problem is the paper's, and has no minimum: see the notes.
    rng : int, Generator or None
        Draws the start of encoder and decoder; the bottleneck starts as the identity.

    Returns
    -------
    iterator of LinearAutoencoder
        Endless; first the start, then a state for each round. Run it with `labkit.trace.trace`.
        Coordinates that are switched off are exact zeros among the singular values of
        `bottleneck`, up to the rounding of one product.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for entries whose variances overflow.

    Notes
    -----
    Portable. A round moves one map at a time; each move is a gradient step of length 1 / L, where
    L bounds the curvature in that map alone, and then the proximal map. No move can raise the
    objective (Bolte, Sabach and Teboulle 2014), so there is no step size to choose. With S the
    covariance and R = I - E W D:

    1. ``E <- E + 2 S R (W D)' / L``, then its singular values are cut at the bound.
    2. ``W <- W + 2 E' S R D' / L``, then its singular values are lowered by ``penalty / L``, none
       below zero.
    3. ``D <- D + 2 (E W)' S R / L``, then cut as in step 1.

    With K = 1 the optimum is known. ``||E W D||_* <= ||W||_*``, with equality for orthonormal E
    and D, so the problem is a regression of X on itself with a nuclear norm: in the basis of the
    principal components, with eigenvalues l of S, the singular values of W are
    ``max(0, 1 - penalty / (2 l))``. The rank is the number of components with variance above
    ``penalty / 2``. Without a bound the penalty can be dodged: E and D grow, W shrinks, the
    product stays. The infimum costs nothing for W, so what one sees depends on when one stops.
    With or without it W = 0 is a local minimum: a penalty near twice the variance of a component
    can switch its coordinate off before encoder and decoder have turned to it, and it stays off.

    The paper's training loop runs Adam on batches through nonlinear encoders and decoders, with
    the subgradient of the nuclear norm, which reaches no exact zero; here all maps are linear, a
    batch is the whole data, and the proximal map replaces the subgradient. The bound is ours. The
    sampling of new images from Gaussian fits to the codes is left out; the paper's error bound and
    its rate for Adam were not seen and are not tested. A round costs a few products of
    p x p and p x h matrices and decompositions of p x h ones, for p features and h latents. If all
    that is wanted is the linear optimum, threshold `principal_components`.

    References
    ----------
    Mazumder, Baruah, Kumar, Sharma, Pattanaik, Rathore: Learning low-rank latent spaces with
    simple deterministic autoencoder, WACV (2024), arXiv 2310.16194.
    Bolte, Sabach, Teboulle: Proximal alternating linearized minimization for nonconvex and
    nonsmooth problems, Math. Program. 146 (2014).

    Notebook: ``notebooks/pca/09_reconstruction.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> X = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> states = low_rank_autoencoder(X, n_latents=2, penalty=1.8, bound=1.0, rng=0)
    >>> run = trace(states, n_steps=200, record={"W": lambda state: state.bottleneck}, every=200)
    >>> np.linalg.svd(run["W"][-1])[1].round(3).tolist()  # variances 4.5 and 0.5
    [0.8, 0.0]
    """
    X = check_matrix(X, "X")
    k = check_count(n_latents, "n_latents", 1, X.shape[1])
    penalty = check_real(penalty, "penalty", 0.0)
    if bound is not None:
        bound = check_real(bound, "bound", 0.0, open_low=True)
    generator = as_generator(rng)
    mean, covariance = mean_and_covariance(X)
    xp = array_namespace(X)
    state = LinearAutoencoder(
        encoder=start(X.shape[1], k, bound, X, generator),
        bottleneck=xp.eye(k, dtype=X.dtype, device=device(X)),
        decoder=xp.matrix_transpose(start(X.shape[1], k, bound, X, generator)),
        mean=mean,
    )
    return _states(state, covariance, penalty, bound)


def _states(
    state: LinearAutoencoder, S: Array, penalty: float, bound: float | None
) -> Iterator[LinearAutoencoder]:
    xp = array_namespace(S)
    T, norm = xp.matrix_transpose, largest_singular_value
    identity = xp.eye(S.shape[0], dtype=S.dtype, device=device(S))
    spread = norm(S)
    E, W, D = state.encoder, state.bottleneck, state.decoder
    while True:
        yield LinearAutoencoder(E, W, D, state.mean)
        A = W @ D
        E = E + S @ (identity - E @ A) @ T(A) / (spread * norm(A) ** 2)  # step 1
        E = bounded(E, bound)

        curvature = 2 * norm(T(E) @ S @ E) * norm(D) ** 2  # step 2
        W = W + 2 * (T(E) @ (S @ (identity - E @ W @ D))) @ T(D) / curvature
        U, s, Vh = xp.linalg.svd(W, full_matrices=False)
        W = (U * xp.maximum(s - penalty / curvature, xp.zeros_like(s))) @ Vh

        B = E @ W
        D = D + T(B) @ S @ (identity - B @ D) / norm(T(B) @ S @ B)  # step 3
        D = bounded(D, bound)
