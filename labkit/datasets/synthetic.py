"""Data whose answer is known: planted spectra, outliers, low rank plus sparse, mixed scenes."""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_choice, check_count, check_real
from labkit.random import Rng, as_generator


def planted_spectrum(
    singular_values: Array,
    *,
    n_samples: int,
    rng: Rng = None,
) -> np.ndarray:
    """Draw data whose centred matrix has exactly the given singular values.

    Parameters
    ----------
    singular_values : Array, shape (n_features,)
        What PCA should find; not negative.
    n_samples : int
        More than `n_features`.
    rng : int, Generator or None
        Draws the random singular vectors.

    Returns
    -------
    ndarray, shape (n_samples, n_features)
        Columns of mean zero, up to rounding.

    Raises
    ------
    TypeError, ValueError
        For bad values or too few samples.

    Notes
    -----
    Host: data are made on the host. The left vectors are orthonormal to the vector of ones, so
    that centring changes nothing.

    Examples
    --------
    >>> X = planted_spectrum([2.0, 1.0], n_samples=5, rng=0)
    >>> np.linalg.svd(X, compute_uv=False).round(12).tolist()
    [2.0, 1.0]
    """
    s = to_numpy(check_array(singular_values, "singular_values", n_dims=1)).astype(np.float64)
    if np.any(s < 0):
        raise ValueError(f"singular_values must not be negative, got {s.min()}")
    check_count(n_samples, "n_samples", len(s) + 1)
    generator = as_generator(rng)
    left = np.column_stack([np.ones(n_samples), generator.standard_normal((n_samples, len(s)))])
    U = np.linalg.qr(left)[0][:, 1:]
    V = np.linalg.qr(generator.standard_normal((len(s), len(s))))[0]
    return (U * s) @ V.T


