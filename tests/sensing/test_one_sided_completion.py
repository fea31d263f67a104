"""One-sided completion: the second moments from pairs, against descent and first-order theory."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import sparsely_seen_rows
from labkit.linalg import principal_angles
from labkit.sensing import one_sided_completion


def last(X, observed, rank, n_steps=80):
    *_, V = islice(one_sided_completion(X, observed, rank=rank), n_steps + 1)
    return V


def objective(V, X, observed):
    """Return the sum as the docstring has it, row by row."""
    theta, total = V @ V.T, 0.0
    for x, seen in zip(X, observed, strict=True):
        o = np.flatnonzero(seen)
        errors = (theta[np.ix_(o, o)] - np.outer(x[o], x[o])) ** 2
        squares = np.trace(errors)
        if len(o) > 1:
            total += 2 * (errors.sum() - squares) / (len(o) * (len(o) - 1))
        total += 2 * squares / len(o)
    return total / (4 * len(X))


# Oracle


def test_rest_is_a_point_without_slope_of_the_objective():
    X, observed, _ = sparsely_seen_rows(400, 6, rank=2, n_observed=3, rng=0)
    observed[:50, :5] = False  # rows that show one to three entries
    observed[:50, 5] = True
    V = last(X, observed, 2, 300)
    slopes = np.zeros(V.shape)
    for i in np.ndindex(V.shape):
        e = np.zeros(V.shape)
        e[i] = 1e-5
        slopes[i] = (objective(V + e, X, observed) - objective(V - e, X, observed)) / 2e-5
    assert np.abs(slopes).max() < 1e-7


def test_full_rows_of_low_rank_are_fitted_to_rounding():
    X, _, basis = sparsely_seen_rows(50, 6, rank=2, rng=1)
    V = last(X, np.ones(X.shape, bool), 2, 300)
    # pairs and squares share one second moment, which has rank two
    np.testing.assert_allclose(V @ V.T, X.T @ X / 50, atol=1e-10)
    assert principal_angles(np.linalg.qr(V)[0], basis)[-1] < 1e-7


def test_error_is_the_first_order_formula():
    found = []
    for seed in range(6):
        X, observed, basis = sparsely_seen_rows(20000, 20, rank=3, rng=seed)
        sines = np.sin(principal_angles(np.linalg.qr(last(X, observed, 3))[0], basis))
        found.append(np.mean(sines**2))
    # six draws of 51 squares: a relative deviation of 0.08, and a few per cent of higher order
    assert np.mean(found) == pytest.approx(9 * 17 / (2 * 20000), rel=0.5)


# Invariance


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), factor=st.sampled_from([1e-6, 3.0, 1e6]))
def test_order_scale_and_what_is_hidden(seed, factor):
    rng = np.random.default_rng(seed)
    X, observed, _ = sparsely_seen_rows(3000, 8, rank=2, rng=rng)
    V = last(X, observed, 2, 30)
    rows, columns = rng.permutation(3000), rng.permutation(8)
    hidden = np.where(observed, X, 7.0)[rows][:, columns] * factor
    W = last(hidden, observed[rows][:, columns], 2, 30)
    scale = np.abs(V @ V.T).max()
    np.testing.assert_allclose(
        W @ W.T / factor**2, (V @ V.T)[columns][:, columns], atol=1e-6 * scale
    )


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, observed, basis = sparsely_seen_rows(6000, 8, rank=2, rng=0)
    X = X.astype(dtype)
    placed = library.place(X)
    V = last(placed, library.place(observed), 2, 30)
    assert library.holds(V, dtype=dtype)
    sines = np.sin(principal_angles(np.linalg.qr(to_numpy(V).astype(float))[0], basis))
    assert sines.max() < 0.3
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_a_column_never_seen_stays_zero():
    X, observed, _ = sparsely_seen_rows(2000, 6, rank=2, rng=0)
    observed[:, 0] = False
    keep = observed.sum(axis=1) > 0
    V = last(X[keep], observed[keep], 2)
    assert np.isfinite(V).all()
    np.testing.assert_allclose(V[0], 0, atol=1e-9)


def test_more_columns_than_the_data_have_rank():
    X, observed, _ = sparsely_seen_rows(5000, 5, rank=1, rng=0)
    assert np.isfinite(last(X, observed, 5, 300)).all()


# Refusals


@pytest.mark.parametrize(
    ("X", "observed", "message"),
    [
        (np.zeros((3, 2)), np.ones((3, 2), bool), "X must have a positive second moment"),
        (np.ones((2, 2)), np.eye(2, dtype=bool), "observed must hold two entries of some row"),
        (np.ones((2, 1)), np.ones((2, 1), bool), r"X must have at least .*2|X must"),
    ],
)
def test_refusals(X, observed, message):
    with pytest.raises(ValueError, match=message):
        one_sided_completion(X, observed, rank=1)
