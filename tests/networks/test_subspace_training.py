"""Training in a subspace: Adam by hand, what cannot move, symmetries, arrays, refusals."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import flatten, initial_parameters, loss_and_gradient, subspace_training

WIDTHS = (3, 4, 2)


def problem(dtype="float64", n_dims=5):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((9, 3)).astype(dtype)
    targets = np.eye(2, dtype=dtype)[np.arange(9) % 2]
    basis = rng.standard_normal((26, n_dims)).astype(dtype)
    return initial_parameters(WIDTHS, like=X, rng=1), X, targets, basis


def after(given, n_steps, **settings):
    return next(islice(subspace_training(*given, **{"step_size": 0.1, **settings}), n_steps, None))


# Oracle


def test_three_steps_of_adam_by_hand():
    parameters, X, targets, basis = given = problem()
    z, m, v = np.zeros(5), np.zeros(5), np.zeros(5)
    for t in range(1, 4):
        before = after(given, t - 1)
        np.testing.assert_allclose(
            flatten(before), flatten(parameters) + basis @ z, rtol=0, atol=1e-13
        )
        slope = basis.T @ flatten(loss_and_gradient(before, X, targets)[1])
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        z = z - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(
        flatten(after(given, 3)), flatten(parameters) + basis @ z, rtol=0, atol=1e-13
    )


def test_it_trains():
    parameters, X, targets, _ = problem()
    given = parameters, X, targets, np.eye(26)
    first, last = (
        float(loss_and_gradient(p, X, targets)[0]) for p in (parameters, after(given, 300))
    )
    assert last < first / 10


def test_as_many_dimensions_as_conditions_are_enough():
    # one layer, two classes, three points: the loss asks for three differences of logits
    rng = np.random.default_rng(3)
    X, targets = rng.standard_normal((3, 4)), np.eye(2)[[0, 1, 1]] * 0.8 + 0.1
    start = initial_parameters((4, 2), like=X, rng=0)
    floor = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    excess = []
    for n_dims in (2, 3):
        basis = np.random.default_rng(5).standard_normal((10, n_dims))
        end = after((start, X, targets, basis), 4000, step_size=0.03)
        excess.append(float(loss_and_gradient(end, X, targets)[0]) - floor)
    assert excess[0] > 1e-3
    assert excess[1] < 1e-6


# Invariance


def test_it_stays_in_the_subspace():
    given = problem()
    moved = flatten(after(given, 20)) - flatten(given[0])
    rest = moved - given[3] @ np.linalg.lstsq(given[3], moved, rcond=None)[0]
    np.testing.assert_allclose(rest, 0, atol=1e-13)
    assert np.linalg.norm(moved) > 0.1


def test_order_and_signs_of_the_columns_do_not_matter():
    given = problem()
    other = (*given[:3], -given[3][:, [3, 1, 4, 0, 2]])
    np.testing.assert_allclose(
        flatten(after(given, 20)), flatten(after(other, 20)), rtol=0, atol=1e-12
    )


# Edge cases


def test_a_basis_of_zeros_moves_nothing():
    given = (*problem()[:3], np.zeros((26, 2)))
    np.testing.assert_array_equal(flatten(after(given, 5)), flatten(given[0]))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    parameters, X, targets, basis = problem(dtype)
    placed = [(library.place(w), library.place(b)) for w, b in parameters]
    kept = library.place(basis)
    found = after((placed, library.place(X), library.place(targets), kept), 5)
    assert library.holds(found[0][0], dtype=dtype)
    exact = [(w.astype(float), b.astype(float)) for w, b in parameters]
    expected = after((exact, X.astype(float), targets.astype(float), basis.astype(float)), 5)
    # Adam divides by the size of the slope: relative errors of sums of tens of numbers
    tolerance = 3000 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(to_numpy(flatten(found)), flatten(expected), rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(kept), basis)


# Refusals


def test_refusals():
    parameters, X, targets, basis = problem()
    with pytest.raises(ValueError, match=r"basis must have 26 rows, one a parameter, got .*25"):
        subspace_training(parameters, X, targets, basis[:25], step_size=0.1)
    with pytest.raises(ValueError, match="step_size"):
        subspace_training(parameters, X, targets, basis, step_size=0.0)
