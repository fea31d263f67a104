"""Groups of samples that hide in many features: shells, blobs, or no groups at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.checks import check_choice, check_count
from labkit.random import Rng, as_generator

KINDS = ("shells", "blobs", "none")
RADII = (0.4, 1.6, 2.8)
NOISE = 0.1


@dataclass(frozen=True)
class HiddenGroups:
    """Samples and the groups that they were drawn from.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_features)
        The samples.
    labels : ndarray of int, shape (n_samples,)
        0, 1, 2 by turns; without meaning where there are no groups.
    """

    X: np.ndarray
    labels: np.ndarray


def hidden_groups(kind: str, n_samples: int, n_features: int, *, rng: Rng = None) -> HiddenGroups:
    """Return samples that three hidden numbers determine, up to noise.

    Parameters
    ----------
    kind : {"shells", "blobs", "none"}
        The three hidden numbers are a point: on one of three nested spheres, which no plane
        separates; in one of three round heaps on three axes; or standard normal, without groups.
    n_samples : int
        A third of them in each group.
    n_features : int
        At least 3. Features are random orthogonal mixtures of the three numbers, plus normal noise
        of standard deviation 0.1 each.
    rng : int, Generator or None
        Draws points, mixtures and noise; all kinds have the same mixtures and noise.

    Returns
    -------
    HiddenGroups
        See there.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> hidden_groups("shells", 30, 8, rng=0).X.shape
    (30, 8)
    """
    check_choice(kind, "kind", KINDS)
    n = check_count(n_samples, "n_samples", 1)
    p = check_count(n_features, "n_features", 3)
    draw = as_generator(rng)
    mixture = np.linalg.qr(draw.standard_normal((p, 3)))[0]
    noise = NOISE * draw.standard_normal((n, p))
    hidden, labels = draw.standard_normal((n, 3)), np.arange(n) % 3
    if kind == "shells":
        hidden *= np.array(RADII)[labels, None] / np.linalg.norm(hidden, axis=1, keepdims=True)
    elif kind == "blobs":
        hidden = 3 * np.eye(3)[labels] + 0.6 * hidden
    return HiddenGroups(hidden @ mixture.T + noise, labels)
