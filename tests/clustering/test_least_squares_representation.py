"""Least-squares representation: the normal equations, projections, independent subspaces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import least_squares_representation, representation_quality
from labkit.datasets import union_of_subspaces

seeds = st.integers(0, 2**32 - 1)


def unit(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True)


# Oracle


@given(
    seed=seeds, penalty=st.sampled_from([1e-3, 0.1, 10.0]), shape=st.sampled_from([(5, 9), (9, 5)])
)
def test_the_normal_equations(seed, penalty, shape):
    rows = unit(np.random.default_rng(seed).standard_normal(shape))
    gram = rows @ rows.T
    expected = gram @ np.linalg.inv(gram + penalty * np.eye(len(rows)))
    found = least_squares_representation(rows, penalty=penalty)
    np.testing.assert_allclose(found.coefficients, expected, atol=1e-9)
    np.testing.assert_allclose(
        found.residuals, np.linalg.norm(rows - expected @ rows, axis=1), atol=1e-9
    )


def test_without_a_penalty_it_is_a_projection_of_the_rank():
    X, _ = union_of_subspaces(n_subspaces=2, n_dimensions=2, n_features=7, n_per_subspace=9, rng=0)
    C = least_squares_representation(X).coefficients
    np.testing.assert_allclose(C @ C, C, atol=1e-12)
    assert np.trace(C) == pytest.approx(4)
    np.testing.assert_allclose(C @ unit(X), unit(X), atol=1e-12)


@given(seed=seeds)
def test_independent_subspaces_are_kept_apart_and_others_are_not(seed):
    setting = {"n_subspaces": 3, "n_dimensions": 2, "n_per_subspace": 10, "rng": seed}
    for n_features, low, high in ((6, 0, 1e-8), (5, 1e-3, 1)):
        X, truth = union_of_subspaces(n_features=n_features, **setting)
        C = least_squares_representation(X).coefficients
        assert low <= representation_quality(C, truth).subspace_preserving_error <= high


# Invariance


@given(seed=seeds, factor=st.sampled_from([1e-200, 1e-3, 1e200]))
def test_scale_rotation_and_order(seed, factor):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((8, 4))
    turn, order = np.linalg.qr(rng.standard_normal((4, 4))).Q, rng.permutation(8)
    C = least_squares_representation(X, penalty=0.5).coefficients
    moved = least_squares_representation(
        factor * rng.uniform(0.5, 2, (8, 1)) * X @ turn, penalty=0.5
    ).coefficients
    np.testing.assert_allclose(moved, C, atol=1e-12)
    mixed = least_squares_representation(X[order], penalty=0.5).coefficients
    np.testing.assert_allclose(mixed, C[order][:, order], atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = np.random.default_rng(0).standard_normal((9, 4)).astype(dtype)
    placed = library.place(X)
    found = least_squares_representation(placed, penalty=0.1)
    assert library.holds(found.coefficients, found.affinity, found.residuals, dtype=dtype)
    expected = least_squares_representation(X.astype(float), penalty=0.1)
    tol = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(found.coefficients), expected.coefficients, atol=tol)
    np.testing.assert_allclose(to_numpy(found.affinity), expected.affinity, atol=2 * tol)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_zeros_and_a_single_sample():
    C = least_squares_representation(np.array([[0.0, 0], [1, 1], [2, 2]])).coefficients
    np.testing.assert_allclose(C, [[0, 0, 0], [0, 0.5, 0.5], [0, 0.5, 0.5]], atol=1e-12)
    assert not least_squares_representation(np.zeros((3, 2))).coefficients.any()
    np.testing.assert_allclose(least_squares_representation(np.ones((1, 2))).coefficients, [[1.0]])
