"""Swivel: the loss and its slopes, blocks that add up, and what zeros say."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.datasets import log_bilinear_counts
from labkit.sensing import swivel_embeddings
from labkit.sensing.swivel_embeddings import _slopes


def last(counts, n_steps, **options):
    *_, state = islice(swivel_embeddings(counts, rng=0, **options), n_steps + 1)
    return state


# Oracle


def test_slopes_are_those_of_the_loss():
    rng = np.random.default_rng(0)
    W, C = rng.standard_normal((2, 6, 3))
    x = rng.poisson(1.0, (6, 6)).astype(float)
    t = rng.standard_normal((6, 6))

    def loss(W):
        excess = W @ C.T - t
        met = 0.5 * (0.1 + 0.25 * np.sqrt(x)) * excess**2
        return np.sum(np.where(x > 0, met, 0.7 * np.logaddexp(0, excess))) / 6

    gradient = _slopes(W, C, x, t, 0.7) @ C
    for i in np.ndindex(W.shape):
        e = np.zeros(W.shape)
        e[i] = 1e-6
        assert (loss(W + e) - loss(W - e)) / 2e-6 == pytest.approx(gradient[i], abs=1e-8)


def test_targets_are_the_information_of_the_counts():
    counts = np.array([[8.0, 2], [0, 6]])
    t = last(counts, 0, n_dimensions=1).targets
    expected = np.log(np.array([[8.0, 2], [1, 6]]) * 17 / np.outer([11, 7], [9, 9]))
    np.testing.assert_allclose(t, expected, atol=1e-12)


def test_full_rank_without_zeros_reaches_every_target():
    counts = np.random.default_rng(0).integers(1, 50, (8, 8)).astype(float)
    state = last(counts, 4000, n_dimensions=8)
    np.testing.assert_allclose(state.prediction, state.targets, atol=1e-2)


def test_zeros_push_down_what_frequent_words_would_expect():
    counts, _ = log_bilinear_counts(60, n_dimensions=3, n_pairs=4000, rng=0)
    unseen = counts == 0
    with_zeros, without = (
        last(counts, 300, n_dimensions=3, unobserved_weight=w) for w in (1.0, 0.0)
    )
    above = [np.mean((s.prediction > s.targets)[unseen]) for s in (with_zeros, without)]
    assert above[0] < above[1] / 2


def test_a_round_of_blocks_visits_every_cell_once():
    counts, _ = log_bilinear_counts(11, n_dimensions=2, n_pairs=500, rng=0)
    states = list(islice(swivel_embeddings(counts, n_dimensions=2, n_blocks=3, rng=0), 10))
    assert [s.n_cells for s in (states[0], states[-1])] == [0, 121]


# Invariance


def test_order_of_words_with_the_start_carried_along():
    """Permuted words: the same law of starts, so the fitted predictions agree after many steps."""
    counts = np.random.default_rng(0).integers(1, 50, (6, 6)).astype(float)
    order = np.random.default_rng(1).permutation(6)
    one = last(counts, 4000, n_dimensions=6).prediction
    other = last(counts[order][:, order], 4000, n_dimensions=6).prediction
    np.testing.assert_allclose(other, one[order][:, order], atol=2e-2)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    counts = np.random.default_rng(0).poisson(1.0, (9, 9)).astype(dtype)
    placed = library.place(counts)
    state = last(placed, 20, n_dimensions=2, n_blocks=2)
    assert library.holds(state.row_vectors, state.column_vectors, state.targets, dtype=dtype)
    here = last(counts.astype("float64"), 20, n_dimensions=2, n_blocks=2)
    np.testing.assert_allclose(to_numpy(state.prediction), here.prediction, atol=1e-3)
    np.testing.assert_array_equal(to_numpy(placed), counts)


def test_states_stay_as_they_were():
    counts = np.random.default_rng(0).poisson(1.0, (9, 9)).astype(float)
    states = swivel_embeddings(counts, n_dimensions=2, rng=0)
    first = next(states)
    kept = first.row_vectors.copy()
    next(states)
    np.testing.assert_array_equal(first.row_vectors, kept)


# Degenerate data


def test_words_that_never_occur():
    counts = np.zeros((4, 4))
    counts[:2, :2] = 5
    assert np.isfinite(last(counts, 500, n_dimensions=2).prediction).all()
