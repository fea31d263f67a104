"""How long a step of stochastic gradient descent may be, for a batch of a given size.

With all data the largest curvature decides. A batch sees curvature that the data do not have, in
every direction at once, and for small batches that is what limits the step.

Papers: learning-rates-function-batch.
"""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_count


def largest_stable_step(curvatures: Array, *, n_per_batch: int) -> float:
    r"""Return the step size below which stochastic gradient descent converges in mean square.

    .. math:: \eta = \frac{2 B}{B + 1} \frac{u}{\lambda_1}, \qquad
              \sum_i \frac{u \lambda_i}{\lambda_1 - u \lambda_i} = B + 1

    for least squares without noise, ``y = X w``, on fresh batches of B normal samples.

    Parameters
    ----------
    curvatures : Array, shape (n_features,)
        lambda, the eigenvalues of the inputs' covariance, in any order, none negative.
    n_per_batch : int
        B, from 1 up. Toward infinity eta tends to ``2 / lambda_1``; while B is far below
        ``sum(lambda) / lambda_1`` it is about ``2 B / sum(lambda)``, linear in B.

    Returns
    -------
    float
        eta. For d equal curvatures 1 it is ``2 B / (d + B + 1)``.

    Raises
    ------
    TypeError, ValueError
        For bad values; a negative curvature, or none above 0.

    Notes
    -----
    Host: one root is found by a loop over single numbers.

    1. Curvatures relative to the largest. The expected squares m of the error along eigenvectors
       of the covariance change in a step as

       .. math:: m_i \leftarrow \bigl(1 - 2 \eta \lambda_i
                 + \eta^2 \tfrac{B + 1}{B} \lambda_i^2\bigr) m_i
                 + \tfrac{\eta^2}{B} \lambda_i \sum_j \lambda_j m_j,

       a diagonal matrix plus one of rank one. Its largest eigenvalue is 1 where the equation above
       holds.
    2. Newton's method from the right of the root: the sum is convex in u and rises, so the steps
       never overshoot. The largest term alone bounds u by ``(B + 1) / (B + 2)``.

    A few passes over the curvatures. Fourth moments of normal inputs enter: heavier tails allow
    smaller steps. A single path converges almost surely up to a step that is somewhat larger than
    this, since its mean square is made by rare batches.

    The rule of Granziol, Zohren and Roberts (2022), 2 over the largest eigenvalue that a batch's
    Hessian has, agrees with this in both limits of B and is smaller between them, by up to a factor
    of two for equal curvatures. It also speaks of models that are no least squares.

    References
    ----------
    Granziol, Zohren, Roberts: Learning rates as a function of batch size: a random matrix theory
    approach to neural network training, JMLR 23 (2022), arXiv 2006.09092.

    Notebook: ``notebooks/spectra/09_batches.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> [round(largest_stable_step(np.ones(99), n_per_batch=B), 3) for B in (1, 100, 10000)]
    [0.02, 1.0, 1.98]
    """
    curvatures = to_numpy(check_array(curvatures, "curvatures", n_dims=1)).astype(float)
    B = check_count(n_per_batch, "n_per_batch", 1)
    lowest, largest = float(curvatures.min()), float(curvatures.max())
    if lowest < 0 or largest == 0:
        raise ValueError(
            f"curvatures must not be negative, and one above 0, got {lowest:g} to {largest:g}"
        )
    relative = curvatures / largest  # step 1
    u, tol = (B + 1) / (B + 2), 4 * np.finfo(float).eps
    for _ in range(100):  # step 2
        left = 1 - u * relative
        excess = float(np.sum(u * relative / left)) - (B + 1)
        change = excess / float(np.sum(relative / left**2))
        u -= change
        if change <= tol * u:
            break
    return 2 * B / (B + 1) * u / largest
