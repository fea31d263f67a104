"""The Gaussian kernel: scikit-learn's numbers, shifts and scales, far points, refusals."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import rbf_kernel

from labkit.arrays import to_numpy
from labkit.linalg import gaussian_kernel

# Oracle


@pytest.mark.parametrize("bandwidth", [0.1, 1.0, 30.0])
def test_equals_scikit_learn(bandwidth):
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((30, 4)), rng.standard_normal((20, 4))
    expected = rbf_kernel(X, Y, gamma=0.5 / bandwidth**2)
    # squared distances to 100 eps of the spread, over bandwidth^2, times at most one
    tol = 100 * np.finfo(float).eps * 16 * max(bandwidth**-2, 1)
    np.testing.assert_allclose(gaussian_kernel(X, Y, bandwidth=bandwidth), expected, atol=tol)


# Invariance


def test_shift_and_scale():
    X = np.random.default_rng(1).standard_normal((15, 2))
    K = gaussian_kernel(X, X, bandwidth=0.7)
    np.testing.assert_allclose(gaussian_kernel(X + 1e6, X + 1e6, bandwidth=0.7), K, atol=1e-8)
    np.testing.assert_allclose(gaussian_kernel(8 * X, 8 * X, bandwidth=5.6), K, atol=1e-14)
    np.testing.assert_allclose(np.diag(K), 1, atol=1e-14)
    assert np.linalg.eigvalsh(K).min() > -1e-13


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = np.random.default_rng(2).standard_normal((12, 3)).astype(dtype)
    placed = library.place(X)
    K = gaussian_kernel(placed, placed[:5, :], bandwidth=1.5)
    assert library.holds(K, dtype=dtype)
    expected = gaussian_kernel(X.astype(float), X[:5].astype(float), bandwidth=1.5)
    np.testing.assert_allclose(to_numpy(K), expected, atol=1e3 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate


def test_far_points_are_unlike():
    X = np.array([[0.0], [1e100]])
    np.testing.assert_array_equal(gaussian_kernel(X, X, bandwidth=1.0), np.eye(2))


# Refusals


def test_refusals():
    X = np.eye(3)
    with pytest.raises(ValueError, match="Y must have 3 features like X, got 2"):
        gaussian_kernel(X, X[:, :2], bandwidth=1.0)
    with pytest.raises(
        ValueError, match=r"bandwidth must be above \S+ for these points, got 1e-200"
    ):
        gaussian_kernel(X, X, bandwidth=1e-200)
