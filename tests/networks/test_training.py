"""Training by gradient steps."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.networks import (
    flatten,
    forward,
    gradient_training,
    initial_parameters,
    loss_and_gradient,
    unflatten,
)
from labkit.trace import trace

EPS = 2.0**-52


def problem(widths=(4, 6, 3), n_samples=30, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, widths[0])).astype(dtype)
    labels = np.argmax(X @ rng.standard_normal((widths[0], widths[-1])), axis=1)
    targets = np.eye(widths[-1], dtype=dtype)[labels]
    return initial_parameters(widths, like=X, rng=rng), X, targets


def path(states, n_steps):
    return trace(states, n_steps=n_steps, record={"parameters": flatten})["parameters"]


# Oracle


@pytest.mark.parametrize("momentum", [0.0, 0.7])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_steps_by_hand(momentum, activation):
    parameters, X, targets = problem()
    seen = path(
        gradient_training(
            parameters, X, targets, step_size=0.3, momentum=momentum, activation=activation
        ),
        10,
    )
    theta, velocity = flatten(parameters), 0.0
    for row in seen:
        np.testing.assert_allclose(row, theta, rtol=0, atol=1e-13)
        gradient = loss_and_gradient(
            unflatten(theta, (4, 6, 3)), X, targets, activation=activation
        )[1]
        velocity = momentum * velocity - 0.3 * flatten(gradient)
        theta = theta + velocity


def test_batches_are_drawn_without_replacement_and_weigh_all_samples_alike():
    # Inputs are unit vectors, so the gradient of the linear model shows who was in the batch.
    n, size, n_steps = 12, 4, 3000
    parameters = [(np.zeros((2, n)), np.zeros(2))]
    targets = np.tile([1.0, 0.0], (n, 1))
    states = gradient_training(
        parameters, np.eye(n), targets, step_size=1e-9, batch_size=size, rng=0
    )
    moves = np.diff(trace(states, n_steps=n_steps, record={"W": lambda p: p[0][0][0]})["W"], axis=0)
    drawn = np.round(moves / (1e-9 * 0.5 / size), 3)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert np.all(drawn.sum(axis=1) == size)
    share = drawn.mean(axis=0)
    assert np.all(np.abs(share - size / n) < 6 * np.sqrt(size / n * (1 - size / n) / n_steps))


def test_it_learns():
    parameters, X, targets = problem(n_samples=200)
    states = gradient_training(
        parameters, X, targets, step_size=0.5, batch_size=50, momentum=0.5, rng=1
    )
    run = trace(states, n_steps=300, record={"loss": lambda p: loss_and_gradient(p, X, targets)[0]})
    assert run["loss"][-1] < 0.2 * run["loss"][0]
    right = forward(run.last, X).argmax(axis=1) == targets.argmax(axis=1)
    assert right.mean() > 0.95


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_full_batches_go_downhill_when_steps_are_short(seed):
    parameters, X, targets = problem(widths=(4, 3), seed=seed)
    # The loss is smooth with constant at most (|X|^2 + n) / (2 n) for softmax regression.
    step_size = 1 / (0.5 * (np.sum(X**2) / len(X) + 1))
    states = gradient_training(parameters, X, targets, step_size=step_size)
    losses = [loss_and_gradient(p, X, targets)[0] for p in itertools.islice(states, 20)]
    assert np.all(np.diff(losses) <= 10 * EPS)


def test_the_same_seed_trains_the_same_way():
    parameters, X, targets = problem()
    runs = [
        path(gradient_training(parameters, X, targets, step_size=0.1, batch_size=5, rng=rng), 6)
        for rng in (1, 1, 2)
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_a_batch_of_all_is_the_full_gradient():
    parameters, X, targets = problem()
    full = path(gradient_training(parameters, X, targets, step_size=0.1), 5)
    drawn = path(gradient_training(parameters, X, targets, step_size=0.1, batch_size=30, rng=0), 5)
    np.testing.assert_allclose(full, drawn, rtol=0, atol=1e-13)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    parameters, X, targets = problem(dtype=dtype)
    placed = [(library.place(W), library.place(b)) for W, b in parameters]
    inputs, labels = library.place(X), library.place(targets)
    arguments = {"step_size": 0.1, "batch_size": 8, "momentum": 0.5, "rng": 4}
    states = list(itertools.islice(gradient_training(placed, inputs, labels, **arguments), 6))
    assert all(library.holds(flatten(state), dtype=dtype) for state in states)
    double = [(W.astype(float), b.astype(float)) for W, b in parameters]
    expected = path(
        gradient_training(double, X.astype(float), targets.astype(float), **arguments), 5
    )
    # Each of five steps rounds once, with factors of order one.
    tolerance = 100 * float(np.finfo(dtype).eps)
    found = np.stack([to_numpy(flatten(state)) for state in states])
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(inputs), X)
    np.testing.assert_array_equal(to_numpy(labels), targets)
    np.testing.assert_array_equal(to_numpy(flatten(placed)), flatten(parameters))


# Refusals, at the call and not at the first state


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"step_size": 0.0}, ValueError, r"step_size must be .* in \(0, inf\], got 0.0"),
        ({"momentum": 1.0}, ValueError, r"momentum must be .* in \[0, 1\), got 1.0"),
        ({"batch_size": 0}, ValueError, "batch_size must be an integer from 1 to 30, got 0"),
        ({"batch_size": 31}, ValueError, "batch_size must be an integer from 1 to 30, got 31"),
        ({"batch_size": 2.0}, TypeError, "batch_size must be an integer"),
        ({"activation": "sine"}, ValueError, "activation must be one of"),
        ({"rng": "x"}, TypeError, "rng must be an integer"),
        ({"X": np.ones((30, 2))}, ValueError, "X must have 4 features"),
        ({"targets": np.ones((30, 2))}, ValueError, r"targets must have shape \(30, 3\)"),
    ],
)
def test_refusals(arguments, error, message):
    parameters, X, targets = problem()
    with pytest.raises(error, match=message):
        gradient_training(parameters, **{"X": X, "targets": targets, "step_size": 0.1, **arguments})
