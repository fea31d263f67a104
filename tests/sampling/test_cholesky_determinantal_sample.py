"""Sets without eigenvectors: the law by enumeration, pairs, sizes, projections, refusals."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import cholesky_determinantal_sample, determinantal_sample, marginal_kernel
from tests.sampling.law import p_value


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


def projection(n, rank, seed=0):
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, rank)))[0]
    return Q @ Q.T


# Oracle


@pytest.mark.parametrize(("n", "rank"), [(1, 1), (4, 4), (6, 3), (8, 8), (7, 1)])
def test_every_set_is_as_likely_as_its_determinant(n, rank):
    L = gram(n, rank)
    sets = cholesky_determinantal_sample(marginal_kernel(L), n_draws=40000, rng=1)
    codes = sets @ 2 ** np.arange(n)
    every = [list(S) for k in range(n + 1) for S in combinations(range(n), k)]
    expected = np.array([np.linalg.det(L[np.ix_(S, S)]) for S in every])
    expected *= 40000 / expected.sum()
    counts = np.array([np.sum(codes == sum(2**i for i in S)) for S in every])
    assert counts.sum() == 40000
    assert counts[expected < 1e-9].sum() == 0
    rare = expected < 5
    seen = [*counts[~rare], counts[rare].sum() + 1e-9]
    wanted = [*expected[~rare], expected[rare].sum() + 1e-9]
    assert p_value(seen, wanted) > 1e-6


def test_pairs_and_sizes():
    K = marginal_kernel(3 * gram(8, 8))
    sets = cholesky_determinantal_sample(K, n_draws=40000, rng=2)
    for i, j in combinations(range(8), 2):
        together = K[i, i] * K[j, j] - K[i, j] ** 2
        error = np.sqrt(together * (1 - together) / 40000)
        assert abs(np.mean(sets[:, i] & sets[:, j]) - together) < 6 * error
    law = np.ones(1)
    for coin in np.linalg.eigvalsh(K):
        law = np.convolve(law, [1 - coin, coin])
    counts = np.bincount(sets.sum(axis=1), minlength=9)
    common = law * 40000 > 5
    assert np.all(np.abs(counts - 40000 * law)[common] < 6 * np.sqrt(40000 * law[common]))


def test_agrees_with_the_way_by_eigenvectors():
    K = marginal_kernel(5 * gram(40, 30))
    sizes = [
        sampler.sum(axis=1)
        for sampler in (
            cholesky_determinantal_sample(K, n_draws=4000, rng=3),
            determinantal_sample(K, kind="marginal", n_draws=4000, rng=4),
        )
    ]
    error = np.sqrt(2 * np.var(sizes[0]) / 4000)
    assert abs(sizes[0].mean() - sizes[1].mean()) < 6 * error


# Invariance


@given(st.permutations(range(6)))
def test_the_order_of_the_items_changes_no_law(order):
    K = marginal_kernel(gram(6, 6))
    order = np.array(order)
    sets = cholesky_determinantal_sample(K[np.ix_(order, order)], n_draws=2000, rng=0)
    chances = np.diag(K)[order]
    assert np.all(np.abs(sets.mean(axis=0) - chances) < 6.5 * np.sqrt(chances / 2000))


# Degenerate


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("n", "rank"), [(5, 2), (60, 7), (30, 30), (9, 0)])
def test_a_projection_gives_sets_of_its_rank(n, rank, dtype):
    K = projection(n, rank).astype(dtype) if rank else np.zeros((n, n), dtype)
    sets = cholesky_determinantal_sample(K, n_draws=200, rng=0)
    assert (sets.sum(axis=1) == rank).all()


def test_twins_never_come_together():
    K = marginal_kernel(np.kron(np.diag([9.0, 5.0, 2.0]), np.ones((2, 2))))
    sets = cholesky_determinantal_sample(K, n_draws=3000, rng=0)
    assert sets.reshape(-1, 3, 2).sum(axis=2).max() == 1


def test_blocks_of_draws_are_joined():
    K = np.eye(2100) / 2  # three draws fit into a block
    sets = cholesky_determinantal_sample(K, n_draws=5, rng=0)
    assert sets.shape == (5, 2100)
    assert np.all(np.abs(sets.sum(axis=1) - 1050) < 6 * np.sqrt(2100) / 2)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    K = marginal_kernel(gram(7, 5)).astype(dtype)
    placed = library.place(K)
    sets = cholesky_determinantal_sample(placed, n_draws=5, rng=0)
    assert library.holds(sets, dtype="bool")
    np.testing.assert_array_equal(
        to_numpy(sets), cholesky_determinantal_sample(K, n_draws=5, rng=0)
    )
    np.testing.assert_array_equal(to_numpy(placed), K)


# Refusals


def test_eigenvalues_outside():
    with pytest.raises(ValueError, match=r"K must have eigenvalues up to 1 .* 0.5 to 1.5"):
        cholesky_determinantal_sample(np.array([[1.0, 0.5], [0.5, 1.0]]))
    with pytest.raises(ValueError, match=r"K must have eigenvalues from 0 .* -0.5 to 1.5"):
        cholesky_determinantal_sample(np.array([[0.5, 1.0], [1.0, 0.5]]))
    with pytest.raises(ValueError, match="K must have eigenvalues from 0"):
        cholesky_determinantal_sample(-1e-6 * np.eye(3))
