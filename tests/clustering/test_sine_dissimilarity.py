"""Sine dissimilarity: angles known in closed form, tiny angles, mass matrices, invariance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import sine_dissimilarity

seeds = st.integers(0, 2**32 - 1)


def positive(rng, d):
    A = rng.standard_normal((d, d))
    return A @ A.T + 0.1 * np.eye(d)


# Oracle


@pytest.mark.parametrize("angle", [0.0, 1e-15, 1e-9, 1e-5, 0.009, 0.011, 0.5, np.pi / 2])
def test_angles_in_a_plane(angle):
    plane = np.linalg.qr(np.random.default_rng(0).standard_normal((7, 2)))[0]
    other = np.cos(angle) * plane[:, 0] + np.sin(angle) * plane[:, 1]
    found = sine_dissimilarity(np.stack([3 * plane[:, 0], -0.1 * other]))
    np.testing.assert_allclose(found, [[0, np.sin(angle)], [np.sin(angle), 0]], atol=1e-15)


def test_is_the_error_of_the_projection_on_a_line():
    rng = np.random.default_rng(1)
    u, v, M = rng.standard_normal((6, 5)), rng.standard_normal((4, 5)), positive(rng, 5)
    found = sine_dissimilarity(u, v, mass=M)
    for i, j in np.ndindex(6, 4):
        rest = u[i] - (u[i] @ M @ v[j]) / (v[j] @ M @ v[j]) * v[j]
        error = np.sqrt((rest @ M @ rest) / (u[i] @ M @ u[i]))
        assert found[i, j] == pytest.approx(error, abs=1e-13)


def test_a_refined_mesh_does_not_count_with_its_mass_matrix():
    meshes = [np.linspace(0, 1, 400), np.linspace(0, 1, 400) ** 3]
    found = []
    for x in meshes:
        weights = np.gradient(x)
        near, far = (np.exp(-(((x - s) / 0.05) ** 2)) for s in (0.2, 0.8))
        rows = np.stack([near, near + far])
        found.append([sine_dissimilarity(rows, mass=m)[0, 1] for m in (np.diag(weights), None)])
    (exact, plain), (weighted, unweighted) = found
    assert abs(exact - plain) < 1e-4
    assert abs(exact - weighted) < 1e-3
    assert abs(exact - unweighted) > 0.01


# Invariance


@given(seed=seeds)
def test_scale_sign_rotation_and_order_do_not_count(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((6, 4))
    rotation = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    factors = rng.choice([-1, 1], (6, 1)) * 10 ** rng.uniform(-200, 150, (6, 1))
    order = rng.permutation(6)
    expected = sine_dissimilarity(X)
    np.testing.assert_allclose(sine_dissimilarity(factors * X @ rotation), expected, atol=1e-13)
    np.testing.assert_allclose(sine_dissimilarity(X[order]), expected[order][:, order], atol=1e-14)
    np.testing.assert_array_equal(expected, expected.T)
    assert (expected >= 0).all()
    assert (expected <= 1).all()


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5, 4)).astype(dtype)
    X = np.concatenate([X, (1 + 1e-4) * X[:1] + np.asarray(1e-4, dtype)])
    M = positive(rng, 4).astype(dtype)
    placed = library.place(X)
    found = sine_dissimilarity(placed, library.place(X[::-1].copy()), mass=library.place(M))
    assert library.holds(found, dtype=dtype)
    exact = sine_dissimilarity(X.astype(float), X[::-1].astype(float), mass=M.astype(float))
    tolerance = 1e-12 if dtype == "float64" else 100 * 6e-8 / 1e-2  # rounding over CLOSE
    np.testing.assert_allclose(to_numpy(found), exact, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_one_function_and_copies():
    np.testing.assert_array_equal(sine_dissimilarity(np.ones((1, 3))), [[0.0]])
    found = sine_dissimilarity(np.outer([1.0, -2.0, 5.0], np.arange(1.0, 9.0)))
    np.testing.assert_allclose(found, 0, atol=4e-16)


def test_many_close_pairs_in_several_chunks(monkeypatch):
    rows = 1 + 1e-6 * np.random.default_rng(2).standard_normal((9, 5))
    expected = sine_dissimilarity(rows)
    monkeypatch.setattr("labkit.clustering.sine_dissimilarity.CHUNK", 20, raising=False)
    np.testing.assert_array_equal(sine_dissimilarity(rows), expected)


# Refusals


def test_refusals():
    X = np.eye(3)
    with pytest.raises(ValueError, match="snapshots must not hold the function zero, got 1 such"):
        sine_dissimilarity(np.array([[0.0, 0.0], [1.0, 0.0]]))
    with pytest.raises(ValueError, match="mass must be positive definite, got an eigenvalue of 0"):
        sine_dissimilarity(X, mass=np.diag([1.0, 1.0, 0.0]))
    with pytest.raises(ValueError, match="others must have 3 columns as snapshots has, got 2"):
        sine_dissimilarity(X, X[:, :2])
