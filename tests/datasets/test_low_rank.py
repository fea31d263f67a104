"""The mixture of low-rank Gaussians: ranks, second moments, length of the noise."""

import numpy as np
import pytest

from labkit.datasets import low_rank_mixture


def test_points_lie_in_their_subspaces():
    made = low_rank_mixture(9, 3, rank=2, n_per_cluster=5, rng=0)
    assert made.X.shape == (15, 9)
    for k, basis in enumerate(made.bases):
        here = made.X[made.labels == k]
        np.testing.assert_allclose(here @ basis @ basis.T, here, atol=1e-12)
        np.testing.assert_allclose(basis.T @ basis, np.eye(2), atol=1e-12)
    assert np.linalg.matrix_rank(made.X) == 6


def test_moments():
    made = low_rank_mixture(6, 1, rank=2, n_per_cluster=40000, noise=0.5, rng=1)
    moments = made.X.T @ made.X / 40000
    expected = made.bases[0] @ made.bases[0].T + 0.25 / 6 * np.eye(6)
    np.testing.assert_allclose(moments, expected, atol=0.05)  # seven standard errors at most
    outside = made.X - made.X @ made.bases[0] @ made.bases[0].T
    assert np.mean(np.sum(outside**2, axis=1)) == pytest.approx(0.25 * 4 / 6, rel=0.05)


def test_noise_and_points_leave_the_subspaces():
    first = low_rank_mixture(6, 2, rank=2, n_per_cluster=4, rng=3)
    noisy = low_rank_mixture(6, 2, rank=2, n_per_cluster=4, noise=0.1, rng=3)
    more = low_rank_mixture(6, 2, rank=2, n_per_cluster=9, rng=3)
    np.testing.assert_array_equal(first.bases, noisy.bases)
    np.testing.assert_array_equal(first.bases, more.bases)
    assert 0 < np.abs(first.X - noisy.X).max() < 0.5


def test_refusal():
    with pytest.raises(ValueError, match="rank must be an integer from 1 to 4, got 5"):
        low_rank_mixture(4, 1, rank=5, n_per_cluster=2)
