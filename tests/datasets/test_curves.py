"""Linked curves: equal covariances, planes at one turn, distances."""

import numpy as np
import pytest

from labkit.datasets import linked_curves


@pytest.mark.parametrize("winding", [2, 3])
def test_curves_span_the_same_space_evenly(winding):
    X, labels = linked_curves(4000, winding=winding, noise=0.0, rng=0)
    assert np.mean(X**2) == pytest.approx(1)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), 20**0.5)
    first, second, third = (np.cov(X[labels == k].T, bias=True) for k in range(3))
    np.testing.assert_allclose(first, second, atol=0.01)
    np.testing.assert_allclose(first, third, atol=0.01)
    np.testing.assert_allclose(np.linalg.eigvalsh(first)[-4:], 5, atol=0.05)


def test_one_turn_gives_planes():
    X, labels = linked_curves(50, winding=1, noise=0.0, rng=1)
    assert [np.linalg.matrix_rank(X[labels == k], tol=1e-8) for k in range(3)] == [2, 2, 2]
    assert np.linalg.matrix_rank(X[labels < 2], tol=1e-8) == 4


@pytest.mark.parametrize(("winding", "least"), [(1, 1.0), (2, 0.65), (3, 0.46)])
def test_distance_between_curves(winding, least):
    X, labels = linked_curves(400, winding=winding, noise=0.0, rng=2)
    apart = np.linalg.norm(X[labels == 0][:, None] - X[labels == 1], axis=2) / 20**0.5
    assert apart.min() == pytest.approx(least, abs=0.01)


def test_noise_has_its_size():
    clean, _ = linked_curves(300, noise=0.0, rng=3)
    noisy, _ = linked_curves(300, noise=0.1, rng=3)
    assert np.std(noisy - clean) == pytest.approx(0.1 * 20**0.5, rel=0.05)
