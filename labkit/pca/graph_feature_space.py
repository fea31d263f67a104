"""The features a graph network sees: attributes, carried over one hop, two hops, and so on.

Without its weights and nonlinearities a graph network is a set of matrices: the attributes of the
nodes, the same averaged over neighbours, over neighbours of neighbours. They can be looked at as
any set of features can: by their rank and by the angles between them.

Papers: feature-expansion-graph-neural.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_count, check_matrix, check_same_device


@dataclass(frozen=True)
class GraphFeatures:
    """What a graph network can see before any weight is learnt.

    Attributes
    ----------
    hops : tuple of Array, each of shape (n_samples, n_features)
        The attributes after 0, 1, ... hops; columns of unit norm, or zero.
    structure : Array, shape (n_samples, structure_rank)
        The graph's own components: left singular vectors of the adjacency matrix times singular
        values, relative to the largest.
    """

    hops: tuple[Array, ...]
    structure: Array

    @property
    def flattened(self) -> Array:
        """Return all hops and the structure side by side."""
        xp = array_namespace(self.structure)
        return xp.concat([*self.hops, self.structure], axis=1)

    def effective_ranks(self) -> Array:
        """Return the effective rank of the hops so far, side by side, after each hop.

        Returns
        -------
        Array, shape (n_hops + 1,)
            The exponential of the entropy of ``s / sum(s)`` with s the singular values (Roy and
            Vetterli 2007): from 1 to the number of columns, 0 if all are zero.
        """
        xp = array_namespace(self.structure)
        found = []
        for k in range(len(self.hops)):
            s = xp.linalg.svdvals(xp.concat(list(self.hops[: k + 1]), axis=1))
            total = xp.sum(s)
            share = s / xp.where(total > 0, total, xp.ones_like(total))
            logs = xp.log(xp.where(share > 0, share, xp.ones_like(share)))
            found.append(xp.exp(-xp.sum(share * logs)) * xp.astype(total > 0, s.dtype))
        return xp.stack(found)

    def canonical_correlations(self) -> Array:
        """Return the canonical correlations, uncentred, between each hop and the next.

        Returns
        -------
        Array, shape (n_hops, n_features)
            Cosines of the angles between the spans of hop k and k + 1, descending; zeros stand
            for the dimensions that a hop lacks to working accuracy.
        """
        xp = array_namespace(self.structure)
        bases = [_span(H) for H in self.hops]
        rows = []
        for one, other in itertools.pairwise(bases):
            cosines = xp.clip(xp.linalg.svdvals(xp.matrix_transpose(one) @ other), max=1.0)
            rows.append(cosines)
        if not rows:
            return self.hops[0][:0, :]
        return xp.stack(rows)


def graph_feature_space(
    adjacency: Array, X: Array, *, n_hops: int, structure_rank: int = 0
) -> GraphFeatures:
    r"""Return the attributes of a graph's nodes after each hop, and the graph's own components.

    .. math:: H_k = P^k X \,\mathrm{diag}(c_k), \quad k = 0, \dots, K, \qquad
              P = G^{-1/2} A\, G^{-1/2}, \qquad S = U_r \Sigma_r / \sigma_1

    with G the diagonal matrix of degrees, c_k such that columns have unit norm, and the singular
    value decomposition of A cut at rank r.

    Parameters
    ----------
    adjacency : Array, shape (n_samples, n_samples)
        A: symmetric, not negative.
    X : Array, shape (n_samples, n_features)
        Attributes of the nodes, on the same device.
    n_hops : int
        K, 0 or larger; with 0 only the attributes themselves.
    structure_rank : int
        r, the number of structural components, from 0 to n_samples.

    Returns
    -------
    GraphFeatures
        `hops` and `structure`; their ranks and angles on request.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and an adjacency matrix that is not square, not
        symmetric or negative somewhere.

    Notes
    -----
    Portable.

    1. P is the identity minus the symmetric normalised Laplacian; its largest eigenvalue is 1. A
       node without neighbours has a row of zeros.
    2. One product with P for each hop, from the column-normalised hop before, so nothing
       underflows. A column that has become zero stays zero.
    3. A is symmetric: its singular values are the magnitudes of its eigenvalues, so that strong
       dislike between classes counts as strong liking does. Columns of S have norms sigma_i over
       sigma_1; their signs mean nothing to a linear model.

    O(K n^2 p) for p attributes, and 9 n^3 flops for step 3 where it is taken; both for a
    dense matrix.

    This is the feature space of FE-GNN with its monomial basis, the powers of P. The paper's code
    can use other polynomials, normalises the rows of X before its columns, and trains one weight
    matrix for each block, a hidden linear layer and a softmax by gradient steps. Here the
    features come alone, for any linear model; `shared_hop_weights` is the restricted rival.

    References
    ----------
    Sun, Zhang, Chen, Zhang, Xu, Yang: Feature expansion for graph neural networks, ICML 2023.

    Notebook: ``notebooks/pca/12_graph_features.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> ring = np.roll(np.eye(4), 1, axis=0) + np.roll(np.eye(4), -1, axis=0)
    >>> features = graph_feature_space(ring, np.array([[1.0], [0], [0], [0]]), n_hops=2)
    >>> features.hops[1].T.round(2), features.hops[2].T.round(2)
    (array([[0.  , 0.71, 0.  , 0.71]]), array([[0.71, 0.  , 0.71, 0.  ]]))
    """
    A = check_matrix(adjacency, "adjacency")
    X = check_matrix(X, "X")
    check_same_device(adjacency=A, X=X)
    n_samples = X.shape[0]
    if A.shape != (n_samples, n_samples):
        raise ValueError(
            f"adjacency must have shape {(n_samples, n_samples)}, for the {n_samples} rows of X, "
            f"got {tuple(A.shape)}"
        )
    check_count(n_hops, "n_hops", 0)
    check_count(structure_rank, "structure_rank", 0, n_samples)
    xp = array_namespace(A, X)
    A = xp.astype(A, X.dtype)
    if bool(xp.any(xp.matrix_transpose(A) != A)):
        raise ValueError("adjacency must be symmetric, got one that is not")
    if bool(xp.min(A) < 0):
        raise ValueError(f"adjacency must not be negative, got {float(xp.min(A))}")

    degrees = xp.sum(A, axis=1)
    isolated = degrees == 0
    scale = xp.where(isolated, 0.0 * degrees, 1 / xp.sqrt(degrees + xp.astype(isolated, X.dtype)))
    P = A * scale[:, None] * scale  # step 1
    hops = [_unit_columns(X)]
    for _ in range(n_hops):
        hops.append(_unit_columns(P @ hops[-1]))  # step 2
    structure = A[:, :0]
    if structure_rank > 0:  # step 3
        eigenvalues, vectors = xp.linalg.eigh(A)
        sizes = xp.abs(eigenvalues)
        leading = xp.argsort(sizes, descending=True, stable=True)[:structure_rank]
        sizes = xp.take(sizes, leading) / (float(xp.max(sizes)) or 1.0)
        structure = xp.take(vectors, leading, axis=1) * sizes
    return GraphFeatures(hops=tuple(hops), structure=structure)


def _unit_columns(H: Array) -> Array:
    xp = array_namespace(H)
    largest = xp.max(xp.abs(H), axis=0)
    H = H / xp.where(largest > 0, largest, xp.ones_like(largest))
    norms = xp.linalg.vector_norm(H, axis=0)
    return H / xp.where(norms > 0, norms, xp.ones_like(norms))


def _span(H: Array) -> Array:
    """Return orthonormal columns that span those of H, and zeros for what is missing."""
    xp = array_namespace(H)
    if H.shape[1] > H.shape[0]:
        missing = xp.zeros((H.shape[1] - H.shape[0], H.shape[1]), dtype=H.dtype, device=device(H))
        return _span(xp.concat([H, missing], axis=0))
    U, s, _ = xp.linalg.svd(H, full_matrices=False)
    present = s > max(H.shape) * eps(H) * s[0]
    return U * xp.astype(present, H.dtype)
