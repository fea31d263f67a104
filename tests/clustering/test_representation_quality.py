"""Quality of a representation: by hand, eigenvalues of known graphs, sparse and dense alike."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from labkit.clustering import representation_quality

seeds = st.integers(0, 2**32 - 1)


# Oracle


def test_error_by_hand():
    C = np.array([[9.0, 3, -1, 0], [0, 9, 0, 0], [2, 2, 9, 4], [0, 0, 5, 9]])
    expected = (1 / 4 + 0 + 4 / 8 + 0) / 4  # the diagonal is not used
    found = representation_quality(C, np.array([0, 0, 1, 1]))
    assert found.subspace_preserving_error == pytest.approx(expected)


@pytest.mark.parametrize("n", [7, 650])  # a full problem, Lanczos
def test_connectivity_of_complete_graphs_and_rings(n):
    truth = np.zeros(n)
    complete = representation_quality(np.ones((n, n)), truth).connectivity
    assert complete == pytest.approx(n / (n - 1), abs=1e-8)
    if n == 7:
        ring = np.roll(np.eye(n), 1, axis=1)
        expected = 1 - np.cos(2 * np.pi / n)
        assert representation_quality(ring, truth).connectivity == pytest.approx(expected)


def test_the_weakest_class_counts_and_pieces_are_zero():
    C = np.zeros((8, 8))
    C[:4, :4] = 1
    C[4, 5] = C[6, 7] = 1
    truth = np.repeat([0, 1], 4)
    assert representation_quality(C, truth).connectivity == 0
    C[5, 6] = 1
    expected = 1 - np.sort(np.cos(np.arange(4) * np.pi / 3))[-2]  # a path of four
    assert representation_quality(C, truth).connectivity == pytest.approx(expected)


# Invariance


@given(seed=seeds)
def test_scale_order_signs_and_form(seed):
    rng = np.random.default_rng(seed)
    C, truth, order = rng.standard_normal((9, 9)), rng.integers(0, 2, 9), rng.permutation(9)
    one = representation_quality(C, truth)
    other = representation_quality(
        scipy.sparse.csr_array(-7 * C[order][:, order]), 5 - truth[order]
    )
    assert other.subspace_preserving_error == pytest.approx(one.subspace_preserving_error)
    assert other.connectivity == pytest.approx(one.connectivity, abs=1e-10)


# Arrays


def test_any_library(library):
    C, truth = np.random.default_rng(0).standard_normal((6, 6)), np.array([0.0, 0, 0, 1, 1, 1])
    found = representation_quality(library.place(C), library.place(truth))
    assert found == representation_quality(C, truth)


# Degenerate data


def test_no_coefficients_and_a_class_of_one():
    found = representation_quality(np.zeros((3, 3)), np.array([0, 1, 2]))
    assert found.subspace_preserving_error == 0
    assert found.connectivity == 1
    assert representation_quality(np.zeros((2, 2)), np.zeros(2)).connectivity == 0


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"coefficients must be square, got shape \(2, 3\)"):
        representation_quality(np.ones((2, 3)), np.zeros(2))
    with pytest.raises(ValueError, match="truth must have one entry a sample, 3, got 2"):
        representation_quality(np.ones((3, 3)), np.zeros(2))
    bad = scipy.sparse.csr_array(np.array([[0, np.nan], [1, 0]]))
    with pytest.raises(ValueError, match="coefficients must be finite"):
        representation_quality(bad, np.zeros(2))
