"""Small drawn faces whose every factor is known, so that an edited picture has a right answer."""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_count, check_matrix, check_real, check_same_device
from labkit.random import Rng, as_generator

ATTRIBUTES = ("beard", "hat", "glasses", "smile")
STYLES = ("width", "skin", "eye distance", "background")
SIDE = 24


def drawn_faces(
    n_samples: int, *, correlation: float = 0.0, noise: float = 0.03, rng: Rng = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw random faces with four attributes, which are labelled, and four styles, which are not.

    Parameters
    ----------
    n_samples : int
        How many faces.
    correlation : float
        Between beard and hat, from -1 to 1; all other factors are independent.
    noise : float
        Standard deviation of the noise in each pixel, 0 or larger.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    X : ndarray, shape (n_samples, 576)
        Grey pictures of 24 x 24 pixels, one a row; 0 is black, 1 white, up to the noise.
    attributes : ndarray, shape (n_samples, 4)
        Plus or minus one, each with probability one half: beard, hat, glasses, smile.
    styles : ndarray, shape (n_samples, 4)
        Uniform from -1 to 1: width of the face, brightness of the skin, distance of the eyes,
        brightness of the background.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host. `face_pictures` draws the faces without noise, also those with
    a factor changed. The draws of one seed are the same for every correlation, but for the hats.

    Examples
    --------
    >>> X, attributes, styles = drawn_faces(5, rng=0)
    >>> X.shape, attributes.shape, styles.shape
    ((5, 576), (5, 4), (5, 4))
    """
    check_count(n_samples, "n_samples", 1)
    correlation = check_real(correlation, "correlation", -1.0, 1.0)
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    attributes = np.where(generator.random((n_samples, len(ATTRIBUTES))) < 0.5, -1.0, 1.0)
    follows = generator.random(n_samples) < (1 + correlation) / 2
    attributes[:, 1] = attributes[:, 0] * np.where(follows, 1.0, -1.0)
    styles = generator.uniform(-1, 1, (n_samples, len(STYLES)))
    grain = noise * generator.standard_normal((n_samples, SIDE * SIDE))
    return face_pictures(attributes, styles) + grain, attributes, styles


def face_pictures(attributes: Array, styles: Array) -> np.ndarray:
    """Draw faces from their factors, without noise.

    Parameters
    ----------
    attributes : Array, shape (n_samples, 4)
        Beard, hat, glasses, smile: minus one is absent, or a frown; one is present; values between
        fade from one to the other.
    styles : Array, shape (n_samples, 4)
        From -1 to 1: width of the face, brightness of the skin, distance of the eyes, brightness
        of the background.

    Returns
    -------
    ndarray, shape (n_samples, 576)
        24 x 24 pixels in [0, 1], row by row.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit, or values beyond -1 and 1.

    Notes
    -----
    Host: data are made on the host. Each part is a disc, an ellipse or a box with edges about one
    pixel wide, painted over what is there; so a picture is not linear in its factors: a hat covers
    more of a wide head.

    Examples
    --------
    >>> bare, bearded = face_pictures([[-1, -1, -1, 1], [1, -1, -1, 1]], [[0, 0, 0, 0]] * 2)
    >>> chin = 21 * 24 + 12
    >>> bool(bearded[chin] < bare[chin] - 0.3)
    True
    """
    attributes, styles = check_matrix(attributes, "attributes"), check_matrix(styles, "styles")
    check_same_device(attributes=attributes, styles=styles)
    present = to_numpy(attributes).astype(np.float64)
    styled = to_numpy(styles).astype(np.float64)
    for name, values, names in (
        ("attributes", present, ATTRIBUTES),
        ("styles", styled, STYLES),
    ):
        if values.shape[1] != len(names):
            raise ValueError(f"{name} must have {len(names)} columns, got {values.shape[1]}")
        if np.abs(values).max() > 1:
            raise ValueError(
                f"{name} must be from -1 to 1, got {values.flat[np.abs(values).argmax()]}"
            )
    if len(present) != len(styled):
        raise ValueError(f"styles must have {len(present)} rows, as attributes, got {len(styled)}")

    beard, hat, glasses, smile = ((present.T + 1) / 2)[:, :, None, None]
    width, skin, apart, behind = styled.T[:, :, None, None]
    rows, columns = np.mgrid[:SIDE, :SIDE]
    y, x = rows - 12.5, columns - (SIDE - 1) / 2
    half = 7.2 + 1.2 * width  # half the width of the face, in pixels
    eye = 3.0 + 0.6 * apart

    picture = 0.30 + 0.20 * behind + np.zeros_like(half * x)
    picture = _painted(picture, _ellipse(x, y, half, 10.0), 0.70 + 0.12 * skin)
    mouth = 5.2 + 1.6 * (smile - 0.5) * (1 - (x / 3.2) ** 2) * 2 * (np.abs(x) < 3.7)
    beard_shape = _ellipse(x, y, half, 10.0) * _edge(y - 2.6)
    picture = _painted(picture, beard * beard_shape, 0.22)
    lip = _edge(0.8 - np.abs(y - mouth)) * _edge(3.2 - np.abs(x))
    picture = _painted(picture, lip, 0.95)
    for side in (-1, 1):
        picture = _painted(picture, _ellipse(x - side * eye, y + 2.0, 1.3, 1.0), 0.05)
        away = np.hypot(x - side * eye, y + 2.0)
        picture = _painted(picture, glasses * _edge(0.6 - np.abs(away - 2.4)), 0.0)
    bridge = _edge(0.5 - np.abs(y + 2.0)) * _edge(eye - 2.4 - np.abs(x))
    picture = _painted(picture, glasses * bridge, 0.0)
    crown = _edge(half - 1.0 - np.abs(x)) * _edge(-5.2 - y)
    brim = _edge(half + 1.8 - np.abs(x)) * _edge(1.0 - np.abs(y + 5.6))
    picture = _painted(picture, hat * np.maximum(crown, brim), 0.10)
    return picture.reshape(len(present), -1)


def _painted(picture: np.ndarray, cover: np.ndarray, brightness: np.ndarray | float) -> np.ndarray:
    return picture + cover * (brightness - picture)


def _edge(depth: np.ndarray) -> np.ndarray:
    """Return 0 outside, 1 inside, and a ramp one pixel wide between."""
    return np.clip(depth + 0.5, 0.0, 1.0)


def _ellipse(x: np.ndarray, y: np.ndarray, a: np.ndarray | float, b: float) -> np.ndarray:
    return _edge((1 - np.hypot(x / a, y / b)) * np.minimum(a, b))
