"""Iterative shrinkage: the lasso's minimum, descent, and thresholds that fall."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Lasso

from labkit.arrays import to_numpy
from labkit.sensing import analytic_weights, iterative_shrinkage


def draw(seed, m=8, n=12, n_signals=3):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((m, n))
    x = np.where(rng.random((n_signals, n)) < 0.2, rng.standard_normal((n_signals, n)), 0.0)
    x[:, 0] = 1.0
    return A, x, x @ A.T


def last(states, n_steps):
    *_, x = islice(states, n_steps + 1)
    return x


# Oracle


@pytest.mark.parametrize("accelerated", [False, True])
def test_limit_is_the_lasso(accelerated):
    A, _, b = draw(0)
    step = 1 / np.linalg.norm(A, 2) ** 2
    x = last(iterative_shrinkage(A, b, threshold=0.2 * step, accelerated=accelerated), 5000)
    for found, measured in zip(x, b, strict=True):
        lasso = Lasso(alpha=0.2 / 8, fit_intercept=False, tol=1e-12, max_iter=100_000)
        np.testing.assert_allclose(found, lasso.fit(A, measured).coef_, atol=1e-6)


def test_objective_falls_and_momentum_is_faster():
    A, _, b = draw(1, 20, 40)
    step = 1 / np.linalg.norm(A, 2) ** 2
    ends = {}
    for accelerated in (False, True):
        states = iterative_shrinkage(A, b, threshold=0.01 * step, accelerated=accelerated)
        values = [
            np.sum((x @ A.T - b) ** 2) / 2 + 0.01 * np.sum(np.abs(x)) for x in islice(states, 60)
        ]
        ends[accelerated] = values[-1]
        assert accelerated or np.all(np.diff(values) <= 1e-12 * values[0])
    assert ends[True] < ends[False]


def test_thresholds_fall_geometrically():
    b = np.array([[5.0, -3.0, 0.1]])
    states = iterative_shrinkage(np.eye(3), b, threshold=1.0, decay=0.5)
    expected = [[0, 0, 0], [4, -2, 0], [4.5, -2.5, 0], [4.75, -2.75, 0], [4.875, -2.875, 0]]
    np.testing.assert_allclose([x[0] for x in islice(states, 5)], expected, atol=1e-14)


def test_analytic_weights_with_falling_thresholds_recover():
    A, x, _ = draw(2, 50, 60)
    A = A / np.linalg.norm(A, axis=0)
    b = x @ A.T
    states = iterative_shrinkage(
        A, b, threshold=0.5, decay=0.95, W=analytic_weights(A), step_size=0.8
    )
    assert np.linalg.norm(last(states, 250) - x) < 1e-4 * np.linalg.norm(x)


# Invariance


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), factor=st.sampled_from([1e-6, 3.0, 1e6]))
def test_scale_with_its_threshold_and_order(seed, factor):
    A, _, b = draw(seed)
    order = np.random.default_rng(seed).permutation(12)
    before = last(iterative_shrinkage(A, b, threshold=0.02, accelerated=True), 20)
    after = last(
        iterative_shrinkage(
            A[:, order], factor * b[::-1], threshold=0.02 * factor, accelerated=True
        ),
        20,
    )
    np.testing.assert_allclose(after, factor * before[::-1, order], atol=1e-9 * factor)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A, _, b = draw(0)
    A, b = A.astype(dtype), b.astype(dtype)
    placed = library.place(A), library.place(b)
    x = last(iterative_shrinkage(*placed, threshold=0.02, W=placed[0] / 12, step_size=0.5), 10)
    assert library.holds(x, dtype=dtype)
    exact = last(
        iterative_shrinkage(
            A.astype(float), b.astype(float), threshold=0.02, W=A.astype(float) / 12, step_size=0.5
        ),
        10,
    )
    np.testing.assert_allclose(to_numpy(x), exact, atol=1e3 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(to_numpy(placed[1]), b)


# Degenerate data


def test_nothing_measured_and_a_dictionary_of_zeros():
    A, _, b = draw(0)
    assert not last(iterative_shrinkage(A, 0 * b, threshold=0.1), 5).any()
    assert not last(iterative_shrinkage(0 * A, b, threshold=0.0), 5).any()


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measurements": np.ones((3, 5))}, "measurements must have 8 columns, got 5"),
        ({"W": np.ones((8, 5))}, r"W must have shape \(8, 12\)"),
        ({"threshold": -1.0}, "threshold must be"),
        ({"decay": 0.0}, "decay must be"),
        ({"decay": 1.1}, "decay must be"),
        ({"step_size": 0.0}, "step_size must be"),
    ],
)
def test_refusals(changes, message):
    A, _, b = draw(0)
    with pytest.raises(ValueError, match=message):
        iterative_shrinkage(**{"A": A, "measurements": b, "threshold": 0.1, **changes})
