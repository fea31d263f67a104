"""The density of all eigenvalues of an operator that can only be multiplied by.

Papers: empirical-analysis-hessian-over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, is_array
from labkit.checks import check_array, check_count, check_real, check_same_device
from labkit.linalg import lanczos
from labkit.random import Rng, as_generator, standard_normal


@dataclass(frozen=True)
class LanczosDensity:
    """A spectrum as a few weighted values for each probe.

    Attributes
    ----------
    density : Array, shape (n_points,)
        On the grid, smoothed; it integrates to 1.
    grid : Array, shape (n_points,)
        Where.
    nodes : Array, shape (n_probes, n_steps)
        Each probe's Ritz values, rising. The outermost are near eigenvalues.
    weights : Array, shape (n_probes, n_steps)
        The share of the spectrum that each stands for; rows sum to 1. A probe whose recurrence
        broke down early repeats its last node with weight 0.
    resolution : float
        Standard deviation of the Gaussian bump that each node became.
    """

    density: Array
    grid: Array
    nodes: Array
    weights: Array
    resolution: float


def lanczos_density(
    operator: Callable[[Array], Array],
    like: Array,
    *,
    grid: Array | None = None,
    resolution: float | None = None,
    n_probes: int = 8,
    n_steps: int = 60,
    rng: Rng = None,
) -> LanczosDensity:
    r"""Return the spectral density of a symmetric operator by stochastic Lanczos quadrature.

    .. math:: \hat\varphi(x) = \frac1m \sum_{p=1}^m \sum_{j=1}^k w_{pj} \,
              N(x; \lambda_{pj}, h^2) \;\approx\;
              \frac1n \sum_{i=1}^n N(x; \lambda_i(A), h^2)

    Parameters
    ----------
    operator : callable
        v -> A v for a symmetric A, as for `labkit.linalg.lanczos`.
    like : Array, shape (n,)
        A floating vector that A takes: it decides size, namespace, device and dtype.
    grid : Array, shape (n_points,), optional
        Where the density is wanted; by default 400 points over all nodes and four resolutions more.
    resolution : float, optional
        h, above 0: what lies closer together than this looks like one bump. By default a hundredth
        of the range of the nodes, or 1 if they have none.
    n_probes : int
        m, random starts. The error falls like one over its root.
    n_steps : int
        k, products for each start; at most n are made.
    rng : int, Generator or None
        Draws the starts.

    Returns
    -------
    LanczosDensity
        The smoothed density, and nodes and weights for any other function of the spectrum: the
        mean over probes of sum(weights * g(nodes)) estimates the mean of g over all eigenvalues.

    Raises
    ------
    TypeError, ValueError
        For bad values, or an operator that is no symmetric one.

    Notes
    -----
    Portable; draws on the host.

    1. Starts: normal vectors, so that only the spectrum matters and not the eigenvectors.
    2. Lanczos from each. The Ritz values with the squares of the first entries of the eigenvectors
       of T are Gauss's quadrature for the spectrum as that start sees it: exact for polynomials
       of degree 2 k - 1 (Golub and Welsch).
    3. Smooth and average.

    m k products with A. Two errors: quadrature, which shows as bumps where a smooth bulk has more
    eigenvalues than nodes, and chance. With exact quadrature the mean of g has over the draws the
    variance 2 var(g) / (m (n + 2)), with var(g) that over the eigenvalues: the squares of the
    entries of a random unit vector are Dirichlet(1/2, ..., 1/2). A few eigenvalues of many
    therefore have the right place and a weight that is off by a factor.

    Starts of random signs, common as well, have no larger variance than 2 mean(g^2) / (m n), but
    one that depends on the eigenvectors. Ghorbani and others scale A to [-1, 1] first; Lanczos
    needs no range.

    References
    ----------
    Ubaru, Chen, Saad: Fast estimation of tr(f(A)) via stochastic Lanczos quadrature, SIAM J. Matrix
    Anal. Appl. 38 (2017).

    Ghorbani, Krishnan, Xiao: An investigation into neural net optimization via Hessian eigenvalue
    density, ICML (2019).

    Notebook: ``notebooks/spectra/06_hessians.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> scale = np.repeat([1.0, 3.0], [32, 8])
    >>> found = lanczos_density(lambda v: scale * v, np.zeros(40), n_probes=200, rng=0)
    >>> found.nodes[0, :2].round(6).tolist(), round(float(found.weights.mean(axis=0)[0]), 1)
    ([1.0, 3.0], 0.8)
    """
    if not is_array(like):
        raise TypeError(f"like must be a floating vector, got {type(like).__name__}")
    xp = array_namespace(like)
    if not xp.isdtype(like.dtype, "real floating"):
        raise TypeError(f"like must be a floating vector, got dtype {like.dtype}")
    if like.ndim != 1 or like.shape[0] < 1:
        raise ValueError(f"like must be a vector, got shape {tuple(like.shape)}")
    if grid is not None:
        grid = check_array(grid, "grid", n_dims=1)
        check_same_device(like=like, grid=grid)
    if resolution is not None:
        resolution = check_real(resolution, "resolution", 0.0, open_low=True)
    n_probes, n_steps = check_count(n_probes, "n_probes", 1), check_count(n_steps, "n_steps", 1)
    generator = as_generator(rng)
    n = like.shape[0]
    n_steps = min(n_steps, n)
    nodes, weights = [], []
    for _ in range(n_probes):
        start = standard_normal(generator, n, like=like)  # step 1
        found = lanczos(operator, start, n_steps=n_steps)  # step 2
        missing = xp.zeros(n_steps - found.values.shape[0], dtype=like.dtype, device=device(like))
        nodes.append(xp.concat([found.values, missing + found.values[-1]]))
        weights.append(xp.concat([found.rotation[0, :] ** 2, missing]))
    x, w = xp.stack(nodes), xp.stack(weights)
    w = w / xp.sum(w, axis=1, keepdims=True)
    low, high = float(xp.min(x)), float(xp.max(x))
    h = resolution or (high - low) / 100 or 1.0
    if grid is None:
        places = [low - 4 * h + i * (high - low + 8 * h) / 399 for i in range(400)]
        grid = xp.asarray(places, dtype=like.dtype, device=device(like))
    flat, shares = xp.reshape(x, (-1,)), xp.reshape(w, (-1,)) / n_probes
    bumps = xp.exp(-(((grid[:, None] - flat[None, :]) / h) ** 2) / 2)  # step 3
    density = bumps @ shares / (h * math.sqrt(2 * math.pi))
    return LanczosDensity(density, grid, x, w, h)
