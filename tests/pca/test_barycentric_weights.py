"""Weights against the definition: weighted logarithms cancel, in all three geometries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import barycentric_weights

EPS = 2.0**-52
seeds = st.integers(0, 2**32 - 1)
GEOMETRIES = ["euclidean", "sphere", "hyperbolic"]


def points(geometry, n, d, seed=0, spread=1.0):
    """Return points of a space with d coordinates."""
    Z = spread * np.random.default_rng(seed).standard_normal((n, d))
    if geometry == "sphere":
        return Z / np.linalg.norm(Z, axis=1, keepdims=True)
    if geometry == "hyperbolic":
        Z[:, 0] = np.sqrt(1 + (Z[:, 1:] ** 2).sum(axis=1))
    return Z


def logarithms(x, references, geometry):
    """Return the tangents from x to each reference, by the textbook formulas."""
    if geometry == "euclidean":
        return references - x
    if geometry == "sphere":
        inner = references @ x
        normal = references - inner[:, None] * x
        sine = np.linalg.norm(normal, axis=1, keepdims=True)
        return normal / sine * np.arctan2(sine, inner[:, None])
    signs = np.r_[-1.0, np.ones(len(x) - 1)]
    inner = -(references * signs) @ x
    normal = references - inner[:, None] * x
    sinh = np.sqrt(((normal**2) @ signs).clip(0))[:, None]
    return normal / sinh * np.arcsinh(sinh)


def span_point(references, c, geometry):
    if geometry == "euclidean":
        return c @ references / c.sum()
    x = c @ references
    if geometry == "sphere":
        return x / np.linalg.norm(x)
    square = x[0] ** 2 - (x[1:] ** 2).sum()
    return x / np.sqrt(square) * np.sign(x[0]) if square > 0 else None


# Oracle


@pytest.mark.parametrize("geometry", GEOMETRIES)
@given(seed=seeds, k=st.integers(0, 3))
def test_weighted_logarithms_cancel(geometry, seed, k):
    references = points(geometry, k + 1, 5, seed)
    x = span_point(references, np.random.default_rng(seed).uniform(-0.3, 1, k + 1), geometry)
    if (
        x is None
        or np.abs(references - x).sum(axis=1).min() < 1e-3
        or np.abs(references + x).sum(axis=1).min() < 1e-3
    ):
        return
    w = barycentric_weights(x[None], references, geometry=geometry)[0]
    logs = logarithms(x, references, geometry)
    condition = (
        np.linalg.cond(references[1:] - references[0] if geometry == "euclidean" else references)
        if k
        else 1
    )
    scale = max(1, np.abs(logs).max() * np.abs(x).max() ** 2, np.abs(references).max() ** 2)
    assert np.abs(w @ logs).max() <= 1e3 * EPS * condition**2 * scale
    assert np.linalg.norm(w) == pytest.approx(1, rel=1e-12)
    assert w.sum() >= -1e-12


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_points_off_the_span_get_the_weights_of_their_foot(geometry):
    references = points(geometry, 2, 4, 3)
    X = points(geometry, 20, 4, 4)
    weights = barycentric_weights(X, references, geometry=geometry)
    for x, w in zip(X, weights, strict=True):
        grid = np.linspace(-np.pi, np.pi, 200_001)  # directions in the plane of the references
        c = np.stack([np.cos(grid), np.sin(grid)])
        if geometry == "euclidean":
            foot = (
                references[0]
                + (x - references[0]) @ (u := references[1] - references[0]) / (u @ u) * u
            )
        else:
            signs = np.ones(4)
            signs[0] = -1.0 if geometry == "hyperbolic" else 1.0
            Y = references.T @ c
            square = signs @ Y**2
            keep = square < -1e-9 if geometry == "hyperbolic" else square > 1e-9
            Y = Y[:, keep] / np.sqrt(np.abs(square[keep]))
            Y = Y * np.sign(Y[0]) if geometry == "hyperbolic" else Y
            score = (x * signs) @ Y
            foot = Y[:, np.argmax(score)]
        there = barycentric_weights(foot[None], references, geometry=geometry)[0]
        np.testing.assert_allclose(there, w, atol=1e-3)


def test_flat_weights_are_affine_coordinates():
    references = points("euclidean", 4, 3, 1)
    wanted = np.array([[0.5, 0.8, -0.2, -0.1], [0.25, 0.25, 0.25, 0.25]])
    found = barycentric_weights(wanted @ references, references)
    np.testing.assert_allclose(found / found.sum(axis=1, keepdims=True), wanted, atol=1e-12)


def test_references_have_weight_one_and_antipodes_are_cut():
    references = points("sphere", 3, 3, 2)
    np.testing.assert_allclose(
        barycentric_weights(references, references, geometry="sphere"), np.eye(3), atol=1e-7
    )
    near = -references + 1e-9
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    weights = barycentric_weights(near, references, geometry="sphere")
    assert np.isfinite(weights).all()


# Invariance


@given(seed=seeds)
def test_rotation_and_order(seed):
    references, X = points("sphere", 3, 4, seed), points("sphere", 6, 4, seed + 1)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))[0]
    a = barycentric_weights(X, references, geometry="sphere")
    b = barycentric_weights(X @ Q, references[::-1] @ Q, geometry="sphere")[:, ::-1]
    allowed = 1e-10 * np.linalg.cond(references) ** 2
    flipped = np.minimum(np.abs(a - b).max(axis=1), np.abs(a + b).max(axis=1))  # sums near zero
    assert flipped.max() <= allowed


# Arrays


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, geometry, dtype):
    X = points(geometry, 7, 4, 5, 0.5).astype(dtype)
    references = points(geometry, 3, 4, 6, 0.5).astype(dtype)
    placed = library.place(X)
    weights = barycentric_weights(placed, library.place(references), geometry=geometry)
    assert library.holds(weights, dtype=dtype)
    expected = barycentric_weights(X, references, geometry=geometry)
    tolerance = 1e4 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(weights), expected, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_one_reference_and_a_point_at_right_angles():
    east = np.array([[1.0, 0.0, 0.0]])
    X = np.array([[0.0, 0.0, 1.0], [0.6, 0.8, 0.0]])
    weights = barycentric_weights(X, east, geometry="sphere")
    np.testing.assert_array_equal(weights, [[0.0], [1.0]])
    np.testing.assert_array_equal(barycentric_weights(X, east), [[1.0], [1.0]])


# Refusals


@pytest.mark.parametrize(
    ("X", "references", "geometry", "message"),
    [
        (np.ones((2, 3)), np.eye(3), "sphere", r"X must have rows with <x, x> = 1, .* 6.7e-01"),
        (np.eye(3), 2 * np.eye(3), "sphere", "references must have rows with <x, x> = 1"),
        (np.eye(3), np.eye(3), "hyperbolic", r"X must have rows with <x, x> = -1"),
        (-np.eye(3)[:1], np.eye(3)[:1], "hyperbolic", "X must have positive first coordinates"),
        (np.eye(3), np.eye(2), "sphere", "references must have 3 coordinates like X, got 2"),
        (np.eye(3), np.eye(3)[[0, 0]], "sphere", "references must be independent"),
    ],
)
def test_refusals(X, references, geometry, message):
    with pytest.raises(ValueError, match=message):
        barycentric_weights(X, references, geometry=geometry)
