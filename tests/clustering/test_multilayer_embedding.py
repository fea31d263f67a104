"""Merged graphs: the objective by brute force, both limits of the pull, both signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, multilayer_embedding, spectral_labels


def layers(n_layers, n=60, inside=0.3, outside=0.1, rng=0):
    """Return independent random graphs on the same three blocks, and the blocks."""
    draw, truth = np.random.default_rng(rng), np.arange(n) % 3
    chance = np.where(truth[:, None] == truth, inside, outside)
    upper = np.triu(draw.random((n_layers, n, n)) < chance, 1)
    return (upper | upper.transpose(0, 2, 1)).astype(float), truth


def laplacians(affinities):
    d = 1 / np.sqrt(affinities.sum(axis=2))
    return np.eye(affinities.shape[1]) - d[:, :, None] * affinities * d[:, None, :]


def projections(affinities, k):
    bases = np.linalg.eigh(laplacians(affinities))[1][:, :, :k]
    return bases @ bases.transpose(0, 2, 1)


# Oracle


@pytest.mark.parametrize("pull", [0.0, 0.7, -0.4])
def test_lowest_eigenvectors_of_the_merged_matrix(pull):
    A, _ = layers(3)
    weights = np.array([3.0, 1.0, 2.0])
    merged = np.tensordot(weights / 6, laplacians(A) - pull * projections(A, 3), axes=1)
    values, vectors = np.linalg.eigh(merged)
    found = multilayer_embedding(A, 3, weights=weights, pull=pull)
    np.testing.assert_allclose(found.eigenvalues, values, atol=1e-10)
    U = vectors[:, :3]
    rows = U / np.linalg.norm(U, axis=1, keepdims=True)
    np.testing.assert_allclose(found.embedding @ found.embedding.T, rows @ rows.T, atol=1e-8)
    expected = np.einsum("ij,lji->l", U @ U.T, projections(A, 3)) / 3
    np.testing.assert_allclose(found.agreement, expected, atol=1e-8)


def test_one_layer_is_spectral_clustering():
    A, _ = layers(1, inside=0.5)
    found = multilayer_embedding(A, 3)
    expected = spectral_labels(A[0], 3, rng=0)
    np.testing.assert_allclose(found.eigenvalues[:4], expected.eigenvalues, atol=1e-10)
    np.testing.assert_allclose(
        found.embedding @ found.embedding.T, expected.embedding @ expected.embedding.T, atol=1e-8
    )


def test_a_large_pull_averages_subspaces():
    A, _ = layers(4)
    bases = np.linalg.eigh(laplacians(A))[1][:, :, :3]
    mean = np.linalg.eigh(projections(A, 3).sum(axis=0))[1][:, -3:]
    expected = np.einsum("ij,lji->l", mean @ mean.T, bases @ bases.transpose(0, 2, 1)) / 3
    np.testing.assert_allclose(multilayer_embedding(A, 3, pull=1e6).agreement, expected, atol=1e-5)


def test_subtracting_from_the_shifted_laplacian_is_a_negative_pull():
    A, _ = layers(3)
    shifted = 2 * np.eye(60) - laplacians(A)
    scripted = np.mean(shifted - 0.5 * projections(A, 3), axis=0)
    U = np.linalg.eigh(scripted)[1][:, -3:]
    expected = np.einsum("ij,lji->l", U @ U.T, projections(A, 3)) / 3
    np.testing.assert_allclose(multilayer_embedding(A, 3, pull=-0.5).agreement, expected, atol=1e-8)


def test_several_layers_show_what_one_hides():
    A, truth = layers(5, n=120, inside=0.2, outside=0.1)
    rows = multilayer_embedding(A, 3).embedding
    affinity = np.maximum(rows @ rows.T, 0)
    assert clustering_error(spectral_labels(affinity, 3, rng=0).labels, truth) < 0.1


# Invariance


@given(seed=st.integers(0, 2**32 - 1))
def test_agreement_never_falls_with_the_pull(seed):
    A, _ = layers(3, n=18, inside=0.6, outside=0.3, rng=seed)
    A = A + 1e-3
    weights = np.random.default_rng(seed).random(3) + 0.1
    mean = [
        np.average(
            multilayer_embedding(A, 2, weights=weights, pull=pull).agreement, weights=weights
        )
        for pull in (-5.0, -0.5, 0.0, 0.3, 1.0, 20.0)
    ]
    assert (np.diff(mean) > -1e-7).all()


def test_order_scale_and_loops_do_not_count():
    A, _ = layers(2)
    order = np.random.default_rng(1).permutation(60)
    first = multilayer_embedding(A, 3, pull=0.5)
    second = multilayer_embedding(
        8.0 * A[::-1][:, order][:, :, order] + 3 * np.eye(60), 3, pull=0.5
    )
    np.testing.assert_allclose(first.eigenvalues, second.eigenvalues, atol=1e-10)
    np.testing.assert_allclose(first.agreement, second.agreement[::-1], atol=1e-8)
    gram = first.embedding @ first.embedding.T
    np.testing.assert_allclose(
        gram[order][:, order], second.embedding @ second.embedding.T, atol=1e-7
    )


def test_identical_layers_are_one_layer():
    A, _ = layers(1)
    one = multilayer_embedding(A, 3)
    three = multilayer_embedding(np.repeat(A, 3, axis=0), 3, pull=0.8)
    np.testing.assert_allclose(three.agreement, 1, atol=1e-8)
    np.testing.assert_allclose(
        one.embedding @ one.embedding.T, three.embedding @ three.embedding.T, atol=1e-8
    )


def test_a_layer_of_weight_zero_is_not_there():
    A, _ = layers(3)
    first = multilayer_embedding(A, 3, weights=np.array([1.0, 0.0, 1.0]), pull=0.5)
    second = multilayer_embedding(A[[0, 2]], 3, pull=0.5)
    np.testing.assert_allclose(first.eigenvalues, second.eigenvalues, atol=1e-10)


# Degenerate


def test_a_point_without_neighbours_and_no_edges():
    A, _ = layers(2)
    padded = np.pad(A, ((0, 0), (0, 1), (0, 1)))
    found = multilayer_embedding(padded, 3, pull=0.5)
    assert (found.embedding[-1] == 0).all()
    assert np.isfinite(found.embedding).all()
    empty = multilayer_embedding(np.zeros((2, 4, 4)), 2)
    assert (empty.embedding == 0).all()
    np.testing.assert_allclose(empty.eigenvalues, 1)
    assert multilayer_embedding(np.ones((1, 1, 1)), 1).agreement.tolist() == [1.0]


def test_as_many_clusters_as_points():
    A, _ = layers(2, n=9, inside=0.9, outside=0.8)
    np.testing.assert_allclose(multilayer_embedding(A, 9, pull=0.5).agreement, 1, atol=1e-10)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A = layers(2)[0].astype(dtype)
    A.setflags(write=False)
    found = multilayer_embedding(library.place(A), 3, pull=0.5)
    expected = multilayer_embedding(A.astype(float), 3, pull=0.5)
    for name in ("embedding", "eigenvalues", "agreement"):
        assert library.holds(getattr(found, name), dtype=dtype)
    tolerance = 1e-9 if dtype == "float64" else 2e-3
    np.testing.assert_allclose(to_numpy(found.eigenvalues), expected.eigenvalues, atol=tolerance)
    np.testing.assert_allclose(to_numpy(found.agreement), expected.agreement, atol=tolerance)


# Refusals


def test_refusals():
    A, _ = layers(2, n=9)
    with pytest.raises(ValueError, match="weights must be 2, one a layer, got 3"):
        multilayer_embedding(A, 2, weights=np.ones(3))
    with pytest.raises(ValueError, match="weights must not be negative nor all zero, got 0 to 0"):
        multilayer_embedding(A, 2, weights=np.zeros(2))
    with pytest.raises(ValueError, match="affinities must be square"):
        multilayer_embedding(A[:, :4], 2)
    with pytest.raises(ValueError, match="affinities must be symmetric"):
        multilayer_embedding(np.triu(A), 2)
    with pytest.raises(ValueError, match="n_clusters must be an integer from 1 to 9, got 10"):
        multilayer_embedding(A, 10)
