"""Spiked covariances: draws of large matrices, the threshold, and limits of the formulae."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.spectra import marchenko_pastur, spiked_covariance, spiked_spectrum

# Oracle


@pytest.mark.parametrize(("gamma", "theta"), [(0.25, 2.0), (0.25, 0.8), (2.0, 4.0)])
def test_large_matrices(gamma, theta):
    n = 40000
    found = spiked_spectrum(n, int(gamma * n), strength=theta, n_largest=1, rng=0)
    limit = spiked_covariance(np.array([theta]), aspect_ratio=gamma)
    assert found.eigenvalues[0] == pytest.approx(limit.eigenvalues[0], rel=6 * (2 / n) ** 0.5)
    assert found.overlap == pytest.approx(limit.overlaps[0], abs=0.05)


def test_two_spikes_in_a_matrix():
    rng = np.random.default_rng(0)
    n, p, spikes = 2000, 400, np.array([4.0, 1.5])
    X = rng.standard_normal((n, p))
    X[:, :2] *= np.sqrt(1 + spikes)
    values, vectors = np.linalg.eigh(X.T @ X / n)
    limit = spiked_covariance(spikes, aspect_ratio=p / n)
    np.testing.assert_allclose(values[:-3:-1], limit.eigenvalues, rtol=0.1)
    np.testing.assert_allclose(vectors[[0, 1], [-1, -2]] ** 2, limit.overlaps, atol=0.05)


@given(gamma=st.floats(0.01, 50))
def test_below_the_threshold_there_is_the_edge(gamma):
    root = gamma**0.5
    found = spiked_covariance(root * np.array([0.0, 0.5, 1.0, 1.01]), aspect_ratio=gamma)
    edge = marchenko_pastur(np.zeros(1), aspect_ratio=gamma).edges[1]
    np.testing.assert_allclose(found.eigenvalues[:3], edge, rtol=1e-12)
    assert found.eigenvalues[3] > edge
    np.testing.assert_allclose(found.overlaps[:3], 0, atol=1e-12)
    assert found.overlaps[3] > 0
    assert found.threshold == pytest.approx(root)


def test_many_samples_show_the_spike_as_it_is():
    found = spiked_covariance(np.array([3.0]), aspect_ratio=1e-9, variance=2.0)
    assert found.eigenvalues[0] == pytest.approx(5.0)
    assert found.overlaps[0] == pytest.approx(1.0)


# Invariance


@pytest.mark.parametrize("factor", [1e-150, 10.0, 1e150])
def test_scale(factor):
    spikes = np.array([0.1, 1.0, 5.0])
    one = spiked_covariance(spikes, aspect_ratio=0.7)
    scaled = spiked_covariance(factor * spikes, aspect_ratio=0.7, variance=factor)
    np.testing.assert_allclose(scaled.eigenvalues, factor * one.eigenvalues, rtol=1e-12)
    np.testing.assert_allclose(scaled.overlaps, one.overlaps, atol=1e-12)
    assert scaled.threshold == pytest.approx(factor * one.threshold)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    spikes = np.array([0.0, 1.0, 3.0], dtype=dtype)
    placed = library.place(spikes)
    found = spiked_covariance(placed, aspect_ratio=0.5)
    assert library.holds(found.eigenvalues, found.overlaps, dtype=dtype)
    exact = spiked_covariance(spikes.astype(float), aspect_ratio=0.5)
    tol = 20 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(found.eigenvalues), exact.eigenvalues, rtol=tol)
    np.testing.assert_allclose(to_numpy(found.overlaps), exact.overlaps, atol=tol)
    np.testing.assert_array_equal(to_numpy(placed), spikes)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="spikes must not be negative, got -1"):
        spiked_covariance(np.array([2.0, -1.0]), aspect_ratio=0.5)
