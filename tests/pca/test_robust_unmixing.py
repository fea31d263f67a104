"""Robust unmixing: it finds what was mixed, broken bands or not, and never climbs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import hyperspectral_scene
from labkit.pca import robust_unmixing, structured_unmixing

seeds = st.integers(0, 2**32 - 1)
PURE = np.array([[1.0, 1.0, 0.1, 0.1], [0.1, 0.1, 1.0, 1.0]])


def abundance_error(factors, endmembers, abundances, good):
    found = to_numpy(factors.aligned(endmembers, bands=good).abundances)
    return np.sqrt(np.mean((found - abundances) ** 2))


# Oracle


def test_mixtures_with_pure_pixels_are_unmixed():
    shares = np.array([[1, 0, 0.5, 0.2], [0, 1, 0.5, 0.8]])
    factors = robust_unmixing(shares.T @ PURE, n_endmembers=2, sparsity=0.0).aligned(PURE.T)
    np.testing.assert_allclose(factors.abundances, shares, atol=0.06)  # not unique: 0.1 is room
    np.testing.assert_allclose(factors.endmembers, PURE.T, atol=0.05)


@pytest.mark.parametrize("seed", range(4))
def test_broken_bands_do_little_harm_and_least_squares_is_lost(seed):
    X, M, A, good = hyperspectral_scene((15, 15), n_bands=40, n_bad_bands=5, rng=seed)
    robust = robust_unmixing(X, n_endmembers=3, tol=0.0)
    squares = structured_unmixing(
        X, n_endmembers=3, image_shape=(15, 15), smoothness=0.0, sparsity=0.0
    )
    chance = np.sqrt(np.mean((A - 1 / 3) ** 2))
    assert abundance_error(robust, M, A, good) < 0.5 * chance
    assert abundance_error(squares, M, A, good) > 0.7 * chance


@given(seed=seeds, sparsity=st.floats(0, 0.5), n_stages=st.integers(1, 4))
def test_no_round_climbs(seed, sparsity, n_stages):
    X, *_ = hyperspectral_scene((6, 7), n_bands=12, n_bad_bands=2, noise=0.1, rng=seed)
    factors = robust_unmixing(
        X, n_endmembers=3, sparsity=sparsity, n_stages=n_stages, max_iterations=30
    )
    assert len(factors.objective_history) == n_stages
    for stage in factors.objective_history:
        assert np.all(np.diff(stage) <= 1e-12 * np.abs(stage[:-1]))
    assert factors.n_iterations == sum(len(stage) - 1 for stage in factors.objective_history)


def test_guidance_is_the_sparseness_of_a_pixel():
    shares = np.array([[1, 0, 0.5, 0.75], [0, 1, 0.5, 0.25]])
    factors = robust_unmixing(shares.T @ PURE, n_endmembers=2, sparsity=0.0)
    root = np.sqrt(2)
    hoyer = (root - 1 / np.linalg.norm(shares, axis=0)) / (root - 1)
    np.testing.assert_allclose(factors.guidance, 0.9 * hoyer, atol=0.1)


def test_one_stage_is_the_lasso_and_more_sparsity_is_sparser():
    X, *_ = hyperspectral_scene((10, 10), n_bands=30, noise=0.05, rng=1)
    small = [
        np.mean(robust_unmixing(X, n_endmembers=3, sparsity=s, n_stages=1).abundances < 0.01)
        for s in (0.0, 0.05, 0.2)
    ]
    assert small[0] < small[1] < small[2]


# Invariance


@given(seed=seeds, exponent=st.integers(-20, 20))
def test_scale_and_order(seed, exponent):
    X, *_ = hyperspectral_scene((5, 6), n_bands=10, noise=0.05, rng=3)
    rng = np.random.default_rng(seed)
    pixels, bands = rng.permutation(30), rng.permutation(10)
    call = {"n_endmembers": 2, "max_iterations": 50, "tol": 0.0}
    a = robust_unmixing(X, **call)
    b = robust_unmixing(2.0**exponent * X[pixels][:, bands], **call)
    np.testing.assert_allclose(b.abundances, a.abundances[:, pixels], rtol=1e-6, atol=1e-8)
    moved = 2.0**-exponent * b.endmembers
    np.testing.assert_allclose(moved, a.endmembers[bands], rtol=1e-6, atol=1e-8)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, M, *_ = hyperspectral_scene((8, 8), n_bands=20, rng=0)
    X = X.astype(dtype)
    placed = library.place(X)
    call = {"n_endmembers": 3, "max_iterations": 40}
    factors = robust_unmixing(placed, **call)
    known = library.place(M.astype(dtype))
    aligned = factors.aligned(known)
    angles = aligned.spectral_angles(known)
    assert library.holds(
        aligned.endmembers, aligned.abundances, factors.guidance, angles, dtype=dtype
    )
    assert library.holds(factors.endmembers, factors.abundances, dtype=dtype)
    plain = robust_unmixing(X.astype(float), **call)
    tolerance = 1e-6 if dtype == "float64" else 2e-2
    np.testing.assert_allclose(to_numpy(factors.abundances), plain.abundances, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize(
    "X",
    [
        np.outer(np.arange(5.0), [1.0, 2.0, 0.0]),  # rank 1, a black pixel, a dead band
        np.ones((5, 4)),
        np.eye(4),
        np.eye(5, 4) * 1e-300,
        np.eye(4, 6) * 1e300,
    ],
)
@pytest.mark.parametrize("n_endmembers", [1, 3])
def test_degenerate_data_stay_finite(X, n_endmembers):
    factors = robust_unmixing(X, n_endmembers=n_endmembers, max_iterations=30)
    assert np.isfinite(factors.endmembers).all()
    assert np.isfinite(factors.abundances).all()
    assert np.isfinite(factors.guidance).all()
    assert factors.abundances.min() >= 0
    assert factors.endmembers.min() >= 0


def test_one_endmember_is_a_fit_of_rank_one():
    X = np.outer([1.0, 2.0, 3.0], [1.0, 2.0, 0.5])
    factors = robust_unmixing(X, n_endmembers=1, sparsity=0.0, n_stages=1, max_iterations=100)
    np.testing.assert_allclose((factors.endmembers @ factors.abundances).T, X, rtol=1e-4)


def test_stopped_early_says_so():
    X, *_ = hyperspectral_scene((6, 6), n_bands=10, rng=0)
    assert not robust_unmixing(X, n_endmembers=3, max_iterations=1).converged
    assert robust_unmixing(X, n_endmembers=3, tol=0.1).converged


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": -np.ones((3, 3))}, "X must not be negative, got -1"),
        ({"X": np.zeros((3, 3))}, "X must hold a positive entry, got zeros only"),
        ({"n_endmembers": 4}, "n_endmembers must be an integer from 1 to 3, got 4"),
        ({"sparsity": -1.0}, r"sparsity must be a finite number in \[0, inf\], got -1.0"),
        ({"n_stages": 0}, "n_stages must be an integer from 1 up, got 0"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.eye(3), "n_endmembers": 2, **changes}
    with pytest.raises(ValueError, match=message):
        robust_unmixing(arguments.pop("X"), **arguments)


def test_known_endmembers_must_fit():
    factors = robust_unmixing(np.eye(3), n_endmembers=2)
    with pytest.raises(ValueError, match=r"endmembers must have shape \(3, 2\), got \(2, 2\)"):
        factors.aligned(np.eye(2))
