"""Weighted low rank: optimality, errors, roots, degenerate weights, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import weighted_low_rank


def problem(seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((5, 7))
    A, B = (M @ M.T / 9 for M in (rng.standard_normal((7, 9)), rng.standard_normal((5, 9))))
    return W.astype(dtype), B.astype(dtype), A.astype(dtype)


def weighted_error(D, B, A):
    return np.trace(B @ D @ A @ D.T)


# Oracle


@pytest.mark.parametrize("rank", [1, 3, 5])
def test_by_cholesky(rank):
    W, B, A = problem()
    left, right = np.linalg.cholesky(B), np.linalg.cholesky(A)
    U, s, Vt = np.linalg.svd(left.T @ W @ right, full_matrices=False)
    truncated = (U[:, :rank] * s[:rank]) @ Vt[:rank]
    expected = np.linalg.solve(left.T, truncated) @ np.linalg.inv(right)
    found = weighted_low_rank(W, rank=rank, outputs=B, inputs=A)
    np.testing.assert_allclose(found.left @ found.right, expected, rtol=0, atol=1e-11)
    assert found.left.shape == (5, rank)
    assert found.error == pytest.approx(weighted_error(W - expected, B, A), abs=1e-12)
    np.testing.assert_allclose(found.singular_values, s, rtol=1e-10)


def test_nothing_near_it_is_better():
    W, B, A = problem()
    found = weighted_low_rank(W, rank=2, outputs=B, inputs=A)
    rng = np.random.default_rng(1)
    for size in (1e-3, 1e-1):
        for _ in range(50):
            left = found.left + size * rng.standard_normal(found.left.shape)
            right = found.right + size * rng.standard_normal(found.right.shape)
            assert weighted_error(W - left @ right, B, A) > found.error


def test_without_weights_it_is_the_truncated_decomposition():
    W, _, _ = problem()
    U, s, Vt = np.linalg.svd(W, full_matrices=False)
    found = weighted_low_rank(W, rank=2)
    np.testing.assert_allclose(found.left @ found.right, (U[:, :2] * s[:2]) @ Vt[:2], atol=1e-13)


# Invariance


def test_transposition():
    W, B, A = problem()
    one = weighted_low_rank(W, rank=2, outputs=B, inputs=A)
    other = weighted_low_rank(W.T, rank=2, outputs=A, inputs=B)
    np.testing.assert_allclose((other.left @ other.right).T, one.left @ one.right, atol=1e-11)


def test_scale_of_the_weights():
    W, B, A = problem()
    one = weighted_low_rank(W, rank=2, outputs=B, inputs=A)
    other = weighted_low_rank(W, rank=2, outputs=1e8 * B, inputs=1e-8 * A)
    np.testing.assert_allclose(other.left @ other.right, one.left @ one.right, atol=1e-10)


# Edge cases


def test_weightless_directions_get_nothing():
    W, _, _ = problem()
    A = np.diag([1.0, 1, 1, 0, 0, 0, 0])
    found = weighted_low_rank(W, rank=5, inputs=A)
    np.testing.assert_allclose((found.left @ found.right)[:, :3], W[:, :3], atol=1e-12)
    np.testing.assert_allclose((found.left @ found.right)[:, 3:], 0, atol=1e-12)
    assert found.error == pytest.approx(0, abs=1e-20)


def test_no_weight_at_all():
    W, _, _ = problem()
    found = weighted_low_rank(W, rank=2, inputs=np.zeros((7, 7)))
    np.testing.assert_array_equal(found.left @ found.right, np.zeros((5, 7)))
    assert found.error == 0


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    W, B, A = problem(dtype=dtype)
    placed = [library.place(M) for M in (W, B, A)]
    found = weighted_low_rank(placed[0], rank=2, outputs=placed[1], inputs=placed[2])
    assert library.holds(found.left, dtype=dtype)
    W, B, A = (M.astype(float) for M in (W, B, A))
    expected = weighted_low_rank(W, rank=2, outputs=B, inputs=A)
    # inverses of roots: the condition number of the weights, about a hundred
    tolerance = 3e4 * float(np.finfo(dtype).eps)
    product = to_numpy(found.left) @ to_numpy(found.right)
    np.testing.assert_allclose(product, expected.left @ expected.right, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), W)


# Refusals


def test_refusals():
    W, B, A = problem()
    with pytest.raises(ValueError, match="inputs must have 7 rows, as W has inputs, got 5"):
        weighted_low_rank(W, rank=2, inputs=B)
    with pytest.raises(ValueError, match="outputs must have no negative eigenvalue, got -"):
        weighted_low_rank(W, rank=2, outputs=B - 5 * np.eye(5))
    with pytest.raises(ValueError, match=r"rank must be .* got 6"):
        weighted_low_rank(W, rank=6, inputs=A)
