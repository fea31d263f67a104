"""The semicircle law: its integral, its moments, and eigenvalues of noise."""

import numpy as np
import pytest
from scipy.integrate import quad

from labkit.arrays import to_numpy
from labkit.spectra import semicircle


def density(x):
    return semicircle(np.array([x]), variance=3.0).density[0]


# Oracle


def test_distribution_is_the_integral_of_the_density():
    low, high = semicircle(np.zeros(1), variance=3.0).edges
    assert (low, high) == (-2 * 3**0.5, 2 * 3**0.5)
    for x in (low, -1.0, 0.0, 2.0, high):
        share = semicircle(np.array([x]), variance=3.0).distribution[0]
        assert share == pytest.approx(quad(density, low, x)[0], abs=1e-9)


def test_moments_are_catalan_numbers():
    moments = [
        quad(lambda x, k=k: x**k * density(x), -2 * 3**0.5, 2 * 3**0.5)[0] for k in (2, 4, 6)
    ]
    np.testing.assert_allclose(moments, [3, 2 * 9, 5 * 27], rtol=1e-8)


def test_eigenvalues_of_a_symmetric_matrix_of_noise_follow_it():
    n = 300
    A = np.random.default_rng(0).uniform(-1, 1, (n, n)) * (3 / n) ** 0.5
    values = np.linalg.eigvalsh(np.triu(A) + np.triu(A, 1).T)
    share = semicircle(values).distribution
    assert np.abs(share - np.arange(n) / n).max() < 5 / n


def test_what_lies_outside():
    law = semicircle(np.array([-9.0, 9.0]))
    assert law.density.tolist() == [0.0, 0.0]
    assert law.distribution.tolist() == [0.0, 1.0]
    assert law.mass_at_zero == 0


# Invariance


@pytest.mark.parametrize("factor", [1e-150, 0.1, 1e150])
def test_scale_and_sign(factor):
    x = np.linspace(-3, 3, 30)
    one, scaled = semicircle(x), semicircle(factor * x, variance=factor**2)
    np.testing.assert_allclose(scaled.distribution, one.distribution, atol=1e-14)
    np.testing.assert_allclose(factor * scaled.density, one.density, atol=1e-14)
    np.testing.assert_allclose(1 - semicircle(-x).distribution, one.distribution, atol=1e-14)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = np.linspace(-3, 3, 50).astype(dtype)
    placed = library.place(x)
    law = semicircle(placed)
    assert library.holds(law.density, law.distribution, dtype=dtype)
    exact = semicircle(x.astype(float))
    tol = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(law.distribution), exact.distribution, atol=tol)
    np.testing.assert_allclose(to_numpy(law.density), exact.density, atol=tol)
    np.testing.assert_array_equal(to_numpy(placed), x)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"variance must be a finite number in \(0, inf\]"):
        semicircle(np.zeros(1), variance=-1.0)
