"""Points on a union of subspaces."""

from __future__ import annotations

import math

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def union_of_subspaces(
    *,
    n_subspaces: int,
    n_dimensions: int,
    n_features: int,
    n_per_subspace: int,
    angle: float | None = None,
    n_shared: int = 0,
    noise: float = 0.0,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw unit vectors from subspaces, uniformly in each, with noise added.

    .. math:: x = U_k z + \frac{s}{\sqrt{D}} w, \quad \|z\| = 1, \; w \sim N(0, I), \qquad
              \text{given an angle: } U_k^\top U_l = \cos\theta \, I \; (k \ne l)

    Parameters
    ----------
    n_subspaces : int
        From 1 up.
    n_dimensions : int
        d of each, from 1 to n_features.
    n_features : int
        D. Random subspaces are independent if n_subspaces n_dimensions is at most D.
    n_per_subspace : int
        Points of each; more leave the first ones of a subspace where they are.
    angle : float, optional
        theta, from 0 to pi / 2, of all principal angles of all pairs; it needs D of at least
        (n_subspaces + 1) n_dimensions. By default the subspaces are uniformly random.
    n_shared : int
        Dimensions that random subspaces have in common, from 0 to n_dimensions.
    noise : float
        s, the root of the mean square of the noise, relative to the points' norm 1.
    rng : int, Generator or None
        Draws subspaces, then points, then noise, from a stream each: the noise leaves the points
        as they are, and the points leave the subspaces.

    Returns
    -------
    X : ndarray, shape (n_subspaces * n_per_subspace, n_features)
        Subspace by subspace.
    labels : ndarray of int, shape (n_subspaces * n_per_subspace,)
        The subspace of each point.

    Raises
    ------
    TypeError, ValueError
        For bad values; both an angle and shared dimensions; too few features for an angle.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, labels = union_of_subspaces(
    ...     n_subspaces=2, n_dimensions=2, n_features=5, n_per_subspace=9, rng=0
    ... )
    >>> [int(np.linalg.matrix_rank(X[labels == k])) for k in (0, 1)]
    [2, 2]
    """
    check_count(n_subspaces, "n_subspaces", 1)
    check_count(n_features, "n_features", 1)
    d = check_count(n_dimensions, "n_dimensions", 1, n_features)
    check_count(n_per_subspace, "n_per_subspace", 1)
    check_count(n_shared, "n_shared", 0, d)
    noise = check_real(noise, "noise", 0.0)
    of_subspaces, of_points, of_noise = as_generator(rng).spawn(3)
    if angle is not None:
        angle = check_real(angle, "angle", 0.0, math.pi / 2)
        if n_shared:
            raise ValueError(f"n_shared must be 0 where an angle is given, got {n_shared}")
        if n_features < (n_subspaces + 1) * d:
            raise ValueError(
                f"n_features must be at least {(n_subspaces + 1) * d} for {n_subspaces} subspaces "
                f"of dimension {d} at one angle, got {n_features}"
            )
        frame = np.linalg.qr(of_subspaces.standard_normal((n_features, (n_subspaces + 1) * d))).Q
        common, *own = np.split(frame, n_subspaces + 1, axis=1)
        cosine = math.cos(angle)
        bases = [math.sqrt(cosine) * common + math.sqrt(1 - cosine) * V for V in own]
    else:
        common = of_subspaces.standard_normal((n_features, n_shared))
        draws = of_subspaces.standard_normal((n_subspaces, n_features, d - n_shared))
        bases = [np.linalg.qr(np.hstack([common, draw])).Q for draw in draws]
    streams = of_points.spawn(n_subspaces)
    Z = np.stack([stream.standard_normal((n_per_subspace, d)) for stream in streams])
    Z /= np.linalg.norm(Z, axis=2, keepdims=True)
    X = np.concatenate([z @ basis.T for z, basis in zip(Z, bases, strict=True)])
    X += noise / math.sqrt(n_features) * of_noise.standard_normal(X.shape)
    return X, np.repeat(np.arange(n_subspaces), n_per_subspace)
