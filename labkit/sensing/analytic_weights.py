"""Weights of an unrolled network without training: least correlated with the dictionary.

Papers: hyperparameter-tuning-need-lista, which takes them over from ALISTA.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_array


def analytic_weights(A: Array) -> Array:
    r"""Return the matrix W that sees each atom once and all others as little as possible.

    .. math:: \min_W \; \| W^\top A \|_F^2 \quad\text{with}\quad w_i^\top a_i = 1

    Parameters
    ----------
    A : Array, shape (n_measurements, n_features)
        Dictionary of full row rank, its columns a_i not zero.

    Returns
    -------
    Array, shape (n_measurements, n_features)
        W, in place of A in the step ``x + W^T (b - A x)``.

    Raises
    ------
    TypeError, ValueError
        For bad values, also if A has not full row rank.

    Notes
    -----
    Portable.

    1. ``V = (A A^T)^-1 A``, which minimises each column but for its scale.
    2. Divide column i by ``v_i^T a_i``, which is positive.

    Each column is a least-squares problem with one condition, so Lagrange gives the exact answer:
    two products of n_measurements^2 n_features flops and one system. Of Chen et al. (2021) the
    abstract was read; their code, known by description, has a symmetric variant, left out here.

    References
    ----------
    Chen, Liu, Wang, Yin: Hyperparameter tuning is all you need for LISTA, NeurIPS (2021).

    Liu, Chen, Wang, Yin: ALISTA: analytic weights are as good as learned weights in LISTA, ICLR
    (2019).

    Notebook: ``notebooks/sensing/12_unrolled.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> (analytic_weights(A) * A).sum(axis=0).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    A = check_array(A, "A", n_dims=2)
    xp = array_namespace(A)
    values = xp.linalg.svdvals(A)
    if A.shape[0] > A.shape[1] or float(values[-1]) <= A.shape[1] * eps(A) * float(values[0]):
        raise ValueError(f"A must have full row rank, got shape {tuple(A.shape)} of a lower rank")
    V = xp.linalg.solve(A @ xp.matrix_transpose(A), A)  # step 1
    scale = xp.sum(V * A, axis=0)
    if float(xp.min(scale)) <= 0.0:
        raise ValueError("A must not have columns of zeros, got one")
    return V / scale  # step 2
