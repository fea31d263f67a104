"""The low-rank denoiser: Bayes' rule, finite differences, PCA and K-subspaces as ends."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from labkit.arrays import to_numpy
from labkit.clustering import LowRankDenoiser, k_subspaces, low_rank_denoiser
from labkit.clustering.low_rank_denoiser import _gradient
from labkit.trace import trace

seeds = st.integers(0, 2**32 - 1)


def bases(seed=0, n_clusters=2, n_features=6, rank=2):
    shape = (n_clusters, n_features, rank)
    return np.linalg.qr(np.random.default_rng(seed).standard_normal(shape))[0]


def mixture(seed=0, n_per=40):
    rng, U = np.random.default_rng(seed), bases(seed)
    return np.concatenate([rng.standard_normal((n_per, 2)) @ basis.T for basis in U]), U


def projections(U):
    return U @ np.swapaxes(U, -1, -2)


def trained(X, start, n_steps=150, **options):
    states = low_rank_denoiser(X, start, rng=0, **options)
    return trace(states, n_steps=n_steps, record={"loss": lambda state: state.loss})


# Oracle


def test_denoised_is_the_posterior_mean():
    U, noise = bases(1), 0.7
    Y = np.random.default_rng(2).standard_normal((5, 6))
    covariances = [P + noise**2 * np.eye(6) for P in projections(U)]
    density = np.array([multivariate_normal(np.zeros(6), S).pdf(Y) for S in covariances])
    means = np.array(
        [Y @ np.linalg.solve(S, P) for S, P in zip(covariances, projections(U), strict=True)]
    )
    expected = np.sum((density / density.sum(axis=0))[..., None] * means, axis=0)
    np.testing.assert_allclose(LowRankDenoiser(U, 0.0).denoise(Y, noise), expected, atol=1e-12)


@given(seed=seeds)
def test_gradient_by_finite_differences(seed):
    rng = np.random.default_rng(seed)
    U = bases(seed, n_clusters=3)
    clean, noise, h = rng.standard_normal((7, 6)), 0.8, 1e-5
    noisy = clean + noise * rng.standard_normal((7, 6))
    gradient, _ = _gradient(U, clean, noisy, noise)
    V = rng.standard_normal(U.shape)
    up, down = (_gradient(U + sign * h * V, clean, noisy, noise)[1] for sign in (1, -1))
    # third derivatives of a loss near 10 with factors of the softmax: h^2 times some hundreds
    assert np.sum(gradient * V) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)


def test_one_subspace_ends_at_pca():
    X, _ = mixture(3)
    run = trained(X, bases(9, n_clusters=1), noise=0.05)
    Vh = np.linalg.svd(X)[2][:2]
    assert np.linalg.norm(projections(run.last.bases)[0] - Vh.T @ Vh) < 0.05


def test_small_noise_ends_at_k_subspaces():
    X, _ = mixture(4)
    found = projections(k_subspaces(X, 2, rank=2, rng=0).bases)
    ends = [trained(X, bases(start), noise=0.05) for start in range(4)]
    best = projections(min(ends, key=lambda run: run["loss"][-1]).last.bases)
    apart = min(np.linalg.norm(best[list(p)] - found) for p in itertools.permutations(range(2)))
    assert apart < 0.05


def test_loss_at_weights_of_one():
    X, U = mixture(5, n_per=2000)
    noise, c = 0.05, 1 / (1 + 0.05**2)
    loss = trained(X, U, noise=noise, n_steps=1)["loss"][1]
    held = np.sum(X**2)  # the planted subspaces hold all
    # 8000 squared normals: 2 percent; points near the border of both subspaces: a few more
    expected = np.mean(np.sum(X**2, axis=1)) - c * (2 - c) * held / len(X) + 2 * c**2 * noise**2
    assert loss == pytest.approx(expected, rel=0.2)


# Invariance


@given(seed=seeds)
def test_order_and_names_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    Y = rng.standard_normal((5, 6))
    turn = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    U, mixed = bases(seed), bases(seed)[::-1] @ np.linalg.qr(rng.standard_normal((2, 2)))[0]
    first = LowRankDenoiser(U, 0.0).denoise(Y, 0.4)
    np.testing.assert_allclose(LowRankDenoiser(mixed, 0.0).denoise(Y, 0.4), first, atol=1e-12)
    turned = LowRankDenoiser(turn.T @ U, 0.0).denoise(Y @ turn, 0.4)
    np.testing.assert_allclose(turned, first @ turn, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, _ = mixture(7)
    start = bases(8)
    placed = library.place(X.astype(dtype)), library.place(start.astype(dtype))
    state = trained(*placed, noise=0.3, n_steps=3).last
    denoised = state.denoise(placed[0], 0.3)
    assert library.holds(state.bases, denoised, dtype=dtype)
    expected = trained(X, start, noise=0.3, n_steps=3).last
    # three steps of a descent whose softmax has the slope 1 / (2 0.3^2), from rounded data
    tolerance = 1e4 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(state.bases), expected.bases, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[1]), start.astype(dtype))


# Degenerate data


def test_tiny_noise_gives_weights_of_zero_and_one():
    U = bases(0)
    Y = np.random.default_rng(0).standard_normal((4, 6))
    held = np.sum((Y @ U) ** 2, axis=-1).argmax(axis=0)
    expected = np.stack([y @ projections(U)[k] for y, k in zip(Y, held, strict=True)])
    np.testing.assert_allclose(LowRankDenoiser(U, 0.0).denoise(Y, 1e-6), expected, atol=1e-9)


def test_zeros_and_full_rank():
    assert trained(np.zeros((3, 6)), bases(0), noise=0.1, n_steps=2)["loss"][-1] > 0
    full = trained(np.ones((1, 2)), np.eye(2)[None], noise=0.1, n_steps=2)
    np.testing.assert_allclose(projections(full.last.bases)[0], np.eye(2), atol=1e-12)


# Refusals


def test_refusals():
    X = np.ones((3, 4))
    with pytest.raises(ValueError, match=r"start must have 4 features .*, got \(1, 3, 1\)"):
        low_rank_denoiser(X, np.eye(3)[None, :, :1], noise=0.1)
    with pytest.raises(ValueError, match=r"start must have orthonormal columns, got .* off by 3"):
        low_rank_denoiser(X, 2 * np.eye(4)[None], noise=0.1)
    state = LowRankDenoiser(np.eye(4)[None, :, :2], 0.0)
    with pytest.raises(ValueError, match="X must have 4 features, as when fitted, got 3"):
        state.denoise(np.ones((2, 3)), 0.1)
    with pytest.raises(ValueError, match=r"noise must be a finite number in \(0, inf\], got 0"):
        state.denoise(X, 0.0)
