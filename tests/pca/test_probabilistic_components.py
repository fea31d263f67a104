"""Probabilistic PCA against scikit-learn, SciPy and the general formula of a Gaussian."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA

from labkit.arrays import to_numpy
from labkit.pca import probabilistic_components

EPS = 2.0**-52
seeds = st.integers(0, 2**32 - 1)


def data(n=60, p=6, seed=0):
    return np.random.default_rng(seed).standard_normal((n, p)) * np.linspace(4, 1, p) + 5


# Oracle


def test_scikit_learn_has_the_same_model():
    X = data()
    reference = PCA(2, svd_solver="full").fit(X)
    model = probabilistic_components(X, n_components=2)
    assert model.noise_variance == pytest.approx(reference.noise_variance_ * 59 / 60, rel=1e-12)
    np.testing.assert_allclose(model.mean, reference.mean_, rtol=1e-13)
    overlap = np.abs(np.sum(model.components * reference.components_, axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-12)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_densities_are_those_of_the_gaussian(k):
    X = data()
    model = probabilistic_components(X, n_components=k)
    covariance = model.loadings.T @ model.loadings + model.noise_variance * np.eye(6)
    expected = multivariate_normal(model.mean, covariance).logpdf(X)
    np.testing.assert_allclose(model.log_likelihoods, expected, rtol=1e-11)
    assert model.objective_history == ((-model.log_likelihoods.mean(),),)


@given(seed=seeds)
def test_no_other_model_is_more_likely(seed):
    X = data(seed=1)
    model = probabilistic_components(X, n_components=2)
    rng = np.random.default_rng(seed)
    W = model.loadings + 0.1 * rng.standard_normal(model.loadings.shape)
    noise = model.noise_variance * np.exp(0.1 * rng.standard_normal())
    other = multivariate_normal(model.mean, W.T @ W + noise * np.eye(6)).logpdf(X)
    assert other.sum() <= model.log_likelihoods.sum()


# Invariance


@given(seed=seeds, factor=st.floats(1e-50, 1e50))
def test_rotation_and_scale(seed, factor):
    X = data(seed=2)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((6, 6)))[0]
    a = probabilistic_components(X, n_components=2)
    b = probabilistic_components(factor * X @ Q, n_components=2)
    assert b.noise_variance / factor**2 == pytest.approx(a.noise_variance, rel=1e-10)
    expected = a.log_likelihoods - 6 * np.log(factor)
    np.testing.assert_allclose(b.log_likelihoods, expected, rtol=1e-10, atol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [(40, 5), (6, 20)])
def test_arrays(library, dtype, shape):
    X = data(*shape).astype(dtype)
    placed = library.place(X)
    model = probabilistic_components(placed, n_components=2)
    assert library.holds(
        model.components, model.loadings, model.mean, model.log_likelihoods, dtype=dtype
    )
    assert library.holds(model.selected, dtype="bool")
    assert type(model.noise_variance) is float
    np.testing.assert_array_equal(to_numpy(placed), X)
    reference = probabilistic_components(X.astype(np.float64), n_components=2)
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(
        to_numpy(model.log_likelihoods), reference.log_likelihoods, rtol=1e3 * eps, atol=1e4 * eps
    )


# Degenerate data


@pytest.mark.parametrize("k", [2, 3])
def test_samples_in_a_plane_have_finite_densities(k):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 2)) @ rng.standard_normal((2, 5))
    model = probabilistic_components(X, n_components=k)
    assert np.isfinite(model.log_likelihoods).all()
    assert np.isfinite(model.loadings).all()
    assert 0 < model.noise_variance < 1e-14


def test_two_samples():
    model = probabilistic_components([[0.0, 0.0], [3.0, 4.0]], n_components=1)
    np.testing.assert_allclose(model.components, [[0.6, 0.8]])
    assert np.isfinite(model.log_likelihoods).all()


# Refusals


@pytest.mark.parametrize(
    ("X", "k", "error", "message"),
    [
        (np.ones((4, 3)), 1, ValueError, "X must vary, got samples that are all equal"),
        (np.eye(3), 3, ValueError, "n_components must be an integer from 1 to 2, got 3"),
        (np.eye(3)[:2], 0, ValueError, "n_components must be an integer from 1 to 2, got 0"),
        (np.ones((5, 1)), 1, ValueError, r"X must have shape at least \(2, 2\), got \(5, 1\)"),
    ],
)
def test_refusals(X, k, error, message):
    with pytest.raises(error, match=message):
        probabilistic_components(X, n_components=k)
