"""Kronecker factors of the Fisher information: the best product, exact cases, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import kronecker_fisher


def gradients(dtype="float64", n=30):
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((3, 3)), rng.standard_normal((4, 4))
    return (left @ rng.standard_normal((n, 3, 4)) @ right).astype(dtype)


def fisher(G):
    flat = G.reshape(len(G), -1)  # rows of G one after the other: outputs first
    return flat.T @ flat / len(G)


# Oracle


def test_it_is_the_best_kronecker_product():
    G = gradients()
    F = fisher(G)
    arranged = F.reshape(3, 4, 3, 4).transpose(0, 2, 1, 3).reshape(9, 16)
    U, s, Vt = np.linalg.svd(arranged)
    best = np.kron(U[:, 0].reshape(3, 3), s[0] * Vt[0].reshape(4, 4))
    found = kronecker_fisher(G, n_steps=200)
    np.testing.assert_allclose(np.kron(found.outputs, found.inputs), best, atol=1e-9 * s[0])
    assert found.explained == pytest.approx(s[0] ** 2 / np.sum(s**2), rel=1e-9)


def test_gradients_of_one_sample_are_a_product():
    g, x = np.array([1.0, -2.0]), np.array([3.0, 0.0, 1.0])
    found = kronecker_fisher(np.outer(g, x)[None])
    expected = fisher(np.outer(g, x)[None])
    np.testing.assert_allclose(np.kron(found.outputs, found.inputs), expected, atol=1e-12)
    assert found.explained == pytest.approx(1)
    assert np.trace(found.outputs) == pytest.approx(2)


# Invariance


def test_scale():
    G = gradients()
    one, other = kronecker_fisher(G), kronecker_fisher(1e150 * G)
    np.testing.assert_allclose(other.outputs, one.outputs, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(other.inputs / 1e150 / 1e150, one.inputs, rtol=1e-9, atol=1e-12)


def test_transposition():
    G = gradients()
    one = kronecker_fisher(G, n_steps=100)
    other = kronecker_fisher(G.transpose(0, 2, 1), n_steps=100)
    np.testing.assert_allclose(
        np.kron(other.inputs, other.outputs), np.kron(one.outputs, one.inputs), atol=1e-8
    )


def test_no_negative_eigenvalues():
    found = kronecker_fisher(gradients(n=2), n_steps=3)
    for factor in (found.outputs, found.inputs):
        values = np.linalg.eigvalsh(factor)
        assert values[0] > -1e-12 * values[-1]


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    G = gradients(dtype)
    placed = library.place(G)
    found = kronecker_fisher(placed, n_steps=10)
    assert library.holds(found.outputs, dtype=dtype)
    assert library.holds(found.inputs, dtype=dtype)
    expected = kronecker_fisher(G.astype(float), n_steps=10)
    tolerance = 300 * float(np.finfo(dtype).eps)  # sums of hundreds of numbers, ten times over
    np.testing.assert_allclose(to_numpy(found.outputs), expected.outputs, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), G)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="sample_gradients must not be zeros only"):
        kronecker_fisher(np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match="sample_gradients"):
        kronecker_fisher(np.ones((3, 2)))
