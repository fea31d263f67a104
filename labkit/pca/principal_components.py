"""Principal components: the few directions along which data vary most.

Centre the data, then find the orthonormal directions of largest variance, one after the other.
They span the plane of each dimension that is nearest to the data in squared distance (Eckart and
Young). The answer is one singular value decomposition; four routes to it differ in cost and in
what they do to small singular values.

Every paper of this package compares itself with this function; its own sources are the references.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, device, eps, frobenius_norm
from labkit.checks import check_choice, check_count, check_matrix
from labkit.linalg import fix_signs
from labkit.pca._right_svd import right_svd
from labkit.pca._scale import power_of_two
from labkit.pca.results import PrincipalComponents
from labkit.random import Rng, as_generator, standard_normal

ROUTES = ("auto", "covariance", "gram", "exact", "randomised")


def principal_components(
    X: Array,
    *,
    n_components: int | None = None,
    route: str = "auto",
    n_power_iterations: int = 3,
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
    Portable. With n samples, p features, k components and m the mean:

    1. Centre. A constant column is its own mean exactly, so it adds nothing. Data whose squares
       would overflow or vanish are divided by a power of two, which is exact. A centred copy is
       made only where a column is constant, in steps 4 and 5, and in step 2 where |m|^2 is above
       64 times the variance of the widest column or accuracy asks for it; otherwise
       ``Xc.T @ Xc`` is ``X.T @ X - n m m.T``, and ``Xc @ V`` is ``X @ V - m @ V``.
    2. Covariance route: ``eigh`` of the p x p matrix ``Xc.T @ Xc``; n p^2 + 9 p^3 flops. For
       n >= p.
    3. Its tail: where the first h singular values pass the bound below and the other t = p - h
       do not, their vectors W are kept as a plane, and the SVD of ``Xc @ W`` finds them anew
       inside it; 2 n p t + 2 n t^2 flops. For t <= p / 2; beyond that step 5 is cheaper.
    4. Gram route: ``eigh`` of the n x n matrix ``Xc @ Xc.T``, then ``Xc.T @ U`` divided by s and
       made orthonormal by one step of Gram and Schmidt; where s_k fails the bound, by QR, which
       holds for small and for zero s. n^2 p + 9 n^3 + 3 n p k flops. For n < p.
    5. Exact route: SVD of the data, through QR when one side is at least twice the other; about
       2 n p^2 + 25 p^3 flops for n >= 2 p, and 4 p n^2 + 25 n^3 for p >= 2 n.
    6. Randomised route: block Krylov iteration (Musco and Musco 2015, Algorithm 2, on the side of
       the features): the sketch ``Xc.T @ G`` of k + `oversampling` columns is multiplied by
       ``Xc.T @ Xc`` `n_power_iterations` times and orthonormalised against all blocks before it;
       together they span the space in which the SVD is taken. As the products with every block
       are at hand, that SVD needs no further pass, which the paper's algorithm spends. Subspace
       iteration (Halko, Martinsson, Tropp 2011) keeps only the last block; for the same passes
       the Krylov space is never worse: for s_i = 1/i or 1/sqrt(i) 3 iterations, in 8 products
       with the data, reach what 7 of subspace iteration reach in 16.

    The squared routes carry an error of c eps (s_1^2 + n |m|^2) in each s_i^2, the second term
    only without a centred copy, hence of half that over s_i in s_i, where the SVD has c eps s_1; c
    was 1 to 10 for spectra made to be hard, up to 2000 x 2000. Asking for four fifths of the
    digits, an error below eps^(4/5) s_1 for c = 8, gives the bound
    s_k s_1 >= 4 eps^(1/5) (s_1^2 + n |m|^2): for m = 0 it is 3e-3 s_1 in float64, with errors below
    1e-12 s_1, and 0.17 s_1 in float32. In step 3 the plane W is off by the same error E of the
    squares: it couples head and tail, and moves s_i^2 of the tail by at most |E| near the bound,
    and by |E|^2 over the gap to s_h^2 further down. Both are at most 7e-13 s_1 in s_i, and what
    is orthonormal stays so.

    ``"auto"`` takes the randomised route only if min(n, p) > 2000 and k <= min(n, p) / 20; the
    exact route if k = n <= p, when s_k = 0 is known beforehand; otherwise the smaller of the two
    squared matrices, and where s_k falls below the bound step 3 or, at last, the exact route. Name
    ``"exact"`` when tiny singular values matter, ``"randomised"`` when passes over the data do.

    The residual is measured with the data, on the covariance route with ``Xc.T @ Xc`` as computed.

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
    X = check_matrix(X, "X", min_samples=2, finite=False)  # step 1 does
    n_samples, n_features = X.shape
    smaller = min(n_samples, n_features)
    k = smaller if n_components is None else check_count(n_components, "n_components", 1, smaller)
    check_choice(route, "route", ROUTES)
    check_count(n_power_iterations, "n_power_iterations", 0)
    check_count(oversampling, "oversampling", 0)
    generator = as_generator(rng)
    xp = array_namespace(X)

    X, scale = _safely_scaled(X)  # step 1
    mean, centred = _centred(X)
    guarded = route == "auto"
    if guarded:
        if smaller > 2000 and k <= smaller // 20:
            route = "randomised"
        elif k == n_samples:
            route = "exact"
        else:
            route = "covariance" if n_samples >= n_features else "gram"

    found: Found | None = None
    n_passes, n_more = 1, 0
    if route == "covariance":
        found, n_more = _covariance_route(centred, k, guarded)  # steps 2 and 3
    elif route == "gram":
        found, n_more = _gram_route(centred, k, guarded)  # step 4
    elif route == "randomised":
        found, n_more = _randomised_route(centred, k, n_power_iterations, oversampling, generator)
    n_passes += n_more
    if found is None:
        route = "exact"
        found = _exact_route(centred, k)  # step 5
        n_passes += 1
    s, V, squared_V = found
    total = centred.sum_of_squares() if route == "randomised" else float(xp.sum(s * s))

    s = s[:k]
    variance = s * s / (n_samples - 1)
    return PrincipalComponents(
        components=fix_signs(xp.matrix_transpose(V)),
        singular_values=s * scale,
        explained_variance=variance * scale * scale,
        explained_variance_ratio=s * s / total if total > 0 else xp.zeros_like(s),
        mean=mean * scale,
        total_variance=total / (n_samples - 1) * scale * scale,
        route=route,
        n_samples=n_samples,
        residual=_residual(s, V, squared_V),
        n_passes=n_passes,
    )


Found = tuple[Array, Array, Array]
"""All singular values, k components as columns, and Xc^T Xc times the last of those columns."""


@dataclass(frozen=True)
class _Centred:
    """The matrix Xc = X - 1 shift^T; products with it need no copy of the data."""

    X: Array
    shift: Array

    def matrix(self) -> Array:
        return self.X - self.shift if self.shift_energy() > 0 else self.X

    def copied(self) -> _Centred:
        xp = array_namespace(self.X)
        return _Centred(self.matrix(), xp.zeros_like(self.shift))

    def times(self, V: Array) -> Array:
        return self.X @ V - self.shift @ V

    def transposed_times(self, W: Array) -> Array:
        xp = array_namespace(W)
        return xp.matrix_transpose(self.X) @ W - self.shift[:, None] * xp.sum(W, axis=0)

    def squared(self) -> Array:
        xp = array_namespace(self.X)
        squares = xp.matrix_transpose(self.X) @ self.X
        squares -= (self.X.shape[0] * self.shift)[:, None] * self.shift
        return squares

    def shift_energy(self) -> float:
        return self.X.shape[0] * float(self.shift @ self.shift)

    def sum_of_squares(self) -> float:
        n_samples, n_features = self.X.shape
        step = max(1, 2**20 // n_features)  # a few MB at a time
        blocks = (
            self.X[i : min(i + step, n_samples), :] - self.shift for i in range(0, n_samples, step)
        )
        return sum(frobenius_norm(block) ** 2 for block in blocks)

    def has_large_mean(self) -> bool:
        xp = array_namespace(self.X)
        sample = self.X[:: max(1, self.X.shape[0] // 256), :] - self.shift
        return bool(self.shift @ self.shift > 64 * xp.max(xp.mean(sample * sample, axis=0)))


def _safely_scaled(X: Array) -> tuple[Array, float]:
    """Return data whose squares neither overflow nor vanish, and the power of two taken out."""
    xp = array_namespace(X)
    info = xp.finfo(X.dtype)
    largest, smallest = float(info.max), float(info.smallest_normal)
    if smallest**0.25 < frobenius_norm(X) < largest**0.25:  # so all entries are finite
        return X, 1.0
    X = check_matrix(X)
    found = max(float(xp.max(X)), -float(xp.min(X)))
    if found > (limit := math.sqrt(largest / (8 * X.shape[1]))):
        raise ValueError(
            f"X must have entries of at most {limit:.1e}, or its variance overflows, got {found}"
        )
    scale = power_of_two(X)
    return X / scale, scale


def _centred(X: Array) -> tuple[Array, _Centred]:
    """Return the mean, and the centred data: a copy of them only where a column is constant."""
    xp = array_namespace(X)
    n_samples, n_features = X.shape
    rows = math.isqrt(n_samples)  # sums of about rows sums of rows: rounding grows as sqrt(rows)
    whole = n_samples - n_samples % rows
    sums = xp.sum(xp.reshape(X[:whole, :], (-1, rows, n_features)), axis=1)
    mean = (xp.sum(sums, axis=0) + xp.sum(X[whole:, :], axis=0)) / n_samples

    perhaps_constant = xp.all(X[:: max(1, n_samples // 256), :] == X[:1, :], axis=0)
    centred = _Centred(X, mean)
    if bool(xp.any(perhaps_constant)):
        mean = xp.where(xp.all(X[:1, :] == X, axis=0), X[0, :], mean)
        centred = _Centred(X, mean).copied()
    return mean, centred


def _eigh_descending(C: Array) -> tuple[Array, Array]:
    """Return the roots of the eigenvalues, descending, and the eigenvectors."""
    xp = array_namespace(C)
    squares, vectors = xp.linalg.eigh(C)
    return xp.flip(xp.sqrt(xp.clip(squares, min=0.0))), xp.flip(vectors, axis=1)


def _n_accurate(s: Array, energy: float) -> int:
    """Return how many singular values a matrix of squares gives to four fifths of the digits."""
    xp = array_namespace(s)
    good = s * s[0] >= 4 * eps(s) ** 0.2 * (s[0] ** 2 + energy)
    return int(xp.sum(xp.astype(good, xp.int64)))


def _covariance_route(centred: _Centred, k: int, guarded: bool) -> tuple[Found | None, int]:
    """Return what was found, or None if it would not be accurate, and the passes it took."""
    xp = array_namespace(centred.X)
    if centred.has_large_mean():
        centred = centred.copied()
    C = centred.squared()  # step 2
    s, V = _eigh_descending(C)
    n_passes, n_good, n_features = 1, k, C.shape[0]
    if guarded:
        energy = centred.shift_energy()
        n_good = _n_accurate(s, energy)
        if n_good < k and energy > float(s[0]) ** 2:
            found, n_more = _covariance_route(centred.copied(), k, guarded)
            return found, n_passes + n_more
    if n_good < k:  # step 3
        if 2 * n_good < n_features:
            return None, n_passes
        s_tail, Vh_tail = right_svd(centred.times(V[:, n_good:]))
        s = xp.concat([s[:n_good], s_tail])
        V = xp.concat([V[:, :n_good], V[:, n_good:] @ xp.matrix_transpose(Vh_tail)], axis=1)
        order = xp.argsort(s, descending=True)  # at the seam rounding may exchange two
        s, V = xp.take(s, order), xp.take(V, order, axis=1)
        n_passes += 1
    return (s, V[:, :k], C @ V[:, k - 1 : k]), n_passes


def _gram_route(centred: _Centred, k: int, guarded: bool) -> tuple[Found | None, int]:
    """Return what was found, or None if it would not be accurate, and the passes it took."""
    Xc = centred.matrix()
    xp = array_namespace(Xc)
    s, U = _eigh_descending(Xc @ xp.matrix_transpose(Xc))  # step 4
    accurate = _n_accurate(s, 0.0) >= k
    if guarded and not accurate:
        return None, 1
    V = xp.matrix_transpose(Xc) @ U[:, :k]
    if accurate and float(s[0]) > 0:
        V = V / s[:k]
        defect = xp.matrix_transpose(V) @ V - xp.eye(k, dtype=V.dtype, device=device(V))
        V = V - V @ (xp.triu(defect, k=1) + xp.triu(xp.tril(defect)) / 2)
    else:
        V = xp.linalg.qr(V).Q
    return (s, V, xp.matrix_transpose(Xc) @ (Xc @ V[:, k - 1 :])), 2


def _exact_route(centred: _Centred, k: int) -> Found:
    """Return what the singular value decomposition of the data finds, in one pass."""
    Xc = centred.matrix()
    xp = array_namespace(Xc)
    s, Vh = right_svd(Xc)
    V = xp.matrix_transpose(Vh[:k, :])
    return s, V, xp.matrix_transpose(Xc) @ (Xc @ V[:, k - 1 :])


def _randomised_route(
    centred: _Centred, k: int, n_power_iterations: int, oversampling: int, generator: Any
) -> tuple[Found, int]:
    """Return Ritz values and vectors from a block Krylov space, and the passes (step 6)."""
    X = centred.X
    xp = array_namespace(X)
    width = min(k + oversampling, *X.shape)
    block = centred.transposed_times(standard_normal(generator, (X.shape[0], width), like=X))
    basis = xp.linalg.qr(block).Q
    product = centred.times(basis)
    for _ in range(n_power_iterations):
        block = centred.transposed_times(product[:, product.shape[1] - width :])
        for _ in range(2):  # once leaves what rounding makes of it
            block = xp.linalg.qr(block - basis @ (xp.matrix_transpose(basis) @ block)).Q
        basis = xp.concat([basis, block], axis=1)
        product = xp.concat([product, centred.times(block)], axis=1)
    n_passes = 2 + 2 * n_power_iterations
    overlap = xp.matrix_transpose(basis) @ basis
    defect = xp.abs(overlap - xp.eye(basis.shape[1], dtype=X.dtype, device=device(X)))
    if bool(xp.max(defect) > 8 * math.sqrt(X.shape[1]) * eps(X)):  # the space is exhausted
        basis = xp.linalg.qr(basis).Q
        product = centred.times(basis)
        n_passes += 1
    s, Vh = right_svd(product)
    V = xp.matrix_transpose(Vh[:k, :])
    return (s, basis @ V, centred.transposed_times(product @ V)), n_passes


def _residual(s: Array, V: Array, squared_V: Array) -> float:
    """Return how far the last components are from being eigenvectors, relative to s_1^2."""
    largest = float(s[0])
    if largest == 0:
        return 0.0
    xp = array_namespace(V)
    first = V.shape[1] - squared_V.shape[1]
    defect = squared_V - V[:, first:] * (s[first:] ** 2)
    return float(xp.max(xp.linalg.vector_norm(defect, axis=0))) / largest**2
