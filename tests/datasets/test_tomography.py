"""Films of blobs: directions, what a projection keeps, and noise."""

import numpy as np
import pytest

from labkit.datasets import projected_film

# Oracle


@pytest.mark.parametrize("n_views", [1, 3])
def test_operators_project_the_frames_they_belong_to(n_views):
    film = projected_film(side=12, n_frames=5, n_views=n_views, noise=0.0, rng=0)
    assert film.operators.shape == (5, 12 * n_views, 144)
    assert film.projections.shape == (5, 12 * n_views)
    assert film.angles.shape == (5, n_views)
    again = (film.operators @ film.frames.reshape(5, -1, 1))[:, :, 0]
    # the grid behind the data is finer, so they agree to a few per cent and not exactly
    assert 0 < np.linalg.norm(again - film.projections) < 0.05 * np.linalg.norm(again)


def test_a_view_from_the_side_sums_rows_and_keeps_the_brightness():
    film = projected_film(side=12, n_frames=4, rng=0)
    image = film.frames[2].ravel()
    np.testing.assert_allclose(film.operators[0] @ image, film.frames[2].sum(axis=0))
    np.testing.assert_allclose(film.operators[1] @ image, film.frames[2].sum(axis=1))
    # the disc ends before the rim of every detector
    np.testing.assert_allclose((film.operators @ image).sum(axis=1), image.sum(), rtol=5e-3)


def test_orders_hold_the_same_directions():
    angles = {
        order: projected_film(side=8, n_frames=16, n_views=2, view_order=order, rng=0).angles
        for order in ("bit-reversed", "sequential")
    }
    np.testing.assert_allclose(angles["sequential"].ravel(), np.pi * np.arange(32) / 32)
    np.testing.assert_allclose(np.sort(angles["bit-reversed"].ravel()), np.pi * np.arange(32) / 32)
    assert np.abs(np.diff(angles["bit-reversed"].ravel())).min() > np.pi / 4 - 1e-9


# Invariance


def test_a_still_without_speed_and_a_film_with_it():
    still = projected_film(side=10, n_frames=8, speed=0.0, rng=1).frames
    np.testing.assert_array_equal(still, np.broadcast_to(still[0], still.shape))
    moving = projected_film(side=10, n_frames=8, rng=1).frames
    assert np.abs(moving - moving[0]).max() > 0.1
    assert moving.min() >= 0
    assert moving.max() < 0.3 + 3 * 0.65 + 1e-9


def test_noise_has_the_level_it_says_and_leaves_the_film():
    clean = projected_film(side=20, n_frames=64, noise=0.0, rng=2)
    noisy = projected_film(side=20, n_frames=64, noise=0.1, rng=2)
    np.testing.assert_array_equal(clean.frames, noisy.frames)
    level = np.sqrt(np.mean(clean.projections**2))
    added = (noisy.projections - clean.projections) / level
    # 1280 draws: the standard deviation is known to two per cent
    assert added.std() == pytest.approx(0.1, rel=0.15)


# Refusals


def test_few_pixels_are_refused():
    with pytest.raises(ValueError, match="side"):
        projected_film(side=3, n_frames=4)
