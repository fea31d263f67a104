"""Local bases: the best subspace of each cluster, errors by projection, mass matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import local_bases, sine_dissimilarity

seeds = st.integers(0, 2**32 - 1)


def positive(rng, d):
    A = rng.standard_normal((d, d))
    return A @ A.T + 0.1 * np.eye(d)


# Oracle


def test_basis_is_orthonormal_and_best_in_the_mass_product():
    rng = np.random.default_rng(0)
    X, M, labels = rng.standard_normal((20, 6)), positive(rng, 6), np.arange(20) % 2
    local = local_bases(X, labels, n_components=2, mass=M)
    C = np.linalg.cholesky(M)
    for cluster in (0, 1):
        basis = local.bases[cluster]
        np.testing.assert_allclose(basis @ M @ basis.T, np.eye(2), atol=1e-12)
        rows = X[labels == cluster] @ C
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        values = np.linalg.svd(rows, compute_uv=False)
        np.testing.assert_allclose(local.singular_values[cluster], values[:2])
        missed = local.relative_errors(X)[labels == cluster, cluster]
        assert np.sum(missed**2) == pytest.approx(np.sum(values[2:] ** 2))


def test_errors_are_those_of_the_projection():
    rng = np.random.default_rng(1)
    X, new, M = rng.standard_normal((9, 5)), rng.standard_normal((4, 5)), positive(rng, 5)
    local = local_bases(X, np.arange(9) // 3, n_components=2, mass=M)
    errors = local.relative_errors(new)
    for i, c in np.ndindex(4, 3):
        rest = new[i] - local.bases[c].T @ (local.bases[c] @ M @ new[i])
        expected = np.sqrt(rest @ M @ rest / (new[i] @ M @ new[i]))
        assert errors[i, c] == pytest.approx(expected, abs=1e-13)


def test_a_basis_of_one_representative_has_the_sine_as_error():
    rng = np.random.default_rng(2)
    X, M = rng.standard_normal((12, 4)) * 10 ** rng.uniform(-3, 3, (12, 1)), positive(rng, 4)
    lines = local_bases(X[:3], np.arange(3), n_components=1, mass=M)
    np.testing.assert_allclose(
        lines.relative_errors(X), sine_dissimilarity(X, X[:3], mass=M), atol=1e-12
    )


# Invariance


@given(seed=seeds)
def test_scale_and_sign_of_the_functions_do_not_count(seed):
    rng = np.random.default_rng(seed)
    X, labels = rng.standard_normal((10, 5)), rng.integers(0, 3, 10)
    factors = rng.choice([-1, 1], (10, 1)) * 10 ** rng.uniform(-100, 100, (10, 1))
    one, other = (local_bases(Y, labels, n_components=2) for Y in (X, factors * X))
    np.testing.assert_allclose(one.relative_errors(X), other.relative_errors(X), atol=1e-10)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    rng = np.random.default_rng(0)
    X, M = rng.standard_normal((9, 4)).astype(dtype), positive(rng, 4).astype(dtype)
    labels = np.arange(9) % 2
    placed = library.place(X)
    local = local_bases(placed, library.place(labels), n_components=2, mass=library.place(M))
    errors = local.relative_errors(placed)
    assert library.holds(local.bases, local.singular_values, errors, dtype=dtype)
    exact = local_bases(X.astype(float), labels, n_components=2, mass=M.astype(float))
    tolerance = 1e-12 if dtype == "float64" else 1000 * 6e-8  # condition of M and of the subspaces
    np.testing.assert_allclose(
        to_numpy(errors), exact.relative_errors(X.astype(float)), atol=tolerance
    )
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_a_cluster_of_low_rank_an_empty_one_and_a_single_function():
    X = np.array([[1.0, 0, 0], [-2, 0, 0], [0, 1, 1], [0, 0, 1]])
    local = local_bases(X, np.array([0, 0, 2, 3]), n_components=2)
    assert not local.bases[0, 1].any()
    assert not local.bases[1].any()
    assert local.singular_values[1].tolist() == [0, 0]
    errors = local.relative_errors(X)
    np.testing.assert_allclose(errors[:, 1], 1)
    np.testing.assert_allclose(errors[[0, 1, 2, 3], [0, 0, 2, 3]], 0, atol=1e-15)


def test_all_dimensions_leave_no_error():
    X = np.random.default_rng(3).standard_normal((8, 3))
    errors = local_bases(X, np.zeros(8), n_components=3).relative_errors(X)
    np.testing.assert_allclose(errors, 0, atol=1e-14)


# Refusals


def test_refusals():
    X = np.eye(3)
    with pytest.raises(ValueError, match=r"labels must be whole numbers from 0, got 0\.5"):
        local_bases(X, np.array([0, 0.5, 1]), n_components=1)
    with pytest.raises(ValueError, match="labels must have 3 entries, got 2"):
        local_bases(X, np.zeros(2), n_components=1)
    with pytest.raises(ValueError, match="n_components must be an integer from 1 to 3, got 4"):
        local_bases(X, np.zeros(3), n_components=4)
    local = local_bases(X, np.zeros(3), n_components=1)
    with pytest.raises(ValueError, match="X must have 3 features"):
        local.relative_errors(X[:, :2])
    with pytest.raises(ValueError, match="snapshots must not hold the function zero"):
        local.relative_errors(np.zeros((1, 3)))
