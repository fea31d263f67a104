"""Could these be the principal subspaces? A test for all of them at once, hence a region for them.

PCA returns directions; this says how sure they are. Gaussian data have eigenspaces of known
dimensions (one direction, then a plane, then the rest, say). A candidate for all of them together,
a flag, is compared with what PCA found; the flags that pass form the confidence region.

Papers: geometric-framework-asymptotic-inference.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_array, check_count, check_matrix, check_same_device
from labkit.linalg import fix_signs
from labkit.pca._scale import power_of_two


@dataclass(frozen=True)
class FlagTest:
    """A test of a candidate for all principal subspaces together.

    Attributes
    ----------
    p_value : float
        The probability of a larger statistic for the true subspaces, as the sample grows.
    statistic : float
        Half the sum of `pairs`.
    degrees_of_freedom : int
        Of the limiting chi-squared distribution: the dimension of the flag manifold.
    corrected_p_value : float
        With the statistic divided by ``1 + mean_excess / degrees_of_freedom``.
    mean_excess : float
        By how much the mean of the statistic exceeds `degrees_of_freedom`, to first order in one
        over the number of samples, at the estimated variances.
    basis : Array, shape (n_features, n_features)
        The estimate: eigenvectors as columns, largest variance first, signs by `linalg.fix_signs`.
        Within a block only their span means something.
    variances : Array, shape (n_blocks,)
        The mean eigenvalue of each block.
    pairs : Array, shape (n_blocks, n_blocks)
        How far block i of the candidate is turned towards block j of the estimate, in squared
        standard deviations; zero diagonal.
    """

    p_value: float
    statistic: float
    degrees_of_freedom: int
    corrected_p_value: float
    mean_excess: float
    basis: Array
    variances: Array
    pairs: Array


def principal_flag_test(X: Array, flag: Array, *, multiplicities: Sequence[int]) -> FlagTest:
    r"""Test whether the columns of an orthogonal matrix, in blocks, span the principal subspaces.

    .. math:: T = \frac{\nu}{2} \sum_{i \ne j}
              \frac{(\hat\lambda_i - \hat\lambda_j)^2}{\hat\lambda_i \hat\lambda_j} \,
              \|U_i^\top V_j\|_F^2 \;\to\; \chi^2_D , \qquad D = \sum_{i < j} q_i q_j

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data, at least two samples; independent and Gaussian for the p-values to hold.
    flag : Array, shape (n_features, n_features)
        The candidate U: orthonormal columns, those of the largest variance first. Only the spans
        of its blocks matter.
    multiplicities : sequence of int
        The sizes q of the blocks, two or more, from the largest variance down; their sum is
        `n_features`.

    Returns
    -------
    FlagTest
        In the namespace, on the device and in the precision of X. The flags with
        ``p_value >= 0.05`` are the 95 % confidence region.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for columns that are not orthonormal; for blocks that
        do not fill the space; if two blocks have the same mean variance or the last one has none.

    Notes
    -----
    Portable. With nu = n_samples - 1:

    1. Eigenvectors V of the sample covariance, in blocks of the sizes q.
    2. The variance of a block is the mean of its eigenvalues.
    3. B_ij = U_i' V_j says how far block i is turned towards block j. The entries of sqrt(nu) B_ij
       become independent normals of variance l_i l_j / (l_i - l_j)^2 as n grows, so each of the
       `pairs` is a chi-squared variable of q_i q_j degrees of freedom; both orders of a pair are
       the same rotation to first order, hence the half.
    4. To first order in 1 / nu the mean of T is D + c / nu, and c has a closed form (own
       derivation, by expanding T in the off-diagonal blocks of the covariance): with
       k = (l_i + l_j) / (l_i - l_j), p = q_i and q = q_j

           c = sum over pairs of  k^2 (3 p q / 4 + p q (p + q) / 2 - (p + q) / 2)
                                  + k (p q + 2) (p - q) + p q (p + q) / 2 + p q / 4 + (p + q) / 2
               + 5 / 2 sum over triples of q_i q_j q_k .

       `corrected_p_value` divides T by 1 + c / (nu D), in the manner of Bartlett.

    The paper states the limit for the Riemannian logarithm of the flag at the estimate; B_ij are
    its coordinates to first order (sines in place of angles), which changes c / nu by terms of the
    same size and the limit by none. Only its abstract and introduction were read; the limit of a
    single direction is Anderson's (1963), of a single subspace Tyler's (1981).

    `pairs` holds the parts. Row i summed is Anderson's and Tyler's statistic for subspace i alone,
    of q_i (d - q_i) degrees of freedom; T is half the sum of all rows, so adding up the tests of
    single subspaces counts every rotation twice.

    It needs sqrt(nu) (l_i - l_j) / sqrt(l_i l_j) well above 1 for every pair: otherwise, and for
    the wrong multiplicities, the level is not what it says. Tails heavier than the normal make T
    larger, by 1 + kurtosis for elliptical data. The multiplicities are taken as known; choosing
    them is another problem. Costs n d^2 + 9 d^3 flops.

    References
    ----------
    Rabenoro, Pennec: A geometric framework for asymptotic inference of principal subspaces in PCA,
    arXiv 2209.02025 (2022).

    Anderson: Asymptotic theory for principal component analysis, Ann. Math. Statist. 34 (1963).

    Tyler: Asymptotic inference for eigenvectors, Ann. Statist. 9 (1981).

    Notebook: ``notebooks/pca/05_confidence.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((200, 3)) * [3.0, 1.0, 1.0]
    >>> right = principal_flag_test(X, np.eye(3), multiplicities=(1, 2))
    >>> wrong = principal_flag_test(X, np.eye(3)[:, ::-1], multiplicities=(1, 2))
    >>> right.degrees_of_freedom, right.p_value > 0.05, wrong.p_value < 0.05
    (2, True, True)
    """
    X = check_matrix(X, "X", min_samples=2, min_features=2)
    n_samples, n_features = X.shape
    U = check_array(flag, "flag", n_dims=2, min_shape=(2, 2))
    check_same_device(X=X, flag=U)
    blocks = _blocks(multiplicities, n_features)
    xp = array_namespace(X, U)
    _check_orthogonal(U, n_features)

    scale = power_of_two(X)
    centred = X / scale
    centred = centred - xp.mean(centred, axis=0)
    nu = n_samples - 1
    values, V = xp.linalg.eigh(xp.matrix_transpose(centred) @ centred / nu)  # step 1
    values, V = xp.flip(values), xp.flip(V, axis=1)

    variances = xp.stack([xp.mean(values[block]) for block in blocks])  # step 2
    lam = [float(v) for v in variances]
    _check_distinct(lam, n_features * eps(X))

    overlap = (xp.matrix_transpose(U) @ V) ** 2  # step 3
    pairs = xp.zeros((len(blocks), len(blocks)), dtype=X.dtype, device=device(X))
    for i, j in itertools.permutations(range(len(blocks)), 2):
        weight = nu * (lam[i] - lam[j]) ** 2 / (lam[i] * lam[j])
        pairs[i, j] = weight * xp.sum(overlap[blocks[i], blocks[j]])
    statistic = float(xp.sum(pairs)) / 2

    sizes = [block.stop - block.start for block in blocks]
    dof = sum(p * q for p, q in itertools.combinations(sizes, 2))
    excess = _mean_excess(lam, sizes) / nu  # step 4
    return FlagTest(
        p_value=_chi_squared_tail(statistic, dof),
        statistic=statistic,
        degrees_of_freedom=dof,
        corrected_p_value=_chi_squared_tail(statistic / (1 + excess / dof), dof),
        mean_excess=excess,
        basis=xp.matrix_transpose(fix_signs(xp.matrix_transpose(V))),
        variances=variances * scale * scale,
        pairs=pairs,
    )


def _blocks(multiplicities: Sequence[int], n_features: int) -> list[slice]:
    if not isinstance(multiplicities, tuple | list) or len(multiplicities) < 2:
        raise TypeError(
            f"multiplicities must be a sequence of two or more integers, got {multiplicities!r}"
        )
    sizes = [check_count(q, "multiplicities", 1, n_features) for q in multiplicities]
    if sum(sizes) != n_features:
        raise ValueError(
            f"multiplicities must sum to {n_features}, the number of features, got {sizes}"
        )
    ends = list(itertools.accumulate(sizes))
    return [slice(end - q, end) for q, end in zip(sizes, ends, strict=True)]


def _check_orthogonal(U: Array, n_features: int) -> None:
    if U.shape != (n_features, n_features):
        raise ValueError(
            f"flag must have shape ({n_features}, {n_features}), a column for every feature, "
            f"got shape {tuple(U.shape)}"
        )
    xp = array_namespace(U)
    gram = xp.matrix_transpose(U) @ U
    off = float(xp.max(xp.abs(gram - xp.eye(n_features, dtype=U.dtype, device=device(U)))))
    if off > 100 * n_features * eps(U):
        raise ValueError(
            f"flag must have orthonormal columns, got products that are off by {off:.1e}"
        )


def _check_distinct(lam: list[float], rounding: float) -> None:
    if lam[-1] <= rounding * lam[0]:
        raise ValueError(
            f"X must vary in the last block, got variances {lam} of the blocks up to a factor; "
            "drop constant or dependent features"
        )
    if any(a - b <= rounding * a for a, b in itertools.pairwise(lam)):
        raise ValueError(f"X must have different variances in the blocks, got {lam} up to a factor")


def _mean_excess(lam: list[float], sizes: list[int]) -> float:
    """Return nu (E T - D) to first order, see step 4."""
    total = 2.5 * sum(p * q * r for p, q, r in itertools.combinations(sizes, 3))
    for (a, p), (b, q) in itertools.combinations(zip(lam, sizes, strict=True), 2):
        k = (a + b) / (a - b)
        total += k * k * (0.75 * p * q + 0.5 * p * q * (p + q) - 0.5 * (p + q))
        total += k * (p * q + 2) * (p - q) + 0.5 * p * q * (p + q) + 0.25 * p * q + 0.5 * (p + q)
    return total


def _chi_squared_tail(x: float, dof: int) -> float:
    """Return the probability of a larger value. Host: two Python numbers, for SciPy."""
    from scipy.special import chdtrc

    return float(chdtrc(dof, x))
