"""Flags around a centre and gradients of workers: what is planted is there."""

import numpy as np
import pytest

from labkit.datasets import contaminated_flags, worker_gradients
from labkit.pca import chordal_distances


def test_inliers_are_near_and_scattered_outliers_far():
    flags, inlier, centre = contaminated_flags(
        100, 10, dimensions=(1, 3), contamination=0.19, noise=0.001, rng=0
    )
    distances = chordal_distances(flags, centre, dimensions=(1, 3))
    assert inlier.sum() == 81
    # uniform entries of standard deviation 0.001 / sqrt(12), in 9 + 2 * 7 directions
    typical = 0.001 * np.sqrt(23 / 12)
    assert np.mean(distances[inlier]) == pytest.approx(typical, rel=0.05)
    assert distances[~inlier].min() > 100 * typical


@pytest.mark.parametrize("angle", [0.3, np.pi / 2])
def test_turned_outliers_sit_at_the_angle(angle):
    flags, inlier, centre = contaminated_flags(
        40, 3, dimensions=(1, 2), contamination=0.25, noise=0.0, angle=angle, rng=1
    )
    distances = chordal_distances(flags, centre, dimensions=(1, 2))
    np.testing.assert_allclose(distances[inlier], 0, atol=1e-12)
    np.testing.assert_allclose(distances[~inlier], np.sin(angle), atol=1e-12)


def test_more_outliers_keep_those_that_there_were():
    draws = [
        contaminated_flags(30, 5, dimensions=(2,), contamination=share, rng=3)
        for share in (0.1, 0.3)
    ]
    assert np.all(draws[0][1] | ~draws[1][1])
    both = draws[0][1] == draws[1][1]
    np.testing.assert_array_equal(draws[0][0][both], draws[1][0][both])


def test_noise_of_honest_workers_has_the_length_asked_for():
    G, honest, g = worker_gradients(15, 4000, n_liars=4, noise=0.5, rng=0)
    assert honest.sum() == 11
    assert np.linalg.norm(g) == pytest.approx(1)
    assert np.linalg.norm(G[honest] - g, axis=1) == pytest.approx(np.full(11, 0.5), rel=0.06)
    assert np.linalg.norm(G[~honest], axis=1) == pytest.approx(np.full(4, 30.0), rel=0.06)


def test_kinds_of_lies():
    honest_words, _, _ = worker_gradients(15, 50, n_liars=0, rng=2)
    flipped, honest, _ = worker_gradients(15, 50, n_liars=3, kind="flipped", rng=2)
    np.testing.assert_allclose(flipped[~honest], -30 * honest_words[~honest])
    np.testing.assert_array_equal(flipped[honest], honest_words[honest])
    colluding, honest, _ = worker_gradients(15, 50, n_liars=3, kind="colluding", rng=2)
    assert np.linalg.matrix_rank(colluding[~honest]) == 1
