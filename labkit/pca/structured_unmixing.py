"""Structured unmixing: the materials that each pixel shows, when neighbours look alike.

The spectrum of a pixel is a mixture of a few pure spectra. Two things are known beside the spectra:
a pixel shows few materials, and neighbours that look alike show the same.

Papers: structured-sparse-method-hyperspectral.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_real
from labkit.pca._nonnegative import TINY, check_spectra, scaled, start, sum_to_one
from labkit.pca.results import NonnegativeFactors
from labkit.pca.spatial_weights import spatial_weights


def structured_unmixing(
    X: Array,
    *,
    n_endmembers: int,
    image_shape: tuple[int, int],
    smoothness: float = 0.03,
    sparsity: float = 0.1,
    tol: float = 1e-7,
    max_iterations: int = 1000,
) -> NonnegativeFactors:
    r"""Factor spectra into endmembers and abundances that are sparse and alike in like neighbours.

    .. math:: \min_{M, A \ge 0} \; \frac{\|X^\top - M A\|_F^2}{2 n_\text{bands} n_\text{pixels}}
              + \frac{\mu}{2 n_\text{pixels}} \sum_k r_k^2 \, a_k (D - W) a_k^\top
              + \frac{\alpha}{n_\text{pixels}} \sum_{kn} r_k a_{kn}

    with r_k the root mean square of endmember k, W the `spatial_weights` and D their sums.

    Parameters
    ----------
    X : Array, shape (n_pixels, n_bands)
        The scene, row by row; not negative. In units of a typical band inside the method, so the
        scale is free.
    n_endmembers : int
        From 1 to ``min(n_pixels, n_bands)``.
    image_shape : tuple of int
        Height and width; their product is n_pixels.
    smoothness : float
        mu, 0 or larger. Alone, without `sparsity`, it does harm: see below.
    sparsity : float
        alpha, 0 or larger. With both at 0 it is nonnegative matrix factorisation; from about 1 on
        everything is pressed to zero.
    tol : float
        Ends when a round lowers the objective by less than this share.
    max_iterations : int
        Rounds, at least 1.

    Returns
    -------
    NonnegativeFactors
        A single stage in `objective_history`; no `guidance`.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, for negative or zero spectra, and if the shape does
        not hold the pixels.

    Notes
    -----
    Portable.

    1. Start from the most different pixels as endmembers and equal abundances.
    2. ``A <- A * (M' X' + mu r^2 A W) / (M' M A + mu r^2 A D + alpha r)``, up to powers of n_bands.
    3. ``M <- M * (X' A') / (M A A' + M (mu a (D - W) a' + alpha a 1 / r))``.
    4. Scale the columns of M so that the abundances of a pixel sum to 1, as nearly as can be.

    Both updates minimise a majoriser that touches the objective, so it cannot rise. The paper's
    weights are these times n_bands n_pixels, up to r. Its algorithm was not read: the terms and
    multiplicative updates are from the abstract. r_k is ours: without it M may grow while A
    shrinks, and both penalties are void; when the abundances are held to an exact sum of 1 instead,
    the lasso is a constant. With it the penalties are those of unit columns, and no rescaling
    between rounds breaks the descent. The lasso then draws the endmembers together, around the
    data; the smoothness pushes them apart, since less contrast is smoother. So each needs the
    other. A round costs about 8 n_bands n_pixels n_endmembers flops.

    Where bands are broken prefer `robust_unmixing`. Nothing helps where no pixel is nearly pure.

    References
    ----------
    Zhu and others: Structured sparse method for hyperspectral unmixing, arXiv (March 2014).

    Notebook: ``notebooks/pca/13_unmixing.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> pure = np.array([[1.0, 1.0, 0.1, 0.1], [0.1, 0.1, 1.0, 1.0]])
    >>> X = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]) @ pure
    >>> factors = structured_unmixing(X, n_endmembers=2, image_shape=(2, 2), sparsity=0.01)
    >>> np.round(factors.abundances).tolist()
    [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]
    """
    X, k = check_spectra(X, n_endmembers)
    neighbours, weights = spatial_weights(X, image_shape=image_shape)
    smoothness = check_real(smoothness, "smoothness", 0.0)
    sparsity = check_real(sparsity, "sparsity", 0.0)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(X)
    X, unit = scaled(X)
    n_bands, n_pixels = X.shape
    degrees = xp.sum(weights, axis=1)

    def neighbourhood(A: Array) -> Array:
        """Return A W."""
        if smoothness == 0:
            return xp.zeros_like(A)
        total = weights[:, 0] * xp.take(A, neighbours[:, 0], axis=1)
        for j in range(1, neighbours.shape[1]):
            total = total + weights[:, j] * xp.take(A, neighbours[:, j], axis=1)
        return total

    M, A = start(X, k)  # step 1
    AW = neighbourhood(A)
    history: list[float] = []
    converged = False
    for n_iterations in range(max_iterations + 1):
        r = xp.sqrt(xp.mean(M * M, axis=0))
        roughness = xp.sum(A * (A * degrees - AW), axis=1)
        loss = xp.mean((X - M @ A) ** 2) / 2
        smooth = smoothness / (2 * n_pixels) * xp.sum(r * r * roughness)
        history.append(float(loss + smooth + sparsity / n_pixels * xp.sum(r[:, None] * A)))
        converged = n_iterations > 0 and history[-2] - history[-1] <= tol * history[-2]
        if converged or n_iterations == max_iterations:
            break
        r = r[:, None]
        mu = smoothness * n_bands * r * r
        below = (xp.matrix_transpose(M) @ M) @ A + mu * A * degrees + sparsity * n_bands * r
        A = A * (xp.matrix_transpose(M) @ X + mu * AW) / xp.clip(below, min=TINY)  # step 2

        AW = neighbourhood(A)
        roughness = xp.sum(A * (A * degrees - AW), axis=1)
        pull = smoothness * roughness + sparsity * xp.sum(A, axis=1) / xp.clip(r[:, 0], min=TINY)
        below = M @ (A @ xp.matrix_transpose(A)) + M * pull
        M = M * (X @ xp.matrix_transpose(A)) / xp.clip(below, min=TINY)  # step 3
    M, A = sum_to_one(M, A)  # step 4
    return NonnegativeFactors(
        endmembers=unit * M,
        abundances=A,
        objective_history=(tuple(history),),
        n_iterations=n_iterations,
        converged=converged,
    )
