"""Spatial weights: how much the neighbouring pixels of a scene look alike.

Papers: structured-sparse-method-hyperspectral.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count, check_matrix
from labkit.pca._nonnegative import TINY

OFFSETS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


def spatial_weights(X: Array, *, image_shape: tuple[int, int]) -> tuple[Array, Array]:
    r"""Return the eight neighbours of each pixel and how much they look like it.

    .. math:: w_{ij} = \exp(-d_{ij}^2 / (2 \, \mathrm{median} \, d^2)), \qquad
              d_{ij}^2 = \frac{1}{n_\text{bands}} \|x_i - x_j\|^2

    Parameters
    ----------
    X : Array, shape (n_pixels, n_bands)
        The scene, row by row.
    image_shape : tuple of int
        Height and width; their product is n_pixels.

    Returns
    -------
    neighbours : Array of int, shape (n_pixels, 8)
        Row by row of the window; the pixel itself where the scene ends.
    weights : Array, shape (n_pixels, 8)
        From 0 to 1, symmetric; 0 where the scene ends.

    Raises
    ------
    TypeError, ValueError
        For bad values, and if the shape does not hold the pixels.

    Notes
    -----
    Portable. The heat kernel of the paper; its width is not known from the paper, and here it is
    the median over all pairs of neighbours: in a scene of patches that is the noise, so that
    weights are about 0.6 inside a patch and fall to 0 across a border that stands out of the
    noise. 16 n_pixels n_bands flops.

    References
    ----------
    Zhu and others: Structured sparse method for hyperspectral unmixing, arXiv (March 2014).

    Notebook: ``notebooks/pca/13_unmixing.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 9.0]])
    >>> neighbours, weights = spatial_weights(X, image_shape=(1, 4))
    >>> np.round(weights[2, 3:5], 2).tolist()
    [1.0, 0.0]
    """
    X = check_matrix(X, "X", min_samples=2)
    xp = array_namespace(X)
    if not isinstance(image_shape, tuple) or len(image_shape) != 2:
        raise TypeError(f"image_shape must be a pair of integers, got {image_shape!r}")
    height, width = (check_count(length, "image_shape", 1) for length in image_shape)
    n_pixels = X.shape[0]
    X = X / max(float(xp.max(xp.abs(X))), TINY)
    if height * width != n_pixels:
        raise ValueError(f"image_shape must hold the {n_pixels} pixels of X, got {image_shape}")

    index = xp.arange(n_pixels, dtype=xp.int64, device=device(X))
    row, column = index // width, index % width
    neighbours, distances, inside = [], [], []
    for down, right in OFFSETS:
        is_inside = (row + down >= 0) & (row + down < height)
        is_inside = is_inside & (column + right >= 0) & (column + right < width)
        other = xp.where(is_inside, index + down * width + right, index)
        neighbours.append(other)
        inside.append(is_inside)
        distances.append(xp.mean((X - xp.take(X, other, axis=0)) ** 2, axis=1))
    squared, is_pair = xp.stack(distances, axis=1), xp.stack(inside, axis=1)
    ordered = xp.sort(xp.reshape(squared, (-1,)))  # those outside are the zeros at the start
    n_pairs = int(xp.sum(xp.astype(is_pair, xp.int64)))
    middle = float(ordered[ordered.shape[0] - n_pairs + n_pairs // 2])
    alike = xp.exp(-squared / max(2 * middle, TINY))
    return xp.stack(neighbours, axis=1), xp.where(is_pair, alike, xp.zeros_like(alike))
