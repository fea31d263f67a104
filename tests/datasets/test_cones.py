"""Opposed cones: unit vectors, and the correlations that they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import opposed_cones


@given(
    separation=st.floats(-1, 1),
    share=st.floats(0, 1),
    n_features=st.integers(2, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_unit_vectors_as_far_apart_as_promised(separation, share, n_features, seed):
    turn = share * math.acos(separation)
    X, y = opposed_cones(
        n_samples=12, n_features=n_features, separation=separation, turn=turn, rng=seed
    )
    signed = y[:, None] * X
    np.testing.assert_allclose(np.sum(X**2, axis=1), 1, atol=1e-12)
    assert np.min(signed @ signed.T) > separation - 1e-9
    assert y.tolist() == [1, -1] * 6


def test_turn_is_the_angle_between_the_axes():
    X, y = opposed_cones(n_samples=4000, n_features=5, separation=0.1, turn=1.2, rng=0)
    up, down = X[y > 0].mean(axis=0), -X[y < 0].mean(axis=0)
    cosine = up @ down / np.linalg.norm(up) / np.linalg.norm(down)
    assert math.acos(cosine) == pytest.approx(1.2, abs=0.05)


def test_in_the_plane_the_rim_is_reached():
    X, y = opposed_cones(n_samples=40, n_features=2, separation=0.3, turn=0.5, rng=0)
    signed = y[:, None] * X
    assert np.min(signed @ signed.T) == pytest.approx(0.3, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_samples": 1}, "n_samples"),
        ({"n_features": 1}, "n_features"),
        ({"separation": 1.5}, "separation"),
        ({"turn": 1.5}, "turn"),
    ],
)
def test_refusals(change, message):
    arguments = {"n_samples": 4, "n_features": 3, "separation": 0.5} | change
    with pytest.raises(ValueError, match=message):
        opposed_cones(**arguments)
