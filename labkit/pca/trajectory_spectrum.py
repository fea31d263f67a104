"""What PCA shows of a long walk through many dimensions: cosines of time, whatever the walk did.

Run PCA on the states of a random walk and the projections look like a designed curve: half a wave,
a whole wave, one and a half. In the limit of many dimensions the Gram matrix of the states stops
being random, so its spectrum can be written down. A trajectory of training that shows the same
picture has not thereby shown any structure.

Papers: pca-high-dimensional-random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array
from labkit.checks import check_count, check_real


@dataclass(frozen=True)
class TrajectorySpectrum:
    """What PCA sees in a walk through infinitely many dimensions.

    Attributes
    ----------
    explained_variance_ratio : ndarray, shape (n_states - 1,)
        The share of the variance over time that each component carries, descending.
    curves : ndarray, shape (n_states - 1, n_states)
        The walk's projection on each component as a function of time: unit norm, mean zero, the
        first entry not negative.
    eigenvalues : ndarray, shape (n_states - 1,)
        Of the centred Gram matrix divided by the number of dimensions, for steps of variance 1 in
        each dimension. The component's scores are ``sqrt(n_dimensions * eigenvalue) * curve``.
    """

    explained_variance_ratio: Array
    curves: Array
    eigenvalues: Array


def trajectory_spectrum(
    n_states: int, *, momentum: float = 0.0, restoring: float = 0.0, drift: float = 0.0
) -> TrajectorySpectrum:
    r"""Return the PCA spectrum of a walk of n_states states in the limit of many dimensions.

    .. math:: v_t = \mu v_{t-1} + \delta + \xi_t, \qquad x_t = (1 - a) x_{t-1} + v_t, \qquad
              \lim_{D \to \infty} \tfrac1D X_c X_c^\top = C F F^\top C

    Parameters
    ----------
    n_states : int
        States in the window, T, the start included; at least 2. There are T - 1 steps.
    momentum : float
        The velocity's memory, from 0 (none) to below 1.
    restoring : float
        The pull to the origin, from 0 (none: a walk) to 1 (the position has no memory: noise).
    drift : float
        A constant push in each dimension, in units of the noise's standard deviation; any sign.

    Returns
    -------
    TrajectorySpectrum
        NumPy arrays.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not numbers or out of range.

    Notes
    -----
    Host: no array comes in, so there is no namespace to follow. The walk starts at the origin at
    rest, x_0 = 0 and v_0 = 0, as `labkit.datasets.random_walk` does, and the noise has variance 1
    in each dimension. The start drops out when `restoring` is 0, for a common offset is centred
    away. C is the centring matrix of T states.

    1. Without momentum, restoring and drift, F holds ones on and below the diagonal, and the
       inverse of C F F^T C on the centred vectors is the Laplacian of a path with free ends, hence
       lambda_k = 1 / (2 - 2 cos(pi k / T)) with curve sqrt(2 / T) cos(pi k (t + 1/2) / T). Their
       sum is (T^2 - 1) / 6, and the shares tend to 6 / (pi k)^2: 61, 15, 7, 4 per cent.
    2. Otherwise the columns of F are the walk's answers to unit steps at times 1 to T - 1, and
       its answer to the drift; the singular values and vectors of C F are exact up to rounding,
       at O(T^3) flops.

    In D dimensions each leading share rho_k spreads around the limit with standard deviation
    sqrt(2 / D) rho_k sqrt((1 - rho_k)^2 + sum of the other rho_l^2), to first order: 0.37 / sqrt(D)
    for the first share of a plain walk. Small eigenvalues need D well above T. With `restoring` a
    and neither momentum nor drift the walk does not come back to the origin: its distance settles
    at sqrt(D / (1 - (1 - a)^2)), and over a window much longer than 1 / a the shares lose the
    1 / k^2 law.

    The paper takes momentum and restoring force one at a time and in the limit of long windows;
    here they are exact for each T and may be combined. A public note on the paper reports its
    denominator for finite T as misprinted; the sum in step 1 is derived here. The paper finds that
    trained networks resemble a walk with drift, their first share exceeding 61 per cent; the
    kernel with drift is ours.

    References
    ----------
    Antognini, Sohl-Dickstein: PCA of high dimensional random walks with comparison to neural
    network training, NeurIPS 2018.

    Notebook: ``notebooks/pca/02_random_walks.ipynb``.

    Examples
    --------
    >>> trajectory_spectrum(1000).explained_variance_ratio[:3].round(3)
    array([0.608, 0.152, 0.068])
    """
    T = check_count(n_states, "n_states", 2)
    momentum = check_real(momentum, "momentum", 0.0, 1.0, open_high=True)
    restoring = check_real(restoring, "restoring", 0.0, 1.0)
    drift = check_real(drift, "drift")

    if momentum == restoring == drift == 0:  # step 1
        waves = np.pi * np.arange(1, T) / T
        eigenvalues = 1 / (4 * np.sin(waves / 2) ** 2)
        curves = np.sqrt(2 / T) * np.cos(np.outer(waves, np.arange(T) + 0.5))
    else:  # step 2
        F = np.zeros((T, T))
        velocity = np.zeros(T)
        for t in range(1, T):
            velocity = momentum * velocity
            velocity[t - 1] += 1.0
            velocity[T - 1] += drift
            F[t] = (1 - restoring) * F[t - 1] + velocity
        U, s, _ = np.linalg.svd(F - F.mean(axis=0), full_matrices=False)
        eigenvalues, curves = s[: T - 1] ** 2, U[:, : T - 1].T
        curves = np.where(curves[:, :1] < 0, -curves, curves)
    return TrajectorySpectrum(eigenvalues / eigenvalues.sum(), curves, eigenvalues)
