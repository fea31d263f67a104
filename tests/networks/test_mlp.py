"""The multilayer perceptron and its hand-written derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from labkit.arrays import to_numpy
from labkit.networks import flatten, forward, initial_parameters, loss_and_gradient, unflatten

EPS = 2.0**-52
WIDTHS = [(3, 2), (5, 1), (4, 6, 3), (3, 5, 4, 2), (2, 1, 3)]


def problem(widths, n_samples=7, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, widths[0])).astype(dtype)
    targets = np.eye(widths[-1], dtype=dtype)[rng.integers(0, widths[-1], n_samples)]
    parameters = initial_parameters(widths, like=X, rng=rng)
    parameters = [(W, b + (rng.standard_normal(b.shape) / 4).astype(dtype)) for W, b in parameters]
    return parameters, X, targets


# Oracle


def test_biases_have_their_scale_and_none_are_drawn_without():
    like, widths = np.zeros(1), (3, 4000, 2)
    plain = initial_parameters(widths, like=like, rng=0)
    spread = initial_parameters(widths, like=like, bias_scale=0.5, rng=0)
    assert not any(b.any() for _, b in plain)
    np.testing.assert_array_equal(plain[0][0], spread[0][0])
    assert np.std(spread[0][1]) == pytest.approx(0.5, rel=0.06)  # 5 sd


def test_two_widths_are_softmax_regression():
    parameters, X, targets = problem((784, 10), n_samples=20)
    (W, b) = parameters[0]
    logits = X @ W.T + b
    np.testing.assert_allclose(forward(parameters, X), logits, rtol=0, atol=1e-12)
    loss, gradient = loss_and_gradient(parameters, X, targets)
    log_p = log_softmax(logits, axis=1)
    assert loss == pytest.approx(-np.mean(np.sum(targets * log_p, axis=1)), rel=1e-13)
    residual = (np.exp(log_p) - targets) / 20
    assert len(gradient) == 1
    np.testing.assert_allclose(gradient[0][0], residual.T @ X, rtol=0, atol=1e-14)
    np.testing.assert_allclose(gradient[0][1], residual.sum(axis=0), rtol=0, atol=1e-15)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_forward_by_hand(activation):
    parameters, X, _ = problem((3, 5, 4, 2))
    phi = np.tanh if activation == "tanh" else lambda z: np.where(z > 0, z, 0)
    (A, a), (B, b), (C, c) = parameters
    for x, z in zip(X, forward(parameters, X, activation=activation), strict=True):
        np.testing.assert_allclose(z, C @ phi(B @ phi(A @ x + a) + b) + c, rtol=0, atol=50 * EPS)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("widths", WIDTHS)
def test_finite_differences_agree(widths, activation):
    parameters, X, targets = problem(widths)
    gradient = flatten(loss_and_gradient(parameters, X, targets, activation=activation)[1])
    theta = flatten(parameters)
    h = EPS ** (1 / 3)  # central differences: error h^2 f''' / 6 + eps f / h, both about 1e-10
    for i, unit in enumerate(np.eye(len(theta)) * h):
        above, below = (
            loss_and_gradient(unflatten(theta + move, widths), X, targets, activation=activation)[0]
            for move in (unit, -unit)
        )
        assert gradient[i] == pytest.approx((above - below) / (2 * h), abs=1e-8)


def test_a_blind_guess_costs_the_logarithm_of_the_classes():
    loss, _ = loss_and_gradient(
        unflatten(np.zeros(4 * 10), (3, 10)), np.ones((2, 3)), np.eye(10)[:2]
    )
    assert loss == pytest.approx(np.log(10), rel=1e-15)


@pytest.mark.parametrize("size", [1e3, 1e6, 1e300])
def test_large_logits_neither_overflow_nor_vanish(size):
    parameters = [(np.array([[size], [-size]]), np.zeros(2))]
    right, wrong = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    loss, gradient = loss_and_gradient(parameters, np.ones((1, 1)), right)
    assert loss == 0
    assert np.all(flatten(gradient) == 0)
    loss, gradient = loss_and_gradient(parameters, np.ones((1, 1)), wrong)
    assert loss == pytest.approx(2 * size)
    assert np.isfinite(flatten(gradient)).all()


def test_initial_parameters_have_the_stated_law():
    (W, b), (V, c) = initial_parameters((400, 300, 10), like=np.zeros(1), rng=0)
    assert W.shape == (300, 400)
    assert V.shape == (10, 300)
    assert not b.any()
    assert not c.any()
    n = W.size
    assert abs(W.mean()) < 6 / np.sqrt(400 * n)
    assert abs(W.var() * 400 - 1) < 6 * np.sqrt(2 / n)


# Invariance


@given(seed=st.integers(0, 2**32 - 1), widths=st.sampled_from(WIDTHS))
def test_flatten_and_unflatten_undo_each_other(seed, widths):
    parameters = initial_parameters(widths, like=np.zeros(1), rng=seed)
    vector = flatten(parameters)
    again = unflatten(vector, widths)
    for (W, b), (V, c) in zip(parameters, again, strict=True):
        np.testing.assert_array_equal(W, V)
        np.testing.assert_array_equal(b, c)
    np.testing.assert_array_equal(flatten(again), vector)


@given(seed=st.integers(0, 2**32 - 1), widths=st.sampled_from(WIDTHS))
def test_the_order_of_samples_does_not_matter_and_batches_average(seed, widths):
    parameters, X, targets = problem(widths, n_samples=6, seed=seed)
    order = np.random.default_rng(seed).permutation(6)
    loss, gradient = loss_and_gradient(parameters, X, targets)
    shuffled, same = loss_and_gradient(parameters, X[order], targets[order])
    assert shuffled == pytest.approx(loss, rel=1e-13, abs=1e-13)
    tolerance = 1e-13 * (1 + np.abs(flatten(gradient)).max())
    np.testing.assert_allclose(flatten(same), flatten(gradient), rtol=0, atol=tolerance)
    halves = [
        loss_and_gradient(parameters, X[part], targets[part])[1] for part in ([0, 1, 2], [3, 4, 5])
    ]
    np.testing.assert_allclose(
        (flatten(halves[0]) + flatten(halves[1])) / 2, flatten(gradient), rtol=0, atol=tolerance
    )


@given(seed=st.integers(0, 2**32 - 1), shift=st.floats(-50, 50))
def test_a_shift_of_all_logits_does_not_matter(seed, shift):
    parameters, X, targets = problem((4, 6, 3), seed=seed)
    moved = [parameters[0], (parameters[1][0], parameters[1][1] + shift)]
    assert loss_and_gradient(moved, X, targets)[0] == pytest.approx(
        loss_and_gradient(parameters, X, targets)[0], abs=100 * EPS * (1 + abs(shift)) * 10
    )


# Arrays


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype, activation):
    widths = (4, 6, 3)
    parameters, X, targets = problem(widths, dtype=dtype)
    placed = [(library.place(W), library.place(b)) for W, b in parameters]
    inputs, labels = library.place(X), library.place(targets)
    logits = forward(placed, inputs, activation=activation)
    loss, gradient = loss_and_gradient(placed, inputs, labels, activation=activation)
    vector = flatten(gradient)
    assert library.holds(logits, vector, *(a for pair in gradient for a in pair), dtype=dtype)
    assert library.holds(*(a for pair in unflatten(vector, widths) for a in pair), dtype=dtype)
    fresh = initial_parameters(widths, like=inputs, rng=0)
    assert library.holds(*(a for pair in fresh for a in pair), dtype=dtype)
    assert type(loss) is float
    double = [(W.astype(float), b.astype(float)) for W, b in parameters]
    expected = loss_and_gradient(
        double, X.astype(float), targets.astype(float), activation=activation
    )
    # Sums of at most 7 terms in three layers, all factors of order one.
    tolerance = 100 * float(np.finfo(dtype).eps)
    assert loss == pytest.approx(expected[0], rel=tolerance)
    np.testing.assert_allclose(to_numpy(vector), flatten(expected[1]), rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(inputs), X)
    np.testing.assert_array_equal(to_numpy(labels), targets)
    np.testing.assert_array_equal(
        flatten([(to_numpy(W), to_numpy(b)) for W, b in placed]), flatten(parameters)
    )


# Refusals


def test_refusals(library):
    parameters, X, targets = problem((4, 3))
    with pytest.raises(ValueError, match="X must have 4 features, as the first layer has, got 2"):
        forward(parameters, X[:, :2])
    with pytest.raises(ValueError, match="activation must be one of 'tanh', 'relu', got 'gelu'"):
        forward(parameters, X, activation="gelu")
    with pytest.raises(ValueError, match=r"targets must have shape \(7, 3\), got \(7, 2\)"):
        loss_and_gradient(parameters, X, targets[:, :2])
    with pytest.raises(ValueError, match="targets must have 2 dimensions, got 1"):
        loss_and_gradient(parameters, X, np.arange(7))
    with pytest.raises(ValueError, match=r"targets must have rows that sum to 1, got one .* 1 off"):
        loss_and_gradient(parameters, X, 2 * targets)
    with pytest.raises(ValueError, match=r"vector must have 15 entries for widths .*, got 14"):
        unflatten(np.zeros(14), (4, 3))
    with pytest.raises(ValueError, match="widths must name inputs and outputs at least"):
        initial_parameters((4,), like=X)
    with pytest.raises(ValueError, match="widths must be an integer from 1 up, got 0"):
        initial_parameters((4, 0), like=X)
    with pytest.raises(TypeError, match="like must be a floating array, got dtype int64"):
        initial_parameters((4, 3), like=np.arange(3))
    if library.name not in ("numpy", "numpy-read-only"):
        with pytest.raises(TypeError, match="arrays must be on one device"):
            forward(parameters, library.place(X))
