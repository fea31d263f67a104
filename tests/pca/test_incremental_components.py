"""Incremental PCA against PCA of everything at once, and its own bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import IncrementalPCA

from labkit.datasets import fashion_mnist
from labkit.linalg import principal_angles
from labkit.pca import incremental_components, principal_components
from labkit.trace import trace

seeds = st.integers(0, 2**32 - 1)


def last(batches, **arguments):
    return trace(incremental_components(batches, **arguments), n_steps=10**6, record={}).last


def shifted(seed, shape=(200, 6), mean=3.0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape) / np.arange(1.0, shape[1] + 1)
    return X + mean * rng.standard_normal(shape[1])


def assert_same(found, whole, **tolerance):
    k = len(found.components)
    np.testing.assert_allclose(found.components, whole.components[:k], **tolerance)
    np.testing.assert_allclose(found.singular_values, whole.singular_values[:k], **tolerance)
    np.testing.assert_allclose(found.mean, whole.mean, **tolerance)
    np.testing.assert_allclose(found.explained_variance, whole.explained_variance[:k], **tolerance)
    assert found.total_variance == pytest.approx(whole.total_variance, rel=1e-9)
    np.testing.assert_allclose(
        found.explained_variance_ratio, whole.explained_variance_ratio[:k], **tolerance
    )


# Oracle


@pytest.mark.parametrize("route", ["moments", "merged"])
@given(seed=seeds, cuts=st.sets(st.integers(1, 199), max_size=9), mean=st.sampled_from([0, 3, 1e4]))
def test_all_components_are_those_of_everything_at_once(route, seed, cuts, mean):
    X = shifted(seed, mean=mean)
    state = last(np.split(X, sorted(cuts)), n_components=6, route=route)
    assert state.components.route == route
    assert_same(state.components, principal_components(X), atol=1e-7, rtol=1e-9)


def test_images():
    X = fashion_mnist(n_samples=2000).X
    X = X[np.random.default_rng(0).permutation(len(X))]
    whole = principal_components(X, n_components=20)
    moments = last(np.split(X, 10), n_components=20).components
    merged = last(np.split(X, 10), n_components=20, route="merged").components
    theirs = IncrementalPCA(20, batch_size=200).fit(X).components_
    angles = [
        principal_angles(whole.components.T, found.T)[-1]
        for found in (moments.components, merged.components, theirs)
    ]
    assert angles[0] < 1e-11
    assert angles[1] < angles[2] / 3


@given(seed=seeds, oversampling=st.integers(0, 5))
def test_what_was_cut_bounds_the_residual(seed, oversampling):
    X = shifted(seed, shape=(100, 12))
    found = last(
        np.split(X, 10), n_components=3, route="merged", oversampling=oversampling
    ).components
    Xc = X - X.mean(axis=0)
    V, s = found.components.T, found.singular_values
    defect = np.linalg.norm(Xc.T @ (Xc @ V) - V * s**2, axis=0)
    assert defect.max() <= found.residual * s[0] ** 2 + 1e-9
    assert found.residual > 0


def test_squaring_loses_small_singular_values_and_merging_does_not():
    rng = np.random.default_rng(0)
    s = np.array([1.0, 1e-5, 1e-10])
    U = np.linalg.qr(rng.standard_normal((100, 3)) - 0.0).Q
    U = np.linalg.qr(U - U.mean(axis=0)).Q
    X = (U * s) @ np.linalg.qr(rng.standard_normal((3, 3))).Q
    exact = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    merged = last(np.split(X, 5), n_components=3, route="merged").components.singular_values
    moments = last(np.split(X, 5), n_components=3, route="moments").components.singular_values
    np.testing.assert_allclose(merged, exact, atol=1e-15)
    assert abs(moments[1] - exact[1]) < 1e-10
    assert abs(moments[2] - exact[2]) > 1e-11


# Routes


def test_the_route_follows_the_features():
    for n_features, route in ((2000, "moments"), (2001, "merged")):
        state = last([np.eye(3, n_features)], n_components=1)
        assert (state.squares is None) == (route == "merged")


# Degenerate data


@pytest.mark.parametrize("route", ["moments", "merged"])
def test_fewer_rows_than_components(route):
    X = shifted(0, shape=(3, 6))
    for n in (1, 2, 3):
        found = last([X[:n]], n_components=5, route=route).components
        assert found.components.shape == (n, 6)
        assert np.isfinite(found.components).all()
    assert found.singular_values[2] < 1e-7  # three centred rows have rank two


@pytest.mark.parametrize("route", ["moments", "merged"])
def test_constant_data(route):
    found = last([np.full((4, 3), 7.0)] * 2, n_components=2, route=route).components
    np.testing.assert_allclose(found.mean, 7.0)
    assert found.total_variance < 1e-12
    assert np.isfinite(found.explained_variance_ratio).all()


def test_scores_and_reconstruction():
    X = shifted(0)
    found = last(np.split(X, 4), n_components=6).components
    np.testing.assert_allclose(found.reconstruction(X), X, atol=1e-12)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_components": 4}, ValueError, "n_components must be an integer from 1 to 3, got 4"),
        ({"route": "exact"}, ValueError, "route must be one of 'auto', 'moments', 'merged'"),
        ({"oversampling": -1}, ValueError, "oversampling must be an integer from 0 up, got -1"),
    ],
)
def test_refusals(changes, error, message):
    with pytest.raises(error, match=message):
        incremental_components(np.eye(3), **{"n_components": 1, **changes})


@pytest.mark.parametrize("route", ["moments", "merged"])
@pytest.mark.parametrize(
    ("entry", "message"),
    [(np.nan, r"batches\[1\] must be finite, got 1"), (np.inf, "got 1"), (1e200, "got an entry")],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_later_batch_is_refused_when_it_comes(route, entry, message):
    batches = [shifted(0), shifted(1)]
    batches[1][3, 2] = entry
    states = incremental_components(batches, n_components=2, route=route)
    assert next(states).n_samples == 200
    with pytest.raises(ValueError, match=message):
        next(states)
