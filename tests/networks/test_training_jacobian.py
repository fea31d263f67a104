"""The training Jacobian: differences of whole runs, exact cases, decay, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import (
    flatten,
    gradient_training,
    hessian_product,
    initial_parameters,
    training_jacobian,
    unflatten,
)

WIDTHS = (3, 4, 2)


def problem(dtype="float64"):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((9, 3)).astype(dtype)
    targets = np.eye(2, dtype=dtype)[np.arange(9) % 2]
    return initial_parameters(WIDTHS, like=X, rng=1), X, targets


# Oracle


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize(("momentum", "decay"), [(0.0, 0.0), (0.8, 0.0), (0.8, 0.05)])
def test_differences_of_whole_runs(activation, momentum, decay):
    parameters, X, targets = problem()
    steps = np.array([0.3, 0.1, 0.5, 0.2, 0.0, 0.4])
    settings = {"schedule": steps, "momentum": momentum, "weight_decay": decay}

    def end(theta):
        states = training_jacobian(
            unflatten(theta, WIDTHS), X, targets, activation=activation, **settings
        )
        *_, last = states
        return last

    theta = flatten(parameters)
    h, found = 1e-5, end(theta)
    columns = [
        (flatten(end(theta + h * e).parameters) - flatten(end(theta - h * e).parameters)) / (2 * h)
        for e in np.eye(len(theta))
    ]
    # central differences: an error of h^2, and rounding of eps / h
    np.testing.assert_allclose(found.jacobian, np.transpose(columns), rtol=0, atol=1e-8)


def test_the_path_is_that_of_gradient_training():
    parameters, X, targets = problem()
    ours = training_jacobian(parameters, X, targets, schedule=np.full(5, 0.3), momentum=0.9)
    theirs = gradient_training(parameters, X, targets, step_size=0.3, momentum=0.9)
    states = list(ours)
    assert len(states) == 6
    for state, expected in zip(states, theirs, strict=False):
        np.testing.assert_allclose(flatten(state.parameters), flatten(expected), rtol=0, atol=1e-14)


def test_without_momentum_it_is_a_product_of_hessians():
    parameters, X, targets = problem()
    expected = np.eye(len(flatten(parameters)))
    identity = np.eye(len(expected))
    states = training_jacobian(parameters, X, targets, schedule=np.array([0.3, 0.2]))
    for step in (0.3, 0.2):
        state = next(states)
        np.testing.assert_allclose(state.jacobian, expected, rtol=0, atol=1e-13)
        hessian = hessian_product(state.parameters, X, targets, identity)
        expected = (identity - step * hessian) @ expected
    np.testing.assert_allclose(next(states).jacobian, expected, rtol=0, atol=1e-13)


# Invariance


def test_shifts_of_all_logits_pass_through():
    parameters, X, targets = problem()
    *_, last = training_jacobian(parameters, X, targets, schedule=np.full(20, 0.3), momentum=0.5)
    shift = np.zeros(26)
    shift[[16, 20]] = 1  # the weights out of the first hidden unit
    np.testing.assert_allclose(last.jacobian @ shift, shift, rtol=0, atol=1e-13)


def test_weights_at_a_dead_input_pass_through():
    parameters, X, targets = problem()
    X = X * np.array([1.0, 1.0, 0.0])
    *_, last = training_jacobian(parameters, X, targets, schedule=np.full(20, 0.3))
    np.testing.assert_array_equal(last.jacobian[:, 2], np.eye(26)[:, 2])


# Edge cases


def test_steps_of_zero_change_nothing():
    parameters, X, targets = problem()
    *_, last = training_jacobian(parameters, X, targets, schedule=np.zeros(3))
    np.testing.assert_array_equal(last.jacobian, np.eye(26))
    np.testing.assert_array_equal(flatten(last.parameters), flatten(parameters))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    parameters, X, targets = problem(dtype)
    placed = [(library.place(w), library.place(b)) for w, b in parameters]
    *_, last = training_jacobian(
        placed,
        library.place(X),
        library.place(targets),
        schedule=library.place(np.full(4, 0.3)),
        momentum=0.5,
    )
    assert library.holds(last.jacobian, dtype=dtype)
    exact = [(w.astype(float), b.astype(float)) for w, b in parameters]
    *_, expected = training_jacobian(
        exact, X.astype(float), targets.astype(float), schedule=np.full(4, 0.3), momentum=0.5
    )
    # four steps, each of sums of tens of numbers of order one
    tolerance = 1000 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(last.jacobian), expected.jacobian, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0][0]), parameters[0][0])


# Refusals


def test_refusals():
    parameters, X, targets = problem()
    with pytest.raises(ValueError, match=r"schedule must not be negative, got -0.1"):
        training_jacobian(parameters, X, targets, schedule=np.array([0.1, -0.1]))
    with pytest.raises(ValueError, match="schedule"):
        training_jacobian(parameters, X, targets, schedule=np.zeros((2, 2)))
    with pytest.raises(ValueError, match="X must have 3 features"):
        training_jacobian(parameters, X[:, :2], targets, schedule=np.zeros(2))
