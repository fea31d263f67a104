"""Persons in groups, each known by a noisy table with holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


@dataclass(frozen=True, eq=False)
class Individuals:
    """What `clustered_individuals` draws.

    Attributes
    ----------
    M : ndarray, shape (n_samples, n_features)
        The table with noise, zeros where nothing was observed.
    observed : ndarray of bool, shape (n_samples, n_features)
        The mask.
    truth : ndarray, shape (n_samples, n_features)
        The table without noise and holes.
    clusters : ndarray of int, shape (n_samples,)
        The group of each person.
    target : ndarray, shape (n_samples,)
        A linear function of the truth, of variance 1 over many draws.
    """

    M: np.ndarray
    observed: np.ndarray
    truth: np.ndarray
    clusters: np.ndarray
    target: np.ndarray


def clustered_individuals(
    n_samples: int,
    n_features: int,
    *,
    rank: int,
    n_clusters: int,
    observed_share: float,
    noise: float,
    spread: float = 0.3,
    n_minority: int = 0,
    rng: Rng = None,
) -> Individuals:
    """Draw individuals in groups, in a latent space of few dimensions.

    Parameters
    ----------
    n_samples, n_features : int
        Of the table.
    rank : int
        Dimensions of the latent space, from 1 to n_features.
    n_clusters : int
        Groups, of random centres at one distance from the origin.
    observed_share : float
        Probability that an entry is observed, above 0 and at most 1. Each row shows at least one.
    noise : float
        Standard deviation of the noise on observed entries.
    spread : float
        Distance of an individual from its centre, relative to the centre's length.
    n_minority : int
        The last so many individuals are replaced by equal ones: entries 1 or -1, in a direction
        that nobody else has, target 2, group number `n_clusters`; at most n_samples.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    Individuals
        Entries of the truth have mean square about ``1 + spread**2``.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> people = clustered_individuals(
    ...     40, 30, rank=2, n_clusters=4, observed_share=0.5, noise=0.1, rng=0
    ... )
    >>> people.M.shape, int(np.linalg.matrix_rank(people.truth))
    ((40, 30), 2)
    """
    check_count(n_samples, "n_samples", 1)
    check_count(n_features, "n_features", 1)
    check_count(rank, "rank", 1, n_features)
    check_count(n_clusters, "n_clusters", 1)
    share = check_real(observed_share, "observed_share", 0.0, 1.0, open_low=True)
    noise = check_real(noise, "noise", 0.0)
    spread = check_real(spread, "spread", 0.0)
    check_count(n_minority, "n_minority", 0, n_samples)
    generator = as_generator(rng)
    centres = generator.standard_normal((n_clusters, rank))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    clusters = generator.integers(0, n_clusters, n_samples)
    latent = centres[clusters]
    latent = latent + spread * generator.standard_normal(latent.shape) / rank**0.5
    taste = generator.standard_normal(rank)
    features = generator.standard_normal((n_features, rank))
    features *= rank**0.5 / np.linalg.norm(features, axis=1, keepdims=True)
    own = generator.choice([-1.0, 1.0], n_features)
    mask = generator.random((n_samples, n_features)) < share
    mask[np.arange(n_samples), generator.integers(0, n_features, n_samples)] = True
    errors = noise * generator.standard_normal(mask.shape)
    truth = latent @ features.T
    target = latent @ taste
    if n_minority:
        truth[-n_minority:] = own
        clusters[-n_minority:] = n_clusters
        target[-n_minority:] = 2.0
    return Individuals(np.where(mask, truth + errors, 0.0), mask, truth, clusters, target)
