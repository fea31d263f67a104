"""Deep linear regression: its slopes, the interpolant it ends at, what the start leaves behind."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import spiked_regression
from labkit.sensing import deep_linear_regression

OPTIONS = {"depth": 3, "width": 6, "step_size": 0.02, "first_scale": 0.1, "rng": 0}
seeds = st.integers(0, 2**32 - 1)


def problem(seed=0, n_samples=5, n_features=12, n_targets=2):
    X, targets, *_ = spiked_regression(
        n_samples, n_features, n_targets=n_targets, tail_variance=0.5, rng=seed
    )
    return X, targets


def after(X, targets, n_steps, **changes):
    *_, state = islice(deep_linear_regression(X, targets, **{**OPTIONS, **changes}), n_steps + 1)
    return state


def trained(X, targets, **changes):
    return after(X, targets, 20_000, **changes)


# Oracle


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_a_step_follows_the_slope_in_every_layer(depth):
    X, targets = problem()
    before, following = (after(X, targets, t, depth=depth, step_size=1e-3) for t in (3, 4))

    def loss(layers):
        theta = layers[0]
        for layer in layers[1:]:
            theta = layer @ theta
        return np.sum((X @ theta.T - targets) ** 2) / 2

    assert before.loss == pytest.approx(loss(before.layers), rel=1e-12)
    for i, layer in enumerate(before.layers):
        gradient = (layer - following.layers[i]) / 1e-3
        for place in ((0, 0), (1, 2)):
            moved = []
            for h in (1e-5, -1e-5):
                layers = [np.array(part) for part in before.layers]
                layers[i][place] += h
                moved.append(loss(layers))
            assert (moved[0] - moved[1]) / 2e-5 == pytest.approx(gradient[place], abs=1e-6)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_from_a_first_layer_of_zeros_the_end_is_the_smallest_interpolant(depth):
    X, targets = problem()
    end = trained(X, targets, depth=depth, first_scale=0.0)
    np.testing.assert_allclose(end.coefficients, (np.linalg.pinv(X) @ targets).T, atol=1e-6)


def test_without_spare_features_it_is_least_squares():
    X, targets = problem(n_samples=30, n_features=4)
    end = trained(X, targets, step_size=0.005)
    best = np.linalg.lstsq(X, targets, rcond=None)[0].T
    np.testing.assert_allclose(end.coefficients, best, atol=1e-6)


# Invariance


@given(seed=seeds)
def test_the_part_outside_the_row_space_stays_and_disturbs_nothing(seed):
    X, targets = problem(seed)
    outside = np.eye(12) - np.linalg.pinv(X) @ X
    start, end = (after(X, targets, t, step_size=0.005, rng=seed) for t in (0, 100))
    np.testing.assert_allclose(
        end.layers[0] @ outside, start.layers[0] @ outside, atol=1e-13, rtol=0
    )


def test_the_row_space_part_fits_from_any_start():
    X, targets = problem()
    inside = np.linalg.pinv(X) @ X
    for scale in (1e-3, 0.3):
        end = trained(X, targets, first_scale=scale)
        smallest = (np.linalg.pinv(X) @ targets).T
        bound = np.sqrt(2 * end.loss) / np.linalg.svd(X)[1][-1]
        assert np.linalg.norm(end.coefficients @ inside - smallest) <= bound + 1e-12


def test_rotated_features_give_rotated_coefficients():
    X, targets = problem()
    Q = np.linalg.qr(np.random.default_rng(1).standard_normal((12, 12)))[0]
    one, other = (after(A, targets, 50, first_scale=0.0) for A in (X, X @ Q))
    np.testing.assert_allclose(one.coefficients @ Q, other.coefficients, atol=1e-11)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, targets = (part.astype(dtype) for part in problem())
    state = after(library.place(X), library.place(targets), 20)
    assert library.holds(state.coefficients, *state.layers, dtype=dtype)
    assert isinstance(state.loss, float)
    expected = after(*problem(), 20)
    tolerance = 20 * 50 * np.finfo(dtype).eps
    np.testing.assert_allclose(
        to_numpy(state.coefficients), expected.coefficients, atol=tolerance, rtol=0
    )


# Degenerate networks and refusals


def test_one_hidden_number_gives_a_map_of_rank_one():
    end = after(*problem(), 500, width=1)
    assert np.linalg.matrix_rank(end.coefficients, tol=1e-10) == 1


def test_zero_targets_from_zeros_stay():
    X, targets = problem()
    end = after(X, 0 * targets, 10, first_scale=0.0)
    assert np.all(end.coefficients == 0)
    assert end.loss == 0


def test_steps_that_are_too_long_are_seen():
    with pytest.raises(ValueError, match=r"step_size must be smaller here: the loss .* got 2"):
        after(*problem(), 1000, step_size=2.0)


def test_rows_must_match():
    X, targets = problem()
    with pytest.raises(ValueError, match="targets must have 5 rows, as X has, got 4"):
        deep_linear_regression(X, targets[:4], **OPTIONS)
