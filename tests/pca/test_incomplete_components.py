"""PCA with missing entries against the Gaussian itself, the closed form, and what was planted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles
from labkit.pca import incomplete_components, probabilistic_components

seeds = st.integers(0, 2**32 - 1)


def plane(n=200, p=8, k=2, noise=0.1, missing=0.3, seed=0):
    """Return samples near a plane, a mask with no empty row or column, and a basis."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((p, k)))[0]
    X = rng.standard_normal((n, k)) * np.linspace(3, 2, k) @ basis.T + 5 * rng.standard_normal(p)
    observed = rng.random((n, p)) >= missing
    observed[np.arange(n), rng.integers(0, p, n)] = True
    observed[:2] = True
    return X + noise * rng.standard_normal((n, p)), observed, basis


def gaussian(model):
    p = model.mean.shape[0]
    return model.mean, model.loadings.T @ model.loadings + model.noise_variance * np.eye(p)


# Oracle


def test_without_holes_it_is_the_closed_form():
    X, _, _ = plane()
    full = probabilistic_components(X, n_components=2)
    model = incomplete_components(X, np.ones(X.shape, bool), n_components=2, tol=1e-13)
    np.testing.assert_allclose(model.mean, full.mean, atol=1e-6)
    np.testing.assert_allclose(model.loadings, full.loadings, atol=1e-5)
    assert model.noise_variance == pytest.approx(full.noise_variance, rel=1e-5)
    np.testing.assert_allclose(model.log_likelihoods, full.log_likelihoods, rtol=1e-4)


def test_likelihoods_and_completions_are_those_of_the_gaussian():
    X, observed, _ = plane(n=30)
    model = incomplete_components(X, observed, n_components=2, max_iterations=5)
    mean, C = gaussian(model)
    filled = model.completion(X, observed)
    for i, seen in enumerate(observed):
        expected = multivariate_normal(mean[seen], C[np.ix_(seen, seen)]).logpdf(X[i, seen])
        assert model.log_likelihoods[i] == pytest.approx(expected, rel=1e-9)
        regression = C[np.ix_(~seen, seen)] @ np.linalg.inv(C[np.ix_(seen, seen)])
        conditional = mean[~seen] + regression @ (X[i, seen] - mean[seen])
        np.testing.assert_allclose(filled[i, ~seen], conditional, rtol=1e-8, atol=1e-10)
        np.testing.assert_array_equal(filled[i, seen], X[i, seen])


def test_planted_plane_is_found_where_filling_with_means_loses_it():
    X, observed, basis = plane(n=600, missing=0.5)
    model = incomplete_components(X, observed, n_components=2)
    means = np.sum(X * observed, axis=0) / np.sum(observed, axis=0)
    filled = probabilistic_components(np.where(observed, X, means), n_components=2)
    angle, other = (principal_angles(basis, m.components.T)[-1] for m in (model, filled))
    assert angle < 0.03 < other


@given(seed=seeds)
def test_no_model_nearby_is_more_likely(seed):
    X, observed, _ = plane(n=60)
    model = incomplete_components(X, observed, n_components=2, tol=1e-12)
    rng = np.random.default_rng(seed)
    step = 0.02
    W = model.loadings + step * rng.standard_normal(model.loadings.shape)
    mean = model.mean + step * rng.standard_normal(model.mean.shape)
    noise = model.noise_variance * np.exp(step * rng.standard_normal())
    C = W.T @ W + noise * np.eye(len(mean))
    other = sum(
        multivariate_normal(mean[o], C[np.ix_(o, o)]).logpdf(x[o])
        for x, o in zip(X, observed, strict=True)
    )
    assert other <= float(np.sum(model.log_likelihoods)) + 1e-6


# Invariance


@given(seed=seeds)
def test_likelihood_never_falls(seed):
    X, observed, _ = plane(n=40, p=6, missing=0.5, seed=seed)
    (history,) = incomplete_components(X, observed, n_components=3, tol=1e-9).objective_history
    assert np.all(np.diff(history) <= 1e-9 * (1 + np.abs(history[:-1])))


