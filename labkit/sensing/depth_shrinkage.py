"""What weight decay leaves of a singular value: nothing below a threshold, most of it above.

A linear network of depth 2 subtracts a constant; deeper ones keep large values and drop small ones
in a jump. Weight decay looks for low rank, and the more so the deeper the network.

Papers: parallel-deep-neural-networks.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_count, check_real

BISECTIONS = 60


def depth_shrinkage(singular_values: Array, *, depth: int, penalty: float) -> Array:
    r"""Return the singular values of the best linear network under weight decay.

    .. math:: \hat s_i = \arg\min_{s \ge 0} \; \tfrac12 (s - y_i)^2
              + \frac{\beta L}{2} s^{2 / L}

    Parameters
    ----------
    singular_values : Array, shape (rank,)
        y, of the targets for white inputs; not negative.
    depth : int
        L, from 1 (ridge regression), 2 (soft thresholding) on.
    penalty : float
        beta, at least 0: times half the sum of squares of all weights.

    Returns
    -------
    Array, shape (rank,)
        The minimiser; where 0 and another value are equally good, 0.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Portable.

    1. Depth 1: ``y / (1 + beta)``; depth 2: ``max(y - beta, 0)``.
    2. Deeper: the derivative ``s - y + beta s^(2/L - 1)`` is least at
       ``s0 = (beta (1 - 2/L))^(L / (2L - 2))``; a minimum other than 0 is its root above s0, found
       by bisection between s0 and y.
    3. Keep the root where its objective is below ``y^2 / 2``, that of 0. So no value between
       0 and ``(beta (L - 2))^(L / (2 L - 2))`` ever comes out: the rank drops in jumps.

    About sixty evaluations a value.

    Wang, Ergen and Pilanci (2023) state the closed form for interpolating networks; here the square
    loss takes the place of interpolation, singular value by singular value.

    References
    ----------
    Wang, Ergen, Pilanci: Parallel deep neural networks have zero duality gap, ICLR (2023).

    Notebook: ``notebooks/sensing/05_depth.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> depth_shrinkage(np.array([3.0, 1.0, 0.2]), depth=2, penalty=0.5).tolist()
    [2.5, 0.5, 0.0]
    >>> depth_shrinkage(np.array([3.0, 1.0, 0.2]), depth=3, penalty=0.5).round(3).tolist()
    [2.638, 0.0, 0.0]
    """
    y = check_array(singular_values, "singular_values", n_dims=1)
    xp = array_namespace(y)
    if bool(xp.any(y < 0)):
        raise ValueError(f"singular_values must not be negative, got {float(xp.min(y))}")
    L = check_count(depth, "depth", 1)
    beta = check_real(penalty, "penalty", 0.0)
    if L == 1:  # step 1
        return y / (1 + beta)
    if L == 2:
        return xp.where(y > beta, y - beta, xp.zeros_like(y))
    if beta == 0:
        return +y
    turn = (beta * (1 - 2 / L)) ** (L / (2 * L - 2))  # step 2
    reaches = y > turn
    low, high = xp.full_like(y, turn), xp.where(reaches, y, xp.full_like(y, turn))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        rising = middle - y + beta * middle ** (2 / L - 1) > 0
        low, high = xp.where(rising, low, middle), xp.where(rising, middle, high)
    pays = (low - y) ** 2 / 2 + beta * L / 2 * low ** (2 / L) < y * y / 2  # step 3
    return xp.where(reaches & pays, low, xp.zeros_like(y))
