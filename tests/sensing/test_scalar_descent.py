"""Descent on scalar networks: its step, what a step does to squares, where the theory holds."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import ScalarNetworks, gradient_flow_solution, scalar_descent

seeds = st.integers(0, 2**32 - 1)


def after(start, n_steps, step_size):
    *_, state = islice(scalar_descent(start, step_size=step_size), n_steps + 1)
    return state


def difference(function, w, i, h=1e-5):
    e = np.zeros_like(w)
    e[i] = h
    return (function(w + e) - function(w - e)) / (2 * h)


# Oracle


@given(seed=seeds, depth=st.integers(1, 4))
def test_a_step_follows_the_slope_and_the_sharpness_is_that_of_the_hessian(seed, depth):
    w = np.random.default_rng(seed).standard_normal(depth)

    def loss(w):
        return ScalarNetworks(w[None]).loss[0]

    def gradient(w):
        return (w - after(w[None], 1, 0.01).weights[0]) / 0.01

    slope = [difference(loss, w, i) for i in range(depth)]
    np.testing.assert_allclose(gradient(w), slope, atol=1e-7 * (1 + np.abs(w).max() ** 6))
    hessian = np.array([difference(gradient, w, i) for i in range(depth)])
    largest = np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1]
    assert ScalarNetworks(w[None]).sharpness[0] == pytest.approx(
        largest, abs=1e-6 * (1 + np.abs(w).max() ** 6)
    )


@given(seed=seeds)
def test_differences_of_squares_shrink_by_the_factor_of_the_notes(seed):
    w = np.exp(0.3 * np.random.default_rng(seed).standard_normal((4, 3)))
    following = after(w, 1, 0.1).weights
    pi = np.prod(w, axis=1)
    push = 0.1 * pi * (pi - 1)
    for i, j in ((0, 1), (1, 2), (0, 2)):
        factor = 1 - (push / (w[:, i] * w[:, j])) ** 2
        gap = w[:, i] ** 2 - w[:, j] ** 2
        np.testing.assert_allclose(
            following[:, i] ** 2 - following[:, j] ** 2, factor * gap, atol=1e-12
        )


@given(seed=seeds, depth=st.integers(2, 6))
def test_the_sharpness_of_the_flow_never_rises_while_layers_become_alike(seed, depth):
    w = np.exp(0.4 * np.random.default_rng(seed).standard_normal((1, depth)))
    state = ScalarNetworks(w)
    step_size = 2 / gradient_flow_solution(w).sharpness
    for _ in range(50):
        following = after(state.weights, 1, step_size)
        sizes = np.sort(np.abs(state.weights[0]))
        pi = np.prod(state.weights)
        if step_size[0] * abs(pi * (pi - 1)) > sizes[0] * sizes[1]:
            break
        before, behind = (
            gradient_flow_solution(s.weights).sharpness[0] for s in (state, following)
        )
        assert behind <= before * (1 + 1e-13 * depth)
        state = following


def test_depth_one_is_a_line():
    assert after([[3.0]], 1, 0.5).weights[0, 0] == pytest.approx(2)


# Invariance


def test_networks_do_not_meet_and_each_has_its_step():
    start = np.exp(0.2 * np.random.default_rng(0).standard_normal((3, 4)))
    steps = np.array([0.05, 0.1, 0.2])
    together = after(start, 10, steps).weights
    for i in range(3):
        alone = after(start[i : i + 1], 10, float(steps[i])).weights
        np.testing.assert_array_equal(together[i], alone[0])


def test_order_of_layers():
    start = np.exp(0.2 * np.random.default_rng(0).standard_normal((3, 4)))
    np.testing.assert_allclose(
        after(start[:, ::-1], 10, 0.1).weights, after(start, 10, 0.1).weights[:, ::-1], rtol=1e-13
    )


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    start = np.exp(0.2 * np.random.default_rng(0).standard_normal((5, 3))).astype(dtype)
    steps = np.full(5, 0.1, dtype=dtype)
    state = after(library.place(start), 20, library.place(steps))
    assert library.holds(state.weights, state.loss, state.sharpness, dtype=dtype)
    expected = after(start.astype(np.float64), 20, 0.1)
    tolerance = 20 * 10 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(state.weights), expected.weights, rtol=tolerance)


# Degenerate networks and refusals


def test_two_zeros_never_move_and_one_does():
    assert np.all(after([[0.0, 0.0, 1.0]], 5, 0.1).weights == [[0.0, 0.0, 1.0]])
    assert after([[0.0, 2.0]], 1, 0.1).weights[0].tolist() == pytest.approx([0.2, 2.0])


def test_steps_that_are_too_long_are_seen():
    with pytest.raises(ValueError, match=r"step_size must be smaller here: weights grow .* got 5"):
        after([[2.0, 2.0, 2.0]], 100, 5.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"step_size": [0.1]}, "step_size must be 2 numbers, one a network, got 1"),
        ({"step_size": [0.1, 0.0]}, r"step_size must be a finite number in \(0, .*\], got 0.0"),
        ({"start": [[1e200, 1.0]]}, r"start must have weights below .* got 1e\+200"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        scalar_descent(**{"start": [[1.0, 2.0], [1.0, 1.0]], "step_size": 0.1, **changes})
