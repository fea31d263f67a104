"""Unions of subspaces: dimensions, angles, what is shared, and what a slider leaves alone."""

import numpy as np
import pytest

from labkit.datasets import union_of_subspaces
from labkit.linalg import principal_angles

SETTING = {"n_subspaces": 3, "n_dimensions": 2, "n_features": 9, "n_per_subspace": 7}


def bases(X, labels):
    return [np.linalg.svd(X[labels == k].T, full_matrices=False)[0][:, :2] for k in range(3)]


@pytest.mark.parametrize("n_features", [2, 4, 9])
def test_unit_vectors_of_subspaces(n_features):
    X, labels = union_of_subspaces(**(SETTING | {"n_features": n_features}), rng=0)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), 1)
    assert labels.tolist() == [0] * 7 + [1] * 7 + [2] * 7
    assert all(np.linalg.matrix_rank(X[labels == k]) == 2 for k in range(3))
    assert np.linalg.matrix_rank(X) == min(n_features, 6)


@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 2])
def test_every_pair_has_the_angle(angle):
    X, labels = union_of_subspaces(**SETTING, angle=angle, rng=1)
    U = bases(X, labels)
    for k, other in ((0, 1), (0, 2), (1, 2)):
        np.testing.assert_allclose(principal_angles(U[k], U[other]), angle, atol=1e-7)


@pytest.mark.parametrize("n_shared", [0, 1, 2])
def test_shared_dimensions(n_shared):
    X, labels = union_of_subspaces(**SETTING, n_shared=n_shared, rng=2)
    assert np.linalg.matrix_rank(X) == n_shared + 3 * (2 - n_shared)
    U = bases(X, labels)
    assert np.sum(principal_angles(U[0], U[1]) < 1e-6) == n_shared


def test_noise_and_number_leave_the_rest():
    X, _ = union_of_subspaces(**SETTING, rng=3)
    noisy, _ = union_of_subspaces(**SETTING, noise=0.1, rng=3)
    more, labels = union_of_subspaces(**(SETTING | {"n_per_subspace": 9}), rng=3)
    assert np.sqrt(np.mean(np.sum((noisy - X) ** 2, axis=1))) == pytest.approx(0.1, rel=0.3)
    np.testing.assert_allclose(more[labels == 1][:7], X[7:14])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"angle": 2.0}, "angle"),
        ({"angle": 0.5, "n_shared": 1}, "n_shared must be 0"),
        ({"angle": 0.5, "n_features": 7}, "n_features must be at least 8 .*, got 7"),
        ({"n_dimensions": 10}, "n_dimensions must be an integer from 1 to 9, got 10"),
        ({"n_shared": 3}, "n_shared must be an integer from 0 to 2, got 3"),
    ],
)
def test_refusals(change, message):
    with pytest.raises(ValueError, match=message):
        union_of_subspaces(**(SETTING | change))
