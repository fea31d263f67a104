"""One pass of softmax regression: steps by hand, symmetries, decay, arrays, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from labkit.arrays import to_numpy
from labkit.networks import loss_and_gradient, one_pass_softmax


def problem(seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((9, 4)).astype(dtype)
    targets = np.eye(3, dtype=dtype)[rng.integers(0, 3, 9)]
    return rng.standard_normal((3, 4)).astype(dtype), X, targets


# Oracle


def test_steps_by_hand():
    W, X, targets = problem()
    states = list(one_pass_softmax(W, X, targets, step_size=0.3, weight_decay=0.2))
    assert len(states) == 10
    for x, y, before, after in zip(X, targets, states[:-1], states[1:], strict=True):
        gradient = np.outer(softmax(before @ x) - y, x) + 0.2 * before
        np.testing.assert_allclose(after, before - 0.3 * gradient, rtol=0, atol=1e-15)


def test_a_step_is_that_of_the_network_without_hidden_layers():
    W, X, targets = problem()
    _, first, *_ = one_pass_softmax(W, X, targets, step_size=0.3)
    ((gradient, _),) = loss_and_gradient([(W, np.zeros(3))], X[:1], targets[:1])[1]
    np.testing.assert_allclose(first, W - 0.3 * gradient, rtol=0, atol=1e-15)


@pytest.mark.parametrize("size", [1e3, 1e300])
def test_large_logits_stay_finite(size):
    W = np.array([[size], [-size]])
    *_, last = one_pass_softmax(W, np.ones((1, 1)), np.array([[0.0, 1.0]]), step_size=1.0)
    np.testing.assert_allclose(last, [[size - 1], [1 - size]])


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_rotation_and_order_of_classes(seed):
    W, X, targets = problem(seed)
    U = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))[0]
    order = [2, 0, 1]
    *_, last = one_pass_softmax(W, X, targets, step_size=0.3, weight_decay=0.1)
    *_, turned = one_pass_softmax(W @ U, X @ U, targets, step_size=0.3, weight_decay=0.1)
    *_, named = one_pass_softmax(W[order], X, targets[:, order], step_size=0.3, weight_decay=0.1)
    np.testing.assert_allclose(turned, last @ U, rtol=0, atol=1e-13)
    np.testing.assert_allclose(named, last[order], rtol=0, atol=1e-13)


def test_what_the_stream_does_not_hold_up_decays():
    W = np.array([[0.0, 5.0], [0.0, 5.0]])
    X, targets = np.tile([1.0, 0.0], (50, 1)), np.full((50, 2), 0.5)
    *_, last = one_pass_softmax(W, X, targets, step_size=0.1, weight_decay=0.2)
    np.testing.assert_allclose(last, 0.98**50 * W, rtol=0, atol=1e-13)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    given = problem(dtype=dtype)
    placed = [library.place(a) for a in given]
    *_, last = one_pass_softmax(*placed, step_size=0.3, weight_decay=0.1)
    assert library.holds(last, dtype=dtype)
    *_, expected = one_pass_softmax(
        *(a.astype(float) for a in given), step_size=0.3, weight_decay=0.1
    )
    # nine steps, each of products of four numbers of order one
    tolerance = 300 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(last), expected, rtol=0, atol=tolerance)
    for a, b in zip(placed, given, strict=True):
        np.testing.assert_array_equal(to_numpy(a), b)


# Refusals


def test_refusals():
    W, X, targets = problem()
    with pytest.raises(ValueError, match="X must have 4 features, as the first layer has, got 3"):
        one_pass_softmax(W, X[:, :3], targets, step_size=0.1)
    with pytest.raises(ValueError, match=r"targets must have shape \(9, 3\), got \(9, 2\)"):
        one_pass_softmax(W, X, targets[:, :2], step_size=0.1)
    with pytest.raises(ValueError, match=r"weight_decay must be .*, got -1.0"):
        one_pass_softmax(W, X, targets, step_size=0.1, weight_decay=-1.0)
