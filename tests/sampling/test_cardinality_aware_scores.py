"""Cardinality-aware scores: counts by hand, the null's mean and spread, what order does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import categorical_table
from labkit.sampling import cardinality_aware_scores

seeds = st.integers(0, 2**32 - 1)


def by_hand(x, y, classes):
    """Return the conditional entropy of the classes given x, value by value."""
    total = 0.0
    for value in np.unique(x):
        inside = classes[x == value]
        if len(inside) > 1:
            for c in np.unique(y):
                p = np.mean(inside == c)
                total -= len(inside) * p * np.log(p) if p > 0 else 0.0
    return total / len(x)


# Oracle


@given(seed=seeds, n=st.integers(2, 30), k=st.integers(1, 3))
def test_counts_by_hand(seed, n, k):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, 6, (n, 3)), rng.integers(0, k, n)
    found = cardinality_aware_scores(X, y, permute=False)
    p = np.unique(y, return_counts=True)[1] / n
    for j, x in enumerate(X.T):
        shifted = np.array([y[(i - np.sum(x == x[i])) % n] for i in range(n)])
        expected = by_hand(x, y, shifted) - by_hand(x, y, y)
        assert found.scores[j] == pytest.approx(expected, abs=1e-12)
        information = -np.sum(p * np.log(p)) - by_hand(x, y, y)
        assert found.mutual_information[j] == pytest.approx(information, abs=1e-12)
        assert found.cardinalities[j] == len(np.unique(x))


def test_noise_has_mean_zero_and_the_stated_spread():
    n, c = 4000, 200
    table = categorical_table([], [c] * 400, n_samples=n, rng=0)
    found = cardinality_aware_scores(table.X, table.y, rng=1)
    spread = np.sqrt(c - 1) / n
    assert abs(found.scores.mean()) < 5.5 * spread / np.sqrt(400)
    assert found.scores.std() == pytest.approx(spread, rel=0.25)  # 400 draws: 3.5 % and a bias
    assert found.mutual_information.mean() == pytest.approx((c - 1) / (2 * n), rel=0.1)


def test_informative_columns_score_their_information():
    table = categorical_table([2, 5, 30], [], n_samples=50000, rng=0)
    found = cardinality_aware_scores(table.X, table.y, rng=1)
    np.testing.assert_allclose(found.scores, table.information, atol=0.01)  # 6 standard errors


def test_a_sorted_table_needs_the_permutation():
    table = categorical_table([2] * 5, [], n_samples=4000, strength=2.0, rng=0)
    order = np.argsort(table.y)
    X, y = table.X[order], table.y[order]
    permuted = cardinality_aware_scores(X, y, rng=0).scores
    as_it_stands = cardinality_aware_scores(X, y, permute=False).scores
    assert permuted.min() > 0.25  # about 0.3 nats
    assert as_it_stands.max() < 0.1  # half a table further down the classes have changed places


# Invariance


@given(seed=seeds)
def test_names_of_values_and_classes_do_not_count(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, 5, (40, 2)), rng.integers(0, 3, 40)
    names, classes = rng.permutation(1000)[:5] - 500, rng.permutation(3) * 1.5
    one = cardinality_aware_scores(X, y, rng=0)
    other = cardinality_aware_scores(names[X], classes[y], rng=0)
    np.testing.assert_allclose(other.scores, one.scores, atol=1e-12)
    np.testing.assert_array_equal(other.cardinalities, one.cardinalities)


def test_columns_do_not_see_each_other():
    rng = np.random.default_rng(2)
    X, y = rng.integers(0, 5, (50, 4)), rng.integers(0, 2, 50)
    one = cardinality_aware_scores(X, y, rng=0).scores
    other = cardinality_aware_scores(X[:, ::-1], y, rng=0).scores
    np.testing.assert_array_equal(other[::-1], one)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 4, (30, 3)).astype(dtype), rng.integers(0, 2, 30)
    placed = library.place(X)
    found = cardinality_aware_scores(placed, library.place(y), rng=0)
    assert library.holds(found.scores, found.mutual_information, dtype=dtype)
    assert library.holds(found.cardinalities, dtype="int64")
    exact = cardinality_aware_scores(X.astype(float), y, rng=0)
    np.testing.assert_allclose(to_numpy(found.scores), exact.scores, atol=1e-6)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_constant_columns_row_numbers_and_one_class():
    y = np.arange(20) % 2
    X = np.stack([np.zeros(20), np.arange(20.0)], axis=1)
    found = cardinality_aware_scores(X, y, rng=0)
    np.testing.assert_allclose(found.scores, 0, atol=1e-15)
    np.testing.assert_allclose(found.mutual_information, [0, np.log(2)], atol=1e-15)
    assert found.cardinalities.tolist() == [1, 20]
    same = cardinality_aware_scores(X, np.ones(20), rng=0)
    np.testing.assert_array_equal(same.scores, [0, 0])


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="y must have 4 entries, one for each row of X, got 3"):
        cardinality_aware_scores(np.zeros((4, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"X must have shape at least \(2, 1\), got \(1, 2\)"):
        cardinality_aware_scores(np.zeros((1, 2)), np.zeros(1))
