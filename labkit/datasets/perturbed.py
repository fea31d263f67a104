"""A matrix completion problem with minima that are known and wrong."""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_real
from labkit.sensing import DenseMeasurements, SensingProblem


def perturbed_completion(magnitudes: Array, *, visibility: float) -> SensingProblem:
    """Make a completion problem of rank 1 in which each choice of signs is nearly an answer.

    The truth is ``z z'`` with ``z = (m_1, 0, m_2, 0, ..., m_k)``. Seen in full are the diagonal and
    the rows and columns of the zeros. The products ``m_i m_j``, which alone tell signs, are seen
    with a small weight, their visibility.

    Parameters
    ----------
    magnitudes : Array, shape (k,)
        m, above 0, at least two.
    visibility : float
        Weight of the entries that tell signs, from 0 (then any signs fit) to 1 (all is seen).

    Returns
    -------
    SensingProblem
        With 2 k - 1 rows and one measurement an entry, by a symmetric matrix; on the host.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    For a small visibility there is a minimum near z with any pattern of signs: ``2^(k-1) - 1``
    wrong ones, up to the sign of the whole. The construction is the one that Ma, Molybog, Lavaei
    and Sojoudi (2023) take over, with magnitudes other than 1 allowed.

    Examples
    --------
    >>> problem = perturbed_completion(np.array([1.0, 2.0]), visibility=0.1)
    >>> problem.truth.tolist()
    [[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 4.0]]
    """
    m = to_numpy(check_array(magnitudes, "magnitudes", n_dims=1, min_shape=(2,)))
    if np.any(m <= 0):
        raise ValueError(f"magnitudes must be above 0, got {m.min():g}")
    visibility = check_real(visibility, "visibility", 0.0, 1.0)
    n = 2 * len(m) - 1
    z = np.zeros(n)
    z[::2] = m
    odd = np.arange(n) % 2 == 0
    hidden = odd[:, None] & odd[None, :] & ~np.eye(n, dtype=bool)
    entries = np.diag(np.where(hidden, visibility, 1.0).ravel()).reshape(-1, n, n)
    matrices = (entries + entries.transpose(0, 2, 1)) / 2
    A = DenseMeasurements(matrices.reshape(n * n, n * n), (n, n))
    truth = np.outer(z, z)
    return SensingProblem(A, A.apply(truth), truth)
