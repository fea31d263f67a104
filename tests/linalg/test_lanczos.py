"""Lanczos: NumPy's eigenvalues, breakdown, clusters, scale, arrays, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import array_namespace, device, to_numpy
from labkit.linalg import lanczos

EPS = 2.0**-52


def symmetric(n, seed=0):
    A = np.random.default_rng(seed).standard_normal((n, n))
    return (A + A.T) / 2


def start(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


# Oracle


def test_all_steps_give_all_eigenvalues_and_vectors():
    A = symmetric(40)
    found = lanczos(A.__matmul__, start(40), n_steps=40)
    values, vectors = np.linalg.eigh(A)
    np.testing.assert_allclose(found.values, values, rtol=0, atol=1e-13)
    overlaps = np.sum(vectors * (found.basis @ found.rotation), axis=0)
    np.testing.assert_allclose(np.abs(overlaps), 1, rtol=0, atol=1e-11)


def test_the_recurrence_holds_and_the_basis_is_orthonormal():
    A = np.diag(np.r_[np.linspace(0, 1, 300), 100.0, -50.0])  # converges early: ghosts would come
    found = lanczos(A.__matmul__, start(302), n_steps=80)
    Q = found.basis
    np.testing.assert_allclose(Q.T @ Q, np.eye(80), rtol=0, atol=50 * EPS)
    T = np.diag(found.diagonal) + np.diag(found.off_diagonal, 1) + np.diag(found.off_diagonal, -1)
    np.testing.assert_allclose(Q.T @ A @ Q, T, rtol=0, atol=100 * 100 * EPS)
    np.testing.assert_allclose(found.rotation * found.values @ found.rotation.T, T, atol=1e-12)
    assert np.sum(found.values > 50) == 1
    assert np.sum(found.values < -25) == 1


@given(seed=st.integers(0, 2**32 - 1), n_steps=st.integers(1, 12))
def test_an_eigenvalue_lies_within_each_error(seed, n_steps):
    A = symmetric(15, seed)
    found = lanczos(A.__matmul__, start(15, seed), n_steps=n_steps)
    values = np.linalg.eigvalsh(A)
    gaps = np.abs(values[:, None] - found.values).min(axis=0)
    assert np.all(gaps <= found.errors + 1e-12)


def test_moments_are_exact_to_twice_the_steps():
    A, b = symmetric(30), start(30)
    found = lanczos(A.__matmul__, b, n_steps=5)
    weights = found.rotation[0] ** 2
    unit = b / np.linalg.norm(b)
    for power in range(10):
        exact = unit @ np.linalg.matrix_power(A, power) @ unit
        size = np.abs(found.values).max() ** power
        assert np.sum(weights * found.values**power) == pytest.approx(exact, abs=1e-12 * size)


# Degenerate


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([0, 0, 0], [0]), ([2, 2, 2], [2]), ([1, 1, 5], [1, 5]), ([0, 0, -3], [-3, 0]), ([7], [7])],
)
def test_breakdown_finds_each_distinct_eigenvalue_once(values, wanted):
    D = np.array(values, float)
    found = lanczos(D.__mul__, np.ones(len(D)), n_steps=10)
    np.testing.assert_allclose(found.values, wanted, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(found.errors, 0)


def test_a_start_in_an_invariant_space_stays_there():
    A = np.zeros((20, 20))
    A[:4, :4], A[4:, 4:] = symmetric(4), symmetric(16)
    b = np.zeros(20)
    b[:4] = 1
    found = lanczos(A.__matmul__, b, n_steps=20)
    np.testing.assert_allclose(found.values, np.linalg.eigvalsh(A[:4, :4]), rtol=0, atol=1e-13)


# Invariance


@pytest.mark.parametrize("scale", [1e-150, -8.0, 1e150])
def test_scales_and_length_of_the_start(scale):
    A, b = symmetric(20), start(20)
    one = lanczos(A.__matmul__, b, n_steps=8)
    other = lanczos((scale * A).__matmul__, b * 1e200, n_steps=8)
    expected = np.sort(scale * one.values)
    np.testing.assert_allclose(other.values, expected, rtol=0, atol=1e-12 * abs(scale))


def test_rotation():
    A, b = symmetric(20), start(20)
    U = np.linalg.qr(symmetric(20, 5))[0]
    one = lanczos(A.__matmul__, b, n_steps=8)
    other = lanczos((U @ A @ U.T).__matmul__, U @ b, n_steps=8)
    np.testing.assert_allclose(other.diagonal, one.diagonal, rtol=0, atol=1e-11)
    np.testing.assert_allclose(other.off_diagonal, one.off_diagonal, rtol=0, atol=1e-11)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A, b = symmetric(12).astype(dtype), start(12).astype(dtype)
    placed, vector = library.place(A), library.place(b)
    found = lanczos(placed.__matmul__, vector, n_steps=5)
    parts = (found.values, found.rotation, found.errors, found.diagonal, found.off_diagonal)
    assert library.holds(*parts, found.basis, dtype=dtype)
    expected = lanczos(A.astype(float).__matmul__, b.astype(float), n_steps=5)
    # rounding of 12-term products, amplified over five steps by ratios of off-diagonals near one
    tol = 1e4 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(found.values), expected.values, rtol=0, atol=tol)
    np.testing.assert_array_equal(to_numpy(vector), b)


def test_integers_become_float64():
    found = lanczos(np.array([1.0, 3.0]).__mul__, np.array([1, 1]), n_steps=2)
    np.testing.assert_allclose(found.values, [1, 3], rtol=0, atol=1e-15)


# Refusals


def test_refusals(library):
    vector = library.place(start(4))
    xp = array_namespace(vector)

    def triangle(v):
        return xp.cumulative_sum(v)

    with pytest.raises(ValueError, match="operator must be symmetric, got entries that differ by"):
        lanczos(triangle, vector, n_steps=4)
    with pytest.raises(ValueError, match="start must not be zero, got 4 zeros"):
        lanczos(triangle, xp.zeros(4, device=device(vector)), n_steps=4)
    with pytest.raises(ValueError, match=r"operator must return shape \(4,\), got \(3,\)"):
        lanczos(lambda v: v[:3], vector, n_steps=4)
