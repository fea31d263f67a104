"""The power method with heavy rows kept: what it keeps, and what that is good for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.pca import block_power_stream, heavy_row_power
from labkit.trace import trace

seeds = st.integers(0, 2**32 - 1)


def last(batches, **arguments):
    return trace(heavy_row_power(batches, **arguments), n_steps=10**6, record={}).last


def light_and_heavy(seed, *, ratio=4.0, n_heavy=1, place=None, shape=(1000, 30)):
    """Return rows of an isotropic bulk with few heavy ones, and their top singular vector."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal(shape) / np.sqrt(shape[0])
    where = rng.choice(shape[0], n_heavy, replace=False) if place is None else [place]
    A[where] = np.sqrt(ratio / n_heavy) * np.eye(shape[1])[0]
    return A, np.linalg.svd(A, full_matrices=False).Vh[0]


# Oracle


def test_nothing_kept_is_the_block_power_method():
    X = np.random.default_rng(0).standard_normal((300, 6))
    a = last(np.split(X, 6), n_heavy=0, block_size=100, rng=1)
    b = trace(
        block_power_stream([X], n_components=1, block_size=100, rng=1), n_steps=9, record={}
    ).last
    np.testing.assert_allclose(np.abs(a.basis.T @ b.basis), 1, atol=1e-12)


def test_everything_kept_is_exact():
    A = np.random.default_rng(0).standard_normal((40, 6))
    found = last(np.split(A, 8), n_heavy=40, block_size=10, rng=0)
    _, s, Vh = np.linalg.svd(A, full_matrices=False)
    np.testing.assert_allclose(abs(found.basis[:, 0] @ Vh[0]), 1, atol=1e-12)
    assert found.values[0] == pytest.approx(s[0] ** 2 / 40, rel=1e-12)


def test_the_top_eigenvector_is_a_fixed_point():
    rng = np.random.default_rng(0)
    A, H = rng.standard_normal((50, 5)) * [2.0, 1, 1, 1, 1], 9 * rng.standard_normal((2, 5))
    stream = [H, *[A] * 60]
    found = last(stream, n_heavy=2, block_size=50, rng=0)
    scale = 60 * 50 + 2 - 2  # all rows that are not kept
    C = H.T @ H + scale / 50 * A.T @ A
    top = np.linalg.eigh(C)[1][:, -1]
    assert abs(found.basis[:, 0] @ top) > 1 - 1e-4  # blocks are shifted by the two heavy rows


@pytest.mark.parametrize("place", [0, 500, 899, 901, 999])
def test_a_heavy_row_counts_wherever_it_comes(place):
    A, v = light_and_heavy(0, place=place)
    kept = last(np.split(A, 100), n_heavy=1, block_size=100, rng=0)
    assert abs(kept.basis[:, 0] @ v) > 0.98


def test_it_jumps_when_the_heavy_row_comes():
    A, v = light_and_heavy(0, place=500)
    states = heavy_row_power(np.split(A, 100), n_heavy=1, block_size=200, rng=0)
    run = trace(states, n_steps=100, record={"overlap": lambda state: abs(state.basis[:, 0] @ v)})
    assert run["overlap"][50] < 0.9 < 0.98 < run["overlap"][51]


@given(seed=seeds)
def test_the_rows_of_largest_norm_are_kept(seed):
    A, v = light_and_heavy(seed, n_heavy=3, ratio=9.0)
    assert abs(last([A], n_heavy=3, block_size=200, rng=0).basis[:, 0] @ v) > 0.98


# Invariance


@given(seed=seeds, scale=st.floats(1e-6, 1e6))
def test_scale_and_rotation(seed, scale):
    A, _ = light_and_heavy(seed, shape=(200, 6))
    a = last([A], n_heavy=2, block_size=50, rng=0)
    b = last([scale * A], n_heavy=2, block_size=50, rng=0)
    np.testing.assert_allclose(a.basis, b.basis, atol=1e-8)
    np.testing.assert_allclose(scale**2 * a.values, b.values, rtol=1e-8)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_heavy must be an integer from 0 up, got -1"):
        heavy_row_power(np.eye(3), n_heavy=-1, block_size=1)
    with pytest.raises(ValueError, match="block_size must be an integer from 1 up, got 0"):
        heavy_row_power(np.eye(3), n_heavy=1, block_size=0)
