"""The covariance generator: the distance, its slopes, its limit, and what a start decides."""

from itertools import islice

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import covariance_generator
from labkit.sensing._layers import product


def last(layers, S, n_steps, **options):
    *_, state = islice(covariance_generator(layers, S, **options), n_steps + 1)
    return state


def target(n, rng, low=0.5):
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return (Q * np.linspace(2.0, low, n)) @ Q.T


def distance(W, S, noise=0.0):
    """Return the squared distance as the docstring has it, with SciPy's root."""
    A = W @ W.T + noise * np.eye(len(S))
    root = scipy.linalg.sqrtm(S)
    return np.trace(A) + np.trace(S) - 2 * np.trace(scipy.linalg.sqrtm(root @ A @ root)).real


# Oracle


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_loss_is_the_distance(noise):
    rng = np.random.default_rng(0)
    S, W = target(5, rng), rng.standard_normal((5, 5))
    state = last([W], S, 0, step_size=0.1, noise_variance=noise)
    assert state.loss == pytest.approx(distance(W, S, noise), abs=1e-10)
    np.testing.assert_allclose(state.covariance, W @ W.T, atol=1e-12)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_step_follows_the_slopes_of_the_loss(noise):
    rng = np.random.default_rng(1)
    S = target(4, rng)
    layers = [rng.standard_normal(shape) for shape in ((3, 2), (3, 3), (4, 3))]
    state = last(layers, S, 1, step_size=1e-3, noise_variance=noise)
    for i, layer in enumerate(layers):
        slopes = np.zeros(layer.shape)
        for j in np.ndindex(layer.shape):
            e = np.zeros(layer.shape)
            e[j] = 1e-6
            up, down = (
                last(
                    [*layers[:i], layer + sign * e, *layers[i + 1 :]],
                    S,
                    0,
                    step_size=1.0,
                    noise_variance=noise,
                ).loss
                for sign in (1, -1)
            )
            slopes[j] = (up - down) / 2e-6
        np.testing.assert_allclose((layer - state.layers[i]) / 1e-3, slopes, atol=1e-6)


def test_one_layer_and_a_step_of_one_half_jump_to_the_target():
    rng = np.random.default_rng(0)
    S = target(5, rng)
    state = last([rng.standard_normal((5, 5))], S, 1, step_size=0.5)
    np.testing.assert_allclose(state.covariance, S, atol=1e-12)
    assert state.loss < 1e-12


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_limit_is_the_truncated_target(n_layers):
    rng = np.random.default_rng(n_layers)
    S = target(6, rng, low=0.1)
    layers = [0.5 * rng.standard_normal((3, 3)) for _ in range(n_layers - 1)]
    layers.append(0.5 * rng.standard_normal((6, 3)))
    state = last(layers, S, 3000, step_size=0.05)
    values, vectors = np.linalg.eigh(S)
    truncated = (vectors[:, 3:] * values[3:]) @ vectors[:, 3:].T
    np.testing.assert_allclose(state.covariance, truncated, atol=1e-8)
    assert state.loss == pytest.approx(values[:3].sum(), abs=1e-10)


def test_smoothing_takes_its_variance_off_the_limit():
    S = np.diag([2.0, 1.0, 0.5])
    state = last([np.eye(3)], S, 2000, step_size=0.1, noise_variance=0.3)
    np.testing.assert_allclose(state.covariance, S - 0.3 * np.eye(3), atol=1e-9)


# Invariance


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-6, 2.0, 1e6]))
def test_rotation_and_scale(seed, scale):
    rng = np.random.default_rng(seed)
    S, W = target(4, rng), rng.standard_normal((4, 4))
    Q, R = (np.linalg.qr(rng.standard_normal((4, 4)))[0] for _ in range(2))
    one = last([W], S, 20, step_size=0.1)
    turned = scale**2 * Q @ S @ Q.T
    other = last([scale * Q @ W @ R], (turned + turned.T) / 2, 20, step_size=0.1)
    expected = scale**2 * Q @ one.covariance @ Q.T
    np.testing.assert_allclose(other.covariance, expected, atol=1e-8 * scale**2)
    assert other.loss == pytest.approx(scale**2 * one.loss, abs=1e-8 * scale**2)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_arrays(library, dtype, noise):
    rng = np.random.default_rng(0)
    S, layers = target(4, rng), [rng.standard_normal((3, 3)), rng.standard_normal((4, 3))]
    placed = [library.place(layer.astype(dtype)) for layer in layers]
    goal = library.place(S.astype(dtype))
    state = last(placed, goal, 30, step_size=0.02, noise_variance=noise)
    assert library.holds(*state.layers, state.weights, state.covariance, dtype=dtype)
    here = last(layers, S, 30, step_size=0.02, noise_variance=noise)
    tolerance = 1e-10 if dtype == "float64" else 1e-3
    np.testing.assert_allclose(to_numpy(state.covariance), here.covariance, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), layers[0].astype(dtype))


def test_weights_are_the_product_of_the_layers():
    layers = [np.ones((2, 3)), np.ones((4, 2))]
    first = next(covariance_generator(layers, np.eye(4), step_size=0.1))
    np.testing.assert_array_equal(first.weights, product(first.layers))


# Degenerate data


def test_a_start_of_zeros_stays():
    state = last([np.zeros((3, 2))], np.eye(3), 5, step_size=0.1)
    assert state.loss == pytest.approx(3.0)
    np.testing.assert_array_equal(state.covariance, 0)


def test_a_target_of_zeros_is_reached():
    state = last([np.ones((3, 2))], np.zeros((3, 3)), 200, step_size=0.1)
    np.testing.assert_allclose(state.covariance, 0, atol=1e-12)


def test_a_start_of_too_low_a_rank_never_gains_one():
    rng = np.random.default_rng(0)
    S, thin = target(5, rng), rng.standard_normal((5, 3))
    thin[:, 2] = 0
    state = last([np.eye(3), thin], S, 2000, step_size=0.05)
    assert np.linalg.matrix_rank(state.covariance, tol=1e-6) == 2
    assert state.loss == pytest.approx(np.linalg.eigvalsh(S)[:3].sum(), abs=1e-8)


# Refusals


@pytest.mark.parametrize(
    ("layers", "S", "message"),
    [
        ([np.ones((2, 2)), np.ones((3, 4))], np.eye(3), "one gives 2 numbers, the next takes 4"),
        ([np.ones((2, 2))], np.eye(3), r"shape \(2, 2\), as the layers say, got \(3, 3\)"),
        ([np.ones((2, 2))], np.array([[1.0, 1.0], [0.0, 1.0]]), "must be symmetric"),
        ([np.ones((2, 2))], np.diag([1.0, -1.0]), "no negative eigenvalue, got -1"),
    ],
)
def test_refusals(layers, S, message):
    with pytest.raises(ValueError, match=message):
        covariance_generator(layers, S, step_size=0.1)


def test_too_long_steps_say_so():
    states = covariance_generator([np.ones((2, 2))] * 3, np.eye(2), step_size=50.0)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(FloatingPointError, match="smaller step_size"),
    ):
        list(islice(states, 200))
