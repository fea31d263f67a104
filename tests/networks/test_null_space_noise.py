"""Noise that a network hardly sees: exact null spaces, the tolerance, arrays, refusals."""

import numpy as np
import pytest
from scipy.linalg import null_space
from scipy.special import softmax

from labkit.arrays import to_numpy
from labkit.networks import forward, initial_parameters, null_space_noise

WIDTHS = (5, 7, 3)


def problem(dtype="float64"):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 5)).astype(dtype)
    parameters = initial_parameters(WIDTHS, like=X, rng=1)
    return [(2 * w, b) for w, b in parameters], X, rng.uniform(-2, 2, 5).astype(dtype)


def change(parameters, X, noise):
    before, after = (softmax(forward(parameters, Z), axis=1) for Z in (X, X + noise))
    return np.mean(np.sum((after - before) ** 2, axis=1))


# Oracle


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_change_is_what_it_says(activation):
    parameters, X, start = problem()
    found = null_space_noise(parameters, X, start, activation=activation, max_steps=7)
    before, after = (
        softmax(forward(parameters, Z, activation=activation), axis=1) for Z in (X, X + found.noise)
    )
    expected = np.mean(np.sum((after - before) ** 2, axis=1))
    np.testing.assert_allclose(found.change, expected, rtol=1e-12)
    assert (found.n_steps, found.converged) == (7, False)


def test_the_first_step_goes_against_the_gradient():
    parameters, X, start = problem()

    def objective(noise):
        moved = forward(parameters, X + noise) - forward(parameters, X)
        return np.mean(np.linalg.norm(moved, axis=1))

    h = 1e-6
    slope = [(objective(start + h * e) - objective(start - h * e)) / (2 * h) for e in np.eye(5)]
    found = null_space_noise(parameters, X, start, step_size=0.1, max_steps=1)
    # Adam's first step has the length step_size in each entry, less 1e-8 over the slope's size
    np.testing.assert_allclose(found.noise, start - 0.1 * np.sign(slope), rtol=0, atol=1e-6)


def test_it_ends_at_the_tolerance():
    parameters, X, start = problem()
    found = null_space_noise(parameters, X, start, tolerance=1e-3)
    assert found.converged
    assert change(parameters, X, found.noise) <= 1e-3 < change(parameters, X, start)


# Invariance


def test_in_a_null_space_nothing_is_to_be_done():
    X = np.random.default_rng(0).standard_normal((20, 9))
    parameters = initial_parameters((9, 4, 3), like=X, rng=1)
    start = 100 * null_space(parameters[0][0])[:, 0]
    found = null_space_noise(parameters, X, start)
    np.testing.assert_array_equal(found.noise, start)
    assert found.n_steps == 0


# Edge cases


def test_no_noise_at_all():
    parameters, X, start = problem()
    found = null_space_noise(parameters, X, 0 * start)
    assert (found.change, found.n_steps, found.converged) == (0.0, 0, True)


def test_one_sample():
    parameters, X, start = problem()
    assert null_space_noise(parameters, X[:1], start).converged


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    parameters, X, start = problem(dtype)
    placed = [(library.place(w), library.place(b)) for w, b in parameters]
    kept = library.place(start)
    found = null_space_noise(placed, library.place(X), kept, max_steps=5)
    assert library.holds(found.noise, dtype=dtype)
    exact = [(w.astype(float), b.astype(float)) for w, b in parameters]
    expected = null_space_noise(exact, X.astype(float), start.astype(float), max_steps=5)
    # five steps of Adam, which divides by the size of a slope of order one
    tolerance = 3000 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(found.noise), expected.noise, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(kept), start)


# Refusals


def test_refusals():
    parameters, X, start = problem()
    with pytest.raises(ValueError, match="start must have 5 entries, as X, got 4"):
        null_space_noise(parameters, X, start[:4])
    with pytest.raises(ValueError, match="tolerance"):
        null_space_noise(parameters, X, start, tolerance=0.0)
    with pytest.raises(ValueError, match="max_steps"):
        null_space_noise(parameters, X, start, max_steps=0)
