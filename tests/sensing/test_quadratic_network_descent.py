"""Descent on quadratic networks: its gradient, its independence of company, what it reaches."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.datasets import quadratic_teacher
from labkit.sensing import quadratic_network_descent


def states(X, y, start, n_steps, **options):
    return list(islice(quadratic_network_descent(X, y, start, **options), n_steps + 1))


def loss(X, y, W):
    return np.sum((np.sum((X @ W) ** 2, axis=1) / W.size - y) ** 2)


# Oracle


def test_a_step_goes_down_the_gradient():
    X, y, _ = quadratic_teacher(5, n_hidden=3, n_samples=9, rng=0)
    W = np.random.default_rng(1).standard_normal((5, 3))
    step = states(X, y, W[None], 1, step_size=0.1)[1][0] - W
    slope = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        e = np.zeros(W.shape)
        e[i] = 1e-5
        slope[i] = (loss(X, y, W + e) - loss(X, y, W - e)) / 2e-5
    # the loss divides by m d, the step by d
    expected = -0.1 * 25 / (9 * 7) * slope * 3 / 2
    np.testing.assert_allclose(step, expected, rtol=1e-6)


def test_enough_labels_teach_the_teacher():
    X, y, S = quadratic_teacher(8, n_hidden=8, n_samples=120, rng=0)
    start = np.random.default_rng(1).standard_normal((1, 8, 8))
    W = states(X, y, start, 2000, step_size=0.03)[-1][0]
    np.testing.assert_allclose(W @ W.T / 8, S, atol=0.05)


# Invariance


def test_networks_do_not_see_each_other():
    X, y, _ = quadratic_teacher(6, n_hidden=3, n_samples=20, rng=0)
    start = np.random.default_rng(1).standard_normal((3, 6, 3))
    together = states(X, y, start, 20)[-1]
    alone = states(X, y, start[1:2], 20)[-1]
    np.testing.assert_allclose(together[1:2], alone, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, y, _ = quadratic_teacher(6, n_hidden=3, n_samples=20, rng=0)
    start = np.random.default_rng(1).standard_normal((2, 6, 3)).astype(dtype)
    placed = library.place(start)
    W = states(library.place(X.astype(dtype)), library.place(y.astype(dtype)), placed, 20)[-1]
    assert library.holds(W, dtype=dtype)
    np.testing.assert_allclose(to_numpy(W), states(X, y, start, 20)[-1], atol=1e-4)
    np.testing.assert_array_equal(to_numpy(placed), start)


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.ones(3)}, "y must have 4 entries, one for each row of X, got 3"),
        ({"start": np.ones((1, 3, 2))}, r"start must have shape \(n_starts, 2, m\)"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.ones((4, 2)), "y": np.ones(4), "start": np.ones((1, 2, 2)), **changes}
    with pytest.raises(ValueError, match=message):
        quadratic_network_descent(**arguments)


def test_too_large_steps_are_refused_when_they_show():
    X, y, _ = quadratic_teacher(6, n_hidden=3, n_samples=20, rng=0)
    with pytest.raises(ValueError, match="step_size must be smaller"), np.errstate(all="ignore"):
        states(X, y, np.ones((1, 6, 3)), 1000, step_size=5.0)
