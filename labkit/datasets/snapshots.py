"""Solutions of three equations at random parameters: what reduced-order models compress."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.checks import check_choice, check_count, check_real
from labkit.random import Rng, as_generator

EQUATIONS = ("advection", "heat", "burgers")
WIDTH = 0.05
"""Standard deviation of the pulse that is carried along, in lengths of the interval."""
VISCOSITY = 0.002
"""Of the Burgers equation."""
LARGEST_MASS = 0.04
"""Of the source that the Burgers equation spreads: a Reynolds number of ten."""


@dataclass(frozen=True)
class Snapshots:
    """Solutions of one equation.

    Attributes
    ----------
    snapshots : ndarray, shape (n_samples, n_points)
        One solution a row; none is zero.
    parameters : ndarray, shape (n_samples, n_parameters)
        What each was computed from: the place first, the amplitude with its sign second.
    names : tuple of str
        Of the parameters.
    grid : ndarray, shape (n_points,)
        The places of the values, evenly from 0 to 1.
    """

    snapshots: np.ndarray
    parameters: np.ndarray
    names: tuple[str, ...]
    grid: np.ndarray


def equation_snapshots(
    equation: str,
    *,
    n_samples: int,
    n_points: int = 200,
    amplitude_factor: float = 1.0,
    both_signs: bool = False,
    rng: Rng = None,
) -> Snapshots:
    r"""Draw parameters and return the exact solutions on a grid.

    .. math:: u_t + u_x = 0, \qquad -\kappa u_{xx} + u = a\, \delta_s, \qquad
              u_t + u\, u_x = \nu u_{xx}, \; u(\cdot, 0) = m\, \delta_s

    Parameters
    ----------
    equation : {"advection", "heat", "burgers"}
        A pulse carried to place s; the steady heat of a source at s in a rod that is held at zero
        at both ends and loses heat along its length; a point of mass m at s, time t after its
        release.
    n_samples : int
        Solutions.
    n_points : int
        Points of the grid, from 2 up.
    amplitude_factor : float
        Largest amplitude divided by the smallest, from 1 up; the logarithm is uniform. The
        amplitude is a factor of the solution for the first two equations; for the third it is the
        mass, which also decides how steep the front is.
    both_signs : bool
        Half of the amplitudes, drawn by coins, negative.
    rng : int, Generator or None
        Draws the parameters.

    Returns
    -------
    Snapshots
        Parameters: place and amplitude; for heat also the logarithm of the conductivity, for
        Burgers the time.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Closed forms: a Gaussian; Green's function, a product of two hyperbolic sines; the solution of
    Hopf and Cole, a Gaussian bell divided by one plus an error function. Burgers on the whole line
    is cut to the interval, where nearly all of it lies.

    References
    ----------
    Whitham: Linear and nonlinear waves, Wiley (1974), section 4.4.

    Examples
    --------
    >>> drawn = equation_snapshots("advection", n_samples=3, n_points=50, rng=0)
    >>> drawn.snapshots.shape, drawn.names
    ((3, 50), ('place', 'amplitude'))
    """
    check_choice(equation, "equation", EQUATIONS)
    n = check_count(n_samples, "n_samples", 1)
    check_count(n_points, "n_points", 2)
    check_real(amplitude_factor, "amplitude_factor", 1.0)
    draw = as_generator(rng)
    place = draw.uniform(0.2, 0.8, n)
    size = float(amplitude_factor) ** -draw.random(n)
    coins = draw.random(n) < 0.5
    sign = np.where(coins & bool(both_signs), -1.0, 1.0)
    third = draw.random(n)
    grid = np.linspace(0, 1, n_points)
    names: tuple[str, ...] = ("place", "amplitude")
    parameters = np.stack([place, sign * size], axis=1)
    offset = grid - place[:, None]
    if equation == "advection":
        shape = np.exp(-(offset**2) / (2 * WIDTH**2))
        return Snapshots((sign * size)[:, None] * shape, parameters, names, grid)
    if equation == "heat":
        conductivity = 10 ** (-3.5 + third)
        root = np.sqrt(conductivity)[:, None]
        left, right = np.minimum(grid, place[:, None]), np.maximum(grid, place[:, None])
        shape = np.sinh(left / root) * np.sinh((1 - right) / root) / np.sinh(1 / root) / root
        parameters = np.column_stack([parameters, np.log(conductivity)])
        names = (*names, "logarithm of conductivity")
        return Snapshots((sign * size)[:, None] * shape, parameters, names, grid)
    mass, time = LARGEST_MASS * size, 0.3 + 0.7 * third
    parameters = np.column_stack([place, sign * mass, time])
    solution = sign[:, None] * _released(sign[:, None] * offset, mass[:, None], time[:, None])
    return Snapshots(solution, parameters, (*names, "time"), grid)


def _released(offset: np.ndarray, mass: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return what the Burgers equation makes of a point of positive mass."""
    from scipy.special import erfc

    growth = np.expm1(mass / (2 * VISCOSITY))
    spread = np.sqrt(4 * VISCOSITY * time)
    bell = np.sqrt(VISCOSITY / (np.pi * time)) * growth * np.exp(-((offset / spread) ** 2))
    return bell / (1 + growth / 2 * erfc(offset / spread))
