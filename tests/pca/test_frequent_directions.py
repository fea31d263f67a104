"""Frequent directions: its bound, for every order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.pca import frequent_directions

seeds = st.integers(0, 2**32 - 1)


def last(batches, sketch_size):
    *_, state = frequent_directions(batches, sketch_size=sketch_size)
    return state


# Oracle


@given(seed=seeds, size=st.integers(1, 12), power=st.floats(0.0, 2.0), ordered=st.booleans())
def test_the_bound(seed, size, power, ordered):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((120, 10)) / np.arange(1.0, 11) ** power
    if ordered:
        A = A[np.argsort(A[:, 0])]
    sketch = last(np.split(A, 12), size)
    missing = np.linalg.eigvalsh(A.T @ A - sketch.rows.T @ sketch.rows)
    squares = np.linalg.svd(A, compute_uv=False) ** 2
    slack = 1e-10 * squares[0]
    assert -slack <= missing[0]
    assert missing[-1] <= sketch.lost + slack
    for k in range(min(size, 10) + 1):
        assert sketch.lost <= squares[k:].sum() / (size + 1 - k) + slack
    assert sketch.n_stored <= 2 * size * 10


def test_a_sketch_as_large_as_the_features_is_exact():
    A = np.random.default_rng(0).standard_normal((100, 6))
    sketch = last(np.split(A, 10), 6)
    assert sketch.lost == 0
    np.testing.assert_allclose(sketch.rows.T @ sketch.rows, A.T @ A, atol=1e-11)
    np.testing.assert_allclose(sketch.values, np.linalg.svd(A, compute_uv=False) ** 2)


def test_low_rank_is_exact():
    rng = np.random.default_rng(0)
    A = rng.standard_normal((200, 3)) @ rng.standard_normal((3, 20))
    sketch = last(np.split(A, 20), 4)
    assert sketch.lost < 1e-20
    np.testing.assert_allclose(sketch.rows.T @ sketch.rows, A.T @ A, atol=1e-9)


# Invariance


@given(seed=seeds, cuts=st.sets(st.integers(1, 99), max_size=8))
def test_any_cut_into_batches(seed, cuts):
    A = np.random.default_rng(seed).standard_normal((100, 8))
    a, b = last([A], 3), last(np.split(A, sorted(cuts)), 3)
    np.testing.assert_allclose(a.rows.T @ a.rows, b.rows.T @ b.rows, atol=1e-10)
    assert a.lost == pytest.approx(b.lost)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="sketch_size must be an integer from 1 up, got 0"):
        frequent_directions(np.eye(3), sketch_size=0)
