"""Random walks, with momentum, a restoring force or drift if asked for.

Papers: pca-high-dimensional-random.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def random_walk(
    n_dimensions: int,
    *,
    momentum: float = 0.0,
    restoring: float = 0.0,
    drift: float = 0.0,
    rng: Rng = None,
) -> Iterator[np.ndarray]:
    r"""Return a generator of the states of a random walk that starts at the origin, at rest.

    .. math:: v_t = \mu v_{t-1} + \delta + \xi_t, \qquad x_t = (1 - a) x_{t-1} + v_t, \qquad
              \xi_t \sim N(0, I)

    Parameters
    ----------
    n_dimensions : int
        Dimensions of the space, D.
    momentum : float
        The velocity's memory, from 0 (none) to below 1.
    restoring : float
        The pull to the origin, from 0 (none) to 1 (no memory of the position).
    drift : float
        A constant push in each dimension, in units of the noise's standard deviation.
    rng : int, Generator or None
        The noise.

    Returns
    -------
    iterator of ndarray, shape (n_dimensions,)
        Endless; first the origin, then a new array for each step. Run it with `labkit.trace.trace`.

    Raises
    ------
    TypeError, ValueError
        For parameters that are not numbers or out of range, at the call.

    Notes
    -----
    Host: data are made on the host. `labkit.pca.trajectory_spectrum` describes the same walk in
    the limit of many dimensions. With `restoring` a > 0 and no momentum or drift the distance from
    the origin settles at sqrt(D / (1 - (1 - a)^2)).

    References
    ----------
    Antognini, Sohl-Dickstein: PCA of high dimensional random walks with comparison to neural
    network training, NeurIPS 2018.

    Notebook: ``notebooks/pca/02_random_walks.ipynb``.

    Examples
    --------
    >>> from labkit.trace import trace
    >>> run = trace(random_walk(500, rng=0), n_steps=20, record={"state": lambda x: x})
    >>> run["state"].shape
    (21, 500)
    """
    check_count(n_dimensions, "n_dimensions", 1)
    momentum = check_real(momentum, "momentum", 0.0, 1.0, open_high=True)
    restoring = check_real(restoring, "restoring", 0.0, 1.0)
    drift = check_real(drift, "drift")
    return _states(n_dimensions, momentum, restoring, drift, as_generator(rng))


def _states(
    n_dimensions: int,
    momentum: float,
    restoring: float,
    drift: float,
    generator: np.random.Generator,
) -> Iterator[np.ndarray]:
    """Yield the states; apart from `random_walk` so that bad input is refused at the call."""
    state = np.zeros(n_dimensions)
    velocity = np.zeros(n_dimensions)
    while True:
        yield state
        velocity = momentum * velocity + drift + generator.standard_normal(n_dimensions)
        state = (1 - restoring) * state + velocity
