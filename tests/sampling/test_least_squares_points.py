"""Points for least squares: the exact law of a determinantal sample, and what it says of a fit."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import least_squares_points

seeds = st.integers(0, 2**32 - 1)


def problem(n_points=6, m=2, seed=0):
    """Return orthonormal features for a measure that is not uniform."""
    rng = np.random.default_rng(seed)
    mu = rng.random(n_points) + 0.2
    mu /= mu.sum()
    Q = np.linalg.qr(rng.standard_normal((n_points, m)))[0]
    return Q / np.sqrt(mu)[:, None], mu


# Oracle


def test_law_of_pairs_by_enumeration():
    features, mu = problem()
    rows = features * np.sqrt(mu)[:, None]
    n_draws, counts, rng = 20000, {}, np.random.default_rng(1)
    for _ in range(n_draws):
        pair = tuple(sorted(least_squares_points(features, mu, n_samples=2, rng=rng).points))
        counts[pair] = counts.get(pair, 0) + 1
    total = 0.0
    for pair in itertools.combinations(range(6), 2):
        q = np.linalg.det(rows[list(pair)]) ** 2
        total += q
        spread = np.sqrt(n_draws * q * (1 - q))
        assert abs(counts.get(pair, 0) - n_draws * q) < 5.5 * spread + 1  # 4e-8 each
    assert total == pytest.approx(1)
    assert len(counts) <= 15  # no point twice


@pytest.mark.parametrize("way", ["independent", "volume", "repeated"])
def test_every_point_has_the_law_nu(way):
    features, mu = problem()
    nu = np.sum(features**2, axis=1) * mu / 2
    rng, n_draws = np.random.default_rng(2), 6000
    drawn = [
        least_squares_points(features, mu, n_samples=5, way=way, rng=rng) for _ in range(n_draws)
    ]
    for place in (0, 4):  # the last of "repeated" is a cut sample
        counts = np.bincount([d.points[place] for d in drawn], minlength=6)
        assert (np.abs(counts - n_draws * nu) < 5.5 * np.sqrt(n_draws * nu * (1 - nu)) + 1).all()


def test_interpolation_costs_m_plus_one_by_enumeration():
    features, mu = problem(7, 3)
    rows = features * np.sqrt(mu)[:, None]
    f = np.random.default_rng(3).standard_normal(7)
    best = np.sum(mu * (f - features @ (features.T @ (mu * f))) ** 2)
    mean = 0.0
    for points in itertools.combinations(range(7), 3):
        q = np.linalg.det(rows[list(points)]) ** 2
        fit = features @ np.linalg.solve(features[list(points)], f[list(points)])
        mean += q * np.sum(mu * (f - fit) ** 2)
    assert mean / best == pytest.approx(4, rel=1e-8)


def test_mean_inverse_gram_of_volume_sampling():
    features, mu = problem(30, 3, seed=4)
    rng, traces = np.random.default_rng(5), []
    for _ in range(3000):
        drawn = least_squares_points(features, mu, n_samples=8, way="volume", rng=rng)
        rows = features[drawn.points] * np.sqrt(drawn.weights)[:, None]
        traces.append(np.trace(np.linalg.inv(rows.T @ rows / 8)) / 3)
    # E G^-1 = n / (n - m + 1) I; below 5.5 standard errors with a spread estimated from 3000
    assert abs(np.mean(traces) - 8 / 6) < 5.5 * np.std(traces) / np.sqrt(3000)


# Invariance


@given(seed=seeds)
def test_a_rotation_of_the_basis_changes_nothing(seed):
    features, mu = problem(20, 3, seed)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((3, 3)))[0]
    one, other = (least_squares_points(F, mu, n_samples=7, rng=1) for F in (features, features @ Q))
    np.testing.assert_array_equal(one.points, other.points)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    features, mu = (a.astype(dtype) for a in problem(12, 3))
    placed = library.place(features)
    drawn = least_squares_points(placed, library.place(mu), n_samples=6, rng=0)
    assert library.holds(drawn.weights, dtype=dtype)
    expected = least_squares_points(features, mu, n_samples=6, rng=0)
    np.testing.assert_array_equal(to_numpy(drawn.points), expected.points)
    np.testing.assert_array_equal(to_numpy(placed), features)


# Degenerate data


def test_one_function_and_one_point():
    drawn = least_squares_points(np.ones((1, 1)), np.ones(1), n_samples=3, rng=0)
    assert drawn.points.tolist() == [0, 0, 0]
    assert drawn.weights.tolist() == [1, 1, 1]


def test_points_without_features_are_never_drawn():
    features = np.array([[0.0], [2.0], [0.0], [0.0]])
    for way in ("independent", "volume", "repeated"):
        drawn = least_squares_points(features, np.full(4, 0.25), n_samples=20, way=way, rng=0)
        assert set(drawn.points.tolist()) == {1}


# Refusals


def test_refusals():
    features, mu = problem()
    with pytest.raises(ValueError, match="features must be orthonormal for the measure, got"):
        least_squares_points(2 * features, mu, n_samples=4)
    with pytest.raises(ValueError, match="measure must have 6 entries, got 5"):
        least_squares_points(features, mu[:5], n_samples=4)
    with pytest.raises(ValueError, match="measure must be positive, got -1"):
        least_squares_points(features, -np.ones(6), n_samples=4)
    with pytest.raises(ValueError, match="n_samples must be an integer from 2 up, got 1"):
        least_squares_points(features, mu, n_samples=1, way="volume")
    with pytest.raises(ValueError, match="way must be one of"):
        least_squares_points(features, mu, n_samples=4, way="fast")
