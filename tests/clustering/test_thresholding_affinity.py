"""Thresholding: brute force over angles, invariance, lines that are kept apart."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import clustering_error, spectral_labels, thresholding_affinity
from labkit.datasets import union_of_subspaces

seeds = st.integers(0, 2**32 - 1)


# Oracle


@given(seed=seeds, q=st.integers(1, 6))
def test_brute_force(seed, q):
    X = np.random.default_rng(seed).standard_normal((9, 4))
    Z = np.zeros((9, 9))
    for i in range(9):
        cosines = np.abs(X @ X[i]) / np.linalg.norm(X, axis=1) / np.linalg.norm(X[i])
        cosines[i] = -1
        for j in np.argsort(-cosines)[:q]:
            Z[i, j] = np.exp(-2 * np.arccos(cosines[j]))
    A = thresholding_affinity(X, n_neighbours=q).toarray()
    np.testing.assert_allclose(A, Z + Z.T, atol=1e-7)  # arccos near 1


def test_finds_subspaces_at_wide_angles():
    X, truth = union_of_subspaces(
        n_subspaces=3, n_dimensions=2, n_features=8, n_per_subspace=40, angle=1.2, rng=0
    )
    labels = spectral_labels(thresholding_affinity(X, n_neighbours=6), 3, rng=0).labels
    assert clustering_error(labels, truth) == 0


# Invariance


@given(seed=seeds, factor=st.sampled_from([-1e-200, 1e-3, 1e200]))
def test_size_sign_rotation_and_blocks(seed, factor):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((10, 4))
    turn = np.linalg.qr(rng.standard_normal((4, 4))).Q
    A = thresholding_affinity(X, n_neighbours=3).toarray()
    moved = thresholding_affinity(factor * X @ turn, n_neighbours=3).toarray()
    np.testing.assert_allclose(moved, A, atol=1e-7)
    with pytest.MonkeyPatch.context() as patch:
        module = sys.modules[thresholding_affinity.__module__]
        patch.setattr(module, "BLOCK_ENTRIES", 30)
        blocks = thresholding_affinity(X, n_neighbours=3).toarray()
    np.testing.assert_allclose(blocks, A, atol=1e-7)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = np.random.default_rng(0).standard_normal((12, 4)).astype(dtype)
    placed = library.place(X)
    A = thresholding_affinity(placed, n_neighbours=3)
    assert A.dtype == dtype
    expected = thresholding_affinity(X.astype(float), n_neighbours=3)
    gap = np.abs(A.toarray() - expected.toarray()).max()
    assert gap < 10 * np.finfo(dtype).eps ** 0.5  # arccos near 1
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_zeros_have_no_neighbours():
    A = thresholding_affinity(np.array([[0.0, 0], [1, 0], [1, 1]]), n_neighbours=2).toarray()
    assert not A[0].any()
    assert A[1, 2] == pytest.approx(2 * np.exp(-np.pi / 2))


# Refusals


def test_refuses_more_neighbours_than_others():
    with pytest.raises(ValueError, match="n_neighbours must be an integer from 1 to 2, got 3"):
        thresholding_affinity(np.eye(3), n_neighbours=3)
