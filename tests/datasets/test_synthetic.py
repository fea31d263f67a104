"""A planted spectrum is there to rounding, whatever the draw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import (
    contaminated_subspace,
    hyperspectral_scene,
    low_rank_plus_sparse,
    planted_spectrum,
)

EPS = 2.0**-52


@given(seed=st.integers(0, 2**32 - 1), n_features=st.integers(1, 8), extra=st.integers(1, 20))
def test_the_spectrum_is_planted(seed, n_features, extra):
    s = np.linspace(1, 0.1, n_features)
    n_samples = n_features + extra
    X = planted_spectrum(s, n_samples=n_samples, rng=seed)
    assert X.shape == (n_samples, n_features)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=20 * EPS * n_samples)
    found = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(found, s, rtol=0, atol=20 * EPS * n_samples)


def test_the_draw_follows_the_seed():
    a, b, c = (planted_spectrum([2.0, 1.0], n_samples=5, rng=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert not np.allclose(a, c)


def test_zeros_lower_the_rank():
    X = planted_spectrum([1.0, 0.0, 0.0], n_samples=6, rng=0)
    assert np.linalg.matrix_rank(X) == 1


def test_refusals():
    with pytest.raises(ValueError, match="singular_values must not be negative, got -1"):
        planted_spectrum([1.0, -1.0], n_samples=5)
    with pytest.raises(ValueError, match="n_samples must be an integer from 3 up, got 2"):
        planted_spectrum([1.0, 1.0], n_samples=2)


@given(seed=st.integers(0, 2**32 - 1), contamination=st.floats(0, 1))
def test_contaminated_plane(seed, contamination):
    X, inlier, basis = contaminated_subspace(
        40, 6, rank=2, contamination=contamination, noise=0.0, rng=seed
    )
    assert X.shape == (40, 6)
    assert (~inlier).sum() == round(40 * contamination)
    np.testing.assert_allclose(basis.T @ basis, np.eye(2), atol=1e-13)
    off = X - X @ basis @ basis.T
    np.testing.assert_allclose(off[inlier], 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(off[~inlier], axis=1), 10, rtol=1e-12)


def test_scattered_outliers_are_far_in_every_feature():
    X, inlier, _ = contaminated_subspace(50, 4, rank=1, contamination=0.3, kind="scattered", rng=0)
    assert np.all(np.abs(X[~inlier]) >= 8)


@given(seed=st.integers(0, 2**32 - 1))
def test_low_rank_plus_sparse(seed):
    low_rank, sparse = low_rank_plus_sparse(
        (30, 20), rank=3, contamination=0.1, magnitude=5.0, rng=seed
    )
    assert np.linalg.matrix_rank(low_rank) == 3
    assert (sparse != 0).sum() == 60
    assert np.abs(sparse).max() <= 5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: contaminated_subspace(9, 3, rank=3, contamination=0), ValueError, "rank must be"),
        (
            lambda: contaminated_subspace(9, 3, rank=1, contamination=0, kind="far"),
            ValueError,
            "kind must be one of 'clustered', 'scattered', got 'far'",
        ),
        (lambda: low_rank_plus_sparse((3, 0), rank=1, contamination=0), ValueError, "shape must"),
        (lambda: low_rank_plus_sparse(3, rank=1, contamination=0), TypeError, "shape must be a"),
    ],
)
def test_refusals_of_models(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("kind", ["mixed", "patches"])
@given(seed=st.integers(0, 2**32 - 1), n_bad=st.integers(0, 6))
def test_scene_is_what_was_mixed(kind, seed, n_bad):
    X, M, A, good = hyperspectral_scene(
        (7, 9), n_bands=20, n_endmembers=4, kind=kind, noise=0.0, n_bad_bands=n_bad, rng=seed
    )
    assert (~good).sum() == n_bad
    np.testing.assert_allclose(A.sum(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(X[:, good], (M @ A).T[:, good], atol=1e-13)
    assert M.min() >= 0.05 - 1e-12
    assert M.max() <= 0.95 + 1e-12
    assert X.min() >= 0
    clean, same, *_ = hyperspectral_scene(
        (7, 9), n_bands=20, n_endmembers=4, kind=kind, noise=0.0, rng=seed
    )
    np.testing.assert_array_equal(same, M)
    np.testing.assert_array_equal(clean[:, good], X[:, good])


def test_noise_of_a_scene_is_relative():
    X, M, A, _ = hyperspectral_scene((40, 40), noise=0.05, kind="patches", rng=0)
    clean = (M @ A).T
    assert np.std(X - clean) == pytest.approx(0.05 * np.sqrt(np.mean(clean**2)), rel=0.05)


def test_every_material_has_a_patch():
    _, _, A, _ = hyperspectral_scene((30, 30), n_endmembers=4, kind="patches", rng=5)
    assert (A == 1).sum(axis=1).min() >= 9
