"""Regression with strong and weak features: its moments, and what does not disturb what."""

import numpy as np
import pytest

from labkit.datasets import spiked_regression


def test_moments_are_those_of_the_model():
    X, targets, theta, variances = spiked_regression(
        20_000, 6, n_targets=2, n_strong=2, tail_variance=0.25, noise=0.5, rng=0
    )
    np.testing.assert_allclose(X.T @ X / 20_000, np.diag(variances), atol=0.05)
    assert np.var(targets - X @ theta.T) == pytest.approx(0.25, rel=0.05)
    assert np.linalg.norm(theta) == pytest.approx(1)
    assert np.all(theta[:, 2:] == 0)


def test_noise_leaves_features_as_they_are():
    one, other = (spiked_regression(5, 8, noise=noise, rng=3) for noise in (0.0, 1.0))
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[2], other[2])


def test_without_a_tail_features_vanish():
    X, *_ = spiked_regression(5, 8, tail_variance=0.0, rng=0)
    assert np.all(X[:, 3:] == 0)


def test_refusals():
    with pytest.raises(ValueError, match="n_strong must be an integer from 1 to 2, got 3"):
        spiked_regression(4, 2)
