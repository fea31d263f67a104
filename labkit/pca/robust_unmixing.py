"""Robust unmixing: the materials that each pixel shows, when some bands are broken.

The spectrum of a pixel is a mixture of a few pure spectra. A least-squares factorisation is owned
by the noisiest bands; here a band counts by the norm of its error, not by the square, and pixels
that look pure are pressed harder to be pure.

Papers: effective-spectral-unmixing-robust.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_real
from labkit.pca._nonnegative import TINY, check_spectra, scaled, sparseness, start, sum_to_one
from labkit.pca.results import NonnegativeFactors

FLOOR = 1e-4
"""Errors of a band, and abundances, below this share of a typical band are treated as equal."""
LARGEST_GUIDANCE = 0.9


def robust_unmixing(
    X: Array,
    *,
    n_endmembers: int,
    sparsity: float = 0.05,
    n_stages: int = 4,
    tol: float = 1e-7,
    max_iterations: int = 250,
) -> NonnegativeFactors:
    r"""Factor spectra into endmembers and abundances, with an error that forgives broken bands.

    .. math:: \min_{M, A \ge 0} \; \frac{1}{2 n_\text{bands}} \sum_l
              \frac{\|x_l - m_l A\|_2}{\sqrt{n_\text{pixels}}}
              + \frac{\lambda}{n_\text{pixels}} \sum_n \sum_k (r_k a_{kn})^{1 - h_n}

    with x_l band l of all pixels, r_k the root mean square of endmember k, and the guidance map h
    learnt on the way.

    Parameters
    ----------
    X : Array, shape (n_pixels, n_bands)
        Not negative. In units of a typical band inside the method, so the scale is free.
    n_endmembers : int
        From 1 to ``min(n_pixels, n_bands)``.
    sparsity : float
        lambda, 0 or larger. At 0 the guidance has no effect; near 1 a single material takes all.
    n_stages : int
        How many guidance maps are in force, the first of them zero: with 1 it is the lasso.
    tol : float
        A stage ends when a round lowers the objective by less than this share.
    max_iterations : int
        Rounds in a stage, at least 1.

    Returns
    -------
    NonnegativeFactors
        One entry of `objective_history` for each stage. `guidance` is the map that the returned
        abundances teach, from 0 (equal shares) to 0.9 (pure).

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for negative or zero spectra.

    Notes
    -----
    Portable.

    1. Start from the most different pixels as endmembers and equal abundances.
    2. ``A <- A * (M' U X) / (M' U M A + penalty)``, ``u_l = 1 / (2 ||error of band l||)``.
    3. ``M <- M * (X A') / (M A A' + penalty / u)``. Without a penalty u cancels: a broken band
       keeps a broken row of M, and all robustness lies in A.
    4. At the end of a stage h becomes 0.9 times Hoyer's sparseness of each pixel.
    5. Scale the columns of M so that the abundances of a pixel sum to 1, as nearly as can be.

    Both updates minimise a majoriser that touches the objective, so within a stage it cannot rise;
    from stage to stage it changes its meaning. The weights of the paper's objective are these
    times n_bands and the root of n_pixels. Its algorithm was not read: the 2,1-norm over bands, the
    exponent of each pixel and alternating multiplicative updates are from the abstract; r_k, which
    makes the penalty blind to the scale that M and A can trade, the rule of step 4, start and
    smoothing at ``FLOOR`` are ours. A round costs about 8 n_bands n_pixels n_endmembers flops.

    For broken pixels transpose the thought: weigh pixels, not bands. Where bands are clean and
    neighbours alike prefer `structured_unmixing`.

    References
    ----------
    Zhu, Wang, Fan, Meng, Pan: Effective spectral unmixing via robust representation and
    learning-based sparsity, arXiv 1409.0685 (2014).

    Notebook: ``notebooks/pca/13_unmixing.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> pure = np.array([[1.0, 1.0, 0.1, 0.1], [0.1, 0.1, 1.0, 1.0]])
    >>> X = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]) @ pure
    >>> factors = robust_unmixing(X, n_endmembers=2, sparsity=0.0)
    >>> np.round(factors.abundances[:, 2], 2).tolist()
    [0.5, 0.5]
    """
    X, k = check_spectra(X, n_endmembers)
    sparsity = check_real(sparsity, "sparsity", 0.0)
    check_count(n_stages, "n_stages", 1)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)
    xp = array_namespace(X)
    X, unit = scaled(X)
    n_bands, n_pixels = X.shape

    M, A = start(X, k)  # step 1
    power = xp.ones_like(X[0, :])  # 1 - h
    history: list[tuple[float, ...]] = []
    converged = True
    for _ in range(n_stages):
        errors = _band_errors(X, M, A)
        stage = [_objective(errors, M, A, power, sparsity)]
        for _ in range(max_iterations):
            u = 1 / (2 * n_bands * math.sqrt(n_pixels) * errors)
            MU, r = M * u[:, None], _sizes(M)[:, None]
            slope = sparsity / n_pixels * power * (r * A + FLOOR) ** (power - 1)
            below = (xp.matrix_transpose(MU) @ M) @ A + r * slope
            A = A * (xp.matrix_transpose(MU) @ X) / xp.clip(below, min=TINY)  # step 2

            u = 1 / (2 * n_bands * math.sqrt(n_pixels) * _band_errors(X, M, A))
            slope = sparsity / n_pixels * power * (r * A + FLOOR) ** (power - 1)
            pull = xp.sum(slope * A, axis=1) / xp.clip(r[:, 0], min=TINY) / n_bands
            below = M @ (A @ xp.matrix_transpose(A)) + M * pull[None, :] / u[:, None]
            M = M * (X @ xp.matrix_transpose(A)) / xp.clip(below, min=TINY)  # step 3

            errors = _band_errors(X, M, A)
            stage.append(_objective(errors, M, A, power, sparsity))
            at_rest = stage[-2] - stage[-1] <= tol * stage[-2]
            if at_rest:
                break
        history.append(tuple(stage))
        converged = converged and at_rest
        guidance = LARGEST_GUIDANCE * sparseness(sum_to_one(M, A)[1])
        power = 1 - guidance  # step 4
    M, A = sum_to_one(M, A)  # step 5
    return NonnegativeFactors(
        endmembers=unit * M,
        abundances=A,
        objective_history=tuple(history),
        n_iterations=sum(len(stage) - 1 for stage in history),
        converged=converged,
        guidance=guidance,
    )


def _sizes(M: Array) -> Array:
    xp = array_namespace(M)
    return xp.sqrt(xp.mean(M * M, axis=0))


def _band_errors(X: Array, M: Array, A: Array) -> Array:
    """Return the norm of each band's error, smoothed at the floor."""
    xp = array_namespace(X)
    E = X - M @ A
    return xp.sqrt(xp.sum(E * E, axis=1) + FLOOR**2 * X.shape[1])


def _objective(errors: Array, M: Array, A: Array, power: Array, sparsity: float) -> float:
    xp = array_namespace(M)
    n_bands, n_pixels = errors.shape[0], A.shape[1]
    loss = xp.sum(errors) / (2 * n_bands * math.sqrt(n_pixels))
    return float(loss + sparsity / n_pixels * xp.sum((_sizes(M)[:, None] * A + FLOOR) ** power))
