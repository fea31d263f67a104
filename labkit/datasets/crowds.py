"""Many that should agree, and some that do not: flags around a centre, gradients of workers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labkit.checks import check_choice, check_count, check_real
from labkit.random import Rng, as_generator

STRENGTH = 30.0


def contaminated_flags(
    n_flags: int,
    n_features: int,
    *,
    dimensions: Sequence[int],
    contamination: float,
    noise: float = 0.001,
    angle: float | None = None,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw flags near a centre, some of them replaced by outliers.

    Parameters
    ----------
    n_flags, n_features : int
        How many, and of which space.
    dimensions : sequence of int
        Of the nested subspaces, increasing, the last below `n_features`.
    contamination : float
        Share of outliers, from 0 to 1; their number is rounded. With the same `rng` a larger share
        keeps the outliers that there were.
    noise : float
        An inlier is the orthonormal factor of the centre's basis plus this times numbers uniform
        between -1/2 and 1/2.
    angle : float, optional
        Outliers like inliers of another centre, whose first column is turned by this many radians
        out of all subspaces. By default outliers are scattered: inliers of noise 1.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    flags : ndarray, shape (n_flags, n_features, k)
        Orthonormal columns, k the last of the dimensions.
    inlier_mask : ndarray of bool, shape (n_flags,)
        True for flags near the centre.
    basis : ndarray, shape (n_features, k)
        The centre.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host. The scattered outliers and the default noise are the synthetic
    experiment of Mankovich and Birdal (ICCV 2023), who take 100 flags of dimensions (1, 3) in 10.

    Examples
    --------
    >>> flags, inliers, centre = contaminated_flags(
    ...     100, 10, dimensions=(1, 3), contamination=0.1, rng=0
    ... )
    >>> flags.shape, int(inliers.sum()), centre.shape
    ((100, 10, 3), 90, (10, 3))
    """
    check_count(n_flags, "n_flags", 1)
    check_count(n_features, "n_features", 2)
    if not isinstance(dimensions, Sequence) or not dimensions:
        raise TypeError(f"dimensions must be a sequence of integers, got {dimensions!r}")
    ends = [check_count(d, "dimensions", 1, n_features - 1) for d in dimensions]
    if sorted(set(ends)) != ends:
        raise ValueError(f"dimensions must increase, got {tuple(dimensions)!r}")
    contamination = check_real(contamination, "contamination", 0.0, 1.0)
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    k = ends[-1]
    Q = np.linalg.qr(generator.standard_normal((n_features, n_features)))[0]
    basis = Q[:, :k]
    cloud = generator.uniform(-0.5, 0.5, (n_flags, n_features, k))
    outlier = generator.permutation(n_flags) < round(contamination * n_flags)
    other, spread = basis, 1.0
    if angle is not None:
        angle = check_real(angle, "angle")
        turned = np.cos(angle) * Q[:, :1] + np.sin(angle) * Q[:, k : k + 1]
        other, spread = np.concatenate([turned, basis[:, 1:]], axis=1), noise
    where = outlier[:, None, None]
    raw = np.where(where, other, basis) + np.where(where, spread, noise) * cloud
    flags, R = np.linalg.qr(raw)
    return flags * np.sign(np.diagonal(R, axis1=1, axis2=2))[:, None, :], ~outlier, basis


def worker_gradients(
    n_workers: int,
    n_parameters: int,
    *,
    n_liars: int,
    kind: str = "random",
    noise: float = 1.0,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Draw the gradients that workers report, some of whom lie.

    .. math:: g_i = g + s\, z_i, \qquad \|g\| = 1, \quad
              z_i \sim N(0, I / n_\text{parameters})

    Parameters
    ----------
    n_workers, n_parameters : int
        Shape of the answer.
    n_liars : int
        From 0 to `n_workers`. With the same `rng` more liars keep those that there were.
    kind : {"random", "colluding", "flipped"}
        A liar sends thirty times a random direction of length 1, all liars the same one, or minus
        thirty times the gradient that it should have sent.
    noise : float
        s, 0 or larger: the length of the noise relative to the gradient.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    gradients : ndarray, shape (n_workers, n_parameters)
        One gradient a row.
    honest_mask : ndarray of bool, shape (n_workers,)
        True for workers who say what they saw.
    truth : ndarray, shape (n_parameters,)
        g.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> gradients, honest, truth = worker_gradients(15, 1000, n_liars=4, rng=0)
    >>> gradients.shape, int(honest.sum()), truth.shape
    ((15, 1000), 11, (1000,))
    """
    check_count(n_workers, "n_workers", 1)
    check_count(n_parameters, "n_parameters", 1)
    check_count(n_liars, "n_liars", 0, n_workers)
    check_choice(kind, "kind", ("random", "colluding", "flipped"))
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    shape = (n_workers, n_parameters)
    truth = generator.standard_normal(n_parameters)
    truth = truth / np.linalg.norm(truth)
    seen = truth + noise * generator.standard_normal(shape) / np.sqrt(n_parameters)
    lies = generator.standard_normal(shape) / np.sqrt(n_parameters)
    honest = generator.permutation(n_workers) >= n_liars
    said = {"random": lies, "colluding": np.broadcast_to(lies[0], shape), "flipped": -seen}[kind]
    return np.where(honest[:, None], seen, STRENGTH * said), honest, truth
