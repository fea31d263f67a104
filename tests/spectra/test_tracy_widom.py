"""The Tracy-Widom law: published numbers, and largest eigenvalues of noise."""

import sys

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import spiked_spectrum, tracy_widom

# Oracle


def test_published_quantiles():
    """Of Johnstone (2001) and Bejan (2005), to the digits printed."""
    quantiles = {-3.8954: 0.01, -3.1808: 0.05, -2.7824: 0.10, -1.9104: 0.30, -1.2686: 0.50}
    quantiles |= {-0.5923: 0.70, 0.4501: 0.90, 0.9793: 0.95, 2.0234: 0.99}
    found = tracy_widom(np.array(list(quantiles))).distribution
    np.testing.assert_allclose(found, list(quantiles.values()), atol=2e-4)


def test_published_mean_and_variance():
    """Of Bornemann (2010)."""
    s = np.linspace(-9.5, 8.5, 1801)
    f = tracy_widom(s).density
    mean = np.trapezoid(s * f, s)
    assert mean == pytest.approx(-1.2065335745820, abs=1e-6)
    assert np.trapezoid((s - mean) ** 2 * f, s) == pytest.approx(1.607781034581, abs=1e-6)


def test_largest_eigenvalues_of_noise():
    n, p, n_draws = 200, 50, 2000
    rng = np.random.default_rng(0)
    largest = np.array(
        [spiked_spectrum(n, p, n_largest=1, rng=rng).eigenvalues[0] for _ in range(n_draws)]
    )
    share = np.sort(tracy_widom(largest, shape=(n, p)).distribution)
    distance = np.abs(share - (np.arange(n_draws) + 0.5) / n_draws).max()
    assert distance < 2.7 / n_draws**0.5 + 0.02  # 1e-6 by Kolmogorov's law, and the finite size


def test_density_is_the_slope():
    s, h = np.linspace(-7, 5, 40), 1e-4
    slope = (tracy_widom(s + h).distribution - tracy_widom(s - h).distribution) / (2 * h)
    np.testing.assert_allclose(tracy_widom(s).density, slope, atol=1e-7)


def test_more_nodes_change_nothing(monkeypatch):
    s = np.linspace(-10, 6, 60)
    few = tracy_widom(s)
    monkeypatch.setattr(sys.modules["labkit.spectra.tracy_widom"], "N_NODES", 60)
    monkeypatch.setattr(sys.modules["labkit.spectra.tracy_widom"], "REACH", 16.0)
    many = tracy_widom(s)
    np.testing.assert_allclose(few.distribution, many.distribution, atol=1e-11)
    np.testing.assert_allclose(few.density, many.density, atol=1e-9)


def test_many_places_are_interpolated():
    s = np.linspace(-9, 6, 3000)
    whole, part = tracy_widom(s), tracy_widom(s[::30])
    np.testing.assert_allclose(whole.distribution[::30], part.distribution, atol=1e-7)
    np.testing.assert_allclose(whole.density[::30], part.density, atol=1e-6)
    assert (np.diff(whole.distribution) >= 0).all()
    same = tracy_widom(np.full(400, 1.0)).distribution
    np.testing.assert_allclose(same, tracy_widom(np.array([1.0])).distribution[0], atol=1e-9)


def test_far_away():
    law = tracy_widom(np.array([-1e300, -50.0, 50.0, 1e300]))
    assert law.distribution.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert law.density.tolist() == [0.0] * 4


# Invariance


@pytest.mark.parametrize("variance", [1e-100, 5.0])
def test_scale(variance):
    x = np.linspace(2.5, 3.2, 20)
    one = tracy_widom(x, shape=(100, 50))
    scaled = tracy_widom(variance * x, shape=(100, 50), variance=variance)
    np.testing.assert_allclose(scaled.distribution, one.distribution, atol=1e-9)
    np.testing.assert_allclose(variance * scaled.density, one.density, atol=1e-6)
    standard = tracy_widom((x - one.center) / one.scale)
    np.testing.assert_allclose(standard.distribution, one.distribution, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = np.linspace(-3, 3, 9).astype(dtype)
    placed = library.place(x)
    law = tracy_widom(placed)
    assert library.holds(law.density, law.distribution, dtype=dtype)
    exact = tracy_widom(x.astype(float)).distribution
    np.testing.assert_allclose(to_numpy(law.distribution), exact, atol=10 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(to_numpy(placed), x)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="shape must be an integer from 2 up, got 1"):
        tracy_widom(np.zeros(1), shape=(5, 1))
    with pytest.raises(TypeError, match=r"shape must be a tuple \(n_samples, n_features\), got 3"):
        tracy_widom(np.zeros(1), shape=3)
