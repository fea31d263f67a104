"""Local dimension: formulas by hand, known clouds, stretching, duplicates, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import local_dimension


def cloud(n=60, d=3, dtype="float64"):
    return np.random.default_rng(0).standard_normal((n, d)).astype(dtype)


def by_hand(X, k, estimator):
    found = []
    for i, x in enumerate(X):
        r = np.sort(np.linalg.norm(np.delete(X, i, axis=0) - x, axis=1))[:k]
        m = r[:-1].mean()
        found.append(m / (r[-1] - m) if estimator == "moments" else -1 / np.log(r / r[-1]).mean())
    return np.array(found)


# Oracle


@pytest.mark.parametrize("estimator", ["moments", "likelihood"])
@pytest.mark.parametrize("k", [2, 7, 59])
def test_by_hand(estimator, k):
    X = cloud()
    found = local_dimension(X, n_neighbors=k, estimator=estimator)
    np.testing.assert_allclose(found, by_hand(X, k, estimator), rtol=1e-9)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_uniform_cubes_have_their_dimension(d):
    # inner points only: at the border balls are cut
    X = np.random.default_rng(d).uniform(size=(3000, d))
    inner = np.all(np.abs(X - 0.5) < 0.3, axis=1)
    found = np.exp(np.mean(np.log(local_dimension(X, n_neighbors=20)[inner])))
    # of n points about a root of 1 / (20 n) from chance; boxes of 5 dimensions reach the border
    assert abs(found / d - 1) < 0.1


# Invariance


def test_stretching_moving_and_rotating_change_nothing():
    X = cloud()
    U = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    found = local_dimension(1e5 * X @ U + 7, n_neighbors=9)
    np.testing.assert_allclose(found, local_dimension(X, n_neighbors=9), rtol=1e-7)


def test_order_of_points():
    X, order = cloud(), np.random.default_rng(2).permutation(60)
    found = local_dimension(X[order], n_neighbors=9)
    np.testing.assert_allclose(found, local_dimension(X, n_neighbors=9)[order], rtol=1e-12)


def test_far_from_the_origin():
    X = np.round(cloud() * 2**20) / 2**20
    np.testing.assert_allclose(
        local_dimension(X + 2.0**20, n_neighbors=9), local_dimension(X, n_neighbors=9), rtol=1e-6
    )


# Edge cases


def test_equal_distances_give_infinity():
    corners = np.eye(4)
    for estimator in ("moments", "likelihood"):
        found = local_dimension(corners, n_neighbors=3, estimator=estimator)
        assert np.all(found > 1e12)


def test_some_duplicates_are_fine():
    X = np.concatenate([cloud(), cloud()[:5]])
    for estimator in ("moments", "likelihood"):
        assert not np.isnan(local_dimension(X, n_neighbors=9, estimator=estimator)).any()


def test_constant_columns():
    X = np.concatenate([cloud(), np.ones((60, 2))], axis=1)
    found = local_dimension(X, n_neighbors=9)
    np.testing.assert_allclose(found, local_dimension(cloud(), n_neighbors=9), rtol=1e-9)


# Arrays


@pytest.mark.parametrize("estimator", ["moments", "likelihood"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype, estimator):
    X = cloud(dtype=dtype)
    placed = library.place(X)
    found = local_dimension(placed, n_neighbors=9, estimator=estimator)
    assert library.holds(found, dtype=dtype)
    tolerance = 1000 * float(np.finfo(dtype).eps)  # differences of sums of ten numbers
    np.testing.assert_allclose(
        to_numpy(found), by_hand(X.astype(float), 9, estimator), rtol=tolerance
    )
    np.testing.assert_array_equal(to_numpy(placed), X)


# Refusals


def test_refusals():
    X = cloud()
    with pytest.raises(ValueError, match=r"n_neighbors must be .* got 60"):
        local_dimension(X, n_neighbors=60)
    with pytest.raises(ValueError, match="X must not hold a point more than n_neighbors = 2 times"):
        local_dimension(np.concatenate([X, X, X]), n_neighbors=2)
    with pytest.raises(ValueError, match="estimator"):
        local_dimension(X, n_neighbors=9, estimator="median")
