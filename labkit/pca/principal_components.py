"""Principal components: the few directions along which data vary most.

Centre the data, then find the orthonormal directions of largest variance, one after the other.
They span the plane of each dimension that is nearest to the data in squared distance (Eckart and
Young). The answer is one singular value decomposition; four routes to it differ in cost and in
what they do to small singular values.

Every paper of this package compares itself with this function; its own sources are the references.
"""

from __future__ import annotations

import math
from typing import Any

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_choice, check_count, check_matrix
from labkit.linalg import fix_signs
from labkit.pca.results import PrincipalComponents
from labkit.random import Rng, as_generator, standard_normal

ROUTES = ("auto", "covariance", "gram", "exact", "randomised")


def principal_components(
    X: Array,
    *,
    n_components: int | None = None,
    route: str = "auto",
    n_power_iterations: int = 4,
    oversampling: int = 10,
    rng: Rng = None,
) -> PrincipalComponents:
    r"""Return the leading principal components of a data matrix.

    .. math:: X_c = X - 1\mu^\top = U \, \mathrm{diag}(s) \, V^\top, \qquad
              V_k = \arg\min_{V^\top V = I_k} \|X_c - X_c V V^\top\|_F

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least two samples. Entries up to about 1e150 (float32: 1e17) are allowed, so
        that their variance is finite.
    n_components : int, optional
        From 1 to ``min(n_samples, n_features)``, which is the default. Centred data have rank at
        most ``n_samples - 1``; components beyond the rank have singular values at rounding level
        and are some orthonormal completion.
    route : {"auto", "covariance", "gram", "exact", "randomised"}
        How to compute them, see Notes. ``"auto"`` chooses by shape and by the spectrum it finds.
    n_power_iterations : int
        Randomised route only: 0 is one sketch of the rows, good for a spectrum that falls fast;
        each further iteration costs two passes.
    oversampling : int
        Randomised route only: columns of the sketch beyond `n_components`.
    rng : int, Generator or None
        Randomised route only.

    Returns
    -------
    PrincipalComponents
        In the namespace, on the device and in the precision of X.

    Raises
    ------
    TypeError
        For arrays that are not dense and real, or counts that are not integers.
    ValueError
        For non-finite or huge entries, fewer than two samples, an unknown route, or a count out
        of range.

    Notes
    -----
    Portable. With n samples, p features and k components:

    1. Centre. A constant column is its own mean exactly, so it adds nothing. Divide by a power of
       two, which is exact, so that squares neither overflow nor vanish.
    2. Covariance route: ``eigh`` of the p x p matrix ``Xc.T @ Xc``; n p^2 + 9 p^3 flops. For
       n >= p.
    3. Gram route: ``eigh`` of the n x n matrix ``Xc @ Xc.T``, then QR of ``Xc.T @ U`` instead of
       the textbook's division by s: it is the same where s is large, and it stays orthonormal
       where s is small or zero. n^2 p + 9 n^3 + 2 n p k + 4 p k^2 flops. For n < p.
    4. Exact route: SVD of the data, through QR when one side is at least twice the other; about
       4 n p^2 + 25 p^3 flops for n >= p, with n and p exchanged otherwise.
    5. Randomised route: block Krylov iteration (Musco and Musco 2015, Algorithm 2, on the side of
       the features): the sketch ``Xc.T @ G`` of k + `oversampling` columns is multiplied by
       ``Xc.T @ Xc`` `n_power_iterations` times and orthonormalised each time; all blocks together
       span the space in which the SVD is taken. Subspace iteration (Halko, Martinsson, Tropp
       2011) keeps only the last block; for the same passes the Krylov space is never worse.

    The squared routes carry an error of c eps s_1^2 in each s_i^2, hence c eps s_1^2 / (2 s_i) in
    s_i, where the SVD has c eps s_1; c was 1 to 10 for spectra made to be hard, up to 2000 x 2000.
    Asking for four fifths of the digits, an error below eps^(4/5) s_1 for c = 8, gives
    s_k >= 4 eps^(1/5) s_1: 3e-3 in float64, with errors below 1e-12 s_1, and 0.17 in float32.

    ``"auto"`` takes the randomised route only if min(n, p) > 2000 and k <= min(n, p) / 20; the
    exact route if k = n <= p, when s_k = 0 is known beforehand; otherwise the smaller of the two
    squared matrices, and where s_k falls below that bound the exact route after all. Name
    ``"exact"`` when tiny singular values matter, ``"randomised"`` when passes over the data do.

    scikit-learn's PCA chooses by shape alone: its covariance solver has no such guard and
    subtracts the mean after squaring, and it turns to a randomised solver for any data above
    500 x 500 whenever k < 0.8 min(n, p). Its full solver is the exact route.

    References
    ----------
    Eckart, Young: The approximation of one matrix by another of lower rank, Psychometrika 1 (1936).

    Jolliffe, Cadima: Principal component analysis: a review and recent developments, Phil. Trans.
    R. Soc. A 374 (2016).

    Halko, Martinsson, Tropp: Finding structure with randomness, SIAM Review 53 (2011).

    Musco, Musco: Randomized block Krylov methods for stronger and faster approximate singular
    value decomposition, NeurIPS 2015.

    Notebook: ``notebooks/pca/01_principal_components.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    >>> result = principal_components(X, n_components=1)
    >>> result.components.round(3), result.route
    (array([[0.6, 0.8]]), 'covariance')
    """
    X = check_matrix(X, "X", min_samples=2)
    n_samples, n_features = X.shape
    smaller = min(n_samples, n_features)
    k = smaller if n_components is None else check_count(n_components, "n_components", 1, smaller)
    check_choice(route, "route", ROUTES)
    check_count(n_power_iterations, "n_power_iterations", 0)
    check_count(oversampling, "oversampling", 0)
    generator = as_generator(rng)
    xp = array_namespace(X)

    Xc, mean, scale = _centred(X)  # step 1
    n_passes = 1
    guarded = route == "auto"
    if guarded:
        if smaller > 2000 and k <= smaller // 20:
            route = "randomised"
        elif k == n_samples:
            route = "exact"
        else:
            route = "covariance" if n_samples >= n_features else "gram"

    if route in ("covariance", "gram"):
        if route == "covariance":
            squares, components = _covariance_route(Xc, k)  # step 2
        else:
            squares, components = _gram_route(Xc, k)  # step 3
        n_passes += 1 if route == "covariance" else 2
        s = xp.sqrt(squares)
        if guarded and bool(s[k - 1] < 4 * eps(X) ** 0.2 * s[0]):
            route = "exact"
    if route == "exact":
        s, components = _right_svd(Xc)  # step 4
        n_passes += 1
    if route == "randomised":
        s, components = _randomised_route(Xc, k, n_power_iterations, oversampling, generator)
        n_passes += 2 + 2 * n_power_iterations
        total = float(xp.sum(Xc * Xc))
    else:
        total = float(xp.sum(s * s))

    s, components = s[:k], fix_signs(components[:k, :])
    variance = s * s / (n_samples - 1)
    checked = slice(0, k) if route == "randomised" else slice(k - 1, k)
    return PrincipalComponents(
        components=components,
        singular_values=s * scale,
        explained_variance=variance * scale * scale,
        explained_variance_ratio=s * s / total if total > 0 else xp.zeros_like(s),
        mean=mean,
        total_variance=total / (n_samples - 1) * scale * scale,
        route=route,
        n_samples=n_samples,
        residual=_residual(Xc, components[checked, :], s[checked], float(s[0])),
        n_passes=n_passes,
    )


