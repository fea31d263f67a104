"""Elementary symmetric polynomials, in logarithms: what a fixed size costs a determinantal process.

The sum of all principal minors of size k is the k-th symmetric polynomial of the eigenvalues. For a
few hundred of them it leaves the range of floating point by far; its logarithm does not.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_array, check_count
from labkit.sampling._kernels import log_of


def log_symmetric_polynomials(values: Array, *, order: int) -> Array:
    r"""Return the logarithms of elementary symmetric polynomials, of all leading parts of a list.

    .. math:: e_l(\lambda_1, \dots, \lambda_j)
              = \sum_{i_1 < \dots < i_l \le j} \lambda_{i_1} \cdots \lambda_{i_l}

    Parameters
    ----------
    values : Array, shape (n,)
        lambda, not negative; in any order.
    order : int
        The largest l, from 1 to n.

    Returns
    -------
    Array, shape (n + 1, order + 1)
        ``log e_l`` of the first j values in row j and column l; minus infinity where the polynomial
        is zero: in fewer than l values that are not zero.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for a negative one.

    Notes
    -----
    Portable.

    1. ``e_0 = 1``, also of no value, which has no other polynomial.
    2. A value is left out or taken: ``e_l(1..j) = e_l(1..j-1) + lambda_j e_{l-1}(1..j-1)``. So
       ``e_l`` is the sum over j of the last terms.
    3. All partial sums of n numbers, in log n rounds: each adds what stands 1, 2, 4, ... places
       before.

    Only positive numbers are added, so each step costs a rounding and none cancels: the logarithm
    is off by about ``l log n`` roundings of itself. A factor on all values adds l times its
    logarithm. n order log n steps of `logaddexp`, in order log n calls.

    Kulesza and Taskar (2012) give the recursion, as algorithm 7, without logarithms and value by
    value.

    References
    ----------
    Kulesza, Taskar: Determinantal point processes for machine learning, Found. Trends Mach. Learn.
    5 (2012), arXiv 1207.6083.

    Notebook: ``notebooks/sampling/01_determinantal.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> logs = log_symmetric_polynomials(np.array([1.0, 2.0, 3.0]), order=3)
    >>> np.exp(logs[3]).round(6).tolist()
    [1.0, 6.0, 11.0, 6.0]
    """
    values = check_array(values, "values", n_dims=1)
    order = check_count(order, "order", 1, values.shape[0])
    xp = array_namespace(values)
    if float(xp.min(values)) < 0:
        raise ValueError(f"values must not be negative, got {float(xp.min(values)):g}")
    logs = log_of(values)
    n = values.shape[0]
    nothing = xp.full((n + 1,), -math.inf, dtype=values.dtype, device=device(values))
    columns = [xp.zeros_like(nothing)]  # step 1
    for _ in range(order):
        sums = xp.concat([nothing[:1], logs + columns[-1][:n]])  # step 2
        step = 1
        while step <= n:  # step 3
            sums = xp.logaddexp(sums, xp.concat([nothing[:step], sums[: n + 1 - step]]))
            step *= 2
        columns.append(sums)
    return xp.stack(columns, axis=1)
