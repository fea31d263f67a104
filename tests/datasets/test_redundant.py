"""Features in near copies: shapes, correlations, what stays when a parameter moves."""

import numpy as np
import pytest

from labkit.datasets import redundant_features


def test_copies_correlate_as_said():
    data = redundant_features(200_000, [1.0, 0.5], n_copies=2, correlation=0.8, rng=0)
    R = np.corrcoef(np.column_stack([data.X, data.y]), rowvar=False)
    within, across = R[0, 1], R[0, 2]
    assert within == pytest.approx(0.64, abs=0.01)
    assert across == pytest.approx(0.0, abs=0.015)
    assert R[0, 4] == pytest.approx(0.8 / np.sqrt(1.25), abs=0.01)
    np.testing.assert_array_equal(data.groups, [0, 0, 1, 1])


def test_perfect_copies_and_no_noise():
    data = redundant_features(9, [2.0, -1.0], n_copies=3, correlation=1.0, rng=1)
    np.testing.assert_allclose(data.y, 2 * data.X[:, 2] - data.X[:, 4])
    assert np.ptp(data.X[:, :3], axis=1).max() == 0


def test_draws_stay_when_a_parameter_moves():
    one = redundant_features(9, [2.0, 1.0], correlation=0.0, rng=1)
    other = redundant_features(9, [2.0, 1.0], correlation=0.6, noise=1.0, rng=1)
    factors = redundant_features(9, [2.0, 1.0], correlation=1.0, rng=1)
    np.testing.assert_allclose(other.X, 0.6 * factors.X + 0.8 * one.X)
    assert not np.allclose(one.y, other.y)


def test_refusals():
    with pytest.raises(ValueError, match="magnitudes must not be zero"):
        redundant_features(5, [1.0, 0.0])
