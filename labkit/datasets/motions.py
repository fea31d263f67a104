"""Trajectories of points on rigid bodies, as an affine camera sees them."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def rigid_motions(
    *, n_motions: int, n_per_motion: int, n_frames: int, noise: float = 0.0, rng: Rng = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Film bodies that turn and travel, and follow points on them.

    .. math:: x_p = (P (R_f q_p + t_f))_{f = 1 \ldots F} = A_{\text{body}} \binom{q_p}{1}, \qquad
              A_{\text{body}} \in \mathbb{R}^{2F \times 4}

    Parameters
    ----------
    n_motions : int
        Bodies, each with a motion of its own, from 1 up.
    n_per_motion : int
        Points q_p that are followed on each body, drawn from the standard normal distribution.
    n_frames : int
        F, from 2 up.
    noise : float
        Standard deviation of each measured coordinate, in radii of the bodies.
    rng : int, Generator or None
        Draws motions, points and noise, from a stream each.

    Returns
    -------
    X : ndarray, shape (n_motions * n_per_motion, 2 * n_frames)
        Rows are trajectories, x and y of each frame in turn. Without noise they span at most four
        dimensions a body; one of them is a standstill, along the body's axis, and standstills of
        all bodies have two dimensions together: three bodies are dependent.
    labels : ndarray of int, shape (n_motions * n_per_motion,)
        The body of each point.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host. The camera P drops the depth; a body turns about an axis of
    its own by up to 0.15 radians a frame and starts within five radii of the middle.

    Examples
    --------
    >>> X, labels = rigid_motions(n_motions=2, n_per_motion=20, n_frames=10, rng=0)
    >>> X.shape, [int(np.linalg.matrix_rank(X[labels == k])) for k in (0, 1)]
    ((40, 20), [4, 4])
    """
    check_count(n_motions, "n_motions", 1)
    check_count(n_per_motion, "n_per_motion", 1)
    check_count(n_frames, "n_frames", 2)
    noise = check_real(noise, "noise", 0.0)
    of_motions, of_points, of_noise = as_generator(rng).spawn(3)
    q = of_points.standard_normal((n_motions, n_per_motion, 3))
    axes = of_motions.standard_normal((n_motions, 1, 3))
    axes /= np.linalg.norm(axes, axis=2, keepdims=True)
    speed = of_motions.uniform(0.05, 0.15, (n_motions, 1))
    place = of_motions.uniform(-5, 5, (n_motions, 1, 2))
    travel = of_motions.uniform(-0.3, 0.3, (n_motions, 1, 2))
    bend = of_motions.uniform(-0.01, 0.01, (n_motions, 1, 2))
    frame = np.arange(n_frames)[:, None, None, None]
    turn = speed[:, :, None] * frame
    along = np.sum(q * axes, axis=2, keepdims=True) * axes
    across = np.cos(turn) * (q - along) + np.sin(turn) * np.cross(axes, q)  # Rodrigues
    seen = (along + across)[..., :2] + place + travel * frame + bend * frame**2
    X = np.moveaxis(seen, 0, 2).reshape(n_motions * n_per_motion, 2 * n_frames)
    X = X + noise * of_noise.standard_normal(X.shape)
    return X, np.repeat(np.arange(n_motions), n_per_motion)
