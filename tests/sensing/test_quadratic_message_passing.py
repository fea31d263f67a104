"""Message passing for quadratic networks: near the limit, invariant, refusing to run away."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import quadratic_teacher
from labkit.sensing import quadratic_message_passing, quadratic_network_limit


def last(X, y, n_steps=40, **options):
    *_, state = islice(quadratic_message_passing(X, y, aspect_ratio=0.5, **options), n_steps + 1)
    return state


# Oracle


@pytest.mark.parametrize("alpha", [0.2, 0.3])
def test_it_comes_near_the_limit(alpha):
    limit = quadratic_network_limit(alpha, aspect_ratio=0.5)
    errors, expected = [], []
    for seed in range(4):
        X, y, S = quadratic_teacher(48, n_hidden=24, n_samples=round(alpha * 48**2), rng=seed)
        state = last(X, y)
        errors.append(np.sum((state.matrix - S) ** 2) / 48)
        expected.append(state.expected_error)
    half_way = (limit.error + limit.linear_error) / 2  # to the best linear estimate
    assert np.mean(errors) < half_way
    assert np.mean(expected) < limit.linear_error


def test_first_round_is_by_hand():
    X, y, _ = quadratic_teacher(6, n_hidden=3, n_samples=20, rng=0)
    A = (X[:, :, None] * X[:, None] - np.eye(6)) / np.sqrt(6)
    b = np.sqrt(6) * (y - y.mean())
    start, first = islice(quadratic_message_passing(X, y, aspect_ratio=0.5), 2)
    np.testing.assert_allclose(start.matrix, y.mean() * np.eye(6), atol=1e-12)
    g = (b - np.einsum("ijk,jk->i", A, start.matrix)) / 4
    a = 2 * 20 / 36 * np.mean(g**2)
    R = start.matrix + np.einsum("i,ijk->jk", g, A) / (6 * a)
    Q = np.linalg.eigh(R)[1]
    shared = Q.T @ first.matrix @ Q  # the same eigenvectors
    np.testing.assert_allclose(shared, np.diag(np.diag(shared)), atol=1e-9)


# Invariance


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_rotation_of_the_inputs(seed):
    X, y, _ = quadratic_teacher(10, n_hidden=5, n_samples=25, rng=seed)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((10, 10)))[0]
    turned = last(X @ Q, y, 3).matrix
    np.testing.assert_allclose(Q @ turned @ Q.T, last(X, y, 3).matrix, atol=1e-4)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, y, _ = quadratic_teacher(16, n_hidden=8, n_samples=60, rng=0)
    X, y = X.astype(dtype), y.astype(dtype)
    placed = library.place(X)
    state = last(placed, library.place(y), 3)
    assert library.holds(state.matrix, dtype=dtype)
    np.testing.assert_allclose(to_numpy(state.matrix), last(X, y, 3).matrix, atol=1e-3)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_labels_all_alike_say_that_nothing_is_to_be_learned():
    with pytest.raises(ValueError, match="y must vary"):
        quadratic_message_passing(np.ones((3, 2)), np.ones(3), aspect_ratio=0.5)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="y must have 3 entries, one for each row of X, got 2"):
        quadratic_message_passing(np.ones((3, 2)), np.ones(2), aspect_ratio=0.5)
