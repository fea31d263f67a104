"""A matrix of Wishart form seen in noise: keep its eigenvectors, correct its eigenvalues.

Papers: bayes-optimal-learning-extensive.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_real, check_symmetric
from labkit.sensing._free_sum import remaining, stieltjes


@dataclass(frozen=True)
class DenoisedMatrix:
    """What `wishart_denoiser` returns.

    Attributes
    ----------
    matrix : Array, shape (d, d)
        The estimate.
    expected_error : float
        Mean of ``||estimate - S||_F^2 / d`` for large d.
    """

    matrix: Array
    expected_error: float


def wishart_denoiser(R: Array, *, aspect_ratio: float, noise_variance: float) -> DenoisedMatrix:
    r"""Return the best estimate of a Wishart matrix among those with the eigenvectors of R.

    .. math:: R = S + Z = \sum_i \lambda_i u_i u_i^\top, \qquad
              \hat S = \sum_i \bigl(\lambda_i - 2 s^2 h(\lambda_i)\bigr) u_i u_i^\top

    Parameters
    ----------
    R : Array, shape (d, d)
        Symmetric: ``S = W W^T / m`` with normal W of shape (d, m), plus symmetric normal noise with
        entries of variance ``noise_variance / d``, twice that on the diagonal.
    aspect_ratio : float
        m / d, above 0.
    noise_variance : float
        s^2, above 0.

    Returns
    -------
    DenoisedMatrix
        Symmetric; a small negative eigenvalue is possible.

    Raises
    ------
    TypeError, ValueError
        For bad values, or an R that is not symmetric.

    Notes
    -----
    Portable; a correction for each eigenvalue is computed on the host.

    1. Eigenvalues and eigenvectors of R.
    2. h is the real part of the Stieltjes transform of the spectrum of R for large d, a root of a
       cubic. Outside the support of that spectrum it is the root that falls there.
    3. Correct the eigenvalues.

    Cost: one eigendecomposition. It is the Bayes-optimal estimate for large d, since S has no
    preferred directions (Bun, Allez, Bouchaud and Potters, 2016). For labels of a network, which
    are no such R, see `quadratic_message_passing`.

    References
    ----------
    Bun, Allez, Bouchaud, Potters: Rotational invariant estimator for general noisy matrices, IEEE
    Trans. Information Theory 62 (2016).

    Notebook: ``notebooks/sensing/18_quadratic_network.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> W, Z = rng.standard_normal((80, 40)), rng.standard_normal((80, 80))
    >>> S, noise = W @ W.T / 40, (Z + Z.T) / np.sqrt(2 * 80)
    >>> found = wishart_denoiser(S + noise, aspect_ratio=0.5, noise_variance=1.0)
    >>> bool(np.sum((found.matrix - S) ** 2) < 0.6 * np.sum(noise**2))
    True
    """
    R = check_symmetric(R, "R")
    kappa = check_real(aspect_ratio, "aspect_ratio", 0.0, open_low=True)
    s2 = check_real(noise_variance, "noise_variance", 0.0, open_low=True)
    xp = array_namespace(R)
    values, U = xp.linalg.eigh((R + xp.matrix_transpose(R)) / 2)  # step 1
    host = to_numpy(values)
    h, _ = stieltjes(host.astype("float64"), kappa, s2)  # step 2
    corrected = from_numpy((host - 2 * s2 * h).astype(host.dtype), like=values)
    return DenoisedMatrix(  # step 3
        (U * corrected) @ xp.matrix_transpose(U), s2 * remaining(kappa, s2)
    )
