"""Signals on grids: shape of the support, size of measurements and noise."""

import numpy as np
import pytest

from labkit.datasets import kronecker_signal

# Oracle


def test_the_support_is_a_grid_or_is_not():
    for scattered in (False, True):
        _, _, x, _ = kronecker_signal((9, 8), (4, 4), n_nonzero=3, scattered=scattered, rng=0)
        assert np.count_nonzero(x) == 9
        rows, columns = (np.count_nonzero(x.any(axis=axis)) for axis in (1, 0))
        assert (rows * columns == 9) is not scattered


def test_measurements_are_the_kronecker_product():
    y, (A, B, C), x, s2 = kronecker_signal((4, 5, 6), (3, 2, 3), n_nonzero=2, noise=0.0, rng=0)
    np.testing.assert_allclose(y.ravel(), np.kron(np.kron(A, B), C) @ x.ravel(), atol=1e-12)
    assert s2 == 0


def test_scale_of_measurements_and_noise():
    squares, noises = [], []
    for seed in range(200):
        clean = kronecker_signal((6, 6), (8, 8), n_nonzero=2, noise=0.0, rng=seed)[0]
        noisy, _, _, s2 = kronecker_signal((6, 6), (8, 8), n_nonzero=2, noise=0.5, rng=seed)
        squares.append(np.mean(clean**2))
        noises.append(np.mean((noisy - clean) ** 2))
    # four squared normals a draw: a relative deviation of 0.7 / sqrt(200)
    assert np.mean(squares) == pytest.approx(4 / 64, rel=0.3)
    assert np.mean(noises) == pytest.approx(s2, rel=0.1)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_measured": (3,)}, ValueError, r"n_measured must have 2 modes, got \(3,\)"),
        ({"n_entries": 5}, TypeError, "n_entries must be a tuple of counts, got 5"),
        ({"n_nonzero": 6}, ValueError, "n_nonzero must be an integer from 1 to 5, got 6"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"n_entries": (5, 6), "n_measured": (3, 3), "n_nonzero": 2, **changes}
    with pytest.raises(error, match=message):
        kronecker_signal(**arguments)
