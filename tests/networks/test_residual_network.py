"""The residual network against a plain loop, finite differences and its symmetries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.networks import residual_network


def problem(seed=0, n_layers=2, n_blocks=3, width=5, dtype="float64"):
    rng = np.random.default_rng(seed)
    parameters = (
        rng.standard_normal((width, 4)),
        rng.standard_normal((n_blocks, n_layers, width, width)),
        rng.standard_normal((2, width)),
    )
    X, targets = rng.standard_normal((7, 4)), rng.standard_normal((7, 2))
    return (
        tuple(part.astype(dtype) for part in parameters),
        X.astype(dtype),
        targets.astype(dtype),
    )


# Oracle


@pytest.mark.parametrize("n_layers", [1, 3])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_forward_sample_by_sample(n_layers, activation):
    (E, W, R), X, targets = problem(n_layers=n_layers)
    found = residual_network((E, W, R), X, targets, branch_multiplier=0.7, activation=activation)
    losses = []
    for i, (x, y) in enumerate(zip(X, targets, strict=True)):
        h = E @ x / 4**0.5
        for block in W:
            signal = h
            for matrix in block:
                active = np.tanh(signal) if activation == "tanh" else np.maximum(signal, 0)
                signal = matrix @ active / 5**0.5
            h = h + 0.7 * signal
        f = R @ (np.tanh(h) if activation == "tanh" else np.maximum(h, 0)) / 5
        np.testing.assert_allclose(found.signals[-1, i], h, rtol=0, atol=1e-13)
        np.testing.assert_allclose(found.outputs[i], f, rtol=0, atol=1e-14)
        losses.append(np.sum((f - y) ** 2) / 2)
    np.testing.assert_allclose(float(found.loss), np.mean(losses), rtol=1e-13)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_gradient_is_the_difference_quotient(n_layers, activation):
    parameters, X, targets = problem(n_layers=n_layers)
    arguments = {"branch_multiplier": 0.6, "activation": activation}
    gradient = residual_network(parameters, X, targets, **arguments).gradient
    rng = np.random.default_rng(1)
    for part in range(3):
        direction = rng.standard_normal(parameters[part].shape)
        losses = []
        for step in (1e-5, -1e-5):
            moved = list(parameters)
            moved[part] = parameters[part] + step * direction
            losses.append(float(residual_network(tuple(moved), X, targets, **arguments).loss))
        quotient = (losses[0] - losses[1]) / 2e-5
        # Second-order difference of a function of order one: 1e-10, rounding 1e-11.
        np.testing.assert_allclose(np.sum(gradient[part] * direction), quotient, atol=1e-8)


def test_mean_square_of_rectified_signals_grows_as_expected():
    # E|h_l|^2 is multiplied by 1 + beta^2 / 2 in each block, at any width, for signals are
    # symmetric about zero.
    rng = np.random.default_rng(0)
    X, targets, beta, n = np.ones((1, 4)), np.zeros((1, 1)), 0.5, 1000
    squares = []
    for _ in range(n):
        parameters = (
            rng.standard_normal((20, 4)),
            rng.standard_normal((6, 1, 20, 20)),
            np.zeros((1, 20)),
        )
        found = residual_network(parameters, X, targets, branch_multiplier=beta, activation="relu")
        squares.append(np.mean(found.signals[:, 0] ** 2, axis=1))
    squares = np.array(squares)
    error = squares.std(axis=0) / n**0.5
    np.testing.assert_array_less(
        np.abs(squares.mean(axis=0) - (1 + beta**2 / 2) ** np.arange(7)), 6 * error
    )


def test_without_branches_blocks_do_nothing_and_get_no_gradient():
    parameters, X, targets = problem()
    found = residual_network(parameters, X, targets, branch_multiplier=0.0)
    np.testing.assert_array_equal(found.signals, np.broadcast_to(found.signals[0], (4, 7, 5)))
    assert not np.any(found.gradient[1])


def test_overflow_shows_in_the_loss():
    parameters, X, targets = problem(n_layers=1)
    with np.errstate(all="ignore"):
        found = residual_network(parameters, X, targets, branch_multiplier=1e200, activation="relu")
    assert not np.isfinite(float(found.loss))


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_units_can_be_renamed(seed):
    (E, W, R), X, targets = problem()
    order = np.random.default_rng(seed).permutation(5)
    renamed = E[order], W[:, :, order][..., order], R[:, order]
    one = residual_network((E, W, R), X, targets, branch_multiplier=0.5)
    other = residual_network(renamed, X, targets, branch_multiplier=0.5)
    np.testing.assert_allclose(one.outputs, other.outputs, rtol=0, atol=1e-14)
    np.testing.assert_allclose(
        one.gradient[1][:, :, order][..., order], other.gradient[1], rtol=0, atol=1e-14
    )


def test_a_multiplier_and_the_last_matrix_of_each_block_are_one_factor():
    (E, W, R), X, targets = problem()
    doubled = np.concatenate([W[:, :-1], 2 * W[:, -1:]], axis=1)
    one = residual_network((E, W, R), X, targets, branch_multiplier=1.0)
    other = residual_network((E, doubled, R), X, targets, branch_multiplier=0.5)
    np.testing.assert_allclose(one.signals, other.signals, rtol=0, atol=1e-14)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_arrays(library, dtype, activation):
    parameters, X, targets = problem(dtype=dtype)
    placed = tuple(map(library.place, parameters))
    arguments = {"branch_multiplier": 0.5, "activation": activation}
    found = residual_network(placed, library.place(X), library.place(targets), **arguments)
    results = [found.outputs, found.loss, found.signals, *found.gradient]
    assert all(library.holds(array, dtype=dtype) for array in results)
    double = [tuple(p.astype(float) for p in parameters), X.astype(float), targets.astype(float)]
    expected = residual_network(*double, **arguments)
    # Signals of order one through six products of five terms each.
    tolerance = 300 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found.outputs), expected.outputs, rtol=0, atol=tolerance)
    for one, other in zip(found.gradient, expected.gradient, strict=True):
        np.testing.assert_allclose(to_numpy(one), other, rtol=0, atol=tolerance)
    for one, other in zip(placed, parameters, strict=True):
        np.testing.assert_array_equal(to_numpy(one), other)


# Refusals


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": np.ones((7, 3))}, "X must have 4 features, as the embedding has, got 3"),
        ({"targets": np.ones((7, 3))}, r"targets must have shape \(7, 2\), got \(7, 3\)"),
        ({"parameters": (np.ones((5, 4)), np.ones((3, 2, 5, 5)))}, "got 2 of them"),
        (
            {"parameters": (np.ones((6, 4)), np.ones((3, 2, 5, 5)), np.ones((2, 5)))},
            r"parameters must have one width, got shapes \(6, 4\)",
        ),
        (
            {"parameters": (np.ones((5, 4)), np.full((3, 2, 5, 5), np.nan), np.ones((2, 5)))},
            "blocks of parameters must be finite",
        ),
    ],
)
def test_refusals(arguments, message):
    parameters, X, targets = problem()
    given = {"parameters": parameters, "X": X, "targets": targets, **arguments}
    with pytest.raises(ValueError, match=message):
        residual_network(**given, branch_multiplier=0.5)
