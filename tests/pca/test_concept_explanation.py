"""Concepts: parts are found, the way back is the reducer's, weights and fidelity are by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, nnls

from labkit.arrays import array_namespace, to_numpy
from labkit.pca import concept_explanation

seeds = st.integers(0, 2**32 - 1)
REDUCERS = ("nmf", "pca", "k-means")
every_reducer = pytest.mark.parametrize("reducer", REDUCERS)


def planted(seed, n_parts=4, n_channels=16, n_images=12):
    """Return feature maps of sparse parts, the parts, and a linear head after pooling."""
    rng = np.random.default_rng(seed)
    parts = rng.random((n_parts, n_channels)) * (rng.random((n_parts, n_channels)) < 0.3)
    parts[np.arange(n_parts), np.arange(n_parts)] = 1.0
    amounts = rng.gamma(1.0, 1.0, (n_images, 5, 5, n_parts))
    amounts *= rng.random(amounts.shape) < 0.3
    W = rng.standard_normal((n_channels, 3))
    return amounts @ parts, parts, lambda maps: maps.mean(axis=(1, 2)) @ W + 1.0, W


# Oracle


@given(seed=seeds)
def test_parts_are_found(seed):
    F, parts, head, _ = planted(seed)
    found = concept_explanation(F, head, n_concepts=4)
    unit = [P / np.linalg.norm(P, axis=1, keepdims=True) for P in (parts, found.concepts)]
    cosine = unit[0] @ unit[1].T
    rows, columns = linear_sum_assignment(-cosine)
    assert np.median(cosine[rows, columns]) > 0.95
    assert found.maps.min() >= 0
    assert found.agreement > 0.9


@every_reducer
def test_weights_of_a_linear_head_are_its_matrix(reducer):
    F, _, head, W = planted(0)
    found = concept_explanation(F, head, n_concepts=3, reducer=reducer, rng=0)
    np.testing.assert_allclose(found.weights, found.concepts @ W, rtol=1e-6, atol=1e-8)


@every_reducer
def test_the_explanation_adds_up(reducer):
    F, _, head, W = planted(1)
    found = concept_explanation(F, head, n_concepts=3, reducer=reducer, rng=0)
    summed = found.maps.mean(axis=(1, 2)) @ found.weights + found.mean @ W + 1.0
    np.testing.assert_allclose(head(found.inverse(found.maps)), summed, rtol=1e-6, atol=1e-8)


def test_the_way_back_is_the_best_of_its_kind():
    F, _, head, _ = planted(2)
    rows = F.reshape(-1, F.shape[-1])
    found = {r: concept_explanation(F, head, n_concepts=3, reducer=r, rng=0) for r in REDUCERS}
    for row, amounts in zip(rows[:40], found["nmf"].maps.reshape(-1, 3)[:40], strict=True):
        np.testing.assert_allclose(amounts, nnls(found["nmf"].concepts.T, row)[0], atol=1e-5)
    error = {k: np.linalg.norm(F - e.inverse(e.maps)) for k, e in found.items()}
    s = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    assert error["pca"] == pytest.approx(np.sqrt((s[3:] ** 2).sum()))
    assert error["pca"] <= error["nmf"] <= error["k-means"]
    nearest = ((rows[:, None] - found["k-means"].concepts) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(found["k-means"].maps.reshape(-1, 3).argmax(axis=1), nearest)


def test_fidelity_by_hand():
    F, _, head, _ = planted(3)
    found = concept_explanation(F, head, n_concepts=2)
    before, after = head(F), head(found.inverse(found.maps))
    winner = before.argmax(axis=1)
    target = before[np.arange(12), winner]
    lost = np.abs(target - after[np.arange(12), winner])
    assert found.relative_error == pytest.approx(lost.mean() / abs(target.mean()))
    assert found.agreement == np.mean(winner == after.argmax(axis=1))


def test_weights_of_a_curved_head_are_the_mean_slope():
    F, _, _, W = planted(4)
    found = concept_explanation(F, lambda maps: (maps.mean(axis=(1, 2)) @ W) ** 2, n_concepts=3)
    slope = 2 * (F.mean(axis=(1, 2)) @ W).mean(axis=0) * (found.concepts @ W)
    np.testing.assert_allclose(found.weights, slope, rtol=1e-5, atol=1e-7)


@every_reducer
def test_new_images_are_explained_by_the_same_concepts(reducer):
    F, _, head, _ = planted(5)
    found = concept_explanation(F, head, n_concepts=3, reducer=reducer, rng=0)
    np.testing.assert_allclose(found.transform(F[:2]), found.maps[:2], atol=1e-5)


# Invariance


@every_reducer
@given(exponent=st.integers(-30, 30))
def test_scale(reducer, exponent):
    F, _, _, W = planted(6)
    pooled = lambda maps: maps.mean(axis=(1, 2)) @ W  # noqa: E731
    a = concept_explanation(F, pooled, n_concepts=3, reducer=reducer, rng=0)
    b = concept_explanation(2.0**exponent * F, pooled, n_concepts=3, reducer=reducer, rng=0)
    assert b.relative_error == pytest.approx(a.relative_error, rel=1e-6)
    assert b.agreement == a.agreement


# Arrays


@every_reducer
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, reducer, dtype):
    F, _, _, W = planted(7)
    F, W = F.astype(dtype), W.astype(dtype)
    placed, matrix = library.place(F), library.place(W)
    xp = array_namespace(placed)
    found = concept_explanation(
        placed, lambda maps: xp.mean(maps, axis=(1, 2)) @ matrix, n_concepts=3, reducer=reducer,
        rng=0,
    )  # fmt: skip
    fields = (found.concepts, found.mean, found.maps, found.weights, found.inverse(found.maps))
    assert library.holds(*fields, dtype=dtype)
    plain = concept_explanation(
        F, lambda maps: maps.mean(axis=(1, 2)) @ W, n_concepts=3, reducer=reducer, rng=0
    )
    tolerance = 1e-5 if dtype == "float64" else 1e-3
    np.testing.assert_allclose(to_numpy(found.concepts), plain.concepts, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), F)


# Degenerate data


@every_reducer
@pytest.mark.parametrize("n_concepts", [1, 3])
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_silent_and_constant_features(reducer, n_concepts):
    for F in (np.zeros((2, 2, 2, 4)), np.ones((2, 2, 2, 4))):
        found = concept_explanation(
            F, lambda maps: maps.mean(axis=(1, 2)), n_concepts=n_concepts, reducer=reducer, rng=0
        )
        assert found.relative_error <= 1e-3
        assert np.isfinite(found.weights).all()
        assert np.isfinite(found.maps).all()


@every_reducer
def test_as_many_concepts_as_channels_lose_nothing(reducer):
    F = np.eye(3)[None, :, None, :] * np.ones((2, 1, 2, 1))
    head = lambda maps: maps.mean(axis=(1, 2)) * [1.0, 2.0, 3.0]  # noqa: E731
    found = concept_explanation(F, head, n_concepts=3, reducer=reducer, rng=0)
    assert found.relative_error < 1e-3
    assert found.agreement == 1.0


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"features": -np.ones((1, 2, 2, 3))}, "features must not be negative for nmf, got -1"),
        ({"features": np.ones((2, 2, 3))}, "features must have 4 dimensions, got 3"),
        ({"n_concepts": 4}, "n_concepts must be an integer from 1 to 3, got 4"),
        ({"reducer": "ica"}, "reducer must be one of 'nmf', 'pca', 'k-means', got 'ica'"),
        ({"head": lambda maps: maps}, r"head must return logits of shape \(2, n_classes\)"),
    ],
)
def test_refusals(changes, message):
    arguments = {
        "features": np.ones((2, 2, 2, 3)),
        "head": lambda maps: maps.mean(axis=(1, 2)),
        "n_concepts": 2,
        **changes,
    }
    with pytest.raises(ValueError, match=message):
        concept_explanation(arguments.pop("features"), arguments.pop("head"), **arguments)


def test_refusals_of_new_features():
    F, _, head, _ = planted(0)
    found = concept_explanation(F, head, n_concepts=2)
    with pytest.raises(ValueError, match="features must have 16 channels, got 3"):
        found.transform(F[..., :3])
    with pytest.raises(ValueError, match="features must not be negative for nmf"):
        found.transform(-F)
