"""Counts whose information is known, the manual, sparsely seen rows, individuals in groups."""

import numpy as np
import pytest

from labkit.datasets import (
    clustered_individuals,
    log_bilinear_counts,
    python_manual,
    sparsely_seen_rows,
)


def test_counts_have_the_information_that_was_planted():
    counts, pmi = log_bilinear_counts(5, n_dimensions=2, n_pairs=2_000_000, strength=1.0, rng=0)
    p = counts.sum(axis=1) / counts.sum()
    measured = np.log(counts / counts.sum() / np.outer(p, p))
    np.testing.assert_allclose(measured, pmi, atol=0.1)
    np.testing.assert_array_equal(counts, counts.T)


def test_the_manual_counts_neighbours():
    counts, words = python_manual(100, window=2)
    np.testing.assert_array_equal(counts, counts.T)
    assert len(words) == 100
    assert counts[words.index("of"), words.index("the")] > 50
    with pytest.raises(ValueError, match="n_words must be at most"):
        python_manual(10**6)


@pytest.mark.parametrize("n_observed", [1, 2, 5])
def test_rows_show_as_many_entries_as_asked_for(n_observed):
    X, observed, basis = sparsely_seen_rows(2000, 5, rank=2, n_observed=n_observed, rng=0)
    assert (observed.sum(axis=1) == n_observed).all()
    assert observed.mean(axis=0) == pytest.approx(np.full(5, n_observed / 5), abs=0.06)
    np.testing.assert_allclose(X.T @ X / 2000, basis @ basis.T, atol=0.15)


def test_individuals_of_a_group_are_near_each_other():
    people = clustered_individuals(
        80, 50, rank=3, n_clusters=4, observed_share=0.5, noise=0.0, n_minority=6, rng=0
    )
    assert people.observed.mean() == pytest.approx(0.5, abs=0.06)
    assert (people.clusters == 4).sum() == 6
    assert np.mean(people.truth**2) == pytest.approx(1.1, rel=0.4)
    assert np.linalg.matrix_rank(people.truth) == 4
    np.testing.assert_allclose(people.M, np.where(people.observed, people.truth, 0), atol=1e-12)
