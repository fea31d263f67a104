"""Mixtures of two sources each: sums, zeros, and what stays when a parameter moves."""

import numpy as np
import pytest

from labkit.datasets import pairwise_mixtures


@pytest.mark.parametrize("even", [True, False])
def test_columns_are_shares_of_two_sources(even):
    H = pairwise_mixtures(5, spread=0.4, even=even, rng=0)
    assert H.shape == (3, 15)
    np.testing.assert_allclose(H.sum(axis=0), 1, atol=1e-15)
    assert np.all((H == 0).sum(axis=0) == 1)
    assert np.all((H == 0).sum(axis=1) == 5)
    shares = H[H > 0]
    assert shares.min() >= 0.1 - 1e-12
    assert shares.max() <= 0.9 + 1e-12


def test_more_points_and_another_spread_keep_the_draws():
    few, many = pairwise_mixtures(2, rng=3), pairwise_mixtures(6, rng=3)
    np.testing.assert_array_equal(many[:, :6], few)
    narrow = pairwise_mixtures(2, spread=0.25, rng=3)
    positive = few > 0
    np.testing.assert_allclose((narrow - 0.5)[positive], (few - 0.5)[positive] / 2, atol=1e-15)


def test_without_spread_and_pure():
    assert set(np.unique(pairwise_mixtures(3, spread=0.0, rng=0))) == {0.0, 0.5}
    assert set(np.unique(pairwise_mixtures(2, even=True))) == {0.0, 1.0}


def test_refusals():
    with pytest.raises(ValueError, match=r"spread must be .*0\.5.*0\.6"):
        pairwise_mixtures(2, spread=0.6)
