"""Joined rings: every point on its curve, as many as the curve is long, common draws."""

import numpy as np
import pytest

from labkit.datasets import joined_rings


def test_points_lie_on_their_curves():
    points, labels = joined_rings(500, radius=0.4, bridge=1.5, noise=0.0, rng=0)
    x, y = points.T
    np.testing.assert_allclose(np.hypot(x, y)[labels == 0], 1)
    np.testing.assert_allclose(np.hypot(x - 2.9, y)[labels == 1], 0.4)
    on = labels == 2
    assert (y[on] == 0).all()
    assert ((x[on] >= 1) & (x[on] <= 2.5)).all()


def test_counts_are_in_proportion_to_lengths():
    n = 20000
    labels = joined_rings(n, radius=0.5, bridge=2.0, rng=0)[1]
    shares = np.array([2 * np.pi, np.pi, 2.0]) / (3 * np.pi + 2)
    off = np.bincount(labels) - n * shares
    assert (np.abs(off) < 5.5 * np.sqrt(n * shares * (1 - shares))).all()  # a normal tail, 4e-8


def test_noise_moves_points_straight():
    places, labels = joined_rings(50, noise=0.0, rng=3)
    near, far = (joined_rings(50, noise=s, rng=3) for s in (0.1, 0.3))
    np.testing.assert_array_equal(near[1], labels)
    np.testing.assert_allclose(far[0] - places, 3 * (near[0] - places), atol=1e-12)


def test_no_bridge():
    points, labels = joined_rings(400, bridge=0.0, noise=0.0, rng=0)
    assert set(labels) == {0, 1}
    assert points[:, 0].max() <= 2


def test_refusals():
    with pytest.raises(ValueError, match=r"radius must be a finite number in \(0, inf\], got 0.0"):
        joined_rings(9, radius=0.0)
    with pytest.raises(ValueError, match="bridge must be"):
        joined_rings(9, bridge=-1.0)
