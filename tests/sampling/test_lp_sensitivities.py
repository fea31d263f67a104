"""Sensitivities: against a grid of directions, linear programs and leverage scores."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import leverage_probabilities, lp_sensitivities

seeds = st.integers(0, 2**32 - 1)
A = np.random.default_rng(0).standard_normal((20, 3))


# Oracle


def test_power_two_is_leverage():
    np.testing.assert_allclose(
        lp_sensitivities(A, p=2), 3 * leverage_probabilities(A, n_samples=1), rtol=1e-9
    )


def test_power_one_is_a_linear_program():
    n, d = A.shape
    found = lp_sensitivities(A, p=1, max_iterations=200)
    for i in range(n):
        program = scipy.optimize.linprog(
            np.r_[np.zeros(d), np.ones(n)],
            A_ub=np.block([[A, -np.eye(n)], [-A, -np.eye(n)]]),
            b_ub=np.zeros(2 * n),
            A_eq=np.r_[A[i], np.zeros(n)][None],
            b_eq=[1],
            bounds=[(None, None)] * d + [(0, None)] * n,
        )
        assert found[i] <= 1 / program.fun * (1 + 1e-9)
        assert found[i] == pytest.approx(1 / program.fun, rel=0.01)  # reweighting is slow at 1


@pytest.mark.parametrize("p", [1.5, 3.0, 4.0, 6.0, 8.0])
def test_no_direction_of_the_plane_is_worse(p):
    rows = A[:, :2]
    turns = np.linspace(0, np.pi, 20001)
    shares = np.abs(rows @ np.stack([np.cos(turns), np.sin(turns)])) ** p
    expected = (shares / shares.sum(axis=0)).max(axis=1)
    np.testing.assert_allclose(lp_sensitivities(rows, p=p), expected, rtol=1e-5)


# Invariance


@given(seed=seeds, p=st.sampled_from([1.5, 3.0, 5.0]), factor=st.sampled_from([1e-6, 1e6]))
def test_columns_may_be_mixed_and_scaled(seed, p, factor):
    rng = np.random.default_rng(seed)
    mixed = factor * A @ (rng.standard_normal((3, 3)) + 5 * np.eye(3))
    if np.linalg.cond(mixed) < 1e4:
        np.testing.assert_allclose(
            lp_sensitivities(mixed, p=p), lp_sensitivities(A, p=p), rtol=1e-4
        )


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    placed = library.place(A.astype(dtype))
    found = lp_sensitivities(placed, p=3)
    assert library.holds(found, dtype=dtype)
    np.testing.assert_allclose(to_numpy(found), lp_sensitivities(A, p=3), rtol=1e-3)
    np.testing.assert_array_equal(to_numpy(placed), A.astype(dtype))


# Degenerate data


def test_rows_of_zeros_and_rows_alone():
    rows = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    for p in (1.0, 2.0, 4.0):
        np.testing.assert_allclose(lp_sensitivities(rows, p=p), [0, 1, 0.5, 0.5], atol=1e-6)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="A must have independent columns"):
        lp_sensitivities(np.ones((4, 2)), p=3)
    with pytest.raises(ValueError, match="p must be a finite number in"):
        lp_sensitivities(A, p=0.5)
