"""The gradient of the mean log dimension: differences, stretching, what it raises, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import local_dimension, log_dimension_gradient


def cloud(n=40, d=3, dtype="float64"):
    return np.random.default_rng(0).standard_normal((n, d)).astype(dtype)


# Oracle


def test_value_is_the_mean_of_the_logarithms():
    X = cloud()
    found = log_dimension_gradient(X, n_neighbors=7)
    expected = np.mean(np.abs(np.log(local_dimension(X, n_neighbors=7))))
    assert found.value == pytest.approx(expected, rel=1e-12)


def test_differences_with_the_neighbours_held():
    X, h = cloud(), 1e-6
    found = log_dimension_gradient(X, n_neighbors=7)

    def value(i, x):
        r = np.sort(np.linalg.norm(np.delete(X, i, axis=0) - x, axis=1))[:7]
        m = r[:-1].mean()
        return abs(np.log(m / (r[-1] - m))) / len(X)

    for i in (0, 5, 39):
        slope = [(value(i, X[i] + h * e) - value(i, X[i] - h * e)) / (2 * h) for e in np.eye(3)]
        # central differences: rounding of eps / h
        np.testing.assert_allclose(found.gradient[i], slope, rtol=0, atol=1e-8)


# Invariance


def test_stretching_divides_the_gradient():
    X = cloud()
    one, ten = (log_dimension_gradient(c * X + 3, n_neighbors=7) for c in (1, 10))
    assert ten.value == pytest.approx(one.value, rel=1e-9)
    np.testing.assert_allclose(10 * ten.gradient, one.gradient, rtol=0, atol=1e-9)


def test_going_along_it_opens_a_flat_cloud():
    X = cloud(n=200, d=5) * np.array([1, 1, 0.05, 0.05, 0.05])
    before = np.mean(np.log(local_dimension(X, n_neighbors=20)))
    for _ in range(50):
        X = X + 5 * log_dimension_gradient(X, n_neighbors=20).gradient
    assert np.mean(np.log(local_dimension(X, n_neighbors=20))) > before + 0.3


# Edge cases


def test_points_at_equal_distances_are_not_moved():
    found = log_dimension_gradient(np.eye(4) * 2.0, n_neighbors=3)
    assert np.all(np.isfinite(found.gradient))


def test_duplicates():
    X = np.concatenate([cloud(), cloud()[:3]])
    found = log_dimension_gradient(X, n_neighbors=7)
    assert np.isfinite(found.value)
    assert np.all(np.isfinite(found.gradient))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = cloud(dtype=dtype)
    placed = library.place(X)
    found = log_dimension_gradient(placed, n_neighbors=7)
    assert library.holds(found.gradient, dtype=dtype)
    expected = log_dimension_gradient(X.astype(float), n_neighbors=7)
    # differences of distances of order one, over 40 points
    tolerance = 300 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found.gradient), expected.gradient, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_neighbors"):
        log_dimension_gradient(cloud(), n_neighbors=1)
    with pytest.raises(ValueError, match="X must not hold a point more than"):
        log_dimension_gradient(np.ones((9, 2)), n_neighbors=3)
