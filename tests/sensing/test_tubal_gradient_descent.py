"""Descent on a tubal factor: slices that do not mix, gradients, the matrix case."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import tubal_problem
from labkit.sensing import (
    DenseMeasurements,
    SensingProblem,
    gradient_descent,
    tubal_gradient_descent,
)
from labkit.sensing._tubal import t_product, t_transpose


def state_after(n_steps, *arguments, **options):
    return next(islice(tubal_gradient_descent(*arguments, **options), n_steps, None))


def small(n_slices=3, n_measurements=30, seed=0):
    rng = np.random.default_rng(seed)
    p = tubal_problem(
        np.ones((1, n_slices // 2 + 1)),
        n_rows=4,
        n_slices=n_slices,
        n_measurements=n_measurements,
        rng=rng,
    )
    return p, rng.standard_normal((4, 3, n_slices))


# Oracle


@pytest.mark.parametrize("n_slices", [1, 2, 3, 4])
def test_product_is_cyclic_convolution(n_slices):
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((3, 2, n_slices)), rng.standard_normal((2, 4, n_slices))
    expected = np.zeros((3, 4, n_slices))
    for s in range(n_slices):
        for t in range(n_slices):
            expected[:, :, (s + t) % n_slices] += A[:, :, s] @ B[:, :, t]
    np.testing.assert_allclose(t_product(A, B), expected, atol=1e-12)
    product = t_transpose(t_product(A, B))
    np.testing.assert_allclose(product, t_product(t_transpose(B), t_transpose(A)), atol=1e-12)


@pytest.mark.parametrize("n_slices", [1, 2, 3, 4])
def test_step_is_the_gradient(n_slices):
    p, U = small(n_slices)
    after = state_after(1, p.measurements, p.b, U, step_size=1e-3).factor
    gradient = np.zeros(U.shape)
    for i in np.ndindex(U.shape):
        e = np.zeros(U.shape)
        e[i] = 1e-5
        up, down = (
            state_after(0, p.measurements, p.b, V, step_size=1.0).loss for V in (U + e, U - e)
        )
        gradient[i] = (up - down) / 2e-5
    # central differences of a polynomial of degree four: h^2 and rounding over h
    np.testing.assert_allclose((U - after) / 1e-3, gradient, atol=1e-6 * np.abs(gradient).max())


def test_one_slice_is_the_matrix_case():
    p, U = small(1)
    matrices = p.measurements[..., 0]
    A = DenseMeasurements(matrices.reshape(30, -1), (4, 4))
    matrix = SensingProblem(A, p.b, p.truth[..., 0])
    expected = next(islice(gradient_descent(matrix, U[..., 0], step_size=0.01), 20, None))
    found = state_after(20, p.measurements, p.b, U, step_size=0.01).factor[..., 0]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_seen_completely_frequencies_do_not_mix():
    n, k, values = 3, 4, np.array([[1.0, 0.8, 0.5], [0.3, 0.2, 0.1]])
    p = tubal_problem(values, n_rows=n, n_slices=k, n_measurements=1, rng=0)
    A = np.eye(n * n * k).reshape(-1, n, n, k)
    U = t_product(p.truth, 0.1 * p.truth)  # aligned with the truth
    start = next(tubal_gradient_descent(A, p.truth.ravel(), U, step_size=0.05))
    x = to_numpy(start.fourier_values)[:2]
    for state in islice(tubal_gradient_descent(A, p.truth.ravel(), U, step_size=0.05), 60):
        np.testing.assert_allclose(state.fourier_values[:2], x, atol=1e-12)
        x = x * (1 + 2 * 0.05 * (values - x)) ** 2
    assert np.all(x[0, :2] > 0.9 * values[0, :2])


def test_recovers_the_truth_from_many_measurements():
    p, U = small(3, 400)
    state = state_after(400, p.measurements, p.b, 1e-4 * U, step_size=0.1)
    np.testing.assert_allclose(state.estimate, p.truth, atol=1e-5)
    assert state.loss < 1e-9
    assert state.tube_sizes[1] < 1e-5


# Invariance


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), n_slices=st.integers(1, 5))
def test_sizes_keep_the_norm_and_any_rotation(seed, n_slices):
    rng = np.random.default_rng(seed)
    p, U = small(n_slices, seed=rng)
    state = state_after(3, p.measurements, p.b, U, step_size=1e-3)
    norm = np.sum(state.estimate**2)
    assert np.sum(state.tube_sizes**2) == pytest.approx(norm, rel=1e-10)
    assert np.all(np.diff(state.tube_sizes) <= 0)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    turned = state_after(3, p.measurements, p.b, np.einsum("irk,rs->isk", U, turn), step_size=1e-3)
    np.testing.assert_allclose(turned.estimate, state.estimate, atol=1e-10 * norm**0.5)


def test_only_symmetric_parts_act():
    p, U = small()
    rng = np.random.default_rng(1)
    B = rng.standard_normal(p.measurements.shape)
    odd = B - np.stack([t_transpose(b) for b in B])
    first = state_after(5, p.measurements, p.b, U, step_size=1e-3)
    second = state_after(5, p.measurements + odd, p.b, U, step_size=1e-3)
    np.testing.assert_allclose(first.factor, second.factor, atol=1e-10)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    p, U = small()
    arrays = [x.astype(dtype) for x in (p.measurements, p.b, 0.1 * U)]
    placed = [library.place(x) for x in arrays]
    state = state_after(10, *placed, step_size=0.05)
    for x in (
        state.factor,
        state.residuals,
        state.estimate,
        state.fourier_values,
        state.tube_sizes,
    ):
        assert library.holds(x, dtype=dtype)
    expected = state_after(10, p.measurements, p.b, 0.1 * U, step_size=0.05).factor
    np.testing.assert_allclose(
        to_numpy(state.factor), expected, atol=1e-4 if dtype == "float32" else 1e-12
    )
    for before, after in zip(arrays, placed, strict=True):
        np.testing.assert_array_equal(to_numpy(after), before)


# Degenerate data


def test_zeros_stay():
    p, U = small()
    assert np.all(state_after(5, p.measurements, p.b, 0 * U, step_size=0.1).factor == 0)


def test_a_factor_wider_than_tall():
    p, _ = small()
    U = np.random.default_rng(0).standard_normal((4, 9, 3))
    state = state_after(0, p.measurements, p.b, U, step_size=0.1)
    assert state.fourier_values.shape == (4, 2)
    assert np.sum(state.tube_sizes**2) == pytest.approx(np.sum(state.estimate**2))


def test_a_long_step_is_refused_when_it_flies_apart():
    p, U = small()
    with pytest.raises(ValueError, match="step_size must be smaller, got 10: the factor overflows"):
        state_after(50, p.measurements, p.b, 10 * U, step_size=10.0)


# Refusals


def test_refusals():
    p, U = small()
    with pytest.raises(ValueError, match=r"measurements must have shape \(m, n, n, k\)"):
        tubal_gradient_descent(p.measurements[:, :3], p.b, U, step_size=0.1)
    with pytest.raises(ValueError, match="b must hold 30 numbers, one a measurement, got 29"):
        tubal_gradient_descent(p.measurements, p.b[1:], U, step_size=0.1)
    with pytest.raises(ValueError, match=r"start must have shape \(4, width, 3\), got \(3, 3, 3\)"):
        tubal_gradient_descent(p.measurements, p.b, U[1:], step_size=0.1)
    with pytest.raises(ValueError, match=r"start must have shape \(4, width, 3\), got \(4, 3, 2\)"):
        tubal_gradient_descent(p.measurements, p.b, U[..., 1:], step_size=0.1)
