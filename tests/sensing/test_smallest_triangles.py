"""Triangles of least area, against descent over the directions of their sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from labkit.arrays import to_numpy
from labkit.datasets import pairwise_mixtures
from labkit.sensing import smallest_triangles, sufficiently_scattered

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])


def areas(triangles):
    return np.linalg.det(triangles[:, 1:] - triangles[:, :1]) / 2


def area_of_directions(angles, points):
    """Return the area of the triangle whose sides touch the hull with these normals."""
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    reach = (points @ normals.T).max(axis=0)
    turns = np.sin(np.roll(angles, -2) - np.roll(angles, -1))
    if turns.min() < 1e-6:
        return 1e9
    return (reach @ turns) ** 2 / (2 * np.prod(turns))


def off(triangle):
    return np.abs(triangle[:, None] - CORNERS).max(axis=2).min(axis=1).max()


# Oracle


@pytest.mark.parametrize("seed", range(6))
def test_area_is_the_least_that_descent_finds(seed):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((rng.integers(4, 12), 2))
    found = areas(smallest_triangles(points))
    least = min(
        minimize(
            area_of_directions,
            np.sort(rng.uniform(0, 2 * np.pi, 3)),
            args=(points,),
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 800},
        ).fun
        for _ in range(30)
    )
    np.testing.assert_allclose(found, least, rtol=1e-6)


def test_a_triangle_is_its_own():
    found = smallest_triangles(np.vstack([CORNERS, CORNERS.mean(axis=0)]))
    assert len(found) == 1
    assert off(found[0]) < 1e-12


def test_two_triangles_tie_around_a_regular_hexagon():
    found = smallest_triangles(pairwise_mixtures(2, spread=1 / 6, even=True).T @ CORNERS)
    assert sorted(round(off(t), 6) for t in found) == [0, 0.5]
    np.testing.assert_allclose(areas(found), 3**0.5 / 4, rtol=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_scattered_mixtures_give_their_sources(seed):
    H = pairwise_mixtures(4, rng=seed)
    found = smallest_triangles(H.T @ CORNERS)
    if sufficiently_scattered(H).scattered:
        assert len(found) == 1
        assert off(found[0]) < 1e-9
    assert np.all(areas(found) <= 3**0.5 / 4 * (1 + 1e-9))  # the truth is one that holds them


def test_edges_that_are_nearly_parallel():
    """Their far meeting point once made a triangle without area, through a corner on an edge."""
    shares = [0.90300338, 0.74310455, 0.49021445, 0.13931594, 0.17893622, 0.35386804, 0.62944554,
              0.86073051, 0.60931558]  # fmt: skip
    column = np.arange(9)
    H = np.zeros((3, 9))
    H[column % 3, column] = shares
    H[(column + 1) % 3, column] = 1 - np.array(shares)
    assert sufficiently_scattered(H).scattered
    found = smallest_triangles(H.T @ CORNERS)
    assert len(found) == 1
    assert off(found[0]) < 1e-9


# Invariance


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-8, 1.0, 1e8]))
def test_affine_maps_and_order(seed, scale):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((9, 2))
    turn = np.linalg.qr(rng.standard_normal((2, 2)))[0]
    M = scale * turn @ np.diag([1.0, 0.2])
    first = smallest_triangles(points)
    second = smallest_triangles(rng.permutation(points) @ M.T + scale)
    np.testing.assert_allclose(
        areas(second), areas(first)[0] * 0.2 * scale**2, rtol=1e-6
    )  # counterclockwise: positive, also after a reflection
    assert len(second) == len(first)


def test_points_are_inside():
    rng = np.random.default_rng(0)
    points = rng.standard_normal((30, 2))
    for triangle in smallest_triangles(points):
        shares = np.linalg.solve(
            np.vstack([triangle.T, np.ones(3)]), np.vstack([points.T, np.ones(30)])
        )
        assert shares.min() > -1e-9


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    points = (pairwise_mixtures(3, even=True).T @ CORNERS).astype(dtype)
    placed = library.place(points)
    found = smallest_triangles(placed, tol=1e-4)
    assert library.holds(found, dtype=dtype)
    assert off(to_numpy(found).astype(float)[0]) < 1e-5
    np.testing.assert_array_equal(to_numpy(placed), points)


# Refusals


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((4, 2)), "points must not lie on one line"),
        (np.outer(np.arange(4.0), [1, 2]), "points must not lie on one line"),
        (np.eye(3), r"points must have shape \(n, 2\), got \(3, 3\)"),
        (np.eye(2), "points must"),
    ],
)
def test_refusals(points, message):
    with pytest.raises(ValueError, match=message):
        smallest_triangles(points)
