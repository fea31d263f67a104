"""The Marchenko-Pastur law: its integral, its moments, its atom, and eigenvalues of noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from labkit.arrays import to_numpy
from labkit.spectra import marchenko_pastur, semicircle

RATIOS = (0.01, 0.3, 1.0, 2.5, 40.0)


def density(x, gamma, variance):
    return marchenko_pastur(np.array([x]), aspect_ratio=gamma, variance=variance).density[0]


# Oracle


@pytest.mark.parametrize("gamma", RATIOS)
def test_distribution_is_the_integral_of_the_density(gamma):
    a, b = marchenko_pastur(np.zeros(1), aspect_ratio=gamma, variance=2.0).edges
    for q in (0.0, 0.2, 0.5, 0.9, 1.0):
        x = a + q * (b - a)
        law = marchenko_pastur(np.array([x]), aspect_ratio=gamma, variance=2.0)
        below = quad(density, a, x, args=(gamma, 2.0))[0] if q else 0.0
        assert law.distribution[0] == pytest.approx(law.mass_at_zero + below, abs=1e-9)


@pytest.mark.parametrize("gamma", RATIOS)
def test_moments(gamma):
    a, b = marchenko_pastur(np.zeros(1), aspect_ratio=gamma, variance=2.0).edges
    moments = [quad(lambda x, k=k: x**k * density(x, gamma, 2.0), a, b)[0] for k in (1, 2, 3)]
    expected = [2, 4 * (1 + gamma), 8 * (1 + 3 * gamma + gamma**2)]
    np.testing.assert_allclose(moments, expected, rtol=1e-7)


@pytest.mark.parametrize("gamma", [0.2, 1.0, 3.0])
def test_eigenvalues_of_noise_follow_it(gamma):
    n = 300
    p = int(gamma * n)
    X = np.random.default_rng(0).choice([-1.0, 1.0], (n, p))
    values = np.linalg.svd(X, compute_uv=False) ** 2 / n
    law = marchenko_pastur(values, aspect_ratio=gamma)
    share = (law.distribution - law.mass_at_zero) / (1 - law.mass_at_zero)
    ranks = 1 - np.arange(len(values)) / len(values)
    assert np.abs(share - ranks).max() < 5 / len(values)


def test_atom_and_what_lies_outside():
    law = marchenko_pastur(np.array([-1.0, 0.0, 0.01, 99.0]), aspect_ratio=4.0)
    assert law.mass_at_zero == 0.75
    assert law.distribution.tolist() == [0.0, 0.75, 0.75, 1.0]
    assert law.density.tolist() == [0.0] * 4


def test_at_aspect_ratio_one_the_density_is_infinite_at_zero():
    law = marchenko_pastur(np.array([0.0, 1e-12]), aspect_ratio=1.0)
    assert law.density[0] == np.inf
    assert law.density[1] == pytest.approx(1e6 / np.pi, rel=1e-6)
    assert law.distribution[0] == 0


# Invariance


@given(gamma=st.floats(0.01, 50), factor=st.sampled_from([1e-150, 1e-3, 7.0, 1e150]))
def test_scale(gamma, factor):
    x = np.linspace(0, 5 * (1 + gamma), 40)
    one = marchenko_pastur(x, aspect_ratio=gamma)
    scaled = marchenko_pastur(factor * x, aspect_ratio=gamma, variance=factor)
    np.testing.assert_allclose(scaled.distribution, one.distribution, atol=1e-12)
    np.testing.assert_allclose(factor * scaled.density, one.density, rtol=1e-6, atol=1e-6)


@given(gamma=st.floats(0.05, 20))
def test_transposing_the_matrix_moves_only_the_zeros(gamma):
    x = np.linspace(0.01, 5, 30)
    one = marchenko_pastur(x, aspect_ratio=gamma)
    other = marchenko_pastur(x / gamma, aspect_ratio=1 / gamma)
    np.testing.assert_allclose(one.density, other.density / gamma**2, rtol=1e-6, atol=1e-9)


def test_many_samples_give_a_semicircle():
    gamma, s = 1e-8, np.linspace(-1.9, 1.9, 20)
    law = marchenko_pastur(1 + np.sqrt(gamma) * s, aspect_ratio=gamma)
    np.testing.assert_allclose(law.distribution, semicircle(s).distribution, atol=1e-3)


def test_it_rises():
    x = np.linspace(-1, 8, 2000)
    for gamma in RATIOS:
        assert (np.diff(marchenko_pastur(x, aspect_ratio=gamma).distribution) >= 0).all()


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = np.linspace(-0.5, 4, 50).astype(dtype)
    placed = library.place(x)
    law = marchenko_pastur(placed, aspect_ratio=0.5)
    assert library.holds(law.density, law.distribution, dtype=dtype)
    exact = marchenko_pastur(x.astype(float), aspect_ratio=0.5)
    tol = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(law.distribution), exact.distribution, atol=tol)
    np.testing.assert_allclose(to_numpy(law.density), exact.density, atol=3 * np.sqrt(tol))
    np.testing.assert_array_equal(to_numpy(placed), x)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"aspect_ratio must be a finite number in \(0, inf\]"):
        marchenko_pastur(np.zeros(1), aspect_ratio=0.0)
