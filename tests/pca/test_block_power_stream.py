"""The power method on blocks: its steps, its error, any cut into batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.linalg import principal_angles
from labkit.pca import block_power_stream
from labkit.trace import trace


def last(batches, **arguments):
    return trace(block_power_stream(batches, **arguments), n_steps=10**6, record={}).last


# Oracle


def test_each_block_is_a_multiplication():
    X = np.random.default_rng(0).standard_normal((60, 5))
    start, *_, end = block_power_stream([X], n_components=2, block_size=20, rng=1)
    product = start.basis
    for block in np.split(X, 3):
        product = np.linalg.qr(block.T @ block @ product).Q
    assert principal_angles(product, end.basis)[-1] < 1e-12


def test_the_same_block_again_and_again_is_the_power_method():
    X = np.random.default_rng(0).standard_normal((50, 4)) * [4.0, 2.0, 1.0, 0.5]
    found = last([X] * 60, n_components=2, block_size=50, rng=0)
    s, Vh = np.linalg.svd(X, full_matrices=False)[1:]
    np.testing.assert_allclose(found.values, s[:2] ** 2 / 50, rtol=1e-8)
    np.testing.assert_allclose(np.abs(np.sum(found.basis.T * Vh[:2], axis=1)), 1, atol=1e-8)


@pytest.mark.parametrize("block_size", [250, 1000])
def test_the_error_of_the_last_block(block_size):
    d, angles = 20, []
    for seed in range(20):
        X = np.random.default_rng(seed).standard_normal((10 * block_size, d)) * ([2.0] + [1.0] * 19)
        found = last([X], n_components=1, block_size=block_size, rng=seed)
        angles.append(np.arccos(abs(found.basis[0, 0])))
    expected = np.sqrt(d / block_size) * 2 / 4  # one step: sqrt(l1 l2) / l1
    assert expected / 2 < np.median(angles) < 2 * expected


def test_rows_after_the_last_block_are_not_used():
    X = np.random.default_rng(0).standard_normal((50, 4))
    a = last(X, n_components=1, block_size=20, rng=0)
    b = last(X[:40], n_components=1, block_size=20, rng=0)
    np.testing.assert_array_equal(a.basis, b.basis)
    assert a.n_samples == 50


def test_a_block_of_zeros_leaves_the_directions():
    X = np.random.default_rng(0).standard_normal((20, 4))
    a = last([X], n_components=2, block_size=20, rng=0)
    b = last([X, np.zeros((20, 4))], n_components=2, block_size=20, rng=0)
    np.testing.assert_allclose(a.basis, b.basis, atol=1e-14)


# Invariance


@given(seed=st.integers(0, 2**32 - 1), cuts=st.sets(st.integers(1, 99), max_size=8))
def test_any_cut_into_batches(seed, cuts):
    X = np.random.default_rng(seed).standard_normal((100, 4)) * [3.0, 2.0, 1.0, 1.0]
    whole = last([X], n_components=2, block_size=30, rng=0)
    cut = last(np.split(X, sorted(cuts)), n_components=2, block_size=30, rng=0)
    np.testing.assert_allclose(whole.basis, cut.basis, atol=1e-9)


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-6, 1e6))
def test_scale(seed, scale):
    X = np.random.default_rng(seed).standard_normal((60, 4))
    a = last([X], n_components=2, block_size=20, rng=0)
    b = last([scale * X], n_components=2, block_size=20, rng=0)
    np.testing.assert_allclose(a.basis, b.basis, atol=1e-9)
    np.testing.assert_allclose(scale**2 * a.values, b.values, rtol=1e-9)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_components must be an integer from 1 to 3, got 4"):
        block_power_stream(np.eye(3), n_components=4, block_size=1)
    with pytest.raises(ValueError, match="block_size must be an integer from 1 up, got 0"):
        block_power_stream(np.eye(3), n_components=1, block_size=0)
