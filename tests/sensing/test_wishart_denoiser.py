"""The denoiser of Wishart matrices: its expected error, its optimality among shrinkers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import wishart_denoiser


def noisy(d, kappa, s2, seed=0):
    rng = np.random.default_rng(seed)
    m = int(d * kappa)
    W, Z = rng.standard_normal((d, m)), rng.standard_normal((d, d))
    S = W @ W.T / m
    return S + (Z + Z.T) * np.sqrt(s2 / (2 * d)), S


# Oracle


@pytest.mark.parametrize(("kappa", "s2"), [(0.5, 2.0), (0.5, 0.1), (0.2, 0.02), (2.0, 0.5)])
def test_error_is_what_it_expects_and_nearly_the_best_of_these_eigenvectors(kappa, s2):
    R, S = noisy(300, kappa, s2)
    found = wishart_denoiser(R, aspect_ratio=kappa, noise_variance=s2)
    error = np.sum((found.matrix - S) ** 2) / 300
    assert error == pytest.approx(found.expected_error, rel=0.05)
    U = np.linalg.eigh(R)[1]
    best = np.sum(((U * np.sum(U * (S @ U), axis=0)) @ U.T - S) ** 2) / 300
    assert best <= error < 1.05 * best


def test_limits_of_the_noise():
    R, S = noisy(60, 0.5, 1e-6)
    low = wishart_denoiser(R, aspect_ratio=0.5, noise_variance=1e-6)
    np.testing.assert_allclose(low.matrix, S, atol=1e-2)
    R, S = noisy(60, 0.5, 1e5)
    high = wishart_denoiser(R, aspect_ratio=0.5, noise_variance=1e5)
    np.testing.assert_allclose(high.matrix, np.eye(60), atol=0.2)  # the mean of the prior
    assert high.expected_error == pytest.approx(2.0, rel=1e-3)


# Invariance


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_rotation(seed):
    R, _ = noisy(12, 0.5, 0.5, seed)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((12, 12)))[0]
    options = {"aspect_ratio": 0.5, "noise_variance": 0.5}
    turned = wishart_denoiser(Q @ R @ Q.T, **options).matrix
    np.testing.assert_allclose(turned, Q @ wishart_denoiser(R, **options).matrix @ Q.T, atol=1e-5)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    R, _ = noisy(30, 0.5, 0.5)
    placed = library.place(R.astype(dtype))
    found = wishart_denoiser(placed, aspect_ratio=0.5, noise_variance=0.5).matrix
    assert library.holds(found, dtype=dtype)
    wide = wishart_denoiser(R, aspect_ratio=0.5, noise_variance=0.5).matrix
    np.testing.assert_allclose(to_numpy(found), wide, atol=1e-4)
    np.testing.assert_array_equal(to_numpy(placed), R.astype(dtype))


# Degenerate data


def test_far_outside_the_support():
    R = np.diag([1e6, -1e6, 0.0])
    found = wishart_denoiser(R, aspect_ratio=0.5, noise_variance=0.1).matrix
    np.testing.assert_allclose(np.diag(found)[:2], [1e6, -1e6], rtol=1e-6)
    assert np.isfinite(found).all()


# Refusals


@pytest.mark.parametrize(
    ("R", "message"),
    [
        (np.ones((2, 3)), r"R must be square, got shape \(2, 3\)"),
        (np.triu(np.ones((3, 3))), "R must be symmetric, got entries that differ by 1"),
    ],
)
def test_refusals(R, message):
    with pytest.raises(ValueError, match=message):
        wishart_denoiser(R, aspect_ratio=0.5, noise_variance=0.1)
