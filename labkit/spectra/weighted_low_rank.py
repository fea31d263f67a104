"""The best low-rank matrix when some directions of inputs and outputs count more than others.

Papers: eora-training-free-compensation, generalized-fisher-weighted-svd.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_count, check_matrix, check_same_device, check_symmetric


@dataclass(frozen=True)
class WeightedLowRank:
    """What `weighted_low_rank` returns.

    Attributes
    ----------
    left : Array, shape (n_outputs, rank)
        First factor.
    right : Array, shape (rank, n_inputs)
        Second factor; ``left @ right`` is the approximation.
    singular_values : Array, shape (min(n_outputs, n_inputs),)
        Of the weighted matrix, falling. The squares of those beyond the rank sum to the error.
    error : float
        The weighted squared error, tr(B D A D') for the difference D.
    """

    left: Array
    right: Array
    singular_values: Array
    error: float


def weighted_low_rank(
    W: Array, *, rank: int, outputs: Array | None = None, inputs: Array | None = None
) -> WeightedLowRank:
    r"""Return the matrix of given rank that is nearest in a norm with weights on both sides.

    .. math:: \min_{\operatorname{rank} V \leq r}
              \operatorname{tr}\bigl(B\, (W - V)\, A\, (W - V)^\top\bigr)

    Parameters
    ----------
    W : Array, shape (n_outputs, n_inputs)
        What is approximated: weights, or what is left of them after compression.
    rank : int
        r, from 1 to the smaller side.
    outputs : Array, shape (n_outputs, n_outputs), optional
        B, symmetric with no negative eigenvalue; the identity by default.
    inputs : Array, shape (n_inputs, n_inputs), optional
        A, likewise. With the second moments of a layer's inputs the error is that of its outputs.

    Returns
    -------
    WeightedLowRank
        Factors and error.

    Raises
    ------
    TypeError, ValueError
        For bad values, or weights that are not symmetric or have a negative eigenvalue.

    Notes
    -----
    Portable. Eckart and Young in other coordinates.

    1. Symmetric roots of A and B, and their inverses where there is something to invert. Any other
       root, Cholesky's for example, gives the same approximation.
    2. Truncate the singular value decomposition of ``B^(1/2) W A^(1/2)``.
    3. Undo the roots. Directions of no weight cost nothing and get nothing.

    EoRA (Liu and others) takes W for the error of a compressed layer and A for its inputs' second
    moments, and adds ``left @ right`` to the compressed weights. GFWSVD (Chekalina and others)
    takes W for the weights themselves and A, B for the Kronecker factors of the Fisher information
    (`kronecker_fisher`).

    References
    ----------
    Liu and others: EoRA: fine-tuning-free compensation for compressed LLM with eigenspace low-rank
    approximation, arXiv 2410.21271 (2024).

    Chekalina, Moskovskiy, Cherniuk, Kurkin, Kuznetsov, Frolov: Generalized Fisher-weighted SVD,
    arXiv 2505.17974 (2025).

    Notebook: ``notebooks/spectra/05_loss_aware_low_rank.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> W = np.diag([3.0, 2.0])
    >>> found = weighted_low_rank(W, rank=1, inputs=np.diag([1.0, 9.0]))  # the second counts
    >>> (found.left @ found.right).round(6).tolist(), round(found.error, 6)
    ([[0.0, 0.0], [0.0, 2.0]], 9.0)
    """
    W = check_matrix(W, "W")
    n_outputs, n_inputs = W.shape
    check_count(rank, "rank", 1, min(n_outputs, n_inputs))
    xp = array_namespace(W)
    sides: list[tuple[Array, Array] | None] = []
    for name, weights, size in (("outputs", outputs, n_outputs), ("inputs", inputs, n_inputs)):
        if weights is None:
            sides.append(None)
            continue
        weights = check_symmetric(weights, name)
        check_same_device(**{"W": W, name: weights})
        if weights.shape[0] != size:
            raise ValueError(
                f"{name} must have {size} rows, as W has {name}, got {weights.shape[0]}"
            )
        sides.append(_roots(weights, name))  # step 1
    weighted = W
    if sides[0] is not None:
        weighted = sides[0][0] @ weighted
    if sides[1] is not None:
        weighted = weighted @ sides[1][0]
    U, s, Vt = xp.linalg.svd(weighted, full_matrices=False)  # step 2
    root = xp.sqrt(s[:rank])
    left, right = U[:, :rank] * root, root[:, None] * Vt[:rank, :]
    if sides[0] is not None:  # step 3
        left = sides[0][1] @ left
    if sides[1] is not None:
        right = right @ sides[1][1]
    return WeightedLowRank(left, right, s, float(xp.sum(s[rank:] ** 2)))


def _roots(weights: Array, name: str) -> tuple[Array, Array]:
    """Return the symmetric root and its pseudo-inverse."""
    xp = array_namespace(weights)
    values, vectors = xp.linalg.eigh(weights)
    largest, lowest = float(xp.max(xp.abs(values))), float(values[0])
    floor = weights.shape[0] * eps(weights) * largest
    if lowest < -100 * floor:
        raise ValueError(f"{name} must have no negative eigenvalue, got {lowest:g}")
    kept = values > floor
    roots = xp.sqrt(xp.where(kept, values, xp.zeros_like(values)))
    inverse = xp.where(kept, 1 / xp.where(kept, roots, xp.ones_like(roots)), xp.zeros_like(roots))
    turned = xp.matrix_transpose(vectors)
    return (vectors * roots) @ turned, (vectors * inverse) @ turned
