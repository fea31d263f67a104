"""HyperLISTA: layer by layer against a loop over signals and entries; homogeneity; recovery."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import analytic_weights, hyper_lista

NUMBERS = {"c_threshold": 0.04, "c_momentum": 0.02, "c_passed": 0.05}


def draw(seed, m=25, n=50, n_signals=4, density=0.08):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((m, n))
    A /= np.linalg.norm(A, axis=0)
    x = np.where(rng.random((n_signals, n)) < density, rng.standard_normal((n_signals, n)), 0.0)
    x[:, 0] = 1.0
    return A, x, x @ A.T


def run(A, b, n_layers, **changes):
    W = changes.pop("W", None)
    W = analytic_weights(A) if W is None else W
    return list(islice(hyper_lista(A, b, W=W, **{**NUMBERS, **changes}), n_layers + 1))


def by_hand(A, b, W, n_layers, eta):
    """Return the layers of one signal, as the formulas say."""
    pinv, n = np.linalg.pinv(A), A.shape[1]
    x = before = np.zeros(n)
    for _ in range(n_layers):
        size = np.abs(pinv @ (A @ x - b)).sum()
        theta = NUMBERS["c_threshold"] * eta * size
        beta = NUMBERS["c_momentum"] * np.count_nonzero(x)
        share = np.clip(NUMBERS["c_passed"] * np.log(np.abs(pinv @ b).sum() / size), 0, 1)
        u = x + eta * W.T @ (b - A @ x) + beta * (x - before)
        new = np.sign(u) * np.maximum(np.abs(u) - theta, 0)
        for i in np.argsort(-np.abs(u))[: int(share * n)]:
            if abs(u[i]) > theta:
                new[i] = u[i]
        before, x = x, new
    return x, theta, beta, share


# Oracle


@pytest.mark.parametrize("eta", [1.0, 0.8])
def test_layers_are_those_of_the_formulas(eta):
    A, _, b = draw(0)
    W = analytic_weights(A)
    for n_layers in (1, 2, 7):
        layer = run(A, b, n_layers, step_size=eta)[-1]
        for i in range(4):
            x, theta, beta, share = by_hand(A, b[i], W, n_layers, eta)
            np.testing.assert_allclose(layer.signals[i], x, atol=1e-12)
            got = layer.thresholds[i], layer.momentum[i], layer.passed[i]
            np.testing.assert_allclose(got, (theta, beta, share), rtol=1e-9)


def test_sparse_signals_are_recovered():
    A, x, b = draw(1, 60, 100, 20, 0.05)
    numbers = {"c_threshold": 0.04, "c_momentum": 0.02, "c_passed": 0.03}
    errors = [np.linalg.norm(s.signals - x) for s in run(A, b, 40, **numbers)]
    assert errors[40] < 1e-4 * errors[0]
    assert errors[40] < 0.5 * errors[15]


def test_without_momentum_threshold_and_passing_it_is_a_plain_step():
    A, _, b = draw(2)
    W = analytic_weights(A)
    zero = {"c_threshold": 0.0, "c_momentum": 0.0, "c_passed": 0.0}
    layers = run(A, b, 2, **zero)
    np.testing.assert_allclose(layers[1].signals, b @ W, atol=1e-14)
    np.testing.assert_allclose(layers[2].signals, b @ W + (b - b @ W @ A.T) @ W, atol=1e-12)


# Invariance


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), exponent=st.integers(-30, 30))
def test_powers_of_two_pass_through_exactly(seed, exponent):
    A, _, b = draw(seed)
    before, after = run(A, b, 8)[-1], run(A, 2.0**exponent * b, 8)[-1]
    np.testing.assert_array_equal(after.signals, 2.0**exponent * before.signals)


def test_order_of_features_and_signals():
    A, _, b = draw(3)
    order = np.random.default_rng(0).permutation(50)
    before, after = run(A, b, 6)[-1], run(A[:, order], b[::-1], 6)[-1]
    np.testing.assert_allclose(after.signals, before.signals[::-1, order], atol=1e-10)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A, _, b = (part.astype(dtype) for part in draw(0))
    W = analytic_weights(A)
    placed = library.place(A), library.place(b)
    layer = run(*placed, 4, W=library.place(W))[-1]
    assert library.holds(layer.signals, layer.thresholds, layer.momentum, layer.passed, dtype=dtype)
    exact = run(A.astype(float), b.astype(float), 4, W=W.astype(float))[-1]
    np.testing.assert_allclose(
        to_numpy(layer.signals), exact.signals, atol=1e3 * np.finfo(dtype).eps
    )
    np.testing.assert_array_equal(to_numpy(placed[1]), b)


# Degenerate data


def test_nothing_measured_stays_zero():
    A, _, b = draw(0)
    b[1] = 0
    layer = run(A, b, 5)[-1]
    assert not layer.signals[1].any()
    assert np.isfinite(layer.signals).all()


def test_a_signal_found_exactly_stays():
    b = np.array([[3.0, 0.0, -1.0]])
    layers = run(np.eye(3), b, 5, W=np.eye(3), c_threshold=0.0, c_momentum=0.0)
    for layer in layers[1:]:
        np.testing.assert_array_equal(layer.signals, b)
        assert np.isfinite(layer.passed).all()


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measurements": np.ones((3, 5))}, "measurements must have 25 columns, got 5"),
        ({"W": np.ones((25, 5))}, r"W must have shape \(25, 50\)"),
        ({"c_threshold": -1.0}, "c_threshold must be"),
        ({"c_momentum": -1.0}, "c_momentum must be"),
        ({"c_passed": -1.0}, "c_passed must be"),
        ({"step_size": 0.0}, "step_size must be"),
    ],
)
def test_refusals(changes, message):
    A, _, b = draw(0)
    with pytest.raises(ValueError, match=message):
        hyper_lista(**{"A": A, "measurements": b, "W": A, **NUMBERS, **changes})
