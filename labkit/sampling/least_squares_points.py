"""Points for weighted least squares: drawn independently, or with features that repel each other.

The optimal density for independent points is known. But independent points clump, and least squares
through a clump knows little. Points of a determinantal process keep apart: not in space but in what
the basis functions say of them.

Papers: weighted-least-squares-approximation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_array, check_choice, check_count, check_matrix, check_same_device
from labkit.random import Rng, as_generator

WAYS = ("independent", "volume", "repeated")


@dataclass(frozen=True)
class LeastSquaresPoints:
    """Points and the weights that belong to them.

    Attributes
    ----------
    points : Array of int, shape (n_samples,)
        Indices of the points in the order of the draw; a point may come more than once.
    weights : Array, shape (n_samples,)
        Of the squares in the fit: ``m / |phi(x)|^2``.
    """

    points: Array
    weights: Array


def least_squares_points(
    features: Array, measure: Array, *, n_samples: int, way: str = "repeated", rng: Rng = None
) -> LeastSquaresPoints:
    r"""Draw points and weights for a fit in the span of orthonormal functions.

    .. math:: \nu(x) = \frac{\|\varphi(x)\|^2}{m} \mu(x), \qquad w = \frac{m}{\|\varphi\|^2}, \qquad
              \hat f = \arg\min_{v \in V_m} \frac1n \sum_{i=1}^n w(x_i) (f(x_i) - v(x_i))^2

    Parameters
    ----------
    features : Array, shape (n_points, m)
        phi, the basis functions at the points of a fine grid, orthonormal for the measure.
    measure : Array, shape (n_points,)
        mu, the mass of each point, positive, for example the weights of Gauss quadrature.
    n_samples : int
        n, for ``"volume"`` from m up.
    way : {"independent", "volume", "repeated"}
        Independent points from nu; one determinantal sample of m points, the rest independent,
        shuffled; or one determinantal sample after another, the last cut where n is reached.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    LeastSquaresPoints
        Every point, whatever the way, has the law nu.

    Raises
    ------
    TypeError, ValueError
        For bad values; features that are not orthonormal for the measure to 1e-3 (float32: 1e-2).

    Notes
    -----
    Host: points are drawn one after another, each with a density that depends on those before.

    1. The density of the first point is nu. After each point, its feature vector is projected out
       of those of all others (Gram and Schmidt): the squared norms that remain are the density of
       the next. After m points nothing remains.
    2. Independent points are drawn from nu by inversion.

    n_points m^2 flops for a determinantal sample, on a grid that stands for the domain; the error
    of the fit is then the error on the grid. These are the strategies of Nouy and Michel (2023):
    optimal i.i.d., generalised volume sampling, independent repetitions of a projection DPP.
    Left out: the
    conditioning (redraw while the Gram matrix is far from the identity) and sampling on continuous
    domains. Only the abstract was read.

    References
    ----------
    Nouy, Michel: Weighted least-squares approximation with determinantal point processes and
    generalized volume sampling, arXiv:2312.14057 (2023).

    Derezinski, Warmuth, Hsu: Leveraged volume sampling for linear regression, NeurIPS (2018).

    Notebook: ``notebooks/sampling/05_weighted_least_squares.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = least_squares_points(2 * np.eye(4), np.full(4, 0.25), n_samples=8, rng=0)
    >>> sorted(drawn.points[:4].tolist()), drawn.weights.tolist()[:2]
    ([0, 1, 2, 3], [1.0, 1.0])
    """
    features = check_matrix(features, "features")
    measure = check_array(measure, "measure", n_dims=1)
    check_same_device(features=features, measure=measure)
    n_points, m = features.shape
    if measure.shape[0] != n_points:
        raise ValueError(f"measure must have {n_points} entries, got {measure.shape[0]}")
    check_choice(way, "way", WAYS)
    n = check_count(n_samples, "n_samples", m if way == "volume" else 1)
    phi, mu = to_numpy(features).astype(float), to_numpy(measure).astype(float)
    if mu.min() <= 0:
        raise ValueError(f"measure must be positive, got {mu.min():g}")
    xp = array_namespace(features)
    rows = phi * np.sqrt(mu)[:, None]
    off = np.abs(rows.T @ rows - np.eye(m)).max()
    if off > (1e-3 if features.dtype == xp.float64 else 1e-2):
        raise ValueError(f"features must be orthonormal for the measure, got {off:g} off")
    generator = as_generator(rng)
    if way == "repeated":
        draws = [_determinantal(rows, generator) for _ in range(-(-n // m))]
        points = np.concatenate(draws)[:n]
    else:
        first = _determinantal(rows, generator) if way == "volume" else np.zeros(0, dtype=int)
        density = np.cumsum(np.sum(rows**2, axis=1))
        coins = generator.random(n - len(first)) * density[-1]
        others = np.searchsorted(density, coins, side="right")  # step 2
        points = generator.permutation(np.concatenate([first, others]))
    weights = m / np.sum(phi[points] ** 2, axis=1)
    moved = from_numpy(weights, like=features)
    return LeastSquaresPoints(
        points=from_numpy(points, like=features),
        weights=xp.astype(moved, features.dtype, copy=False),
    )


def _determinantal(rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw m points of the projection process whose kernel is the inner product of the rows."""
    columns = np.ascontiguousarray(rows.T)
    m, n_points = columns.shape
    density = np.sum(columns**2, axis=0)
    directions, points = np.zeros((m, n_points)), np.zeros(m, dtype=int)
    for i in range(m):  # step 1
        total = np.cumsum(density)
        point = int(np.searchsorted(total, generator.random() * total[-1], side="right"))
        points[i] = point
        row = columns[:, point] @ columns - directions[:i, point] @ directions[:i]
        directions[i] = row / np.sqrt(row[point])
        density = np.maximum(density - directions[i] ** 2, 0.0)
        density[points[: i + 1]] = 0.0
    return points
