"""Fitting a bulk: noise of known variance, planted outliers, and what is no bulk."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import marchenko_pastur_fit, spiked_spectrum


def spectrum(n, p, spikes=(), seed=0):
    X = np.random.default_rng(seed).standard_normal((n, p))
    X[:, : len(spikes)] *= np.sqrt(1 + np.array(spikes))
    return np.linalg.eigvalsh(X.T @ X / n)


# Oracle


@pytest.mark.parametrize(("n", "p"), [(600, 200), (300, 300), (150, 450)])
def test_noise(n, p):
    fit = marchenko_pastur_fit(spectrum(n, p), aspect_ratio=p / n)
    assert fit.variance == pytest.approx(1, abs=0.08)
    assert fit.n_outliers == 0
    assert fit.distance < 8 / min(n, p)
    assert fit.cutoff > fit.edges[1] > fit.edges[0]


def test_noise_alone_is_seldom_called_an_outlier():
    draws = [spiked_spectrum(400, 200, rng=i).eigenvalues for i in range(300)]
    found = [marchenko_pastur_fit(v, aspect_ratio=0.5).n_outliers > 0 for v in draws]
    assert np.mean(found) < 0.08


@pytest.mark.parametrize("size", [3.0, 1e6])
def test_outliers_are_counted_and_do_not_pull(size):
    clean = marchenko_pastur_fit(spectrum(500, 100), aspect_ratio=0.2)
    fit = marchenko_pastur_fit(spectrum(500, 100, [size] * 20), aspect_ratio=0.2)
    assert fit.n_outliers == 20
    assert fit.variance == pytest.approx(clean.variance, abs=0.06)


def test_what_is_no_bulk_is_far_from_the_law():
    fit = marchenko_pastur_fit(np.linspace(0.5, 1.5, 100), aspect_ratio=0.5)
    assert fit.distance > 0.1


def test_exactly_equal_eigenvalues():
    fit = marchenko_pastur_fit(np.ones(10), aspect_ratio=0.01)
    assert fit.variance == pytest.approx(1, abs=0.01)
    one = marchenko_pastur_fit(np.array([2.0]), aspect_ratio=0.1)
    assert one.n_outliers == 0


# Invariance


@pytest.mark.parametrize("factor", [1e-150, 4.0, 1e150])
def test_scale_and_order(factor):
    values = spectrum(300, 100, [5.0])
    one = marchenko_pastur_fit(values, aspect_ratio=1 / 3)
    other = marchenko_pastur_fit(factor * values[::-1], aspect_ratio=1 / 3)
    assert other.variance == pytest.approx(factor * one.variance)
    assert other.cutoff == pytest.approx(factor * one.cutoff)
    assert other.n_outliers == one.n_outliers
    assert other.distance == pytest.approx(one.distance)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    values = spectrum(300, 100, [5.0]).astype(dtype)
    placed = library.place(values)
    fit = marchenko_pastur_fit(placed, aspect_ratio=1 / 3)
    assert fit.n_outliers == 1
    assert isinstance(fit.variance, float)
    np.testing.assert_array_equal(to_numpy(placed), values)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="eigenvalues must not be negative, got -1"):
        marchenko_pastur_fit(np.array([-1.0, 1.0]), aspect_ratio=0.5)
    with pytest.raises(ValueError, match="eigenvalues must have a median above 0, got 0"):
        marchenko_pastur_fit(np.array([0.0, 0.0, 0.0, 1.0]), aspect_ratio=0.5)
    with pytest.raises(ValueError, match="eigenvalues must have a median above 0, got 0"):
        marchenko_pastur_fit(np.zeros(3), aspect_ratio=0.5)
