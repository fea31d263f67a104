"""The largest stable step: the closed form, the moments' recursion, limits, and descent itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.spectra import largest_stable_step

positive = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=12)


def growth(curvatures, step, B):
    """Return the largest eigenvalue of the map of expected squares, term by term."""
    n = len(curvatures)
    W = np.zeros((n, n))
    for i, a in enumerate(curvatures):
        W[i, i] = 1 - 2 * step * a + step**2 * (1 + 1 / B) * a**2
        for j, b in enumerate(curvatures):
            W[i, j] += step**2 * a * b / B
    return np.abs(np.linalg.eigvals(W)).max()


# Oracle


@pytest.mark.parametrize("d", [1, 7, 400])
@pytest.mark.parametrize("B", [1, 3, 1000])
def test_equal_curvatures(d, B):
    found = largest_stable_step(2.0 * np.ones(d), n_per_batch=B)
    assert found == pytest.approx(B / (d + B + 1), rel=1e-12)


@given(curvatures=positive, B=st.integers(1, 200))
def test_expected_squares_neither_grow_nor_fall(curvatures, B):
    curvatures = np.array(curvatures)
    step = largest_stable_step(curvatures, n_per_batch=B)
    assert growth(curvatures, step, B) == pytest.approx(1.0, abs=1e-8)
    assert growth(curvatures, 1.01 * step, B) > 1 + 1e-6


def test_the_recursion_is_that_of_normal_samples():
    curvatures, step, B, n = np.array([2.0, 0.5]), 0.3, 2, 200000
    draw = np.random.default_rng(0)
    X = draw.standard_normal((n, B, 2)) * curvatures**0.5
    e = np.array([0.6, -0.8])
    after = e - step / B * np.einsum("nbi,nb->ni", X, X @ e)
    m = e**2
    expected = (1 - 2 * step * curvatures + step**2 * 1.5 * curvatures**2) * m
    expected = expected + step**2 / B * curvatures * (curvatures @ m)
    error = (after**2).std(axis=0) / n**0.5
    assert (np.abs((after**2).mean(axis=0) - expected) < 5.5 * error).all()


@given(curvatures=positive)
def test_limits_of_the_batch(curvatures):
    curvatures = np.array(curvatures)
    assert largest_stable_step(curvatures, n_per_batch=10**12) == pytest.approx(
        2 / curvatures.max(), rel=1e-9
    )
    many = np.ones(10000)
    assert largest_stable_step(many, n_per_batch=3) == pytest.approx(6 / 10004)


def test_descent_on_batches_converges_below_and_not_at_twice_that():
    draw = np.random.default_rng(1)
    curvatures, B = np.array([1.0] + [0.2] * 40), 8
    step = largest_stable_step(curvatures, n_per_batch=B)
    for factor, falls in ((0.8, True), (2.0, False)):
        e, size = np.ones(41), 0.0
        for _ in range(400):
            X = draw.standard_normal((B, 41)) * curvatures**0.5
            e = e - factor * step * X.T @ (X @ e) / B
            size += np.log(np.linalg.norm(e))
            e = e / np.linalg.norm(e)
        assert bool(size < 0) is falls


# Invariance


@given(curvatures=positive, B=st.integers(1, 50), factor=st.floats(1e-6, 1e6))
def test_order_scale_and_flat_directions(curvatures, B, factor):
    curvatures = np.array(curvatures)
    one = largest_stable_step(curvatures, n_per_batch=B)
    more = np.r_[0.0, curvatures[::-1], 0.0]
    assert largest_stable_step(more, n_per_batch=B) == pytest.approx(one, rel=1e-9)
    scaled = largest_stable_step(factor * curvatures, n_per_batch=B)
    assert scaled == pytest.approx(one / factor, rel=1e-9)
    assert largest_stable_step(curvatures, n_per_batch=B + 1) > one


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    curvatures = np.linspace(0, 3, 20).astype(dtype)
    placed = library.place(curvatures)
    found = largest_stable_step(placed, n_per_batch=4)
    assert isinstance(found, float)
    exact = largest_stable_step(curvatures.astype(float), n_per_batch=4)
    assert found == pytest.approx(exact, rel=float(50 * np.finfo(dtype).eps))
    np.testing.assert_array_equal(np.asarray(curvatures), np.linspace(0, 3, 20).astype(dtype))


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="curvatures must not be negative, and one above 0, got 0"):
        largest_stable_step(np.zeros(3), n_per_batch=2)
    with pytest.raises(ValueError, match="got -1 to 2"):
        largest_stable_step(np.array([2.0, -1.0]), n_per_batch=2)
