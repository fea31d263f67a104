"""Oja's rule: its step, its limit, and what a step size does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.linalg import principal_angles
from labkit.pca import oja_components, principal_components
from labkit.trace import trace


def last(batches, **arguments):
    return trace(oja_components(batches, **arguments), n_steps=10**6, record={}).last


# Oracle


def test_one_component_and_single_rows_are_the_rule_of_the_textbook():
    X = np.random.default_rng(0).standard_normal((50, 4))
    start, *_, end = oja_components(X, n_components=1, step_size=0.7, decay=0.5, rng=3)
    w = start.basis[:, 0]
    for t, x in enumerate(X, 1):
        w = w + 0.7 / t**0.5 * x * (x @ w)
        w /= np.linalg.norm(w)
    np.testing.assert_allclose(end.basis[:, 0], w, rtol=1e-12)


def test_fixed_steps_multiply_the_start_by_all_rows():
    X = np.random.default_rng(0).standard_normal((30, 5))
    start, *_, end = oja_components(X, n_components=2, step_size=0.1, decay=0.0, rng=0)
    product = start.basis
    for x in X:
        product = product + 0.1 * np.outer(x, x @ product)
    assert principal_angles(np.linalg.qr(product).Q, end.basis)[-1] < 1e-12


@given(seed=st.integers(0, 2**32 - 1))
def test_it_finds_the_single_components(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((20_000, 5)) * [3.0, 2.0, 1.0, 0.5, 0.5]
    found = last(np.split(X, 200), n_components=2, step_size=1.0, rng=seed)
    truth = principal_components(X, n_components=2).components
    np.testing.assert_allclose(np.abs(np.sum(found.basis.T * truth, axis=1)), 1, atol=2e-3)


def test_values_are_mean_squares():
    X = np.random.default_rng(1).standard_normal((40_000, 3)) * [3.0, 1.0, 0.5]
    found = last(np.split(X, 400), n_components=1, step_size=0.5, rng=0)
    assert found.values[0] == pytest.approx(9.0, rel=0.05)


def test_a_fixed_step_keeps_trembling():
    X = np.random.default_rng(1).standard_normal((20_000, 10)) * ([2.0] + [1.0] * 9)
    angles = [
        np.arccos(abs(last(np.split(X, 400), n_components=1, step_size=s, decay=d, rng=0).basis[0]))
        for s, d in ((1.0, 1.0), (0.02, 0.0))
    ]
    assert angles[0] < angles[1] / 3


# Invariance


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 1e3))
def test_the_step_size_is_in_units_of_one_over_variance(seed, scale):
    X = np.random.default_rng(seed).standard_normal((60, 4))
    a = last(X, n_components=2, step_size=0.5, rng=0)
    b = last(scale * X, n_components=2, step_size=0.5 / scale**2, rng=0)
    np.testing.assert_allclose(a.basis, b.basis, atol=1e-8)


def test_small_steps_do_not_see_the_cut_into_batches():
    X = np.random.default_rng(0).standard_normal((400, 5))
    one = last(X, n_components=1, step_size=1e-5, decay=0.0, rng=0)
    ten = last(np.split(X, 40), n_components=1, step_size=1e-5, decay=0.0, rng=0)
    np.testing.assert_allclose(one.basis, ten.basis, atol=1e-4)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_components": 4}, ValueError, "n_components must be an integer from 1 to 3, got 4"),
        ({"step_size": 0.0}, ValueError, r"step_size must be a finite number in \(0, inf\]"),
        ({"decay": 1.5}, ValueError, r"decay must be a finite number in \[0, 1\], got 1.5"),
    ],
)
def test_refusals(changes, error, message):
    with pytest.raises(error, match=message):
        oja_components(np.eye(3), **{"n_components": 1, "step_size": 0.1, **changes})
