"""Kernel PCA against scikit-learn, plain PCA and the limits of the Gaussian kernel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import KernelPCA

from labkit.arrays import to_numpy
from labkit.pca import kernel_components, principal_components

seeds = st.integers(0, 2**32 - 1)


def cloud(n=60, p=4, seed=0):
    return np.random.default_rng(seed).standard_normal((n, p)) * np.linspace(2, 1, p)


def same_up_to_signs(one, other, atol):
    signs = np.sign(np.sum(one * other, axis=0))
    np.testing.assert_allclose(one * signs, other, atol=atol)


# Oracle


@pytest.mark.parametrize("n", [60, 400])  # by a dense solver, by block Lanczos
@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_scikit_learn_has_the_same_components(n, kernel):
    X, new = cloud(n), cloud(20, seed=1)
    h = 2.0
    gamma = 1 / (2 * h**2) if kernel == "gaussian" else 1 / h**2
    name = {"gaussian": "rbf", "polynomial": "poly"}[kernel]
    reference = KernelPCA(4, kernel=name, gamma=gamma, degree=3, coef0=1, eigen_solver="dense")
    expected = reference.fit_transform(X)
    found = kernel_components(X, n_components=4, kernel=kernel, bandwidth=h, degree=3)
    np.testing.assert_allclose(found.eigenvalues, reference.eigenvalues_, rtol=1e-9)
    size = np.max(np.abs(expected))
    same_up_to_signs(found.training_scores, expected, atol=1e-8 * size)
    same_up_to_signs(found.scores(new), reference.transform(new), atol=1e-7 * size)


def test_polynomial_of_degree_one_is_plain():
    X = cloud(300)
    plain = principal_components(X, n_components=3)
    found = kernel_components(X, n_components=3, kernel="polynomial", degree=1)
    np.testing.assert_allclose(found.eigenvalues, plain.singular_values**2, rtol=1e-10)
    same_up_to_signs(found.scores(X), plain.scores(X), atol=1e-9)


def test_wide_gaussian_is_plain():
    X, h = cloud(80), 1e4
    plain = principal_components(X, n_components=2)
    found = kernel_components(X, n_components=2, bandwidth=h)
    np.testing.assert_allclose(found.eigenvalues * h**2, plain.singular_values**2, rtol=1e-5)


def test_narrow_gaussian_leaves_every_sample_alone():
    found = kernel_components(cloud(200), n_components=3, bandwidth=1e-6)
    np.testing.assert_allclose(found.eigenvalues, 1.0, rtol=1e-12)


def test_training_scores_are_scores_of_the_training_samples():
    X = cloud(300)
    found = kernel_components(X, n_components=5)
    np.testing.assert_allclose(found.scores(X), found.training_scores, atol=1e-10)
    gram = found.vectors.T @ found.vectors
    np.testing.assert_allclose(gram, np.eye(5), atol=1e-12)


# Invariance


@given(seed=seeds, factor=st.sampled_from([1e-8, 1.0, 1e6]))
def test_rotation_shift_order_and_units(seed, factor):
    X = cloud(50)
    rng = np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    order = rng.permutation(50)
    one = kernel_components(X, n_components=3)
    other = kernel_components(
        factor * (X[order] @ rotation + 3.0), n_components=3, bandwidth=factor
    )
    np.testing.assert_allclose(other.eigenvalues, one.eigenvalues, rtol=1e-7)
    same_up_to_signs(other.training_scores, one.training_scores[order], atol=1e-6)


def test_start_of_the_iteration_does_not_matter():
    X = cloud(400)
    one, other = (kernel_components(X, n_components=3, rng=r) for r in (1, 2))
    np.testing.assert_allclose(one.training_scores, other.training_scores, atol=1e-8)


# Degenerate


def test_rank_below_the_number_of_components():
    X = np.repeat(cloud(2), 10, axis=0)
    found = kernel_components(X, n_components=3, kernel="polynomial", degree=1)
    assert np.all(found.eigenvalues[1:] == 0)
    assert np.all(found.scores(X)[:, 1:] == 0)


def test_constant_data_have_no_components():
    found = kernel_components(np.ones((300, 3)), n_components=2)
    assert np.all(found.eigenvalues == 0)
    assert np.all(np.isfinite(found.scores(cloud(5, 3))))


# Arrays


def test_libraries_and_precisions(library):
    for n in (30, 200):
        X = cloud(n)
        reference = kernel_components(X, n_components=2)
        for dtype, tolerance in (("float64", 1e-9), ("float32", 1e-2)):
            placed = library.place(X.astype(dtype))
            found = kernel_components(placed, n_components=2)
            assert library.holds(found.eigenvalues, found.scores(placed), dtype=dtype)
            np.testing.assert_allclose(
                to_numpy(found.training_scores), reference.training_scores, atol=tolerance
            )
            np.testing.assert_array_equal(to_numpy(placed), X.astype(dtype))


# Refusals


@pytest.mark.parametrize(
    ("kernel", "bandwidth"), [("polynomial", 1e-60), ("gaussian", 1e-160), ("gaussian", 5e-324)]
)
def test_refuses_a_kernel_that_overflows(kernel, bandwidth):
    with pytest.raises(ValueError, match=r"bandwidth must be above .* or the kernel overflows"):
        kernel_components(cloud(10), n_components=1, kernel=kernel, bandwidth=bandwidth)
    found = kernel_components(cloud(10), n_components=1, kernel="polynomial")
    with pytest.raises(ValueError, match="or the kernel overflows"):
        found.scores(1e60 * cloud(2))


def test_refuses_other_features():
    found = kernel_components(cloud(10), n_components=1)
    with pytest.raises(ValueError, match="X must have 4 features"):
        found.scores(np.ones((2, 3)))


def test_refuses_as_many_components_as_samples():
    with pytest.raises(ValueError, match="n_components must be an integer from 1 to 9, got 10"):
        kernel_components(cloud(10), n_components=10)
