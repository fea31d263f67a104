"""Results that several methods share."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array


@dataclass(frozen=True)
class SpectralLaw:
    """A limiting law of eigenvalues, at the places that were asked for.

    Attributes
    ----------
    density : Array, shape (n,)
        Of the part that has a density; zero outside of the edges.
    distribution : Array, shape (n,)
        Share of eigenvalues at or below each place, the mass at zero included.
    edges : tuple of two floats
        Where the density starts and ends.
    mass_at_zero : float
        Share of eigenvalues that are exactly zero.
    """

    density: Array
    distribution: Array
    edges: tuple[float, float]
    mass_at_zero: float
