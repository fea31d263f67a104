"""Groups that hide in many features: radii, centres, and what the kinds share."""

import numpy as np
import pytest

from labkit.datasets import hidden_groups


@pytest.mark.parametrize("kind", ["shells", "blobs", "none"])
def test_three_numbers_and_noise(kind):
    made = hidden_groups(kind, 3000, 20, rng=0)
    values = np.linalg.svd(made.X - made.X.mean(axis=0), compute_uv=False) / 3000**0.5
    assert values[2] > 0.5
    assert values[3] == pytest.approx(0.1, rel=0.1)
    assert np.bincount(made.labels).tolist() == [1000, 1000, 1000]


def test_shells_have_their_radii():
    made = hidden_groups("shells", 900, 12, rng=1)
    norms = np.linalg.norm(made.X, axis=1)
    for k, radius in enumerate((0.4, 1.6, 2.8)):
        squared = np.mean(norms[made.labels == k] ** 2)
        assert squared == pytest.approx(radius**2 + 12 * 0.01, rel=0.05)


def test_blobs_lie_apart():
    made = hidden_groups("blobs", 900, 12, rng=2)
    centres = np.stack([made.X[made.labels == k].mean(axis=0) for k in range(3)])
    apart = np.linalg.norm(centres[0] - centres[1])
    assert apart == pytest.approx(3 * 2**0.5, rel=0.1)


def test_a_seed_gives_the_same_samples():
    first, again = (hidden_groups("shells", 9, 4, rng=3).X for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_refusals():
    with pytest.raises(ValueError, match="n_features must be an integer from 3 up, got 2"):
        hidden_groups("blobs", 5, 2)
    with pytest.raises(ValueError, match="kind must be one of"):
        hidden_groups("rings", 5, 4)
