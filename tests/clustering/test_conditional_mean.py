"""Conditional means: ridge regression, the joint density by quadrature, and blocks by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from labkit.arrays import to_numpy
from labkit.clustering import conditional_mean, incremental_mixture

seeds = st.integers(0, 2**32 - 1)


def learned(XY, **options):
    options = {"initial_variances": np.full(XY.shape[1], 0.1), **options}
    *_, state = incremental_mixture(XY, **options)
    return state


def curve(seed, n=80):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, n)
    return np.stack([x, np.sin(x) + 0.1 * rng.standard_normal(n)], axis=1)


# Oracle


def test_one_component_is_ridge_regression():
    """Of the centred data, with the initial variances as penalties."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 4))
    Y = X @ rng.standard_normal((4, 2)) + rng.standard_normal((30, 2))
    state = learned(np.hstack([X, Y]), rule="exact")
    Xc, new = X - X.mean(axis=0), rng.standard_normal((5, 4))
    slopes = np.linalg.solve(Xc.T @ Xc + 0.1 * np.eye(4), Xc.T @ (Y - Y.mean(axis=0)))
    expected = Y.mean(axis=0) + (new - X.mean(axis=0)) @ slopes
    np.testing.assert_allclose(conditional_mean(state, new), expected, rtol=1e-10)


def test_mean_of_the_joint_density_by_quadrature():
    state = learned(curve(0), gate=9.0)
    assert len(state.weights) > 2
    y = np.linspace(-12, 12, 6001)
    for x in (-2.0, 0.3, 2.9):
        grid = np.stack([np.full_like(y, x), y], axis=1)
        density = sum(
            v * multivariate_normal.pdf(grid, m, np.linalg.inv(L))
            for v, m, L in zip(state.weights, state.means, state.precisions, strict=True)
        )
        expected = (density * y).sum() / density.sum()
        assert conditional_mean(state, [[x]])[0, 0] == pytest.approx(expected, abs=1e-6)


# Invariance


@given(seed=seeds)
def test_units_of_inputs_and_outputs(seed):
    XY = curve(seed)
    scale, new = np.array([5.0, 0.2]), np.linspace(-3, 3, 7)[:, None]
    one = conditional_mean(learned(XY, gate=9.0), new)
    state = learned(XY * scale, initial_variances=0.1 * scale**2, gate=9.0)
    np.testing.assert_allclose(conditional_mean(state, 5 * new), 0.2 * one, rtol=1e-6, atol=1e-7)


def test_points_do_not_know_of_each_other():
    state, new = learned(curve(1), gate=9.0), np.linspace(-4, 4, 9)[:, None]
    together = conditional_mean(state, new)
    alone = np.concatenate([conditional_mean(state, row[None]) for row in new])
    np.testing.assert_allclose(together, alone, rtol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    XY, new = curve(0).astype(dtype), np.linspace(-3, 3, 5)[:, None].astype(dtype)
    variances = library.place(np.full(2, 0.1, dtype=dtype))
    state = learned(library.place(XY), initial_variances=variances, gate=9.0)
    placed = library.place(new)
    predicted = conditional_mean(state, placed)
    assert library.holds(predicted, dtype=dtype)
    expected = conditional_mean(learned(curve(0), gate=9.0), new)
    atol = 1e-9 if dtype == "float64" else 1e-2
    np.testing.assert_allclose(to_numpy(predicted), expected, atol=atol)
    np.testing.assert_array_equal(to_numpy(placed), new)


# Degenerate data


def test_far_away_the_nearest_plane_goes_on_alone():
    state = learned(np.array([[0.0, 0.0], [50.0, 1.0]]), gate=9.0)
    np.testing.assert_allclose(conditional_mean(state, [[-1e3], [1e4]]), [[0.0], [1.0]])


# Refusals


def test_refusals():
    state = learned(curve(0))
    with pytest.raises(ValueError, match="X must have from 1 to 1 of the 2 features, got 2"):
        conditional_mean(state, np.ones((3, 2)))
    state = learned(np.array([[0.0, 0.0], [9.0, 0.0]]), rule="paper")
    with pytest.raises(ValueError, match="mixture must have positive determinants"):
        conditional_mean(state, np.ones((3, 1)))
