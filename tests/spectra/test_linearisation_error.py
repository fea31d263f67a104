"""The linearisation error against a difference quotient, its order, and where it is zero."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import residual_network
from labkit.spectra import linearisation_error


def problem(n_layers=2, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    W, move = rng.standard_normal((2, 3, n_layers, 6, 6))
    return W.astype(dtype), move.astype(dtype), rng.standard_normal((4, 5, 6)).astype(dtype)


def branch(block, h, activation):
    for matrix in block:
        h = (np.tanh(h) if activation == "tanh" else np.maximum(h, 0)) @ matrix.T / 6**0.5
    return h


# Oracle


@pytest.mark.parametrize("n_layers", [1, 2, 3])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_against_a_difference_quotient(n_layers, activation):
    W, move, signals = problem(n_layers)
    found = linearisation_error(W, W + 0.5 * move, signals, activation=activation)
    for block in range(3):
        h = signals[block]
        up, down = (branch(W[block] + s * move[block], h, activation) for s in (1e-6, -1e-6))
        foreseen = 0.5 * (up - down) / 2e-6
        happened = branch(W[block] + 0.5 * move[block], h, activation) - branch(
            W[block], h, activation
        )
        expected = np.linalg.norm(happened - foreseen) / np.linalg.norm(foreseen)
        np.testing.assert_allclose(found[block], expected, rtol=0, atol=1e-8)


def test_a_block_of_one_matrix_is_linear_in_it():
    W, move, signals = problem(n_layers=1)
    assert np.all(linearisation_error(W, W + move, signals) < 1e-14)


def test_it_is_proportional_to_a_small_move():
    W, move, signals = problem()
    small, smaller = (linearisation_error(W, W + s * move, signals) for s in (1e-3, 1e-4))
    np.testing.assert_allclose(small / smaller, 10, rtol=0.02)


def test_where_nothing_moved_it_is_zero():
    W, move, signals = problem()
    moved = np.concatenate([W[:1], (W + move)[1:]])
    found = linearisation_error(W, moved, signals)
    assert found[0] == 0
    assert np.all(found[1:] > 0.01)


# Invariance


def test_blocks_are_looked_at_one_by_one():
    W, move, signals = problem()
    together = linearisation_error(W, W + move, signals)
    alone = linearisation_error(W[1:2], (W + move)[1:2], signals[1:3])
    np.testing.assert_allclose(together[1:2], alone, rtol=1e-13)


def test_the_last_signal_is_not_used():
    W, move, signals = problem()
    other = signals.copy()
    other[-1] = 7.0
    np.testing.assert_array_equal(
        linearisation_error(W, W + move, signals), linearisation_error(W, W + move, other)
    )


def test_signals_of_a_network_fit():
    W, move, _ = problem()
    parameters = np.ones((6, 4)), W, np.ones((2, 6))
    found = residual_network(parameters, np.eye(4), np.zeros((4, 2)), branch_multiplier=0.5)
    assert linearisation_error(W, W + move, found.signals).shape == (3,)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_arrays(library, dtype, activation):
    W, move, signals = problem(dtype=dtype)
    placed = [library.place(array) for array in (W, W + move, signals)]
    found = linearisation_error(*placed, activation=activation)
    assert library.holds(found, dtype=dtype)
    double = [array.astype(float) for array in (W, W + move, signals)]
    expected = linearisation_error(*double, activation=activation)
    # Differences of vectors of order one, over a norm of order one.
    tolerance = 300 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found), expected, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), W)


# Refusals


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"blocks": np.ones((3, 2, 6, 5))}, "blocks must hold square matrices"),
        ({"moved_blocks": np.ones((2, 2, 6, 6))}, r"moved_blocks must have shape \(3, 2, 6, 6\)"),
        ({"signals": np.ones((3, 5, 6))}, r"signals must have shape \(4, n_samples, 6\)"),
        ({"signals": np.ones((4, 5, 5))}, r"signals must have shape \(4, n_samples, 6\)"),
    ],
)
def test_refusals(arguments, message):
    W, move, signals = problem()
    with pytest.raises(ValueError, match=message):
        linearisation_error(
            **{"blocks": W, "moved_blocks": W + move, "signals": signals, **arguments}
        )
