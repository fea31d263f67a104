"""Likelihood-adjusted SDP: the likelihood by brute force, shapes, starts, and its rise."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, k_means_sdp, likelihood_adjusted_sdp

seeds = st.integers(0, 2**32 - 1)
SHAPES = np.array([[[9.0, 0.0], [0.0, 0.1]], [[0.1, 0.0], [0.0, 9.0]]])


def tee(n=30, separation=5.0, seed=0):
    truth = np.arange(n) % 2
    X = np.random.default_rng(seed).standard_normal((n, 2)) * np.array([[3, 0.3], [0.3, 3]])[truth]
    return X + separation * np.array([[0.0, 0.0], [1.0, 0.0]])[truth], truth


def likelihood(X, labels, sigma):
    """Return the log-density of the groups at their own means."""
    return sum(
        multivariate_normal(X[labels == g].mean(axis=0), sigma[g]).logpdf(X[labels == g]).sum()
        for g in set(labels.tolist())
    )


# Oracle


def test_one_round_finds_the_most_likely_of_all_partitions():
    X, _ = tee(8, 7.0)
    found = likelihood_adjusted_sdp(
        X, 2, covariances=SHAPES, n_rounds=1, tol=1e-6, max_iterations=5000
    )
    partitions = [np.array(p) for p in itertools.product((0, 1), repeat=8) if len(set(p)) == 2]
    values = [likelihood(X, labels, SHAPES) for labels in partitions]
    best = partitions[int(np.argmax(values))]
    np.testing.assert_array_equal(found.labels, best)
    for group in (0, 1):
        inside = (best == group).astype(float)
        np.testing.assert_allclose(
            found.memberships[group], np.outer(inside, inside) / inside.sum(), atol=1e-3
        )


def test_shapes_are_those_of_the_groups():
    X, truth = tee(40, 9.0)
    found = likelihood_adjusted_sdp(X, 2, ridge=1e-6)
    assert clustering_error(found.labels, truth) == 0
    for group in (0, 1):
        sample = np.cov(X[found.labels == group].T, bias=True)
        np.testing.assert_allclose(found.covariances[group], sample, rtol=0.02, atol=0.02)
    assert found.likelihoods[-1] == pytest.approx(
        likelihood(X, found.labels, found.covariances), rel=1e-3
    )


def test_beats_k_means_on_a_tee():
    errors = []
    for seed in range(4):
        X, truth = tee(40, seed=seed)
        runs = k_means_sdp(X, 2), likelihood_adjusted_sdp(X, 2)
        errors.append([clustering_error(run.labels, truth) for run in runs])
    assert np.mean(errors, axis=0)[1] < np.mean(errors, axis=0)[0] / 2


def test_likelihood_does_not_fall():
    for seed in range(4):
        X, _ = tee(24, 3.0, seed)
        values = np.array(likelihood_adjusted_sdp(X, 2, tol=1e-4, max_iterations=3000).likelihoods)
        assert np.diff(values).min(initial=0) > -1e-2 * len(X)


def test_nearly_alike_shapes_are_told_apart():
    """Two groups may share two clusters half and half; the second rounding parts them."""
    rng = np.random.default_rng(0)
    truth = np.arange(30) % 3
    X = 16 * np.array([[0.0, 0], [1, 0], [0.5, 0.9]])[truth] + rng.standard_normal((30, 2))
    alike = np.stack([np.eye(2)] * 3)
    found = likelihood_adjusted_sdp(X, 3, covariances=alike)
    assert clustering_error(found.labels, truth) == 0


# Invariance


@settings(max_examples=5)
@given(seed=seeds)
def test_rotation_shift_and_the_common_factor(seed):
    rng = np.random.default_rng(seed)
    X, _ = tee(16, 9.0)
    Q = np.linalg.qr(rng.standard_normal((2, 2)))[0]
    first = likelihood_adjusted_sdp(X, 2, covariances=SHAPES, n_rounds=1)
    turned = likelihood_adjusted_sdp(X @ Q + 5, 2, covariances=3 * Q.T @ SHAPES @ Q, n_rounds=1)
    np.testing.assert_array_equal(first.labels, turned.labels)
    np.testing.assert_allclose(first.shares, turned.shares, atol=0.02)


def test_shares_add_up():
    X, _ = tee(20, 3.0)
    found = likelihood_adjusted_sdp(X, 3, n_rounds=2)
    assert found.shares.min() >= 0
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, atol=1e-8)
    assert len(found.likelihoods) == 2


def test_a_large_ridge_leaves_k_means():
    X, _ = tee(30)
    ridged = likelihood_adjusted_sdp(X, 2, ridge=1e4)
    assert clustering_error(ridged.labels, k_means_sdp(X, 2).labels) < 0.1


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, _ = tee(16, 9.0)
    X = X.astype(dtype)
    placed, sigma = library.place(X), library.place(SHAPES.astype(dtype))
    found = likelihood_adjusted_sdp(placed, 2, covariances=sigma)
    assert library.holds(found.shares, found.memberships, found.covariances, dtype=dtype)
    host = likelihood_adjusted_sdp(X.astype("float64"), 2, covariances=SHAPES)
    np.testing.assert_array_equal(to_numpy(found.labels), host.labels)
    np.testing.assert_array_equal(to_numpy(placed), X)
    np.testing.assert_array_equal(to_numpy(sigma), SHAPES.astype(dtype))


# Degenerate data


def test_one_group_one_each_and_equal_points():
    X, _ = tee(6)
    whole = likelihood_adjusted_sdp(X, 1, ridge=1e-9)
    np.testing.assert_allclose(whole.covariances[0], np.cov(X.T, bias=True), rtol=1e-3, atol=1e-3)
    for run in (
        likelihood_adjusted_sdp(X, 6, n_rounds=2),
        likelihood_adjusted_sdp(np.ones((4, 2)), 2, n_rounds=2),
        likelihood_adjusted_sdp(X[:1], 1),
        likelihood_adjusted_sdp(np.hstack([X, np.ones((6, 1))]), 2, n_rounds=2),
    ):
        assert np.isfinite(run.shares).all()
        assert np.isfinite(run.covariances).all()
        assert np.isfinite(run.likelihoods).all()


# Refusals


def test_refusals():
    X = np.eye(4)[:, :2]
    with pytest.raises(ValueError, match=r"covariances must have shape \(2, 2, 2\), got"):
        likelihood_adjusted_sdp(X, 2, covariances=np.ones((1, 2, 2)))
    with pytest.raises(ValueError, match="positive definite, got an eigenvalue of -1"):
        likelihood_adjusted_sdp(X, 2, covariances=np.stack([np.diag([1.0, -1.0])] * 2))
    with pytest.raises(ValueError, match="squares that do not overflow"):
        likelihood_adjusted_sdp(1e200 * X, 2)
