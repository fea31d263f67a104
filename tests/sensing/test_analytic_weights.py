"""Analytic weights: the minimum against its neighbours, and a closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import analytic_weights


def draw(seed, m=4, n=9):
    return np.random.default_rng(seed).standard_normal((m, n))


# Oracle


def test_least_norm_under_the_condition():
    A = draw(0)
    W = analytic_weights(A)
    np.testing.assert_allclose(np.sum(W * A, axis=0), 1, rtol=1e-12)
    for i, (w, a) in enumerate(zip(W.T, A.T, strict=True)):
        # stationary with its one multiplier: A A^T w is along a
        slope = A @ (A.T @ w)
        np.testing.assert_allclose(slope, a * (slope @ a) / (a @ a), atol=1e-10, err_msg=str(i))
    step = draw(1)
    step = step - A * np.sum(step * A, axis=0) / np.sum(A * A, axis=0)
    least = np.linalg.norm(W.T @ A)
    assert np.linalg.norm((W + 0.01 * step).T @ A) > least < np.linalg.norm((W - 0.01 * step).T @ A)


def test_an_orthogonal_dictionary_is_its_own_weight():
    Q = np.linalg.qr(draw(2, 5, 5))[0]
    np.testing.assert_allclose(analytic_weights(Q), Q, atol=1e-13)


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_rotation_order_and_scale(seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((4, 9))
    W, Q = analytic_weights(A), np.linalg.qr(rng.standard_normal((4, 4)))[0]
    order, scale = rng.permutation(9), rng.uniform(0.5, 2, 9)
    tolerance = 1e-12 * np.linalg.cond(A) ** 2 * np.abs(W).max()
    np.testing.assert_allclose(analytic_weights(Q @ A), Q @ W, atol=tolerance)
    np.testing.assert_allclose(analytic_weights(A[:, order]), W[:, order], atol=tolerance)
    np.testing.assert_allclose(analytic_weights(3 * A), W / 3, atol=tolerance)
    # a column's own length changes the sum only by rescaling what the others are compared with
    rescaled = analytic_weights(A * scale)
    np.testing.assert_allclose(np.sum(rescaled * A * scale, axis=0), 1, rtol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A = draw(0).astype(dtype)
    placed = library.place(A)
    W = analytic_weights(placed)
    assert library.holds(W, dtype=dtype)
    tolerance = 100 * np.finfo(dtype).eps * np.linalg.cond(A) ** 2
    np.testing.assert_allclose(to_numpy(W), analytic_weights(A.astype(float)), atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), A)


# Refusals


@pytest.mark.parametrize(
    ("A", "message"),
    [
        (np.ones((3, 2)), r"full row rank, got shape \(3, 2\)"),
        (np.ones((2, 5)), r"full row rank, got shape \(2, 5\)"),
        (np.eye(2, 3), "columns of zeros"),
    ],
)
def test_refusals(A, message):
    with pytest.raises(ValueError, match=message):
        analytic_weights(A)
