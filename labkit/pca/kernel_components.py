"""Kernel principal components: linear ones, in the space that a kernel has in mind.

A kernel is an inner product of features that nobody has to compute. PCA needs inner products only,
so it runs there: on a ring or a moon the first components then follow the bend.

Schoelkopf, Smola and Mueller 1998; no paper of the list.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import (
    check_choice,
    check_count,
    check_matrix,
    check_new_samples,
    check_real,
)
from labkit.linalg import fix_signs
from labkit.pca._kernels import kernel_matrix
from labkit.random import Rng, as_generator, standard_normal

KERNELS = ("gaussian", "polynomial")
OVERSAMPLING = 6
MAX_BLOCKS = 40


@dataclass(frozen=True)
class KernelComponents:
    """Principal components in the feature space of a kernel.

    Attributes
    ----------
    eigenvalues : Array, shape (n_components,)
        Of the centred kernel matrix, descending; divided by ``n_samples - 1`` they are variances.
    vectors : Array, shape (n_samples, n_components)
        Its orthonormal eigenvectors, the entry of largest magnitude positive.
    training_scores : Array, shape (n_samples, n_components)
        ``vectors * sqrt(eigenvalues)``: the coordinates of the training samples.
    X : Array, shape (n_samples, n_features)
        The training samples, which new ones are compared with.
    row_means : Array, shape (n_samples,)
        Of the kernel matrix, for centring.
    kernel : str
        Which kernel.
    bandwidth : float
        Its h.
    degree : int
        Of the polynomial kernel.
    """

    eigenvalues: Array
    vectors: Array
    training_scores: Array
    X: Array
    row_means: Array
    kernel: str
    bandwidth: float
    degree: int

    def scores(self, X: Array) -> Array:
        """Return the coordinates of samples on the components.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the training samples.

        Returns
        -------
        Array, shape (n_new, n_components)
            Zero for components of eigenvalue zero.

        Raises
        ------
        ValueError, TypeError
            For a wrong number of features, or samples on another device.
        """
        X = check_new_samples(X, self.X.shape[1], training=self.X)
        xp = array_namespace(X, self.X)
        K = kernel_matrix(X, self.X, self.kernel, self.bandwidth, self.degree)
        K = K - xp.mean(K, axis=1)[:, None] - self.row_means + xp.mean(self.row_means)
        roots = xp.sqrt(self.eigenvalues)
        usable = roots > 0
        return (
            K
            @ self.vectors
            * (xp.astype(usable, K.dtype) / xp.where(usable, roots, xp.ones_like(roots)))
        )


def kernel_components(
    X: Array,
    *,
    n_components: int,
    kernel: str = "gaussian",
    bandwidth: float = 1.0,
    degree: int = 3,
    rng: Rng = None,
) -> KernelComponents:
    r"""Return the leading principal components in the feature space of a kernel.

    .. math:: K_c = (I - \tfrac1n 1 1^\top) K (I - \tfrac1n 1 1^\top) = A \,
              \mathrm{diag}(\lambda) A^\top, \qquad
              K_{ij} = e^{-\|x_i - x_j\|^2 / 2 h^2} \ \text{or}\ (1 + x_i^\top x_j / h^2)^d

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least two samples.
    n_components : int
        k, from 1 to ``n_samples - 1``.
    kernel : {"gaussian", "polynomial"}
        The first or the second K above. The polynomial kernel of degree 1 is plain PCA on X / h.
    bandwidth : float
        h, in units of the data. Small: every sample is alone and all eigenvalues are equal; large:
        the Gaussian kernel becomes plain PCA.
    degree : int
        d, from 1 up; polynomial kernel only.
    rng : int, Generator or None
        Of the block that the iteration starts from. The result depends on it only by rounding.

    Returns
    -------
    KernelComponents
        In the namespace, on the device and in the precision of X. Components beyond the rank of
        K_c have eigenvalue zero and scores zero.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for a bandwidth at which the kernel overflows.

    Notes
    -----
    Portable.

    1. The kernel matrix; n^2 p multiplications, n^2 numbers of memory.
    2. Centred by its row means m and the mean of all: ``Kc B = K B - 1 (m B) - (m - mean) (1 B)``,
       so no second n x n matrix is made.
    3. Leading eigenvectors by block Lanczos (Golub and Underwood 1977) with blocks of k + 6
       columns, kept orthonormal against all earlier ones, until the residuals
       ``||Kc a - lambda a||`` are below 1000 eps lambda_1. If 40 blocks are not enough, or would
       take half of the space, `eigh` of K_c.

    Score of a new sample: its kernel values to the training samples, centred by the same means,
    times A lambda^(-1/2). Against Schoelkopf et al. nothing is left out; they take a dense
    eigensolver in step 3.

    scikit-learn's ``KernelPCA`` is the same estimator with ``gamma = 1 / (2 h^2)``; its
    eigenvectors come from `eigh` or, for fewer than ten components, from single-vector Lanczos.

    References
    ----------
    Schoelkopf, Smola, Mueller: Nonlinear component analysis as a kernel eigenvalue problem, Neural
    Computation 10 (1998).

    Golub, Underwood: The block Lanczos method for computing eigenvalues, Mathematical Software III
    (1977).

    Notebook: ``notebooks/pca/15_holes_and_bends.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    >>> kernel_components(X, n_components=1, kernel="polynomial", degree=1).eigenvalues
    array([50.])
    """
    X = check_matrix(X, "X", min_samples=2)
    n_samples = X.shape[0]
    k = check_count(n_components, "n_components", 1, n_samples - 1)
    check_choice(kernel, "kernel", KERNELS)
    bandwidth = check_real(bandwidth, "bandwidth", 0.0, open_low=True)
    degree = check_count(degree, "degree", 1)
    generator = as_generator(rng)
    xp = array_namespace(X)

    K = kernel_matrix(X, X, kernel, bandwidth, degree)  # step 1
    row_means = xp.mean(K, axis=0)
    mean = float(xp.mean(row_means))
    values, vectors = _leading(K, row_means, mean, k, generator)  # steps 2 and 3
    values = xp.clip(values, min=0.0)
    values = xp.where(values > n_samples * eps(X) * values[0], values, xp.zeros_like(values))
    vectors = xp.matrix_transpose(fix_signs(xp.matrix_transpose(vectors)))
    return KernelComponents(
        eigenvalues=values,
        vectors=vectors,
        training_scores=vectors * xp.sqrt(values),
        X=X,
        row_means=row_means,
        kernel=kernel,
        bandwidth=bandwidth,
        degree=degree,
    )


def _leading(
    K: Array, row_means: Array, mean: float, k: int, generator: object
) -> tuple[Array, Array]:
    """Return the k largest eigenvalues of the centred kernel matrix, and their eigenvectors."""
    xp = array_namespace(K)
    n = K.shape[0]
    width = min(k + OVERSAMPLING, n)
    basis = xp.linalg.qr(standard_normal(generator, (n, width), like=K)).Q  # type: ignore[arg-type]
    product = _centred_times(K, row_means, mean, basis)
    n_blocks = 1
    while 2 * (basis.shape[1] + width) <= n and n_blocks < MAX_BLOCKS:
        block = product[:, product.shape[1] - width :]
        for _ in range(2):  # once leaves what rounding makes of it
            block = xp.linalg.qr(block - basis @ (xp.matrix_transpose(basis) @ block)).Q
        basis = xp.concat([basis, block], axis=1)
        product = xp.concat([product, _centred_times(K, row_means, mean, block)], axis=1)
        n_blocks += 1
        if n_blocks % 3:  # a look costs as much as a block
            continue
        values, rotation = xp.linalg.eigh(xp.matrix_transpose(basis) @ product)
        values, rotation = xp.flip(values)[:k], xp.flip(rotation, axis=1)[:, :k]
        vectors = basis @ rotation
        defect = xp.linalg.vector_norm(product @ rotation - vectors * values, axis=0)
        if bool(xp.max(defect) <= 1000 * eps(K) * xp.abs(values[0])):
            return values, vectors
    C = K - row_means - row_means[:, None] + mean
    values, vectors = xp.linalg.eigh(C)
    return xp.flip(values)[:k], xp.flip(vectors, axis=1)[:, :k]


def _centred_times(K: Array, row_means: Array, mean: float, B: Array) -> Array:
    xp = array_namespace(K)
    return K @ B - row_means @ B - (row_means - mean)[:, None] * xp.sum(B, axis=0)
