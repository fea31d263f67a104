"""Windows of one shape: one block, all blocks, and the same law for every shape of matrix."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import farms_spectrum, hill_estimator, marchenko_pastur


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def shape_index(values):
    return hill_estimator(values)[len(values) // 2 - 1]


# Oracle


def test_one_window_is_the_whole_matrix():
    W = normal(20, 30)
    expected = np.sort(np.linalg.svd(W, compute_uv=False) ** 2)
    np.testing.assert_allclose(farms_spectrum(W, aspect_ratio=1.5), expected)


def test_windows_by_hand():
    W = normal(5, 7)
    blocks = [W[i : i + 3, j : j + 4] for i in (0, 1, 2) for j in (0, 2, 3)]
    expected = np.sort([s**2 for b in blocks for s in np.linalg.svd(b, compute_uv=False)])
    found = farms_spectrum(W, aspect_ratio=1.4, window=3, n_per_side=3)
    np.testing.assert_allclose(found, expected)


def test_no_place_is_used_twice():
    assert farms_spectrum(normal(5, 5), window=3, n_per_side=100).shape == (9 * 3,)
    assert farms_spectrum(normal(5, 5), window=5, n_per_side=4).shape == (5,)


@pytest.mark.parametrize("shape", [(300, 300), (150, 900), (900, 150)])
def test_every_shape_has_the_law_of_the_window(shape):
    values = farms_spectrum(normal(*shape), aspect_ratio=2.0, window=60) / 120
    law = marchenko_pastur(values, aspect_ratio=0.5)
    ranks = (np.arange(len(values)) + 0.5) / len(values)
    assert np.abs(law.distribution - ranks).max() < 0.03


def test_the_shape_index_does_not_see_the_shape_of_the_matrix():
    shapes = [(256, 256), (128, 512), (64, 1024)]
    raw = [shape_index(np.linalg.svd(normal(*s), compute_uv=False) ** 2) for s in shapes]
    seen = [shape_index(farms_spectrum(normal(*s), window=60)) for s in shapes]
    assert np.ptp(raw) > 1
    assert np.ptp(seen) < 0.1


# Invariance


def test_scale_and_reversed_order():
    W = normal(30, 40)
    one = farms_spectrum(W, window=10, n_per_side=3)
    np.testing.assert_allclose(farms_spectrum(-5 * W, window=10, n_per_side=3), 25 * one)
    np.testing.assert_allclose(farms_spectrum(W.T, window=10, n_per_side=3), one)
    np.testing.assert_allclose(farms_spectrum(W[::-1, ::-1], window=10, n_per_side=3), one)


@pytest.mark.parametrize("columns", [3, 7, 49])
def test_a_ratio_that_fits_exactly_uses_the_whole_matrix(columns):
    for rows in (1, 3, 10):
        found = farms_spectrum(np.ones((rows, columns)), aspect_ratio=columns / rows)
        assert found[-1] == pytest.approx(rows * columns)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    W = normal(12, 20).astype(dtype)
    placed = library.place(W)
    found = farms_spectrum(placed, aspect_ratio=1.5, window=6, n_per_side=3)
    assert library.holds(found, dtype=dtype)
    exact = farms_spectrum(W.astype(float), aspect_ratio=1.5, window=6, n_per_side=3)
    np.testing.assert_allclose(to_numpy(found), exact, atol=1e3 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(to_numpy(placed), W)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="window must be an integer from 1 to 20, got 21"):
        farms_spectrum(np.ones((30, 40)), aspect_ratio=2.0, window=21)
    with pytest.raises(ValueError, match=r"aspect_ratio must leave a window .* \(3, 4\), got 9"):
        farms_spectrum(np.ones((3, 4)), aspect_ratio=9.0)
    with pytest.raises(ValueError, match="window must have a column"):
        farms_spectrum(np.ones((30, 40)), aspect_ratio=0.3, window=2)
