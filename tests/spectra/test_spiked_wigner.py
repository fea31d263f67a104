"""Spiked Wigner matrices: draws, both signs, the threshold, and limits of the formulae."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.spectra import semicircle, spiked_wigner


def noise(n, seed):
    G = np.random.default_rng(seed).standard_normal((n, n))
    return (G + G.T) / (2 * n) ** 0.5


# Oracle


def test_large_matrices_of_both_signs():
    n, planted = 900, np.array([3.0, 1.5, -2.0])
    values, vectors = np.linalg.eigh(noise(n, 0) + np.diag(np.r_[planted, np.zeros(n - 3)]))
    found = spiked_wigner(planted)
    # fluctuations of sqrt(2 / n) in the eigenvalues, 5.5 of them
    np.testing.assert_allclose(values[[-1, -2, 0]], found.eigenvalues, atol=5.5 * (2 / n) ** 0.5)
    np.testing.assert_allclose(vectors[[0, 1, 2], [-1, -2, 0]] ** 2, found.overlaps, atol=0.1)


def test_below_the_threshold_the_edge_of_the_bulk():
    n = 900
    H = 2 * noise(n, 1)  # variance 4
    H[0, 0] += 1.5
    found = spiked_wigner(np.array([1.5, 2.0, 2.1]), variance=4.0)
    assert found.eigenvalues[0] == semicircle(np.zeros(1), variance=4.0).edges[1]
    assert np.linalg.eigvalsh(H)[-1] == pytest.approx(found.eigenvalues[0], rel=6 * n ** (-2 / 3))
    np.testing.assert_allclose(found.overlaps[:2], 0)
    assert found.eigenvalues[2] > found.eigenvalues[1] == 4.0
    assert found.threshold == 2.0


def test_little_noise_changes_little():
    found = spiked_wigner(np.array([3.0, -3.0]), variance=1e-12)
    np.testing.assert_allclose(found.eigenvalues, [3.0, -3.0])
    np.testing.assert_allclose(found.overlaps, 1.0)


# Invariance


@given(theta=st.floats(0.1, 10), factor=st.floats(1e-6, 1e6))
def test_scale_and_sign(theta, factor):
    one = spiked_wigner(np.array([theta, -theta]))
    scaled = spiked_wigner(factor * np.array([theta]), variance=factor**2)
    assert one.eigenvalues[0] == -one.eigenvalues[1] >= max(theta, 2.0)
    np.testing.assert_allclose(scaled.eigenvalues, factor * one.eigenvalues[:1], rtol=1e-9)
    np.testing.assert_allclose(scaled.overlaps, one.overlaps[:1], atol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    planted = np.array([0.0, 1.0, -3.0, 3.0], dtype=dtype)
    placed = library.place(planted)
    found = spiked_wigner(placed, variance=2.0)
    assert library.holds(found.eigenvalues, found.overlaps, dtype=dtype)
    exact = spiked_wigner(planted.astype(float), variance=2.0)
    tol = 20 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(found.eigenvalues), exact.eigenvalues, rtol=tol)
    np.testing.assert_allclose(to_numpy(found.overlaps), exact.overlaps, atol=tol)
    np.testing.assert_array_equal(to_numpy(placed), planted)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"variance must be a finite number in \(0, inf\], got 0"):
        spiked_wigner(np.ones(2), variance=0.0)