def contaminated_subspace(
    n_samples: int,
    n_features: int,
    *,
    rank: int,
    contamination: float,
    kind: str = "clustered",
    noise: float = 0.3,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw samples near a plane through the origin, some of them replaced by outliers.

    Parameters
    ----------
    n_samples, n_features : int
        Shape of the data.
    rank : int
        Dimensions of the plane, from 1 to ``n_features - 1``. Along them the standard deviations
        fall evenly from 3 to 2.
    contamination : float
        Share of outliers, from 0 to 1; their number is rounded.
    kind : {"clustered", "scattered"}
        Outliers at one place off the plane, at distance 10, or uniform in a far box: every feature
        between 8 and 18 in magnitude.
    noise : float
        Standard deviation of the noise in each feature, 0 or larger.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    X : ndarray, shape (n_samples, n_features)
        The outliers at random places.
    inlier_mask : ndarray of bool, shape (n_samples,)
        True for samples of the plane.
    basis : ndarray, shape (n_features, rank)
        Orthonormal columns that span the plane.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, inliers, basis = contaminated_subspace(50, 5, rank=2, contamination=0.1, rng=0)
    >>> X.shape, int(inliers.sum()), basis.shape
    ((50, 5), 45, (5, 2))
    """
    check_count(n_samples, "n_samples", 1)
    check_count(n_features, "n_features", 2)
    check_count(rank, "rank", 1, n_features - 1)
    contamination = check_real(contamination, "contamination", 0.0, 1.0)
    check_choice(kind, "kind", ("clustered", "scattered"))
    noise = check_real(noise, "noise", 0.0)
    generator = as_generator(rng)
    shape = (n_samples, n_features)
    Q = np.linalg.qr(generator.standard_normal((n_features, n_features)))[0]
    scores = generator.standard_normal((n_samples, rank)) * np.linspace(3, 2, rank)
    cloud = noise * generator.standard_normal(shape)
    box = generator.uniform(8, 18, shape) * generator.choice([-1.0, 1.0], shape)
    outlier = np.zeros(n_samples, dtype=bool)
    n_outliers = round(contamination * n_samples)
    outlier[generator.choice(n_samples, n_outliers, replace=False)] = True
    far = 10 * Q[:, rank] + cloud if kind == "clustered" else box
    X = np.where(outlier[:, None], far, scores @ Q[:, :rank].T + cloud)
    return X, ~outlier, Q[:, :rank]


def low_rank_plus_sparse(
    shape: tuple[int, int],
    *,
    rank: int,
    contamination: float,
    magnitude: float = 10.0,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a low-rank matrix and the sparse gross errors to be added to it.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    rank : int
        From 1 to the smaller of the two; entries of the low-rank matrix have variance 1.
    contamination : float
        Share of wrong entries, from 0 to 1, at random places.
    magnitude : float
        Errors are uniform between minus and plus this, above 0.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    low_rank, sparse : ndarray, shape `shape`
        Their sum is what a method sees.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> low_rank, sparse = low_rank_plus_sparse((20, 10), rank=2, contamination=0.05, rng=0)
    >>> int(np.linalg.matrix_rank(low_rank)), int((sparse != 0).sum())
    (2, 10)
    """
    if not isinstance(shape, tuple) or len(shape) != 2:
        raise TypeError(f"shape must be a pair of integers, got {shape!r}")
    m, n = (check_count(length, "shape", 1) for length in shape)
    check_count(rank, "rank", 1, min(m, n))
    contamination = check_real(contamination, "contamination", 0.0, 1.0)
    magnitude = check_real(magnitude, "magnitude", 0.0, open_low=True)
    generator = as_generator(rng)
    left, right = generator.standard_normal((m, rank)), generator.standard_normal((rank, n))
    sparse = np.zeros(m * n)
    wrong = generator.choice(m * n, round(contamination * m * n), replace=False)
    sparse[wrong] = generator.uniform(-magnitude, magnitude, len(wrong))
    return left @ right / np.sqrt(rank), sparse.reshape(m, n)


def hyperspectral_scene(
    image_shape: tuple[int, int],
    *,
    n_bands: int = 60,
    n_endmembers: int = 3,
    kind: str = "mixed",
    noise: float = 0.02,
    n_bad_bands: int = 0,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw a scene in many spectral bands, with the materials and shares that made it.

    Parameters
    ----------
    image_shape : tuple of int
        Height and width, the number of pixels not below `n_endmembers`.
    n_bands, n_endmembers : int
        At least 2 bands; from 1 endmember.
    kind : {"mixed", "patches"}
        Each pixel a mixture of its own, from pure to even (Dirichlet with parameter 0.3); or
        square patches of one material, a fourth of the height wide, with borders three pixels
        wide across which the shares change evenly.
    noise : float
        Standard deviation of the noise over the root mean square of the clean scene, 0 or larger;
        0.1 is a signal-to-noise ratio of 20 dB. What falls below zero is cut off.
    n_bad_bands : int
        Bands, at random places, that hold nothing but uniform noise from 0 to 4; the brightest
        spectrum reaches 1.
    rng : int, Generator or None
        All draws. The same scene comes whatever the noise and the number of bad bands; a larger
        number adds to the bad bands of a smaller one.

    Returns
    -------
    X : ndarray, shape (n_pixels, n_bands)
        The scene, row by row.
    endmembers : ndarray, shape (n_bands, n_endmembers)
        Smooth spectra between 0.05 and 0.95.
    abundances : ndarray, shape (n_endmembers, n_pixels)
        The shares of a pixel sum to 1.
    good : ndarray of bool, shape (n_bands,)
        False for bad bands.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> X, endmembers, abundances, good = hyperspectral_scene((8, 8), noise=0.0, rng=0)
    >>> X.shape, bool(np.allclose(X, (endmembers @ abundances).T))
    ((64, 60), True)
    """
    if not isinstance(image_shape, tuple) or len(image_shape) != 2:
        raise TypeError(f"image_shape must be a pair of integers, got {image_shape!r}")
    height, width = (check_count(length, "image_shape", 1) for length in image_shape)
    n_pixels = height * width
    check_count(n_bands, "n_bands", 2)
    check_count(n_endmembers, "n_endmembers", 1, n_pixels)
    check_choice(kind, "kind", ("mixed", "patches"))
    noise = check_real(noise, "noise", 0.0)
    check_count(n_bad_bands, "n_bad_bands", 0, n_bands)
    spectra, places, errors, bands = as_generator(rng).spawn(4)
    place = np.linspace(0, 1, n_bands)[:, None]
    endmembers = np.empty((n_bands, n_endmembers))
    for k in range(n_endmembers):
        centres, widths = spectra.uniform(0, 1, 4), spectra.uniform(0.08, 0.25, 4)
        bumps = np.exp(-((place - centres) ** 2) / (2 * widths**2)) @ spectra.uniform(-1, 1, 4)
        span = np.ptp(bumps) or 1.0
        brightness = spectra.uniform(0.5, 0.9)
        endmembers[:, k] = 0.05 + brightness * (bumps - bumps.min()) / span

    if kind == "mixed":
        abundances = places.dirichlet(np.full(n_endmembers, 0.3), n_pixels).T
    else:
        side = max(1, height // 4)
        n_patches = (-(-height // side), -(-width // side))
        materials = np.arange(n_patches[0] * n_patches[1]) % n_endmembers
        patch = places.permutation(materials).reshape(n_patches)
        label = np.kron(patch, np.ones((side, side), dtype=int))[:height, :width]
        padded = np.pad(label, 1, mode="edge") == np.arange(n_endmembers)[:, None, None]
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        abundances = windows.mean(axis=(3, 4)).reshape(n_endmembers, n_pixels)

    clean = (endmembers @ abundances).T
    level = noise * np.sqrt(np.mean(clean**2))
    X = np.clip(clean + level * errors.standard_normal(clean.shape), 0, None)
    bad = bands.permutation(n_bands)[:n_bad_bands]
    for band in bad:
        X[:, band] = bands.uniform(0, 4, n_pixels)
    good = np.ones(n_bands, dtype=bool)
    good[bad] = False
    return X, endmembers, abundances, good
