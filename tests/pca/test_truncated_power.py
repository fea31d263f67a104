"""The truncated power method: the best support by brute force, and the classic method without."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import truncated_power

seeds = st.integers(0, 2**32 - 1)


def spiked(n=12, seed=0, n_nonzero=3, strength=4.0):
    """Return a covariance matrix with a sparse spike, and the spike."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    x[rng.choice(n, n_nonzero, replace=False)] = rng.choice([-1.0, 1.0], n_nonzero)
    x /= np.linalg.norm(x)
    X = np.outer(np.sqrt(strength) * rng.standard_normal(60), x) + rng.standard_normal((60, n))
    return X.T @ X / 60, x


# Oracle


def test_with_all_entries_it_is_the_leading_eigenvector():
    V, _ = spiked()
    found = truncated_power(V, n_nonzero=12, tol=1e-12)
    values, vectors = np.linalg.eigh(V)
    assert found.values[0] == pytest.approx(values[-1], rel=1e-12)
    assert abs(found.basis[:, 0] @ vectors[:, -1]) == pytest.approx(1, abs=1e-12)
    assert found.converged


@pytest.mark.parametrize("seed", range(10))
def test_a_strong_spike_gives_the_best_support_of_all(seed):
    V, x = spiked(seed=seed)
    found = truncated_power(V, n_nonzero=3)
    best = max(
        np.linalg.eigvalsh(V[np.ix_(s, s)])[-1] for s in itertools.combinations(range(12), 3)
    )
    assert found.values[0] == pytest.approx(best, rel=1e-8)
    np.testing.assert_array_equal(found.basis[:, 0] != 0, x != 0)


@given(seed=seeds, n_nonzero=st.integers(1, 8))
def test_value_never_falls_and_entries_are_few(seed, n_nonzero):
    A = np.random.default_rng(seed).standard_normal((8, 8))
    found = truncated_power(A @ A.T, n_nonzero=n_nonzero)
    history = np.array(found.objective_history)
    assert np.all(np.diff(history) >= -1e-12 * history[:-1])
    w = found.basis[:, 0]
    assert np.count_nonzero(w) <= n_nonzero
    assert w @ w == pytest.approx(1)
    assert w @ A @ A.T @ w == pytest.approx(found.values[0])
    assert found.n_iterations == len(history) - 1


# Invariance


@given(seed=seeds, factor=st.floats(1e-200, 1e200))
def test_scale_and_order(seed, factor):
    V, _ = spiked()
    order = np.random.default_rng(seed).permutation(12)
    a = truncated_power(V, n_nonzero=3)
    b = truncated_power(factor * V[np.ix_(order, order)], n_nonzero=3)
    assert b.values[0] == pytest.approx(factor * a.values[0])
    np.testing.assert_allclose(b.basis, a.basis[order], atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    V = spiked()[0].astype(dtype)
    placed = library.place(V)
    found = truncated_power(placed, n_nonzero=3, tol=1e-4)
    assert library.holds(found.basis, found.values, dtype=dtype)
    exact = truncated_power(spiked()[0], n_nonzero=3, tol=1e-4)
    np.testing.assert_allclose(to_numpy(found.basis), exact.basis, atol=1e-4)
    np.testing.assert_array_equal(to_numpy(placed), V)


# Degenerate data


def test_ties_rank_one_and_one_feature():
    assert np.count_nonzero(truncated_power(np.ones((4, 4)), n_nonzero=2).basis) == 2
    assert truncated_power(np.array([[2.0]]), n_nonzero=1).values[0] == 2.0
    assert np.count_nonzero(truncated_power(np.diag([1.0, 0, 0]), n_nonzero=3).basis) == 1


def test_a_product_that_vanishes_ends():
    found = truncated_power(np.diag([0.0, -1.0]), n_nonzero=1)
    assert np.isfinite(found.basis).all()


def test_stopped_early_says_so():
    found = truncated_power(spiked()[0], n_nonzero=12, max_iterations=1)
    assert (found.converged, found.n_iterations) == (False, 1)


# Refusals


@pytest.mark.parametrize(
    ("V", "changes", "message"),
    [
        (np.eye(3), {"n_nonzero": 4}, "n_nonzero must be an integer from 1 to 3, got 4"),
        (np.ones((2, 3)), {}, r"V must be square, got shape \(2, 3\)"),
        (np.zeros((3, 3)), {}, "V must have an entry that is not zero, got zeros"),
        (np.tri(3), {}, "V must be symmetric, got entries that differ by 1"),
    ],
)
def test_refusals(V, changes, message):
    with pytest.raises(ValueError, match=message):
        truncated_power(V, **{"n_nonzero": 1, **changes})
