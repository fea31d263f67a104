"""Training of residual networks: steps by hand, Adam's scale, parts that stay."""

import itertools

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import residual_network, residual_training
from tests.networks.test_residual_network import problem

STEPS = (0.3, 0.2, 0.1)


def run(parameters, X, targets, n_steps=5, **arguments):
    arguments = {"step_sizes": STEPS, "branch_multiplier": 0.5, **arguments}
    states = residual_training(parameters, X, targets, **arguments)
    return list(itertools.islice(states, n_steps + 1))


# Oracle


def test_descent_by_hand():
    theta, X, targets = problem()
    for state in run(theta, X, targets):
        for one, other in zip(state.parameters, theta, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-14)
        found = residual_network(theta, X, targets, branch_multiplier=0.5)
        np.testing.assert_allclose(float(state.loss), float(found.loss), rtol=1e-13)
        theta = [p - s * g for p, s, g in zip(theta, STEPS, found.gradient, strict=True)]


def test_adam_by_hand():
    theta, X, targets = problem()
    m, v = [0.0] * 3, [0.0] * 3
    for t, state in enumerate(run(theta, X, targets, optimizer="adam"), start=1):
        for one, other in zip(state.parameters, theta, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)
        gradient = residual_network(tuple(theta), X, targets, branch_multiplier=0.5).gradient
        m = [0.9 * a + 0.1 * g for a, g in zip(m, gradient, strict=True)]
        v = [0.999 * a + 0.001 * g**2 for a, g in zip(v, gradient, strict=True)]
        corrected = [(a / (1 - 0.9**t), b / (1 - 0.999**t)) for a, b in zip(m, v, strict=True)]
        theta = [
            p - s * a / np.sqrt(b) for p, s, (a, b) in zip(theta, STEPS, corrected, strict=True)
        ]


def test_it_learns():
    parameters, X, targets = problem(width=20)
    for optimizer, steps in (("sgd", (2.0, 2.0, 2.0)), ("adam", (0.05, 0.02, 0.05))):
        states = run(parameters, X, targets, 300, optimizer=optimizer, step_sizes=steps)
        assert float(states[-1].loss) < 0.1 * float(states[0].loss)


# Invariance


def test_the_first_step_of_adam_knows_only_signs():
    parameters, X, targets = problem()
    first, second = run(parameters, X, targets, 1, optimizer="adam")
    gradient = residual_network(parameters, X, targets, branch_multiplier=0.5).gradient
    parts = zip(first.parameters, second.parameters, STEPS, gradient, strict=True)
    for before, after, step, slope in parts:
        np.testing.assert_allclose(before - after, step * np.sign(slope), rtol=0, atol=1e-12)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_part_with_step_zero_stays(optimizer):
    parameters, X, targets = problem()
    last = run(parameters, X, targets, optimizer=optimizer, step_sizes=(0, 0.1, 0))[-1]
    np.testing.assert_array_equal(last.parameters[0], parameters[0])
    assert np.any(last.parameters[1] != parameters[1])
    np.testing.assert_array_equal(last.parameters[2], parameters[2])


def test_where_the_gradient_has_always_been_zero_adam_does_not_move():
    parameters, X, targets = problem()
    X[:, 0] = 0.0  # the first feature never speaks
    last = run(parameters, X, targets, optimizer="adam")[-1]
    np.testing.assert_array_equal(last.parameters[0][:, 0], parameters[0][:, 0])
    assert np.all(np.isfinite(last.parameters[0]))


def test_a_run_that_overflows_goes_on_with_nan():
    parameters, X, targets = problem()
    with np.errstate(all="ignore"):
        states = run(
            tuple(map(np.abs, parameters)), np.abs(X), targets, 60, activation="relu",
            step_sizes=(0.0, 0.0, 1e9),
        )  # fmt: skip
    assert np.isnan(float(states[-1].loss))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_arrays(library, dtype, optimizer):
    parameters, X, targets = problem(dtype=dtype)
    placed = tuple(map(library.place, parameters))
    states = run(placed, library.place(X), library.place(targets), 3, optimizer=optimizer)
    for state in states:
        assert all(library.holds(part, dtype=dtype) for part in state.parameters)
        assert library.holds(state.loss, dtype=dtype)
    if optimizer == "sgd":  # Adam's first step turns rounding of a tiny gradient into a sign
        double = [tuple(p.astype(float) for p in parameters), X.astype(float)]
        expected = run(*double, targets.astype(float), 3)
        tolerance = 1000 * float(np.finfo(dtype).eps)
        for one, other in zip(states[-1].parameters, expected[-1].parameters, strict=True):
            np.testing.assert_allclose(to_numpy(one), other, rtol=0, atol=tolerance)
    for one, other in zip(placed, parameters, strict=True):
        np.testing.assert_array_equal(to_numpy(one), other)


# Refusals, at the call


def test_refusals():
    parameters, X, targets = problem()
    arguments = {"branch_multiplier": 0.5}
    with pytest.raises(TypeError, match=r"step_sizes must be three numbers.*got 0.1"):
        residual_training(parameters, X, targets, step_sizes=0.1, **arguments)
    with pytest.raises(ValueError, match="optimizer must be one of 'sgd', 'adam', got 'lion'"):
        residual_training(parameters, X, targets, step_sizes=STEPS, optimizer="lion", **arguments)
