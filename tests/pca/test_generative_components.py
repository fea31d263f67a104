"""Generative components: ranges where the answer is known, and ranges searched by brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import networks
from labkit.arrays import array_namespace, from_numpy, to_numpy
from labkit.pca import generative_components

seeds = st.integers(0, 2**32 - 1)
BASIS = np.linalg.qr(np.random.default_rng(5).standard_normal((30, 4)))[0]
ANGLES = np.linspace(0, 1, 30)


def linear(Z):
    return Z @ from_numpy(BASIS.T, like=Z) if Z.dtype.name != "float32" else Z @ BASIS.T.astype("f")


def wave(Z):
    xp = array_namespace(Z)
    places = xp.astype(from_numpy(ANGLES, like=Z), Z.dtype)
    return xp.sin(5 * places + Z[:, :1]) + 0.5


def relu(seed, k=3, n=60):
    parameters = networks.initial_parameters((k, 20, n), like=np.zeros(1), rng=seed)
    return lambda Z: networks.forward(parameters, Z, activation="relu")


def spiked(x, n_samples, strength=2.0, seed=0):
    rng = np.random.default_rng(seed)
    x = x / np.linalg.norm(x)
    u = np.sqrt(strength) * rng.standard_normal(n_samples)
    X = np.outer(u, x) + rng.standard_normal((n_samples, len(x)))
    return X.T @ X / n_samples, x


# Oracle


def test_a_linear_range_gives_the_eigenvector_within_it():
    V, _ = spiked(BASIS @ [1.0, 2.0, 0.0, -1.0], 40)
    found = generative_components(V, linear, n_latent=4, tol=1e-9, max_iterations=300, rng=0)
    values, vectors = np.linalg.eigh(BASIS.T @ V @ BASIS)
    assert found.values[0] == pytest.approx(values[-1], rel=1e-10)
    assert abs(found.basis[:, 0] @ BASIS @ vectors[:, -1]) == pytest.approx(1, abs=1e-9)
    assert found.converged


@pytest.mark.parametrize("seed", range(5))
def test_a_curve_gives_a_fixed_point_near_the_best_of_a_fine_grid(seed):
    """The projected method ends at w = P(Vw), the best point up to the spread of eigenvalues."""
    V, x = spiked(wave(np.array([[0.7]]))[0], 60, strength=4.0, seed=seed)
    found = generative_components(V, wave, n_latent=1, tol=1e-10, max_iterations=200, rng=0)
    w = found.basis[:, 0]
    grid = wave(np.linspace(-np.pi, np.pi, 20001)[:, None])
    grid = np.concatenate([grid, -grid])[: len(grid)]
    grid /= np.linalg.norm(grid, axis=1, keepdims=True)
    nearest = grid[np.argmax(grid @ (V @ w))]
    assert np.linalg.norm(w - nearest) < 1e-3
    best = np.max(np.sum(grid @ V * grid, axis=1))
    assert found.values[0] >= 0.98 * best
    assert abs(w @ x) > 0.99


def test_without_noise_the_signal_comes_back_with_its_sign():
    """Of a cone the negative is not in the range: the start must not decide the sign."""
    for seed in range(5):
        G = relu(seed)
        x = G(np.random.default_rng(seed).standard_normal((1, 3)))[0]
        x = x / np.linalg.norm(x)
        found = generative_components(np.outer(x, x), G, n_latent=3, rng=seed)
        assert found.basis[:, 0] @ x == pytest.approx(1, abs=1e-6)


def test_the_prior_helps_below_the_threshold_of_pca():
    overlaps = []
    for seed in range(9):
        G = relu(seed)
        V, x = spiked(G(np.random.default_rng(seed).standard_normal((1, 3)))[0], 30, seed=seed)
        found = generative_components(V, G, n_latent=3, rng=seed)
        overlaps.append((abs(found.basis[:, 0] @ x), abs(np.linalg.eigh(V)[1][:, -1] @ x)))
    prior, plain = np.median(overlaps, axis=0)
    assert prior > 0.9 > plain


# Invariance


@given(seed=st.integers(0, 50), factor=st.floats(1e-100, 1e100))
def test_neither_scale_matters(seed, factor):
    G = relu(1)
    V, _ = spiked(G(np.ones((1, 3)))[0], 50, seed=seed)
    a = generative_components(V, G, n_latent=3, rng=3)
    b = generative_components(factor * V, lambda Z: G(Z) * 2.0**40, n_latent=3, rng=3)
    np.testing.assert_allclose(b.basis, a.basis, atol=1e-6)
    assert b.values[0] == pytest.approx(factor * a.values[0], rel=1e-6)


def test_same_seed_same_answer_and_value_is_that_of_the_direction():
    G = relu(2)
    V, _ = spiked(G(np.ones((1, 3)))[0], 50)
    a, b = (generative_components(V, G, n_latent=3, rng=7) for _ in range(2))
    np.testing.assert_array_equal(a.basis, b.basis)
    w = a.basis[:, 0]
    assert w @ w == pytest.approx(1)
    assert w @ V @ w == pytest.approx(a.values[0]) == pytest.approx(a.objective_history[-1])
    assert len(a.objective_history) == a.n_iterations + 1


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    V = spiked(wave(np.array([[0.7]]))[0], 60, strength=4.0)[0].astype(dtype)
    placed = library.place(V)
    found = generative_components(placed, wave, n_latent=1, tol=1e-3, rng=0)
    assert library.holds(found.basis, found.values, dtype=dtype)
    exact = generative_components(V.astype("float64"), wave, n_latent=1, tol=1e-3, rng=0)
    limit = 1e-9 if dtype == "float64" else 1e-2
    np.testing.assert_allclose(to_numpy(found.basis), exact.basis, atol=limit)
    np.testing.assert_array_equal(to_numpy(placed), V)


# Degenerate data


def test_one_restart_one_step_and_a_matrix_of_rank_one():
    e = np.eye(30)[0]
    found = generative_components(
        np.outer(e, e), linear, n_latent=4, n_restarts=1, max_iterations=1, rng=0
    )
    assert np.isfinite(found.basis).all()
    assert (found.n_iterations, found.converged) == (1, False)


def test_a_generator_that_ignores_its_input():
    constant = np.ones(30) / np.sqrt(30)
    found = generative_components(np.eye(30), lambda Z: 0 * Z[:, :1] + constant, n_latent=2, rng=0)
    np.testing.assert_allclose(found.basis[:, 0], constant, rtol=1e-12)
    assert found.converged


# Refusals


@pytest.mark.parametrize(
    ("G", "error", "message"),
    [
        (lambda Z: Z, ValueError, r"generator must return shape \(6, 30\) for z of shape \(6, 4\)"),
        (lambda Z: 0 * linear(Z), ValueError, "generator must not vanish, got zeros"),
        (lambda Z: linear(Z) / 0.0, ValueError, r"generator\(z\) must be finite"),
        (lambda Z: linear(Z)[0], ValueError, r"generator\(z\) must have 2 dimensions"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_generators(G, error, message):
    with pytest.raises(error, match=message):
        generative_components(np.eye(30), G, n_latent=4, rng=0)


def test_a_generator_that_is_not_callable_is_refused():
    with pytest.raises(TypeError, match="generator must be callable, got 3"):
        generative_components(np.eye(30), 3, n_latent=4, rng=0)
