"""Angles between subspaces."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles

EPS = 2.0**-52


def bases(seed, n, k, m):
    rng = np.random.default_rng(seed)
    return (np.linalg.qr(rng.standard_normal((n, width))).Q for width in (k, m))


def planted(angles, n, dtype="float64"):
    """Return two bases in n dimensions whose principal angles are those given."""
    k = len(angles)
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((n, n))).Q
    V = np.zeros((n, k))
    V[:k], V[k : 2 * k] = np.diag(np.cos(angles)), np.diag(np.sin(angles))
    return rotation[:, :k].astype(dtype), (rotation @ V).astype(dtype)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12), data=st.data())
def test_scipy_agrees(seed, n, data):
    k = data.draw(st.integers(1, n))
    m = data.draw(st.integers(1, k))
    U, V = bases(seed, n, k, m)
    expected = scipy.linalg.subspace_angles(U, V)[::-1]
    # SciPy takes some angles near 0 and pi / 2 from the ill-conditioned inverse, so the comparison
    # loosens there; the planted angles below do not.
    error = 20 * n * EPS
    condition = np.minimum(np.sin(expected), np.cos(expected))
    allowed = np.minimum(error / np.maximum(condition, EPS), np.sqrt(2 * error))
    assert np.all(np.abs(principal_angles(U, V) - expected) <= allowed)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_planted_angles_come_back_however_small_or_right(dtype):
    eps = float(np.finfo(dtype).eps)
    angles = np.array([0.0, 100 * eps, np.sqrt(eps), 0.3, np.pi / 4, 1.2, np.pi / 2 - np.sqrt(eps)])
    U, V = planted(angles, 20, dtype)
    # Each entry of the bases is off by eps / 2 and an angle moves by at most the norm of that.
    np.testing.assert_allclose(principal_angles(U, V), angles, rtol=0, atol=20 * eps)


@given(seed=st.integers(0, 2**32 - 1))
def test_rotations_of_space_and_of_bases_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    U, V = bases(rng, 9, 4, 3)
    Q, A, B = (np.linalg.qr(rng.standard_normal((size, size))).Q for size in (9, 4, 3))
    turned = principal_angles(Q @ U @ A, Q @ V @ B)
    np.testing.assert_allclose(turned, principal_angles(U, V), rtol=0, atol=300 * EPS)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    U, V = planted(np.array([0.1, 0.5, 1.4]), 8, dtype)
    placed = library.place(U), library.place(V)
    angles = principal_angles(*placed)
    assert library.holds(angles, dtype=dtype)
    tolerance = 8 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(angles), [0.1, 0.5, 1.4], rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), U)
    np.testing.assert_array_equal(to_numpy(placed[1]), V)


def test_refusals(library):
    I3, I4 = np.eye(3), np.eye(4)
    with pytest.raises(ValueError, match="other must have 3 rows like basis, got 4"):
        principal_angles(I3, I4)
    with pytest.raises(ValueError, match=r"other must have at most 2 columns.*got 3; swap them"):
        principal_angles(I3[:, :2], I3)
    if library.name not in ("numpy", "numpy-read-only"):
        with pytest.raises(TypeError, match="one device"):
            principal_angles(I3, library.place(I3))