def _centred(X: Array) -> tuple[Array, Array, float]:
    """Return the centred data divided by a power of two, the mean, and that power."""
    xp = array_namespace(X)
    largest = max(float(xp.max(X)), -float(xp.min(X)))
    limit = math.sqrt(float(xp.finfo(X.dtype).max) / (8 * X.shape[1]))
    if largest > limit:
        raise ValueError(
            f"X must have entries of at most {limit:.1e}, or its variance overflows, got {largest}"
        )
    constant = xp.all(X[:1, :] == X, axis=0)
    mean = xp.where(constant, X[0, :], xp.mean(X, axis=0))
    Xc = X - mean
    scale = 2.0 ** (math.frexp(largest)[1] - 1) if largest > 0 else 1.0
    Xc /= scale
    return Xc, mean, scale


def _covariance_route(Xc: Array, k: int) -> tuple[Array, Array]:
    """Return all squared singular values, descending, and the first k components."""
    xp = array_namespace(Xc)
    squares, vectors = xp.linalg.eigh(xp.matrix_transpose(Xc) @ Xc)
    leading = xp.flip(vectors[:, vectors.shape[1] - k :], axis=1)
    return xp.flip(xp.clip(squares, min=0.0)), xp.matrix_transpose(leading)


def _gram_route(Xc: Array, k: int) -> tuple[Array, Array]:
    """Return all squared singular values, descending, and the first k components."""
    xp = array_namespace(Xc)
    squares, vectors = xp.linalg.eigh(Xc @ xp.matrix_transpose(Xc))
    leading = xp.flip(vectors[:, vectors.shape[1] - k :], axis=1)
    basis = xp.linalg.qr(xp.matrix_transpose(Xc) @ leading).Q
    return xp.flip(xp.clip(squares, min=0.0)), xp.matrix_transpose(basis)


def _right_svd(A: Array) -> tuple[Array, Array]:
    """Return the singular values and the right singular vectors as rows."""
    xp = array_namespace(A)
    n_rows, n_columns = A.shape
    if n_rows >= 2 * n_columns:
        A = xp.linalg.qr(A).R
    elif n_columns >= 2 * n_rows:
        factors = xp.linalg.qr(xp.matrix_transpose(A))
        _, s, Vh = xp.linalg.svd(xp.matrix_transpose(factors.R), full_matrices=False)
        return s, Vh @ xp.matrix_transpose(factors.Q)
    _, s, Vh = xp.linalg.svd(A, full_matrices=False)
    return s, Vh


def _randomised_route(
    Xc: Array, k: int, n_power_iterations: int, oversampling: int, generator: Any
) -> tuple[Array, Array]:
    """Return Ritz values and vectors from a block Krylov space of the features (step 5)."""
    xp = array_namespace(Xc)
    Xt = xp.matrix_transpose(Xc)
    width = min(k + oversampling, *Xc.shape)
    block = xp.linalg.qr(Xt @ standard_normal(generator, (Xc.shape[0], width), like=Xc)).Q
    blocks = [block]
    for _ in range(n_power_iterations):
        block = xp.linalg.qr(Xt @ (Xc @ block)).Q
        blocks.append(block)
    basis = xp.linalg.qr(xp.concat(blocks, axis=1)).Q
    s, Vh = _right_svd(Xc @ basis)
    return s, Vh @ xp.matrix_transpose(basis)


def _residual(Xc: Array, components: Array, s: Array, largest: float) -> float:
    """Return how far the components are from being eigenvectors, relative to s_1^2."""
    if largest == 0:
        return 0.0
    xp = array_namespace(Xc)
    V = xp.matrix_transpose(components)
    defect = xp.matrix_transpose(Xc) @ (Xc @ V) - V * (s * s)
    return float(xp.max(xp.linalg.vector_norm(defect, axis=0))) / largest**2
