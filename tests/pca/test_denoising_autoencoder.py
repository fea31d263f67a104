"""Linear denoisers: against regression on corrupted data, PCA, and the theory of masks."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles
from labkit.pca import denoising_autoencoder, principal_components

seeds = st.integers(0, 2**32 - 1)


def data(seed=0, n=60, p=6):
    """Return data with eigenvalues well apart and features of unequal variance."""
    rng = np.random.default_rng(seed)
    U = np.linalg.svd(rng.standard_normal((n, p)) - 0.0, full_matrices=False)[0]
    U = np.linalg.qr(U - U.mean(axis=0))[0]
    V = np.linalg.qr(rng.standard_normal((p, p)))[0]
    return (U * np.sqrt(n) * 0.7 ** np.arange(p)) @ V.T + rng.standard_normal(p)


def whole_map(found):
    return to_numpy(found.encoder) @ to_numpy(found.bottleneck) @ to_numpy(found.decoder)


def angle(found, other, k):
    return principal_angles(found.decoder.T, other[:k].T)[-1]


# Oracle


@pytest.mark.parametrize("groups", [None, [0, 0, 1, 1, 2, 2], [5, 1, 5, 1, 5, 1]])
def test_it_is_the_best_map_of_its_rank_on_all_masks(groups):
    """Enumerate all masks; the optimum of reduced rank is a projection of the regression."""
    X, p, drop, noise = data(), 6, 0.3, 0.05
    centred = X - X.mean(axis=0)
    S = centred.T @ centred / len(X)
    names = np.arange(p) if groups is None else np.array(groups)
    M, cross = noise * np.eye(p), np.zeros((p, p))
    for kept in itertools.product([0, 1], repeat=len(set(names.tolist()))):
        mask = np.array(kept)[np.unique(names, return_inverse=True)[1]]
        chance = np.prod([1 - drop if one else drop for one in kept])
        M += chance * S * np.outer(mask, mask)
        cross += chance * mask[:, None] * S
    best = np.linalg.solve(M, cross)
    for k in (1, 3, 6):
        R = np.linalg.eigh(best.T @ M @ best)[1][:, ::-1][:, :k]
        found = denoising_autoencoder(
            X, n_latents=k, noise_variance=noise, drop_probability=drop, groups=groups
        )
        np.testing.assert_allclose(whole_map(found), best @ R @ R.T, atol=1e-12)
        np.testing.assert_allclose(found.encoder.T @ M @ found.encoder, np.eye(k), atol=1e-12)
        np.testing.assert_allclose(found.decoder @ found.decoder.T, np.eye(k), atol=1e-13)


def test_without_noise_it_is_pca():
    X = data()
    found = denoising_autoencoder(X, n_latents=3)
    plain = principal_components(X, n_components=3)
    np.testing.assert_allclose(found.decoder, plain.components, atol=1e-12)
    np.testing.assert_allclose(
        np.diag(found.bottleneck) ** 2 * 60 / 59, plain.explained_variance, rtol=1e-12
    )
    np.testing.assert_allclose(found.reconstruction(X), plain.reconstruction(X), atol=1e-12)


@given(seed=seeds, noise=st.floats(1e-3, 1e3), k=st.integers(1, 5))
def test_equal_noise_leaves_the_subspace_and_shrinks_the_rest(seed, noise, k):
    X = data(seed)
    found = denoising_autoencoder(X, n_latents=k, noise_variance=noise)
    plain = principal_components(X, n_components=k)
    variances = plain.explained_variance * 59 / 60
    # rounding over the smallest gap of the eigenvalues of M^-1/2 S, for the largest noise
    assert angle(found, plain.components, k) < 1e-8
    np.testing.assert_allclose(
        np.diag(found.bottleneck) ** 2, variances**2 / (variances + noise), rtol=1e-9
    )


@given(seed=seeds, drop=st.floats(0.0, 0.95))
def test_masks_of_single_features_leave_the_subspace_if_variances_are_equal(seed, drop):
    X = data(seed)
    plain = principal_components(X / X.std(axis=0), n_components=6)
    gaps = -np.diff(plain.explained_variance)
    k = int(np.argmax(gaps)) + 1
    found = denoising_autoencoder(X / X.std(axis=0), n_latents=k, drop_probability=drop)
    assert angle(found, plain.components, k) < 1e-8


def test_a_pattern_that_is_spread_out_wins_at_the_derived_ratio():
    """Variance 2 in one group, variance 1 evenly over four: they swap at p = 2 / 3."""
    p, groups = 10, np.arange(10) // 2
    local, spread = np.zeros(p), np.zeros(p)
    local[:2], spread[2:] = np.sqrt(1 / 2), np.sqrt(1 / 8)
    X = np.array([1.0, -1.0, 0, 0])[:, None] * local * 2
    X = X + np.array([0, 0, 1.0, -1.0])[:, None] * spread * np.sqrt(2)
    swap = (1 - 1 / 2) / (1 - 1 / 4)
    for drop, winner in ((swap - 0.01, local), (swap + 0.01, spread)):
        found = denoising_autoencoder(X, n_latents=1, drop_probability=drop, groups=groups)
        assert abs(found.decoder[0] @ winner) == pytest.approx(1.0)


# Invariance


@given(seed=seeds, factor=st.floats(1e-6, 1e6), shift=st.floats(-10, 10))
def test_scale_shift_and_order(seed, factor, shift):
    X, rng = data(seed), np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(X.shape[1])
    groups = np.array([0, 0, 1, 1, 2, 3])
    a = denoising_autoencoder(
        X, n_latents=2, noise_variance=0.1, drop_probability=0.4, groups=groups
    )
    b = denoising_autoencoder(
        factor * (X[rows][:, columns] + shift),
        n_latents=2,
        noise_variance=0.1 * factor**2,
        drop_probability=0.4,
        groups=7 - groups[columns],
    )
    np.testing.assert_allclose(whole_map(b), whole_map(a)[columns][:, columns], atol=1e-9)
    np.testing.assert_allclose(np.diag(b.bottleneck), factor * np.diag(a.bottleneck), rtol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = data().astype(dtype)
    placed, groups = library.place(X), library.place(np.arange(6) // 2)
    found = denoising_autoencoder(placed, n_latents=2, drop_probability=0.5, groups=groups)
    parts = (found.encoder, found.bottleneck, found.decoder, found.mean)
    assert library.holds(*parts, found.scores(placed), found.reconstruction(placed), dtype=dtype)
    exact = denoising_autoencoder(
        data(), n_latents=2, drop_probability=0.5, groups=np.arange(6) // 2
    )
    tolerance = 1e3 * np.finfo(dtype).eps
    np.testing.assert_allclose(whole_map(found), whole_map(exact), atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize("drop", [0.0, 0.5])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_data_without_full_rank(drop, noise):
    rng = np.random.default_rng(0)
    few = rng.standard_normal((4, 9))
    constant = np.column_stack([rng.standard_normal((20, 2)), np.ones((20, 3))])
    twice = np.repeat(rng.standard_normal((20, 3)), 2, axis=1)
    for X in (few, constant, twice, np.ones((5, 3)), np.ones((1, 3))):
        k = X.shape[1]
        found = denoising_autoencoder(X, n_latents=k, noise_variance=noise, drop_probability=drop)
        assert np.isfinite(whole_map(found)).all()
        rank = np.linalg.matrix_rank(X - X.mean(axis=0))
        assert np.linalg.matrix_rank(whole_map(found), tol=1e-9) == rank
        if noise == drop == 0:
            np.testing.assert_allclose(found.reconstruction(X), X, atol=1e-9)
            assert np.all(np.abs(found.encoder[:, rank:]) < 1e-6)


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_latents": 4}, "n_latents must be an integer from 1 to 3, got 4"),
        ({"noise_variance": -1}, r"noise_variance must be a finite number in \[0, inf\], got -1.0"),
        ({"drop_probability": 1}, r"drop_probability must be a finite number in \[0, 1\), got 1.0"),
        ({"groups": [0, 1]}, "groups must have 3 entries, one a feature, got 2"),
        ({"X": 1e80 * np.eye(8, 3)}, "X must have entries of at most .*, or its variances over"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.eye(8, 3), "n_latents": 1, **changes}
    with pytest.raises(ValueError, match=message):
        denoising_autoencoder(arguments.pop("X"), **arguments)


def test_samples_of_another_width():
    found = denoising_autoencoder(np.eye(8, 3), n_latents=1)
    with pytest.raises(ValueError, match="X must have 3 features, as when fitted, got 2"):
        found.scores(np.eye(8, 2))
