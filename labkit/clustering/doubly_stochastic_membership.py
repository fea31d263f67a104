"""Who belongs with whom, as a matrix whose rows and columns sum to one.

A membership in named groups has to be guessed at first, and a bad guess lasts. A matrix of shares
between all pairs of samples needs no names and no number of groups: it comes from similarities, by
scaling, and says how far down it looks by one number.

Papers: unsupervised-manifold-linearizing-clustering.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_count, check_matrix, check_real, check_same_device


@dataclass(frozen=True)
class DoublyStochasticMembership:
    """A projection onto the doubly stochastic matrices.

    Attributes
    ----------
    membership : Array, shape (n_samples, n_samples)
        G, symmetric, positive, rows and columns sum to 1 up to `residual`.
    potential : Array, shape (n_samples,)
        f of ``G_ij = exp(f_i + f_j + C_i . C_j / entropy)``; the start of the next projection.
    residual : float
        The largest logarithm of a row's sum, in magnitude; near 0 its deviation from 1.
    n_iterations : int
        Rounds of scaling.
    """

    membership: Array
    potential: Array
    residual: float
    n_iterations: int


def doubly_stochastic_membership(
    C: Array,
    *,
    entropy: float,
    potential: Array | None = None,
    tol: float = 1e-6,
    max_iterations: int = 200,
) -> DoublyStochasticMembership:
    r"""Project the similarities of all pairs onto the doubly stochastic matrices.

    .. math:: \max_{G \ge 0} \; \langle C C^T, G \rangle - \eta \sum_{ij} G_{ij} \log G_{ij}
              \qquad \text{with } G 1 = G^T 1 = 1

    Parameters
    ----------
    C : Array, shape (n_samples, n_features)
        One row a sample, usually of norm 1, the output of the cluster head.
    entropy : float
        eta, above 0. Small: every sample keeps to itself, G is the identity (for rows of one norm).
        Large: all shares are 1 / n.
    potential : Array, shape (n_samples,), optional
        The start, for example that of similar C; zeros by default.
    tol : float
        Stop where no row's sum is further than this from 1 (in logarithms).
    max_iterations : int
        Rounds at most; `residual` says what they reached.

    Returns
    -------
    DoublyStochasticMembership
        G and how it was found.

    Raises
    ------
    TypeError, ValueError
        For bad values; similarities that overflow when divided by the entropy weight.

    Notes
    -----
    Portable.

    1. Row sums in logarithms, ``s_i = log sum_j exp(f_i + f_j + C_i . C_j / entropy)``.
    2. Half a correction, ``f <- f - s / 2``, for rows and columns at once. A whole one would swing:
       it leaves the columns wrong by as much as the rows were.

    exp of an inner product is a positive semidefinite matrix, entry by entry (Schur), and so is G.
    Near the end a round maps an error e of f to (I - G) e / 2, so it halves at least: some twenty
    rounds for 1e-6. n^2 exponentials a round. This is the projection that the paper puts behind its
    cluster head; a kernel other than the inner product is left out.

    References
    ----------
    Ding, Tong, Chan, Dai, Ma, Haeffele: Unsupervised manifold linearizing and clustering, ICCV
    (2023), arXiv 2301.01805.

    Sinkhorn, Knopp: Concerning nonnegative matrices and doubly stochastic matrices, Pacific Journal
    of Mathematics 21 (1967).

    Notebook: ``notebooks/clustering/11_linearizing.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> C = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> doubly_stochastic_membership(C, entropy=0.1).membership.round(2).tolist()
    [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    C = check_matrix(C, "C")
    entropy = check_real(entropy, "entropy", 0.0, open_low=True)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(C)
    if potential is None:
        potential = xp.zeros_like(C[:, 0])
    else:
        potential = check_array(potential, "potential", n_dims=1)
        check_same_device(C=C, potential=potential)
        if potential.shape[0] != C.shape[0]:
            raise ValueError(
                f"potential must have {C.shape[0]} entries, one a sample, got {potential.shape[0]}"
            )
        potential = xp.astype(potential, C.dtype, copy=False)
    largest = float(xp.max(xp.abs(C)))
    room = float(xp.finfo(C.dtype).max) / 8
    if largest > 0 and largest > room / largest * min(entropy, 1.0) / C.shape[1]:
        raise ValueError(
            f"entropy must be large enough for entries of C up to {largest:g}, got {entropy:g}"
        )
    return projected(C, entropy, potential, tol, max_iterations)


def projected(
    C: Array, entropy: float, potential: Array, tol: float, max_iterations: int
) -> DoublyStochasticMembership:
    """Do the work of `doubly_stochastic_membership` on checked arrays.

    Parameters
    ----------
    C : Array, shape (n_samples, n_features)
        Codes.
    entropy : float
        Above 0.
    potential : Array, shape (n_samples,)
        Where to start.
    tol : float
        Largest logarithm of a row sum.
    max_iterations : int
        At most.

    Returns
    -------
    DoublyStochasticMembership
        Of these codes.
    """
    xp = array_namespace(C)
    logarithms = C @ xp.matrix_transpose(C) / entropy
    f, n_iterations, residual = potential, 0, float("inf")
    while True:
        terms = logarithms + f[None, :]  # step 1
        shift = xp.max(terms, axis=1, keepdims=True)
        sums = f + shift[:, 0] + xp.log(xp.sum(xp.exp(terms - shift), axis=1))
        residual = float(xp.max(xp.abs(sums)))
        if residual <= tol or n_iterations == max_iterations:
            break
        f = f - sums / 2  # step 2
        n_iterations += 1
    G = xp.exp(logarithms + f[:, None] + f[None, :])
    return DoublyStochasticMembership(G, f, residual, n_iterations)


def gradient_by_similarity(G: Array, by_membership: Array, entropy: float) -> Array:
    """Return the gradient by C C' of a function of the projection G, from its gradient by G.

    With the rows of G kept at 1, a change dK of the similarities moves f by the solution of
    ``(I + G) df = -(G * dK) 1 / entropy``; this is the transpose of that.

    Parameters
    ----------
    G : Array, shape (n_samples, n_samples)
        Doubly stochastic.
    by_membership : Array, shape (n_samples, n_samples)
        The gradient by G.
    entropy : float
        Above 0.

    Returns
    -------
    Array, shape (n_samples, n_samples)
        The gradient by ``C C'``.
    """
    xp = array_namespace(G)
    by_membership = (by_membership + xp.matrix_transpose(by_membership)) / 2
    identity = xp.eye(G.shape[0], dtype=G.dtype, device=device(G))
    pull = xp.sum(G * by_membership, axis=1)
    pull = xp.linalg.solve(identity + G, pull[:, None])
    return G * (by_membership - pull - xp.matrix_transpose(pull)) / entropy
