"""A film of moving blobs, seen through a projection or a few in each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.checks import check_choice, check_count, check_real
from labkit.random import Rng, as_generator

VIEW_ORDERS = ("bit-reversed", "sequential")


@dataclass(frozen=True)
class ProjectedFilm:
    """Projections of a film, what made them, and the film.

    Attributes
    ----------
    projections : ndarray, shape (n_frames, n_views * side)
        With noise.
    operators : ndarray, shape (n_frames, n_views * side, side * side)
        The projection of an image on the detector, frame by frame.
    frames : ndarray, shape (n_frames, side, side)
        The film behind it: brightness 0 to about 1, more where blobs meet.
    angles : ndarray, shape (n_frames, n_views)
        Of view, in radians from 0 to pi.
    """

    projections: np.ndarray
    operators: np.ndarray
    frames: np.ndarray
    angles: np.ndarray


def projected_film(
    *,
    side: int,
    n_frames: int,
    n_views: int = 1,
    noise: float = 0.02,
    speed: float = 1.0,
    view_order: str = "bit-reversed",
    rng: Rng = None,
) -> ProjectedFilm:
    """Draw blobs that drift and pulse in a still disc, and project each frame.

    Parameters
    ----------
    side : int
        Pixels along an edge, at least 4.
    n_frames : int
        Evenly over one turn of the motion.
    n_views : int
        Directions that a frame is seen from.
    noise : float
        Standard deviation on a projection, in units of its root mean square.
    speed : float
        Of the motion: 0 is a still, 1 carries a blob along a fifth of the edge.
    view_order : {"bit-reversed", "sequential"}
        Of the directions: neighbours in time far apart, or one after the other.
    rng : int, Generator or None
        Draws places, phases and noise.

    Returns
    -------
    ProjectedFilm
        The film is projected on a grid twice as fine as the operators know.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> film = projected_film(side=8, n_frames=4, noise=0.0, rng=0)
    >>> film.operators.shape, film.angles.round(3).tolist()
    ((4, 8, 64), [[0.0], [1.571], [0.785], [2.356]])
    """
    check_count(side, "side", 4)
    check_count(n_frames, "n_frames", 1)
    check_count(n_views, "n_views", 1)
    check_real(noise, "noise", 0.0)
    check_real(speed, "speed", 0.0)
    check_choice(view_order, "view_order", VIEW_ORDERS)
    generator = as_generator(rng)
    n_turns = n_frames * n_views
    turns = _bit_reversed(n_turns) if view_order == "bit-reversed" else np.arange(n_turns) / n_turns
    angles = np.pi * turns

    fine = 2 * side
    y, x = (np.indices((fine, fine)) + 0.5) / fine * 2 - 1
    times = np.arange(n_frames)[:, None, None] / n_frames
    frames = 0.3 * _disc(x, y, 0.0, 0.0, 0.85) * np.ones_like(times)
    places = generator.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(3) / 3
    phases = generator.uniform(0, 2 * np.pi, (3, 3))
    for place, phase, size in zip(places, phases, (0.3, 0.24, 0.18), strict=True):
        swing = [0.2 * speed * np.sin(2 * np.pi * times + p) for p in phase]
        centre = 0.42 * np.cos(place) + swing[0], 0.42 * np.sin(place) + swing[1]
        frames = frames + (0.45 + swing[2]) * _disc(x, y, *centre, size)
    fine_operators = _projectors(fine, angles).reshape(n_frames, n_views * fine, -1)
    seen = fine_operators @ frames.reshape(n_frames, -1, 1)
    clean = seen.reshape(n_frames, n_views * side, 2).sum(axis=2) / 4
    level = np.sqrt(np.mean(clean**2))
    return ProjectedFilm(
        projections=clean + noise * level * generator.standard_normal(clean.shape),
        operators=_projectors(side, angles).reshape(n_frames, n_views * side, -1),
        frames=frames.reshape(n_frames, side, 2, side, 2).mean(axis=(2, 4)),
        angles=angles.reshape(n_frames, n_views),
    )


def _disc(
    x: np.ndarray, y: np.ndarray, x_centre: object, y_centre: object, radius: float
) -> np.ndarray:
    """Return a disc with an edge a few hundredths wide."""
    away = np.hypot(x - x_centre, y - y_centre)
    return np.asarray(1 / (1 + np.exp(np.clip((away - radius) / 0.03, -50, 50))))


def _projectors(side: int, angles: np.ndarray) -> np.ndarray:
    """Return sums along lines: each pixel is shared by the two bins beside its centre."""
    y, x = np.indices((side, side)).reshape(2, -1) - (side - 1) / 2
    places = np.cos(angles)[:, None] * x + np.sin(angles)[:, None] * y + (side - 1) / 2
    bins = np.arange(side)[None, :, None]
    return np.maximum(0, 1 - np.abs(places[:, None, :] - bins))


def _bit_reversed(n: int) -> np.ndarray:
    """Return n numbers of [0, 1), each far from the ones before it (van der Corput's)."""
    index, place, total = np.arange(n), 0.5, np.zeros(n)
    while np.any(index):
        total += place * (index % 2)
        index, place = index // 2, place / 2
    return total
