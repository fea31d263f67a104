"""Structured unmixing: what the graph and the lasso do, alone and together; it never climbs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import hyperspectral_scene
from labkit.pca import spatial_weights, structured_unmixing

seeds = st.integers(0, 2**32 - 1)


def abundance_error(factors, endmembers, abundances):
    found = to_numpy(factors.aligned(endmembers).abundances)
    return np.sqrt(np.mean((found - abundances) ** 2))


# Oracle


def test_without_penalties_it_is_nonnegative_matrix_factorisation():
    X, *_ = hyperspectral_scene((8, 8), n_bands=20, noise=0.05, rng=0)
    plain = structured_unmixing(
        X, n_endmembers=3, image_shape=(8, 8), smoothness=0, sparsity=0, max_iterations=3000
    )
    error = np.linalg.norm(X - (plain.endmembers @ plain.abundances).T)
    from sklearn.decomposition import NMF

    peer = NMF(3, init="nndsvda", max_iter=3000, tol=1e-9).fit(X)
    assert error == pytest.approx(peer.reconstruction_err_, rel=0.02)


@given(seed=seeds, smoothness=st.floats(0, 1), sparsity=st.floats(0, 0.5))
def test_no_round_climbs(seed, smoothness, sparsity):
    X, *_ = hyperspectral_scene((6, 7), n_bands=12, noise=0.2, kind="patches", rng=seed)
    factors = structured_unmixing(
        X,
        n_endmembers=3,
        image_shape=(6, 7),
        smoothness=smoothness,
        sparsity=sparsity,
        max_iterations=40,
    )
    (history,) = factors.objective_history
    assert np.all(np.diff(history) <= 1e-12 * np.abs(history[:-1]))
    assert factors.n_iterations == len(history) - 1


def test_the_lasso_finds_the_materials_and_the_graph_removes_the_noise():
    errors = []
    for seed in range(3):
        X, M, A, _ = hyperspectral_scene(
            (24, 24), n_bands=40, n_endmembers=3, kind="patches", noise=0.3, rng=seed
        )
        errors.append(
            [
                abundance_error(
                    structured_unmixing(
                        X,
                        n_endmembers=3,
                        image_shape=(24, 24),
                        smoothness=mu,
                        sparsity=alpha,
                        max_iterations=600,
                    ),
                    M,
                    A,
                )
                for mu, alpha in ((0, 0), (0, 0.15), (0.03, 0.15))
            ]
        )
    plain, lasso, both = np.median(errors, axis=0)
    assert lasso < 0.7 * plain
    assert both < 0.9 * lasso


def test_weights_by_hand():
    X = np.random.default_rng(0).random((12, 5))
    neighbours, weights = spatial_weights(X, image_shape=(3, 4))
    pairs = {}
    for i, (row, column) in enumerate(np.ndindex(3, 4)):
        for j, (y, x) in enumerate(np.ndindex(3, 4)):
            if i != j and max(abs(row - y), abs(column - x)) == 1:
                pairs[i, j] = np.mean((X[i] - X[j]) ** 2)
    middle = np.sort(list(pairs.values()))[len(pairs) // 2]
    found = {
        (i, int(j)): w
        for i in range(12)
        for j, w in zip(neighbours[i], weights[i], strict=True)
        if w > 0
    }
    assert found.keys() == pairs.keys()
    for pair, squared in pairs.items():
        assert found[pair] == pytest.approx(np.exp(-squared / (2 * middle)))
        assert found[pair] == pytest.approx(found[pair[::-1]])


def test_weights_of_equal_pixels():
    _, weights = spatial_weights(np.ones((6, 2)), image_shape=(2, 3))
    assert weights.sum() == 22  # two rows of three pixels have 11 pairs
    _, weights = spatial_weights(np.ones((2, 2)), image_shape=(1, 2))
    assert weights.sum() == 2


# Invariance


@given(exponent=st.integers(-20, 20), flip=st.booleans())
def test_scale_and_reflection(exponent, flip):
    X, *_ = hyperspectral_scene((5, 6), n_bands=10, noise=0.1, kind="patches", rng=2)
    order = np.arange(30).reshape(5, 6)
    order = (order[:, ::-1] if flip else order[::-1]).ravel()
    call = {"n_endmembers": 2, "image_shape": (5, 6), "max_iterations": 50, "tol": 0.0}
    a = structured_unmixing(X, **call)
    b = structured_unmixing(2.0**exponent * X[order], **call)
    np.testing.assert_allclose(b.abundances, a.abundances[:, order], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(2.0**-exponent * b.endmembers, a.endmembers, rtol=1e-6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, *_ = hyperspectral_scene((8, 8), n_bands=20, kind="patches", rng=0)
    X = X.astype(dtype)
    placed = library.place(X)
    call = {"n_endmembers": 3, "image_shape": (8, 8), "max_iterations": 40}
    factors = structured_unmixing(placed, **call)
    neighbours, weights = spatial_weights(placed, image_shape=(8, 8))
    assert library.holds(factors.endmembers, factors.abundances, weights, dtype=dtype)
    assert library.holds(neighbours, dtype="int64")
    assert factors.guidance is None
    plain = structured_unmixing(X.astype(float), **call)
    tolerance = 1e-6 if dtype == "float64" else 2e-2
    np.testing.assert_allclose(to_numpy(factors.abundances), plain.abundances, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize(
    "X",
    [
        np.outer(np.arange(6.0), [1.0, 2.0, 0.0]),
        np.ones((6, 4)),
        np.eye(6, 3) * 1e-300,
        np.eye(6, 8) * 1e300,
    ],
)
@pytest.mark.parametrize("sparsity", [0.0, 0.1, 5.0])
def test_degenerate_data_stay_finite(X, sparsity):
    factors = structured_unmixing(
        X, n_endmembers=3, image_shape=(2, 3), sparsity=sparsity, max_iterations=200
    )
    assert np.isfinite(factors.endmembers).all()
    assert np.isfinite(factors.abundances).all()
    assert factors.abundances.min() >= 0


def test_stopped_early_says_so():
    X, *_ = hyperspectral_scene((6, 6), n_bands=10, rng=0)
    call = {"n_endmembers": 3, "image_shape": (6, 6)}
    assert not structured_unmixing(X, max_iterations=1, **call).converged
    assert structured_unmixing(X, tol=0.1, **call).converged


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": -np.ones((4, 3))}, "X must not be negative, got -1"),
        ({"image_shape": (3, 3)}, r"image_shape must hold the 4 pixels of X, got \(3, 3\)"),
        ({"smoothness": -1.0}, r"smoothness must be a finite number in \[0, inf\], got -1.0"),
        ({"n_endmembers": 4}, "n_endmembers must be an integer from 1 to 3, got 4"),
    ],
)
def test_refusals(changes, message):
    arguments = {"X": np.eye(4, 3), "n_endmembers": 2, "image_shape": (2, 2), **changes}
    with pytest.raises(ValueError, match=message):
        structured_unmixing(arguments.pop("X"), **arguments)
