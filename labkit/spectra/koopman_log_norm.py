"""What a layer costs in a bound on generalisation that likes weights of full rank.

Papers: koopman-based-generalization-bound.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, eps, to_numpy
from labkit.checks import check_matrix, check_real


def koopman_log_norm(W: Array, *, smoothness: float) -> float:
    r"""Return the logarithm of the norm of composition with a matrix on a Sobolev space.

    .. math:: \log \sup_f \frac{\|f \circ W\|_{H^s}}{\|f\|_{H^s}}
              = s \log \max(1, \|W\|) - \tfrac12 \log |\det W|

    Parameters
    ----------
    W : Array, shape (d, d)
        Weights of a layer. Orthogonal ones have norm 1, of any width.
    smoothness : float
        s, from d / 2, the infimum of what makes H^s a space with a reproducing kernel: a bound
        that takes values of f at points needs more, and d / 2 is the least that a width can cost.

    Returns
    -------
    float
        Infinite for a singular matrix: f(W x) is then constant along lines, and its square has no
        integral.

    Raises
    ------
    TypeError, ValueError
        For a matrix that is not square, or a smoothness below d / 2.

    Notes
    -----
    Portable.

    1. Singular values; all come in through their product, the largest once more.
    2. In the frequencies the norm of f is an integral of |F(w)|^2 (1 + |w|^2)^s, and that of f(W x)
       is the integral of |F(w)|^2 (1 + |W'w|^2)^s / |det W|: the largest quotient of the weights,
       max(1, ||W||^2)^s, is approached at high frequencies along the first left singular vector, or
       at frequency zero.

    One singular value decomposition. The layers' norms multiply, and so do those of composition
    with the activations. Those, the norm of the last map, a constant over the root of the number of
    samples, and the further factors that tall or singular matrices need in the paper, are left out:
    this is the part of the bound that the weights of a square layer answer for. Its rival in bounds
    of the other kind (Neyshabur and others, 2015) is the Frobenius norm.

    References
    ----------
    Hashimoto, Sonoda, Ishikawa, Nitanda, Suzuki: Koopman-based generalization bound: new aspect for
    full-rank weights, ICLR (2024), arXiv 2302.05825.

    Notebook: ``notebooks/spectra/04_lipschitz.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> round(koopman_log_norm(np.diag([1.0, 0.25]), smoothness=1.0), 4)  # a half of log 4
    0.6931
    """
    W = check_matrix(W, "W")
    n_rows, n_columns = W.shape
    if n_rows != n_columns:
        raise ValueError(f"W must be square, got shape {(n_rows, n_columns)}")
    s = check_real(smoothness, "smoothness", n_rows / 2)
    xp = array_namespace(W)
    values = to_numpy(xp.linalg.svdvals(W)).tolist()  # step 1
    if values[-1] <= n_rows * eps(W) * values[0]:
        return math.inf
    return s * max(0.0, math.log(values[0])) - sum(map(math.log, values)) / 2  # step 2
