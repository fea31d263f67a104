"""The Hessian's products: finite differences, the linear model, order and scale, arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.networks import (
    flatten,
    forward,
    gauss_newton_product,
    hessian_product,
    initial_parameters,
    loss_and_gradient,
    unflatten,
)

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


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("widths", WIDTHS)
def test_differences_of_the_gradient_agree(widths, activation):
    parameters, X, targets = problem(widths)
    theta = flatten(parameters)
    H = hessian_product(parameters, X, targets, np.eye(len(theta)), activation=activation)
    h = EPS ** (1 / 3)  # central differences: error h^2 g''' / 6 + eps g / h, both about 1e-10
    for i, unit in enumerate(np.eye(len(theta)) * h):
        above, below = (
            flatten(
                loss_and_gradient(
                    unflatten(theta + move, widths), X, targets, activation=activation
                )[1]
            )
            for move in (unit, -unit)
        )
        np.testing.assert_allclose(H[:, i], (above - below) / (2 * h), rtol=0, atol=1e-8)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("widths", WIDTHS)
def test_gauss_newton_from_the_jacobian(widths, activation):
    parameters, X, _ = problem(widths)
    theta = flatten(parameters)
    h = EPS ** (1 / 3)
    units = np.eye(len(theta)) * h
    J = np.stack(
        [
            forward(unflatten(theta + u, widths), X, activation=activation)
            - forward(unflatten(theta - u, widths), X, activation=activation)
            for u in units
        ],
        axis=-1,
    ) / (2 * h)
    logits = forward(parameters, X, activation=activation)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    middle = np.eye(widths[-1]) * p[:, None, :] - p[:, :, None] * p[:, None, :]
    expected = np.mean(J.mT @ middle @ J, axis=0)
    G = gauss_newton_product(parameters, X, np.eye(len(theta)), activation=activation)
    np.testing.assert_allclose(G, expected, rtol=0, atol=1e-8)


def test_without_hidden_layers_both_are_the_hessian_of_softmax_regression():
    parameters, X, targets = problem((4, 3))
    H = hessian_product(parameters, X, targets, np.eye(15))
    np.testing.assert_allclose(
        H, gauss_newton_product(parameters, X, np.eye(15)), rtol=0, atol=20 * EPS
    )
    logits = forward(parameters, X)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    middle = np.eye(3) * p[:, None, :] - p[:, :, None] * p[:, None, :]
    expected = np.einsum("ncd,ni,nj->cidj", middle, X, X).reshape(12, 12) / 7
    np.testing.assert_allclose(H[:12, :12], expected, rtol=0, atol=1e-14)


def test_targets_drawn_from_the_model_leave_the_gauss_newton_part():
    parameters, X, _ = problem((3, 5, 4, 2))
    logits = forward(parameters, X)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    v = np.random.default_rng(1).standard_normal((len(flatten(parameters)), 3))
    np.testing.assert_allclose(
        hessian_product(parameters, X, p, v),
        gauss_newton_product(parameters, X, v),
        rtol=0,
        atol=1e-14,
    )


@pytest.mark.parametrize("size", [1e3, 1e300])
def test_large_logits_have_no_curvature(size):
    parameters = [(np.array([[size], [-size]]), np.zeros(2))]
    found = hessian_product(parameters, np.ones((1, 1)), np.array([[0.0, 1.0]]), np.eye(4))
    np.testing.assert_array_equal(found, np.zeros((4, 4)))


# Invariance


@given(seed=st.integers(0, 2**32 - 1), widths=st.sampled_from(WIDTHS))
def test_symmetric_semidefinite_and_of_bounded_rank(seed, widths):
    parameters, X, targets = problem(widths, n_samples=2, seed=seed)
    identity = np.eye(len(flatten(parameters)))
    H = hessian_product(parameters, X, targets, identity)
    G = gauss_newton_product(parameters, X, identity)
    for M in (H, G):
        np.testing.assert_allclose(M, M.T, rtol=0, atol=100 * EPS * (1 + np.abs(M).max()))
    values = np.linalg.eigvalsh(G)
    level = 1e-12 * max(values[-1], 1e-3)
    assert values[0] > -level
    assert np.sum(values > level) <= 2 * (widths[-1] - 1)


@given(seed=st.integers(0, 2**32 - 1))
def test_vectors_one_by_one_samples_in_any_order_and_halves(seed):
    parameters, X, targets = problem((4, 6, 3), n_samples=6, seed=seed)
    V = np.random.default_rng(seed).standard_normal((51, 4))
    found = hessian_product(parameters, X, targets, V)
    tol = 1e-13 * (1 + np.abs(found).max())
    for column, expected in zip(V.T, found.T, strict=True):
        one = hessian_product(parameters, X, targets, column)
        assert one.shape == (51,)
        np.testing.assert_allclose(one, expected, rtol=0, atol=tol)
    halves = [hessian_product(parameters, X[p], targets[p], V) for p in ([5, 2, 0], [1, 4, 3])]
    np.testing.assert_allclose((halves[0] + halves[1]) / 2, found, rtol=0, atol=tol)
    np.testing.assert_allclose(
        hessian_product(parameters, X, targets, -8 * V), -8 * found, rtol=0, atol=8 * tol
    )


# Arrays


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype, activation):
    parameters, X, targets = problem((4, 6, 3), dtype=dtype)
    V = np.random.default_rng(1).standard_normal((51, 2)).astype(dtype)
    placed = [(library.place(W), library.place(b)) for W, b in parameters]
    inputs, labels, vectors = library.place(X), library.place(targets), library.place(V)
    both = (
        hessian_product(placed, inputs, labels, vectors, activation=activation),
        gauss_newton_product(placed, inputs, vectors, activation=activation),
    )
    assert library.holds(*both, dtype=dtype)
    double = [(W.astype(float), b.astype(float)) for W, b in parameters]
    X64, targets64, V64 = X.astype(float), targets.astype(float), V.astype(float)
    expected = (
        hessian_product(double, X64, targets64, V64, activation=activation),
        gauss_newton_product(double, X64, V64, activation=activation),
    )
    # Sums of at most 7 terms in three layers, forward and backward, all factors of order one.
    for found, wanted in zip(both, expected, strict=True):
        np.testing.assert_allclose(
            to_numpy(found), wanted, rtol=0, atol=300 * float(np.finfo(dtype).eps)
        )
    np.testing.assert_array_equal(to_numpy(vectors), V)
    np.testing.assert_array_equal(to_numpy(inputs), X)


# Refusals


def test_refusals():
    parameters, X, targets = problem((4, 3))
    with pytest.raises(ValueError, match=r"vectors must have 15 rows, .*, got shape \(14,\)"):
        hessian_product(parameters, X, targets, np.ones(14))
    with pytest.raises(ValueError, match=r"vectors must have 15 rows, .*, got shape \(3, 15\)"):
        gauss_newton_product(parameters, X, np.ones((3, 15)))
    with pytest.raises(ValueError, match="activation must be one of 'tanh', 'relu', got 'gelu'"):
        gauss_newton_product(parameters, X, np.ones(15), activation="gelu")
