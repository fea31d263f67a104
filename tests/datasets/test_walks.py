"""Random walks."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets.walks import random_walk

EPS = 2.0**-52


def take(n_states, n_dimensions, **arguments):
    return np.array(list(itertools.islice(random_walk(n_dimensions, **arguments), n_states)))


# Oracle


def test_a_plain_walk_sums_standard_normal_steps():
    X = take(50, 7, rng=3)
    noise = np.random.default_rng(3).standard_normal((49, 7))
    np.testing.assert_array_equal(X[0], np.zeros(7))
    np.testing.assert_allclose(X[1:], noise.cumsum(axis=0), rtol=0, atol=50 * EPS * 50)


@given(
    momentum=st.floats(0, 0.99), restoring=st.floats(0, 1), drift=st.floats(-2, 2), seed=st.just(1)
)
def test_the_noise_can_be_recovered_from_the_states(momentum, restoring, drift, seed):
    X = take(30, 4, momentum=momentum, restoring=restoring, drift=drift, rng=seed)
    velocity = np.vstack([np.zeros(4), X[1:] - (1 - restoring) * X[:-1]])
    noise = velocity[1:] - momentum * velocity[:-1] - drift
    expected = np.random.default_rng(seed).standard_normal((29, 4))
    np.testing.assert_allclose(noise, expected, rtol=0, atol=20 * EPS * max(1, np.abs(X).max()))


def test_distance_settles_where_the_notes_say():
    a, D = 0.1, 20_000
    distance = np.linalg.norm(take(200, D, restoring=a, rng=0)[-1])
    # |x|^2 is a scaled chi^2_D, so the distance has relative deviation 1 / sqrt(2 D); the start
    # has faded by 0.9^398.
    assert abs(distance / np.sqrt(D / (1 - (1 - a) ** 2)) - 1) < 6 / np.sqrt(2 * D)


def test_drift_pushes_in_every_dimension():
    D, t = 10_000, 25
    moved = take(t + 1, D, drift=0.5, rng=0)[-1].mean()
    assert abs(moved - 0.5 * t) < 6 * np.sqrt(t / D)


# Invariance


def test_the_same_seed_walks_the_same_way_and_parameters_keep_the_noise():
    np.testing.assert_array_equal(take(9, 3, rng=1), take(9, 3, rng=1))
    assert not np.array_equal(take(9, 3, rng=1), take(9, 3, rng=2))
    difference = take(9, 3, drift=1.0, rng=1) - take(9, 3, rng=1)
    np.testing.assert_allclose(difference, np.arange(9)[:, None] * np.ones(3), atol=1e-13)


def test_states_already_seen_do_not_change():
    walk = random_walk(2, momentum=0.5, rng=0)
    first, second = next(walk), next(walk)
    kept = first.copy(), second.copy()
    for _ in range(5):
        next(walk)
    np.testing.assert_array_equal(first, kept[0])
    np.testing.assert_array_equal(second, kept[1])


# Refusals, at the call and not at the first state


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_dimensions": 0}, ValueError, "n_dimensions must be an integer from 1 up, got 0"),
        ({"n_dimensions": 2, "momentum": 1}, ValueError, r"momentum must be .* in \[0, 1\)"),
        ({"n_dimensions": 2, "restoring": 2}, ValueError, r"restoring must be .* in \[0, 1\]"),
        ({"n_dimensions": 2, "drift": None}, TypeError, "drift must be a finite number"),
        ({"n_dimensions": 2, "rng": -3}, ValueError, "rng must be at least 0, got -3"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        random_walk(**arguments)
