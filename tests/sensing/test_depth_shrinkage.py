"""Shrunk singular values against a fine grid."""

import numpy as np
import pytest

from labkit.sensing import depth_shrinkage


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize("penalty", [0.0, 0.05, 0.5])
def test_a_grid_finds_nothing_lower(depth, penalty):
    y = np.linspace(0, 2, 41)
    found = depth_shrinkage(y, depth=depth, penalty=penalty)

    def objective(s):
        return (s - y) ** 2 / 2 + penalty * depth / 2 * s ** (2 / depth)

    grid = np.linspace(0, 2, 4001)[:, None]
    assert np.all(objective(found) <= objective(grid).min(axis=0) + 1e-12)


@pytest.mark.parametrize("depth", [3, 4, 7])
def test_the_jump(depth):
    beta = 0.2
    found = depth_shrinkage(np.linspace(0, 3, 30001), depth=depth, penalty=beta)
    smallest = (beta * (depth - 2)) ** (depth / (2 * depth - 2))
    assert found[found > 0].min() == pytest.approx(smallest, rel=1e-3)


def test_float32_and_refusals():
    assert depth_shrinkage(np.ones(2, "float32"), depth=3, penalty=0.1).dtype == np.float32
    with pytest.raises(ValueError, match="singular_values must not be negative"):
        depth_shrinkage([-1.0], depth=2, penalty=0.1)
