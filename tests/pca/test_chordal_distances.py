"""Chordal distances: principal angles, and what does not count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles
from labkit.pca import chordal_distances

seeds = st.integers(0, 2**32 - 1)


def random_flags(rng, n_flags, n, k):
    return np.linalg.qr(rng.standard_normal((n_flags, n, k)))[0]


# Oracle


@given(seed=seeds)
def test_subspaces_have_the_sines_of_their_principal_angles(seed):
    X, Y = random_flags(np.random.default_rng(seed), 2, 7, 3)
    expected = np.sqrt(np.sum(np.sin(principal_angles(Y, X)) ** 2))
    assert chordal_distances(X[None], Y)[0] == pytest.approx(expected, abs=1e-12)


@given(seed=seeds)
def test_levels_add_their_squares(seed):
    X, Y = random_flags(np.random.default_rng(seed), 2, 7, 4)
    parts = [chordal_distances(X[None, :, a:b], Y[:, a:b])[0] for a, b in ((0, 1), (1, 3), (3, 4))]
    whole = chordal_distances(X[None], Y, dimensions=(1, 3, 4))[0]
    assert whole == pytest.approx(np.linalg.norm(parts), abs=1e-12)


def test_a_tiny_distance_keeps_its_digits():
    angle = 1e-9
    turned = np.array([[np.cos(angle)], [np.sin(angle)]])
    assert chordal_distances(turned[None], np.eye(2)[:, :1])[0] == pytest.approx(angle, rel=1e-6)


# Invariance


@given(seed=seeds)
def test_rotations_and_the_choice_of_columns_do_not_count(seed):
    rng = np.random.default_rng(seed)
    X, Y = random_flags(rng, 2, 6, 3)
    within = np.zeros((3, 3))
    within[0, 0] = -1
    within[1:, 1:] = random_flags(rng, 1, 2, 2)[0]
    Q = random_flags(rng, 1, 6, 6)[0]
    plain = chordal_distances(X[None], Y, dimensions=(1, 3))
    turned = chordal_distances((Q @ X @ within)[None], Q @ Y, dimensions=(1, 3))
    np.testing.assert_allclose(turned, plain, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = random_flags(np.random.default_rng(0), 5, 6, 3).astype(dtype)
    placed = library.place(X), library.place(X[0])
    distances = chordal_distances(*placed, dimensions=(1, 3))
    assert library.holds(distances, dtype=dtype)
    assert to_numpy(distances)[0] == pytest.approx(0, abs=1e-6)
    np.testing.assert_array_equal(to_numpy(placed[0]), X)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"flags": np.ones((2, 3, 2))}, ValueError, "flags must have orthonormal columns"),
        ({"flags": np.ones((2, 2, 3))}, ValueError, "flags must hold matrices at least as high"),
        ({"basis": np.eye(3)[:, :1]}, ValueError, r"basis must have shape \(3, 2\)"),
        ({"dimensions": (1,)}, ValueError, r"dimensions must increase up to 2, got \(1,\)"),
        ({"dimensions": 2}, TypeError, "dimensions must be a sequence of integers, got 2"),
        ({"dimensions": ()}, ValueError, r"dimensions must increase up to 2, got \(\)"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"flags": np.eye(3)[None, :, :2], "basis": np.eye(3)[:, :2], **changes}
    with pytest.raises(error, match=message):
        chordal_distances(**arguments)