@given(seed=seeds, factor=st.sampled_from([1e-40, 1e-3, 7.0, 1e40]))
def test_order_and_scale(seed, factor):
    X, observed, _ = plane(seed=1)
    model = incomplete_components(X, observed, n_components=2, max_iterations=5)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(X.shape[0]), rng.permutation(X.shape[1])
    moved = incomplete_components(
        factor * X[rows][:, columns], observed[rows][:, columns], n_components=2, max_iterations=5
    )
    expected = np.abs(model.components[:, columns])
    np.testing.assert_allclose(np.abs(moved.components), expected, atol=1e-9)
    assert moved.noise_variance == pytest.approx(factor**2 * model.noise_variance, rel=1e-9)


@given(seed=seeds)
def test_what_is_not_observed_is_never_read(seed):
    X, observed, _ = plane(n=40, seed=2)
    noise = 100 * np.random.default_rng(seed).standard_normal(X.shape)
    one = incomplete_components(X, observed, n_components=2, max_iterations=3)
    other = incomplete_components(
        np.where(observed, X, noise), observed, n_components=2, max_iterations=3
    )
    np.testing.assert_array_equal(one.loadings, other.loadings)


# Degenerate


def test_without_noise_the_holes_are_filled_exactly():
    X, observed, _ = plane(noise=0.0, missing=0.2)
    model = incomplete_components(X, observed, n_components=2, tol=1e-9, max_iterations=3000)
    error = np.abs(model.completion(X, observed) - X)
    assert np.max(error) < 1e-3
    assert model.noise_variance > 0


def test_fewer_samples_than_features_and_duplicates():
    X, observed, _ = plane(n=5, p=12, missing=0.2)
    model = incomplete_components(np.vstack([X, X]), np.vstack([observed] * 2), n_components=2)
    assert np.all(np.isfinite(model.completion(X, observed)))


def test_constant_column_stays_constant():
    X, observed, _ = plane()
    X[:, 3] = 7.0
    model = incomplete_components(X, observed, n_components=2)
    np.testing.assert_allclose(model.completion(X, observed)[:, 3], 7.0, rtol=1e-9)


# Arrays


def test_libraries_and_precisions(library):
    X, observed, _ = plane(n=40)
    for dtype, tolerance in (("float64", 1e-9), ("float32", 1e-2)):
        reference = incomplete_components(X, observed, n_components=2, max_iterations=4)
        placed, mask = library.place(X.astype(dtype)), library.place(observed)
        model = incomplete_components(placed, mask, n_components=2, max_iterations=4)
        filled = model.completion(placed, mask)
        assert library.holds(model.components, model.mean, filled, dtype=dtype)
        np.testing.assert_allclose(
            to_numpy(filled), reference.completion(X, observed), atol=tolerance
        )
        np.testing.assert_array_equal(to_numpy(placed), X.astype(dtype))


# Refusals


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"observed": np.ones((4, 2), bool)}, ValueError, r"observed must have the shape of X"),
        ({"observed": np.ones((5, 3))}, TypeError, r"observed must be boolean"),
        ({"n_components": 3}, ValueError, r"n_components must be an integer from 1 to 2, got 3"),
        ({"X": np.ones((5, 3))}, ValueError, r"X must vary where it is observed"),
    ],
)
def test_refuses(change, error, message):
    rng = np.random.default_rng(0)
    given = {"X": rng.standard_normal((5, 3)), "observed": np.ones((5, 3), bool), "n_components": 1}
    given |= change
    with pytest.raises(error, match=message):
        incomplete_components(given.pop("X"), given.pop("observed"), **given)


def test_refuses_empty_rows_and_columns():
    X = np.random.default_rng(0).standard_normal((5, 3))
    row, column = np.ones((5, 3), bool), np.ones((5, 3), bool)
    row[2], column[1:, 1] = False, False
    with pytest.raises(ValueError, match="an entry of each sample"):
        incomplete_components(X, row, n_components=1)
    with pytest.raises(ValueError, match="two entries of each feature"):
        incomplete_components(X, column, n_components=1)


def test_completion_refuses_what_does_not_fit():
    X, observed, _ = plane(n=20)
    model = incomplete_components(X, observed, n_components=1, max_iterations=2)
    with pytest.raises(ValueError, match="X must have 8 features"):
        model.completion(X[:, :3], observed[:, :3])
