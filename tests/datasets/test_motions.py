"""Rigid motions: four dimensions a body, bodies that keep their shape, noise."""

import numpy as np
import pytest

from labkit.datasets import rigid_motions

SETTING = {"n_motions": 3, "n_per_motion": 12, "n_frames": 15}


def test_four_dimensions_a_body():
    X, labels = rigid_motions(**SETTING, rng=0)
    assert X.shape == (36, 30)
    assert [np.linalg.matrix_rank(X[labels == k]) for k in range(3)] == [4, 4, 4]
    assert np.linalg.matrix_rank(X[labels < 2]) == 8
    assert np.linalg.matrix_rank(X) == 11  # standstills have two dimensions together


def test_bodies_are_rigid():
    X, labels = rigid_motions(**SETTING, rng=1)
    film = X[labels == 0].reshape(12, 15, 2)
    film = film - film[:1]  # relative to one point: turns alone
    W = np.moveaxis(film, 2, 1).reshape(12, 30)
    assert np.linalg.matrix_rank(W) == 3


def test_noise_leaves_motions():
    X, _ = rigid_motions(**SETTING, rng=2)
    noisy, _ = rigid_motions(**SETTING, noise=0.1, rng=2)
    assert np.std(noisy - X) == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize(
    ("change", "message"), [({"n_frames": 1}, "n_frames"), ({"noise": -0.1}, "noise")]
)
def test_refusals(change, message):
    with pytest.raises(ValueError, match=message):
        rigid_motions(**(SETTING | change))
