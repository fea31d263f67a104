"""Filtering: variance captured, what falls, and what a clean sample loses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import filtered_components, principal_components
from labkit.pca._filter import gamma, threshold

seeds = st.integers(0, 2**32 - 1)


def spoilt(seed, *, contamination=0.05, shape=(4000, 30), variance=6.0, n_places=1):
    """Return Gaussian rows, variance 4 along the first axis, with outliers along others."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape)
    X[:, 0] *= 2
    bad = rng.permutation(shape[0])[: round(contamination * shape[0])]
    X[bad] = 0.1 * rng.standard_normal((len(bad), shape[1]))
    far = np.sqrt(variance * n_places / max(contamination, 1e-9))
    X[bad, 1 + np.arange(len(bad)) % n_places] += far * rng.choice([-1, 1], len(bad))
    clean = np.ones(shape[0], dtype=bool)
    clean[bad] = False
    return X, clean


def captured(u):
    return (1 + 3 * u[0] ** 2) / 4


# Oracle


@given(seed=seeds, contamination=st.sampled_from([0.01, 0.05, 0.1]))
def test_it_captures_the_variance(seed, contamination):
    X, clean = spoilt(seed, contamination=contamination)
    found = filtered_components(X, contamination=contamination, rng=seed)
    assert found.converged
    assert captured(found.basis[:, 0]) > 0.95
    assert captured(principal_components(X, n_components=1).components[0]) < 0.3
    assert (~found.selected & clean).sum() <= 2 * (~clean).sum()
    assert found.value == pytest.approx(4.0, rel=0.3)


def test_outliers_at_ten_places():
    X, _ = spoilt(0, contamination=0.1, n_places=10)
    found = filtered_components(X, contamination=0.1, rng=0)
    assert captured(found.basis[:, 0]) > 0.95
    assert found.n_iterations > 2


def test_no_contamination_is_pca():
    X, _ = spoilt(0, contamination=0.0)
    found = filtered_components(X, contamination=0.0, rng=0)
    assert found.selected.all()
    assert abs(found.basis[:, 0] @ np.linalg.svd(X, full_matrices=False).Vh[0]) > 1 - 1e-9


@given(seed=seeds, contamination=st.floats(0.0, 0.1))
def test_a_clean_sample_loses_nothing(seed, contamination):
    X, _ = spoilt(seed, contamination=0.0)
    found = filtered_components(X, contamination=contamination, rng=0)
    assert found.selected.all()
    assert found.n_iterations == 1


def test_an_unknown_mean_goes_with_pairs():
    X, _ = spoilt(0, contamination=0.02)
    pairs = (X + 5.0)[::2] - (X + 5.0)[1::2]
    found = filtered_components(pairs / np.sqrt(2), contamination=0.04, rng=0)
    assert captured(found.basis[:, 0]) > 0.95


def test_products_are_counted_and_do_not_grow_with_the_rows():
    few = filtered_components(spoilt(0, shape=(2000, 30))[0], contamination=0.05, rng=0)
    many = filtered_components(spoilt(0, shape=(20_000, 30))[0], contamination=0.05, rng=0)
    assert few.n_products == few.n_iterations * (2 * int(np.ceil(np.log(31) / gamma(0.05))) + 1)
    assert many.n_products <= 2 * few.n_products


def test_the_cut_is_between_the_ordinary_and_the_largest():
    scores = np.concatenate([np.random.default_rng(0).standard_normal(950) ** 2, [400.0] * 50])
    cut = threshold(scores, 0.05, np.random.default_rng(0))
    assert np.sort(scores)[949] <= cut < 400
    assert threshold(scores[:950], 0.05, np.random.default_rng(0)) is None
    assert threshold(scores[:0], 0.05, np.random.default_rng(0)) is None


# Invariance


@given(seed=seeds, scale=st.sampled_from([1e-200, 1e-3, 8.0, 1e200]))
def test_scale(seed, scale):
    X, _ = spoilt(seed, shape=(1000, 6))
    a = filtered_components(X, contamination=0.05, rng=0)
    b = filtered_components(scale * X, contamination=0.05, rng=0)
    np.testing.assert_array_equal(a.selected, b.selected)
    np.testing.assert_allclose(a.basis, b.basis, atol=1e-9)


@given(seed=seeds)
def test_order(seed):
    X, _ = spoilt(3, shape=(1000, 6))
    order = np.random.default_rng(seed).permutation(1000)
    a = filtered_components(X, contamination=0.05, rng=0)
    b = filtered_components(X[order], contamination=0.05, rng=0)
    np.testing.assert_array_equal(a.selected[order], b.selected)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = spoilt(0, shape=(1000, 6))[0].astype(dtype)
    placed = library.place(X)
    found = filtered_components(placed, contamination=0.05, rng=0)
    assert library.holds(found.basis, dtype=dtype)
    assert library.holds(found.selected, dtype="bool")
    assert abs(to_numpy(found.basis)[0, 0]) > 0.95
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize("X", [np.zeros((5, 3)), np.ones((5, 3)), np.eye(3), np.ones((1, 1))])
def test_degenerate_data(X):
    found = filtered_components(X, contamination=0.1, rng=0)
    assert np.isfinite(found.basis).all()
    assert np.linalg.norm(found.basis) == pytest.approx(1.0)


def test_it_gives_up_where_its_assumptions_fail():
    X, _ = spoilt(0, contamination=0.0)
    X[:30] = np.diag(np.linspace(150, 300, 30))  # thirty outliers at as many places
    found = filtered_components(X, contamination=0.001, rng=0)
    assert not found.converged
    assert 16 < (~found.selected).sum() <= 30
    assert not filtered_components(
        spoilt(0)[0], contamination=0.05, max_iterations=1, rng=0
    ).converged


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"contamination must be a finite number in \[0, 0.1\]"):
        filtered_components(np.eye(3), contamination=0.2)
    with pytest.raises(ValueError, match="max_iterations must be an integer from 1 up, got 0"):
        filtered_components(np.eye(3), contamination=0.1, max_iterations=0)
