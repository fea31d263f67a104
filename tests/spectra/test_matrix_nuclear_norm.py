"""Column lengths in place of singular values: the bound, its equality, what breaks both."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import matrix_nuclear_norm


def table(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def nuclear(X):
    return np.linalg.svd(X, compute_uv=False).sum()


# Oracle


def test_steps_by_hand():
    X = table(9, 4)
    Y = X - X.mean(axis=0)
    Y /= np.linalg.norm(Y, axis=1, keepdims=True)
    lengths = np.sort(np.linalg.norm(Y, axis=0))[::-1]
    found = matrix_nuclear_norm(X)
    np.testing.assert_allclose(found.column_lengths, lengths)
    assert found.norm == pytest.approx(lengths.sum() / 9)
    assert np.sum(to_numpy(found.column_lengths) ** 2) == pytest.approx(9)


@pytest.mark.parametrize("shape", [(30, 8), (8, 8), (8, 30)])
def test_all_lengths_bound_the_nuclear_norm(shape):
    for seed in range(20):
        X = table(*shape, seed=seed) * np.arange(1, shape[1] + 1)
        lengths = to_numpy(matrix_nuclear_norm(X, normalize=False).column_lengths)
        assert lengths.sum() >= nuclear(X) * (1 - 1e-12)


def test_equal_for_orthogonal_columns():
    X = np.linalg.qr(table(12, 5))[0] * np.arange(1, 6)
    found = matrix_nuclear_norm(X, normalize=False)
    assert found.norm * 12 == pytest.approx(nuclear(X), rel=1e-12)


def test_the_sum_of_the_largest_is_no_bound_with_few_samples():
    X = table(50, 200)
    assert matrix_nuclear_norm(X, normalize=False).norm * 50 < nuclear(X)


# Invariance


def test_order_of_samples_and_features_and_scale():
    X = table(10, 6)
    found = matrix_nuclear_norm(X)
    for same in (X[::-1], X[:, ::-1], 1e100 * X, X + 3.0):
        again = matrix_nuclear_norm(same)
        np.testing.assert_allclose(again.column_lengths, found.column_lengths, rtol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = table(7, 5).astype(dtype)
    found = matrix_nuclear_norm(library.place(X))
    assert library.holds(found.column_lengths, dtype=dtype)
    assert found.norm == pytest.approx(matrix_nuclear_norm(X).norm, rel=1e-5)


# Degenerate


def test_a_column_of_zeros_has_no_length():
    X = table(6, 3)
    X[:, 1] = 0
    assert matrix_nuclear_norm(X).column_lengths[-1] == 0


@pytest.mark.parametrize("states", [np.ones((4, 3)), np.ones((1, 3)), np.zeros((3, 2))])
def test_states_without_direction(states):
    with pytest.raises(ValueError, match="mean"):
        matrix_nuclear_norm(states)
