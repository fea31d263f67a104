"""Sparse Bayesian learning for signals whose nonzeros form a grid in every mode.

Papers: bayesian-algorithms-kronecker-structured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_array, check_choice, check_real, check_same_device

UPDATES = ("alternating", "rank one", "free")


@dataclass(frozen=True)
class SparseState:
    """One round of the expectation-maximisation.

    Attributes
    ----------
    mean : Array, shape (n_1, ..., n_d)
        Posterior mean of the signal.
    spread : Array, shape (n_1, ..., n_d)
        Posterior variance of each entry.
    variances : tuple of Array
        Prior variances: one vector for each mode, the first ones of length 1; or for free variances
        one tensor of the signal's shape.
    cost : float
        ``log det S + y^T S^-1 y`` at these variances.
    """

    mean: Array
    spread: Array
    variances: tuple[Array, ...]
    cost: float


def kronecker_sparse_bayes(
    y: Array,
    dictionaries: Sequence[Array],
    *,
    noise_variance: float,
    update: str = "alternating",
) -> Iterator[SparseState]:
    r"""Return a generator of sparse estimates of x from ``y = (A_1 kron ... kron A_d) x + noise``.

    .. math:: \min_\gamma \; \log\det S + y^\top S^{-1} y, \qquad
              S = \sigma^2 I + A \,\mathrm{diag}(\gamma) A^\top, \qquad
              \gamma = \gamma_1 \otimes \dots \otimes \gamma_d

    Parameters
    ----------
    y : Array, shape (m_1, ..., m_d)
        Measurements as a tensor, d of 1 to 4: mode k is measured by the k-th dictionary.
    dictionaries : sequence of d Arrays, shapes (m_k, n_k)
        A_k.
    noise_variance : float
        sigma^2, above 0, known.
    update : {"alternating", "rank one", "free"}
        How the variances follow the second moments L: best for each mode in turn until they rest;
        or by a rank-one approximation of L; or without structure, each entry its own, which is
        classic sparse Bayesian learning.

    Returns
    -------
    iterator of SparseState
        First the state of equal variances 1. It never ends; let `trace` stop it.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; for a column of zeros, whose variance nothing would hold.

    Notes
    -----
    Portable.

    1. Start with all variances 1.
    2. Posterior: with ``A_k diag(gamma_k) A_k^T = Q_k diag(lambda_k) Q_k^T`` the covariance S is
       diagonal in the basis of the Q_k. No matrix larger than one mode is formed.
    3. Second moments ``L = mean^2 + diag(Sigma)``.
    4. Alternating: ``gamma_k = mean of L / (product of the others)`` over the other modes, in turn,
       until no variance changes by more than 1e-5 of itself. Rank one: mode after mode, the leading
       left singular vector of L and the rest. Free: ``gamma = L``.
    5. Scale the first vectors to length 1, and the last one by what is left.

    A round costs the sum of n_k m_k^2, and products of tensors; free variances have no structure
    to use and cost the product of the m_k, squared, times the product of the n_k. Alternating
    (AM-KroSBL of He and Joseph, 2023) never raises the cost; rank one (their SVD-KroSBL) is the
    faster one where the support is a grid, and may raise the cost without limit where it is not.
    They also prune small variances, after which the cost may rise, learn the noise variance, treat
    block sparsity, and stop at a relative change of 1e-4; all four are left out. Instead a variance
    is kept above eps^(3/4) times the largest of its mode, so that no quotient is 0 / 0.

    References
    ----------
    He, Joseph: Bayesian algorithms for Kronecker-structured sparse vector recovery with application
    to IRS-MIMO channel estimation, arXiv 2307.14719 (2023).

    Notebook: ``notebooks/sensing/11_kronecker.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from itertools import islice
    >>> rng = np.random.default_rng(0)
    >>> A, B, x = rng.standard_normal((6, 9)), rng.standard_normal((6, 9)), np.zeros((9, 9))
    >>> x[np.ix_([1, 4], [2, 7])] = [[1.0, 2.0], [-1.0, 1.0]]
    >>> states = kronecker_sparse_bayes(A @ x @ B.T, [A, B], noise_variance=1e-4)
    >>> bool(np.max(np.abs(list(islice(states, 60))[-1].mean - x)) < 0.05)
    True
    """
    if not isinstance(dictionaries, list | tuple) or not 1 <= len(dictionaries) <= 4:
        raise ValueError(f"dictionaries must be a list of 1 to 4 matrices, got {dictionaries!r}")
    y = check_array(y, "y", n_dims=len(dictionaries))
    As = [check_array(A, "dictionaries", n_dims=2) for A in dictionaries]
    check_same_device(y=y, **{f"dictionaries[{k}]": A for k, A in enumerate(As)})
    for k, A in enumerate(As):
        if A.shape[0] != y.shape[k]:
            raise ValueError(f"dictionaries[{k}] must have {y.shape[k]} rows, got {A.shape[0]}")
        xp = array_namespace(A)
        if not bool(xp.all(xp.any(A != 0, axis=0))):
            raise ValueError(f"dictionaries[{k}] must hold no column of zeros: nothing measures it")
    s2 = check_real(noise_variance, "noise_variance", 0.0, open_low=True)
    check_choice(update, "update", UPDATES)
    xp = array_namespace(y)
    As = [xp.astype(A, y.dtype) for A in As]

    def states() -> Iterator[SparseState]:
        ones = [xp.ones_like(A[0, :]) for A in As]
        gammas = [_outer(ones)] if update == "free" else ones  # step 1
        while True:
            posterior = _free_posterior if update == "free" else _posterior
            mean, spread, cost = posterior(xp, y, As, gammas, s2)  # step 2
            yield SparseState(mean, spread, tuple(gammas), cost)
            L = mean * mean + spread  # step 3
            if update == "free":
                gammas = [_raised(xp, L)]
            else:
                step = _alternating if update == "alternating" else _rank_one
                gammas = _scaled(xp, step(xp, L, gammas))  # steps 4 and 5

    return states()


def _posterior(
    xp: Any, y: Array, As: list[Array], gammas: list[Array], s2: float
) -> tuple[Array, Array, float]:
    pairs = [
        xp.linalg.eigh((A * g) @ xp.matrix_transpose(A)) for A, g in zip(As, gammas, strict=True)
    ]
    d = s2 + xp.clip(_outer([values for values, _ in pairs]), 0.0, None)
    turned = [xp.matrix_transpose(Q) @ A for A, (_, Q) in zip(As, pairs, strict=True)]
    inside = _modes(xp, y, [xp.matrix_transpose(Q) for _, Q in pairs])
    g = _outer(gammas)
    mean = g * _modes(xp, inside / d, [xp.matrix_transpose(T) for T in turned])
    seen = _modes(xp, 1 / d, [xp.matrix_transpose(T * T) for T in turned])
    cost = float(xp.sum(xp.log(d)) + xp.sum(inside * inside / d))
    return mean, g * xp.clip(1 - g * seen, _smallest(g), None), cost


def _free_posterior(
    xp: Any, y: Array, As: list[Array], gammas: list[Array], s2: float
) -> tuple[Array, Array, float]:
    g = xp.reshape(gammas[0], (-1,))
    A = reduce(lambda left, right: _kron(xp, left, right), As)
    values, Q = xp.linalg.eigh((A * g) @ xp.matrix_transpose(A))
    d = s2 + xp.clip(values, 0.0, None)
    turned = xp.matrix_transpose(Q) @ A
    inside = xp.matrix_transpose(Q) @ xp.reshape(y, (-1,))
    mean = g * ((inside / d) @ turned)
    seen = (1 / d) @ (turned * turned)
    spread = g * xp.clip(1 - g * seen, _smallest(g), None)
    cost = float(xp.sum(xp.log(d)) + xp.sum(inside * inside / d))
    shape = gammas[0].shape
    return xp.reshape(mean, shape), xp.reshape(spread, shape), cost


def _alternating(xp: Any, L: Array, gammas: list[Array]) -> list[Array]:
    modes = range(len(gammas))
    for _ in range(50):
        quotient, change = L / _outer(gammas), 0.0
        for k in modes:
            others = tuple(j for j in modes if j != k)
            factor = _raised(xp, xp.mean(quotient, axis=others) if others else quotient)
            gammas = [g * factor if j == k else g for j, g in enumerate(gammas)]
            quotient = quotient / xp.reshape(factor, (-1,) + (1,) * (len(gammas) - 1 - k))
            change = change + xp.max(xp.abs(factor - 1))
        if float(change) <= 1e-5:
            break
    return gammas


def _rank_one(xp: Any, L: Array, gammas: list[Array]) -> list[Array]:
    found = []
    for g in gammas[:-1]:
        n = g.shape[0]
        U, values, Vh = xp.linalg.svd(xp.reshape(L, (n, -1)), full_matrices=False)
        found.append(xp.abs(U[:, 0]))
        L = values[0] * xp.abs(Vh[0, :])
    return [*found, xp.reshape(L, (-1,))]


def _scaled(xp: Any, gammas: list[Array]) -> list[Array]:
    raised = [_raised(xp, g) for g in gammas]
    lengths = [xp.linalg.vector_norm(g) for g in raised[:-1]]
    first = [g / length for g, length in zip(raised[:-1], lengths, strict=True)]
    return [*first, reduce(lambda g, length: g * length, lengths, raised[-1])]


def _raised(xp: Any, variances: Array) -> Array:
    """Keep variances away from 0, or a quotient of two would be 0 / 0."""
    return xp.maximum(variances, _smallest(variances) * xp.max(variances))


def _smallest(like: Array) -> float:
    return eps(like) ** 0.75


def _outer(vectors: Sequence[Array]) -> Array:
    return reduce(lambda left, right: left[..., None] * right, vectors)


def _kron(xp: Any, A: Array, B: Array) -> Array:
    table = A[:, None, :, None] * B[None, :, None, :]
    return xp.reshape(table, (A.shape[0] * B.shape[0], A.shape[1] * B.shape[1]))


def _modes(xp: Any, T: Array, matrices: list[Array]) -> Array:
    """Multiply every mode of a tensor by its matrix."""
    for k, M in enumerate(matrices):
        before, after = T.shape[:k], T.shape[k + 1 :]
        flat = M @ xp.reshape(T, (prod(before), T.shape[k], prod(after)))
        T = xp.reshape(flat, (*before, M.shape[0], *after))
    return T
