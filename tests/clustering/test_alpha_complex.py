"""Alpha complexes: the holes of a union of discs, the definition by distances, odd positions."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.optimize import minimize

from labkit.clustering import alpha_complex

seeds = st.integers(0, 2**32 - 1)


def counts(simplices):
    return [len(part) for part in simplices]


def entry_radius(points, simplex):
    """Return the smallest radius at which the balls of a simplex meet inside their cells."""
    corner = points[simplex[0]]
    # Inside the cells, and on the sphere: linear in the place x, |x - p|^2 - |x - corner|^2.
    gaps = {
        "A": -2 * (points - corner),
        "b": np.sum(points**2, axis=1) - np.sum(corner**2),
    }
    own = np.isin(np.arange(len(points)), simplex)
    found = minimize(
        lambda x: np.sum((x - corner) ** 2),
        points[simplex].mean(axis=0),
        jac=lambda x: 2 * (x - corner),
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
        constraints=[
            {"type": "eq", "fun": lambda x: (gaps["A"] @ x + gaps["b"])[own][1:]},
            {"type": "ineq", "fun": lambda x: (gaps["A"] @ x + gaps["b"])[~own]},
        ],
    )
    return float(np.sqrt(found.fun)) if found.success else None


# Oracle


@pytest.mark.parametrize("d", [2, 3])
def test_each_simplex_enters_as_by_definition(d):
    points = np.random.default_rng(d).random((9, d))
    everything = alpha_complex(points, radius=1e6)
    checked = 0
    for simplex in itertools.chain(*(map(tuple, part) for part in everything[1:])):
        entry = entry_radius(points, list(simplex))
        if entry is None or entry > 10:
            continue
        for factor, inside in ((1 - 1e-4, False), (1 + 1e-4, True)):
            part = alpha_complex(points, radius=factor * entry)[len(simplex) - 1]
            assert (tuple(simplex) in set(map(tuple, part))) == inside
        checked += 1
    assert checked > 20


def test_euler_characteristic_of_the_discs():
    """Parts less holes of a picture of the discs, where a pixel does not decide."""
    step, checked = 0.002, 0
    grid = np.stack(np.meshgrid(*2 * [np.arange(-0.3, 1.3, step)], indexing="ij"), axis=-1)
    for seed in range(20):
        points = np.random.default_rng(seed).random((20, 2))
        near = [counts(alpha_complex(points, radius=r)) for r in (0.147, 0.15, 0.153)]
        if near[0] != near[2]:
            continue
        picture = np.zeros(grid.shape[:2], dtype=bool)
        for point in points:
            picture |= np.sum((grid - point) ** 2, axis=-1) <= 0.15**2
        n_parts = ndimage.label(picture, structure=np.ones((3, 3)))[1]
        sizes = np.bincount(ndimage.label(~picture)[0].ravel())[1:]
        n_holes = int(np.sum(sizes > 5)) - 1  # the tip of a cusp falls into single pixels
        vertices, edges, triangles = near[1]
        assert vertices - edges + triangles == n_parts - n_holes
        checked += 1
    assert checked >= 4


def test_square_by_hand():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert counts(alpha_complex(square, radius=0.49)) == [4, 0, 0]
    assert counts(alpha_complex(square, radius=0.5)) == [4, 4, 0]
    assert counts(alpha_complex(square, radius=0.71)) == [4, 5, 2]


# Invariance


@given(seed=seeds)
def test_rotation_shift_and_scale(seed):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((12, 3))
    turned = 50 * points @ np.linalg.qr(rng.standard_normal((3, 3)))[0] + 7
    first, second = alpha_complex(points, radius=0.8), alpha_complex(turned, radius=40.0)
    for part, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(part, other)


@given(seed=seeds, radius=st.floats(0, 3))
def test_every_side_is_there_and_grows(seed, radius):
    points = np.random.default_rng(seed).standard_normal((12, 2))
    small, large = (alpha_complex(points, radius=r) for r in (radius, 1.3 * radius))
    for k in (1, 2):
        sides = {tuple(np.delete(row, i)) for row in small[k] for i in range(k + 1)}
        assert sides <= set(map(tuple, small[k - 1]))
        assert set(map(tuple, small[k])) <= set(map(tuple, large[k]))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_host_in_any_library(library, dtype):
    points = np.random.default_rng(0).random((20, 2)).astype(dtype)
    found = alpha_complex(library.place(points), radius=0.2)
    for part, other in zip(found, alpha_complex(points.astype(float), radius=0.2), strict=True):
        np.testing.assert_array_equal(part, other)


# Degenerate


def test_points_on_a_line_of_space():
    line = np.array([3.0, 0.0, 1.0])[:, None] * np.array([1.0, 2.0, -1.0])
    vertices, edges = alpha_complex(line, radius=1.3)
    assert edges.tolist() == [[1, 2]]
    assert len(vertices) == 3


def test_points_of_a_plane_in_space():
    flat = np.random.default_rng(0).random((15, 2))
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0][:2]
    for part, other in zip(
        alpha_complex(flat, radius=0.2), alpha_complex(flat @ turn, radius=0.2), strict=True
    ):
        np.testing.assert_array_equal(part, other)


def test_a_grid_has_no_holes_once_its_squares_close():
    grid = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1).reshape(-1, 2)
    vertices, edges, triangles = counts(alpha_complex(grid, radius=0.75))
    assert vertices - edges + triangles == 1


def test_one_point():
    assert [part.tolist() for part in alpha_complex(np.ones((1, 2)), radius=1.0)] == [[[0]]]


@pytest.mark.parametrize("scale", [0.1, 0.3, 0.7, 1.1, 3.3])
def test_balls_that_just_touch_meet(scale):
    x = scale * np.arange(12.0)
    for points in (x[:, None], np.stack([x, 0 * x], axis=1)):
        assert len(alpha_complex(points, radius=scale / 2)[1]) == 11


# Refusals


@pytest.mark.parametrize(
    ("points", "n"), [([[1.0, 2], [1, 2]], 1), ([[0.0, 0], [1, 0], [0, 1], [1, 0]], 1)]
)
def test_refuses_repeated_points(points, n):
    with pytest.raises(ValueError, match=f"points must differ, got {n} that repeat"):
        alpha_complex(np.array(points), radius=1.0)
