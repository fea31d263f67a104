"""The class blocks: the network's Hessian, outer products of gradients, rotation, arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from labkit.arrays import to_numpy
from labkit.networks import hessian_product, loss_and_gradient
from labkit.spectra import softmax_blocks


def problem(seed=0, dtype="float64", n=9):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 4)).astype(dtype)
    targets = np.eye(3, dtype=dtype)[rng.integers(0, 3, n)]
    return rng.standard_normal((3, 4)).astype(dtype), X, targets


# Oracle


def test_blocks_of_the_hessian_of_a_network_without_hidden_layers():
    W, X, targets = problem()
    H = hessian_product([(W, np.zeros(3))], X, targets, np.eye(15))
    blocks = softmax_blocks(W, X, targets)
    for a in range(3):
        inside = slice(4 * a, 4 * a + 4)
        np.testing.assert_allclose(blocks.hessian[a], H[inside, inside], rtol=0, atol=1e-14)


def test_gradient_blocks_are_mean_outer_products():
    W, X, targets = problem()
    expected = np.zeros((3, 4, 4))
    for x, y in zip(X, targets, strict=True):
        ((gradient, _),) = loss_and_gradient([(W, np.zeros(3))], x[None], y[None])[1]
        expected += gradient[:, :, None] * gradient[:, None, :] / 9
    found = softmax_blocks(W, X, targets).gradient
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_labels_drawn_from_the_model_make_both_equal_on_average():
    W, X, _ = problem()
    p = softmax(X @ W.T, axis=1)
    mean = 0.0
    for label in range(3):  # (p - y)^2 averages to p (1 - p), sample by sample
        for x, chances in zip(X, p, strict=True):
            one = softmax_blocks(W, x[None], np.eye(3)[label][None])
            mean = mean + chances[label] * one.gradient / 9
    found = softmax_blocks(W, X, p).hessian
    np.testing.assert_allclose(mean, found, rtol=0, atol=1e-14)


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_symmetric_semidefinite_and_turned_with_the_data(seed):
    W, X, targets = problem(seed)
    U = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))[0]
    one, turned = softmax_blocks(W, X, targets), softmax_blocks(W @ U, X @ U, targets)
    for name in ("hessian", "gradient"):
        M, N = getattr(one, name), getattr(turned, name)
        np.testing.assert_allclose(M, M.mT, rtol=0, atol=1e-14)
        np.testing.assert_allclose(N, U.T @ M @ U, rtol=0, atol=1e-13)
        assert np.linalg.eigvalsh(M).min() > -1e-14


def test_large_logits_have_no_curvature_and_a_gradient_where_wrong():
    W, X = np.array([[1e300], [-1e300]]), np.ones((1, 1))
    blocks = softmax_blocks(W, X, np.array([[0.0, 1.0]]))
    np.testing.assert_array_equal(blocks.hessian, np.zeros((2, 1, 1)))
    np.testing.assert_array_equal(blocks.gradient, np.ones((2, 1, 1)))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    given = problem(dtype=dtype)
    placed = [library.place(a) for a in given]
    blocks = softmax_blocks(*placed)
    assert library.holds(blocks.hessian, blocks.gradient, dtype=dtype)
    expected = softmax_blocks(*(a.astype(float) for a in given))
    tolerance = 300 * float(np.finfo(dtype).eps)  # sums of nine products of order ten
    np.testing.assert_allclose(to_numpy(blocks.hessian), expected.hessian, atol=tolerance)
    np.testing.assert_allclose(to_numpy(blocks.gradient), expected.gradient, atol=tolerance)
    for a, b in zip(placed, given, strict=True):
        np.testing.assert_array_equal(to_numpy(a), b)


# Refusals


def test_refusals():
    W, X, targets = problem()
    with pytest.raises(ValueError, match="X must have 4 features, as the first layer has, got 3"):
        softmax_blocks(W, X[:, :3], targets)
    with pytest.raises(ValueError, match="targets must have rows that sum to 1"):
        softmax_blocks(W, X, 2 * targets)
