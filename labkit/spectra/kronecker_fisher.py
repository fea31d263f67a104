"""The Fisher information of a layer as a Kronecker product, from its gradients.

Papers: generalized-fisher-weighted-svd.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_count


@dataclass(frozen=True)
class KroneckerFisher:
    """What `kronecker_fisher` returns.

    Attributes
    ----------
    outputs : Array, shape (n_outputs, n_outputs)
        B, of trace n_outputs.
    inputs : Array, shape (n_inputs, n_inputs)
        A, with the scale of the Fisher information.
    explained : float
        Share of its squared Frobenius norm that the product explains, from 0 to 1.
    """

    outputs: Array
    inputs: Array
    explained: float


def kronecker_fisher(sample_gradients: Array, *, n_steps: int = 20) -> KroneckerFisher:
    r"""Return the Kronecker product nearest to the second moments of a layer's gradients.

    .. math:: \min_{A, B} \Bigl\lVert \frac1n \sum_i \operatorname{vec} G_i
              (\operatorname{vec} G_i)^\top - A \otimes B \Bigr\rVert_F

    Parameters
    ----------
    sample_gradients : Array, shape (n_samples, n_outputs, n_inputs)
        G, of the loss by the layer's weights, one a sample or a batch. At a perfect fit they
        vanish; take them before, or with labels drawn from the network's own answers.
    n_steps : int
        Power steps, from 1.

    Returns
    -------
    KroneckerFisher
        Both factors, symmetric with no negative eigenvalue.

    Raises
    ------
    TypeError, ValueError
        For bad values, and gradients that are all zero.

    Notes
    -----
    Portable. In the order of Van Loan and Pitsianis the best Kronecker product is the best matrix
    of rank one, here by the power method, with products alone: the Fisher matrix has as many rows
    as the layer has weights and is never formed.

    1. Start from the identity: then both factors keep nonnegative eigenvalues.
    2. ``A = mean G' B G``, over the squared norm of B.
    3. ``B = mean G A G'``, over the squared norm of A.

    Each half step costs n_samples products of the layer's size. The authors run Lanczos on the
    same operator.

    References
    ----------
    Chekalina, Moskovskiy, Cherniuk, Kurkin, Kuznetsov, Frolov: Generalized Fisher-weighted SVD,
    arXiv 2505.17974 (2025). Van Loan, Pitsianis: Approximation with Kronecker products (1993).

    Notebook: ``notebooks/spectra/05_loss_aware_low_rank.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> g, x = np.array([2.0, 0.0]), np.array([1.0, 3.0])
    >>> found = kronecker_fisher(np.outer(g, x)[None])
    >>> found.inputs.round(6).tolist(), round(found.explained, 6)
    ([[2.0, 6.0], [6.0, 18.0]], 1.0)
    """
    G = check_array(sample_gradients, "sample_gradients", n_dims=3)
    check_count(n_steps, "n_steps", 1)
    xp = array_namespace(G)
    largest = float(xp.max(xp.abs(G)))
    if largest == 0:
        raise ValueError(f"sample_gradients must not be zeros only, got {G.shape[0]} of them")
    n, n_outputs = G.shape[:2]
    scaled = G / largest
    by_rows = xp.reshape(xp.permute_dims(scaled, (1, 0, 2)), (n_outputs, -1))
    B = xp.eye(n_outputs, dtype=G.dtype, device=device(G))  # step 1
    turned = xp.matrix_transpose(scaled)
    for _ in range(n_steps):
        A = xp.mean(turned @ (B @ scaled), axis=0) / xp.sum(B * B)  # step 2
        A = (A + xp.matrix_transpose(A)) / 2
        side = xp.reshape(xp.permute_dims(scaled @ A, (1, 0, 2)), (n_outputs, -1))
        B = side @ xp.matrix_transpose(by_rows) / n / xp.sum(A * A)  # step 3
        B = (B + xp.matrix_transpose(B)) / 2
    trace = xp.sum(xp.linalg.diagonal(B)) / n_outputs
    flat = xp.reshape(scaled, (n, -1))
    turned = xp.matrix_transpose(flat)
    smaller = flat @ turned if n <= flat.shape[1] else turned @ flat  # of the same norm
    whole = xp.sum(smaller**2) / n**2
    explained = float(xp.sum(A * A) * xp.sum(B * B) / whole)
    return KroneckerFisher(B / trace, A * trace * largest**2, explained)
