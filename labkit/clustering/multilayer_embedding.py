"""One embedding from several graphs on the same points: views, relations, layers of a network.

Each graph has a subspace of its own, spanned by its lowest eigenvectors. The embedding is smooth
on the average graph and, as far as one wishes, close to the subspaces of all.

Papers: multilayer-graph-approach-deep.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import (
    check_array,
    check_count,
    check_real,
    check_same_device,
    check_symmetric,
)
from labkit.linalg import fix_signs


@dataclass(frozen=True)
class MultilayerEmbedding:
    """What the merged graphs give.

    Attributes
    ----------
    embedding : Array, shape (n_samples, n_clusters)
        Unit rows, for k-means; a row of zeros for a point without neighbours in any layer.
    eigenvalues : Array, shape (n_samples,)
        Of the merged Laplacian, rising. A positive pull takes up to `pull` off the lowest.
    agreement : Array, shape (n_layers,)
        Mean squared cosine of the angles between the embedding's subspace and each layer's: 1 if
        they are the same, n_clusters / n_samples on average if they know nothing of each other.
    """

    embedding: Array
    eigenvalues: Array
    agreement: Array


def multilayer_embedding(
    affinities: Array, n_clusters: int, *, weights: Array | None = None, pull: float = 0.0
) -> MultilayerEmbedding:
    r"""Merge the Laplacians of several graphs and the subspaces of their lowest eigenvectors.

    .. math:: \min_{U^T U = I} \sum_i a_i \left( \operatorname{tr} U^T L_i U
              - \gamma \operatorname{tr} U^T U_i U_i^T U \right), \qquad
              L_i = I - D_i^{-1/2} A_i D_i^{-1/2}

    Parameters
    ----------
    affinities : Array, shape (n_layers, n_samples, n_samples)
        A_i, each symmetric and not negative; the diagonals are not used.
    n_clusters : int
        k, from 1 to n_samples: columns of U and of each U_i.
    weights : Array, shape (n_layers,), optional
        a_i, not negative, not all zero; divided by their sum. Equal by default.
    pull : float
        gamma. With 0 the graphs are averaged. A large one averages the subspaces alone. A negative
        one pushes the embedding away from them, which is hardly ever wanted.

    Returns
    -------
    MultilayerEmbedding
        In the namespace, on the device and of the dtype of the affinities.

    Raises
    ------
    TypeError, ValueError
        For bad values; affinities that are not symmetric or have a negative entry; another number
        of weights.

    Notes
    -----
    Portable.

    1. Each layer's L_i and its k lowest eigenvectors U_i.
    2. The merged matrix, the weighted sum of L_i - gamma U_i U_i^T.
    3. Its k lowest eigenvectors, rows scaled to norm 1.

    n_layers + 1 eigenvalue problems of order n^3. **The sign.** Dong and others (2014) subtract
    the projections from Laplacians and take the smallest eigenvalues, as here. Sindicic and
    Kopriva's program has the shifted I + D^(-1/2) A D^(-1/2) = 2 I - L and the largest eigenvalues;
    there the projections would have to be added, but it subtracts them, which is a negative `pull`
    here. The k-means step, their affinities (self-expression by ADMM, powers of cosines) and their
    weights by residuals are left to the caller; their tuning by the true labels is left out.

    The embedding's mean agreement never falls as `pull` grows: it is what the pull rewards.
    `labkit.pca.flag_mean` averages subspaces only, the limit of a large pull.

    References
    ----------
    Sindicic, Kopriva: Multilayer graph approach to deep subspace clustering, arXiv 2401.17033
    (2024).

    Dong, Frossard, Vandergheynst, Nefedov: Clustering on multi-layer graphs via subspace analysis
    on Grassmann manifolds, IEEE Transactions on Signal Processing 62 (2014).

    Notebook: ``notebooks/clustering/05_layers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> pairs = np.kron(np.eye(2), np.ones((3, 3)))
    >>> merged = multilayer_embedding(np.stack([pairs, pairs]), 2, pull=0.5)
    >>> merged.agreement.round(6).tolist(), merged.eigenvalues[:2].round(6).tolist()
    ([1.0, 1.0], [-0.5, -0.5])
    """
    affinities = check_array(affinities, "affinities", n_dims=3)
    xp = array_namespace(affinities)
    n_layers, n, n_columns = affinities.shape
    if n != n_columns:
        raise ValueError(f"affinities must be square, got shape {tuple(affinities.shape)}")
    for i in range(n_layers):
        check_symmetric(affinities[i, :, :], "affinities")
    if float(xp.min(affinities)) < 0:
        raise ValueError(
            f"affinities must not be negative, got an entry of {float(xp.min(affinities)):g}"
        )
    k = check_count(n_clusters, "n_clusters", 1, n)
    pull = check_real(pull, "pull")
    shares = _shares(weights, affinities)
    identity = xp.eye(n, dtype=affinities.dtype, device=device(affinities))
    merged, bases = 0.0 * identity, []
    for i in range(n_layers):
        L = _laplacian(affinities[i, :, :], identity)
        U = xp.linalg.eigh(L).eigenvectors[:, :k]  # step 1
        merged = merged + shares[i] * (L - pull * (U @ xp.matrix_transpose(U)))  # step 2
        bases.append(U)
    eigenvalues, vectors = xp.linalg.eigh(merged)
    U = xp.matrix_transpose(fix_signs(xp.matrix_transpose(vectors[:, :k])))
    norms = xp.linalg.vector_norm(U, axis=1, keepdims=True)  # step 3
    tiny = 100 * eps(U)
    rows = xp.where(norms > tiny, U / xp.where(norms > tiny, norms, xp.ones_like(norms)), 0.0 * U)
    alone = xp.all(affinities * (1 - identity) == 0, axis=(0, 2))
    rows = xp.where(alone[:, None], 0.0 * rows, rows)
    agreement = xp.stack([xp.sum((xp.matrix_transpose(V) @ U) ** 2) / k for V in bases])
    return MultilayerEmbedding(rows, eigenvalues, agreement)


def _shares(weights: Array | None, affinities: Array) -> Array:
    """Return weights that add up to 1."""
    xp = array_namespace(affinities)
    n_layers = affinities.shape[0]
    if weights is None:
        return xp.full((n_layers,), 1 / n_layers, dtype=affinities.dtype, device=device(affinities))
    weights = check_array(weights, "weights", n_dims=1)
    check_same_device(affinities=affinities, weights=weights)
    if weights.shape[0] != n_layers:
        raise ValueError(f"weights must be {n_layers}, one a layer, got {weights.shape[0]}")
    if float(xp.min(weights)) < 0 or float(xp.max(weights)) == 0:
        raise ValueError(
            "weights must not be negative nor all zero, got "
            f"{float(xp.min(weights)):g} to {float(xp.max(weights)):g}"
        )
    weights = weights / xp.max(weights)
    return xp.astype(weights / xp.sum(weights), affinities.dtype, copy=False)


def _laplacian(A: Array, identity: Array) -> Array:
    """Return the normalised Laplacian; a point without neighbours keeps a 1 on the diagonal."""
    xp = array_namespace(A)
    largest = xp.max(A)
    A = A * (1 - identity) / xp.where(largest > 0, largest, xp.ones_like(largest))
    degrees = xp.sum(A, axis=1)
    some = degrees > 0
    root = xp.sqrt(xp.where(some, degrees, xp.ones_like(degrees)))
    scale = xp.where(some, 1 / root, xp.zeros_like(degrees))
    L = identity - scale[:, None] * A * scale
    return (L + xp.matrix_transpose(L)) / 2
