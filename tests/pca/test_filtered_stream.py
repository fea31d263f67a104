"""The filter on a stream: variance captured in one pass, and few filters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.pca import block_power_stream, filtered_stream
from labkit.trace import trace
from tests.pca.test_filtered_components import captured, spoilt

seeds = st.integers(0, 2**32 - 1)


def last(states):
    return trace(states, n_steps=10**6, record={}).last


# Oracle


@given(seed=seeds)
def test_it_captures_the_variance(seed):
    X, _ = spoilt(seed, shape=(20_000, 20))
    found = last(filtered_stream(np.split(X, 20), contamination=0.05, rng=seed))
    plain = last(block_power_stream([X], n_components=1, block_size=1000, rng=seed))
    assert captured(found.basis[:, 0]) > 0.95
    assert captured(plain.basis[:, 0]) < 0.3
    assert found.n_stored <= 6 * 21
    assert found.values[0] == pytest.approx(4.0, rel=0.4)


@given(seed=seeds)
def test_a_clean_stream_meets_no_filter_and_is_the_block_power_method(seed):
    X = np.random.default_rng(seed).standard_normal((10_000, 8)) * ([2.0] + [1.0] * 7)
    states = list(filtered_stream(np.split(X, 10), contamination=0.05, rng=seed))
    assert all(state.n_stored == 9 for state in states)
    plain = states[0].basis
    for batch in np.split(X, 10):
        plain = batch.T @ (batch @ plain)
        plain /= np.linalg.norm(plain)
    np.testing.assert_allclose(states[-1].basis, plain, atol=1e-10)


def test_outliers_that_come_late():
    clean = np.random.default_rng(0).standard_normal((10_000, 8)) * ([2.0] + [1.0] * 7)
    spoilt_rows, _ = spoilt(1, shape=(10_000, 8))
    batches = [*np.split(clean, 10), *np.split(spoilt_rows, 10)]
    found = last(filtered_stream(batches, contamination=0.05, rng=0))
    assert captured(found.basis[:, 0]) > 0.95


def test_at_most_so_many_filters():
    X, _ = spoilt(0, contamination=0.1, shape=(20_000, 20), n_places=10)
    for most in (1, 2):
        states = filtered_stream(np.split(X, 20), contamination=0.1, max_filters=most, rng=0)
        assert last(states).n_stored <= (1 + most) * 21


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"contamination must be a finite number in \[0, 0.1\]"):
        filtered_stream(np.eye(3), contamination=0.2)
    with pytest.raises(ValueError, match="max_filters must be an integer from 1 up, got 0"):
        filtered_stream(np.eye(3), contamination=0.1, max_filters=0)
