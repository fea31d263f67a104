"""Dictionaries of a stream: exact scores, unbiased weights, the two-sided bound, memory."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import KernelDictionary, ridge_leverage_stream


def kernel(A, B):
    squares = (A[:, None, :] - B[None, :, :]) ** 2
    xp = squares.__array_namespace__() if hasattr(squares, "__array_namespace__") else np
    return xp.exp(-0.5 * xp.sum(squares, axis=-1))


def last(batches, function=kernel, **options):
    *_, found = ridge_leverage_stream(batches, function, **options)
    return found


def points(n, rng=0):
    return np.random.default_rng(rng).standard_normal((n, 2))


# Oracle


def test_one_batch_estimates_the_exact_scores():
    """A first batch has weights one, so its dictionary is the whole kernel matrix."""
    X, ridge = points(30), 0.3
    K = kernel(X, X)
    exact = np.diag(K @ np.linalg.inv(K + ridge * np.eye(30)))
    found = last([X], ridge=ridge, n_copies=10**6, rng=0)
    np.testing.assert_array_equal(found.positions, np.arange(30))
    np.testing.assert_allclose(found.probabilities, exact / 2, rtol=1e-10)
    np.testing.assert_allclose(found.weights, 1, atol=0.02)  # 5.5 sd of 1e6 coins at p = 1/12
    np.testing.assert_allclose(found.gram, K, atol=1e-14)


def test_weights_are_unbiased():
    X, n_runs = points(12), 3000
    total = np.zeros((n_runs, 12))
    draw = np.random.default_rng(1)
    for run in range(n_runs):
        found = last([X[:5], X[5:9], X[9:]], ridge=2.0, n_copies=3, rng=draw)
        total[run, found.positions] = found.weights
    error = total.std(axis=0) / np.sqrt(n_runs)
    assert (np.abs(total.mean(axis=0) - 1) < 5.5 * error).all()  # a normal tail, 4e-8 each


def test_features_are_the_regularised_approximation():
    X = points(60)
    found = last(np.split(X, 6), ridge=1.0, n_copies=4, rng=0)
    F, S = found.features(X, kernel), np.zeros((60, found.points.shape[0]))
    S[found.positions, np.arange(S.shape[1])] = np.sqrt(found.weights)
    K = kernel(X, X)
    expected = K @ S @ np.linalg.solve(S.T @ K @ S + np.eye(S.shape[1]), S.T @ K)
    np.testing.assert_allclose(F @ F.T, expected, atol=1e-10)
    assert np.linalg.eigvalsh(K - F @ F.T).min() > -1e-10


def test_many_copies_keep_the_bound():
    """With enough coins 0 <= K - K~ <= 2 gamma, the paper's statement for epsilon 1/2."""
    X = points(300)
    found = last(np.split(X, 10), ridge=1.0, n_copies=200, rng=0)
    F = found.features(X, kernel)
    assert np.linalg.eigvalsh(kernel(X, X) - F @ F.T)[-1] < 2


def test_a_kernel_of_rank_one_keeps_few_points():
    found = last(np.ones((2000, 1)), lambda A, B: A @ B.T, ridge=100.0, n_copies=10, rng=0)
    assert 1 <= found.points.shape[0] <= 25  # 5 copies on average, 5.5 sd above is 17
    assert found.n_seen == 2000
    assert float(np.sum(found.weights)) == pytest.approx(2000, rel=1.2)


# Invariance


def test_probabilities_never_rise_and_nothing_comes_back():
    seen = {}
    for state in ridge_leverage_stream(np.split(points(200), 20), kernel, ridge=0.5, rng=0):
        now = dict(zip(state.positions.tolist(), state.probabilities.tolist(), strict=True))
        for position, p in now.items():
            assert p <= seen.get(position, (1.0,))[0]
            assert seen.get(position, (1.0, True))[1]
        seen = {
            **{k: (v[0], False) for k, v in seen.items()},
            **{k: (p, True) for k, p in now.items()},
        }
        assert (state.counts >= 1).all()
        assert (state.counts <= 10).all()


def test_scale_of_kernel_and_ridge_cancel():
    X = np.split(points(100), 5)
    one = last(X, ridge=0.5, rng=3)
    other = last(X, lambda A, B: 64 * kernel(A, B), ridge=32.0, rng=3)
    np.testing.assert_array_equal(one.positions, other.positions)
    np.testing.assert_allclose(one.weights, other.weights)


def test_evaluations_are_counted():
    calls = []

    def counted(A, B):
        calls.append(len(A) * len(B))
        return kernel(A, B)

    found = last(np.split(points(90), 9), counted, ridge=1.0, rng=0)
    assert found.n_evaluations == sum(calls) - 1  # the first call only looks at the kernel


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = points(40).astype(dtype)
    placed = library.place(X)
    found = last(
        [placed[:20, :], placed[20:, :]], lambda A, B: (A @ B.T + 1) ** 2, ridge=2.0, rng=0
    )
    same = last([X[:20], X[20:]], lambda A, B: (A @ B.T + 1) ** 2, ridge=2.0, rng=0)
    assert library.holds(found.points, found.probabilities, found.gram, dtype=dtype)
    assert library.holds(found.positions, found.counts, dtype="int64")
    np.testing.assert_array_equal(to_numpy(found.positions), same.positions)
    F = found.features(placed, lambda A, B: (A @ B.T + 1) ** 2)
    assert library.holds(F, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate


def test_repeated_points_share_one_place():
    X = np.repeat(points(3), 100, axis=0)
    found = last(np.split(X, 30), ridge=5.0, n_copies=20, rng=0)
    assert len(np.unique(found.points, axis=0)) == 3


def test_a_kernel_of_zeros_empties_the_dictionary():
    found = last(np.split(points(20), 4), lambda A, B: 0.0 * (A @ B.T), ridge=1.0, rng=0)
    assert found.points.shape == (0, 2)
    assert found.features(points(5), kernel).shape == (5, 0)
    assert found.n_seen == 20


def test_single_rows_and_one_point():
    assert last(points(7), ridge=1e-6, rng=0).n_seen == 7
    assert isinstance(last(np.zeros((1, 2)), ridge=0.1, rng=0), KernelDictionary)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"kernel_function must return shape \(1, 1\), got 3"):
        ridge_leverage_stream([points(4)], lambda A, B: 3, ridge=1.0)
    with pytest.raises(ValueError, match="kernel_function must return finite numbers"):
        ridge_leverage_stream([points(4)], lambda A, B: np.nan * (A @ B.T), ridge=1.0)
    states = ridge_leverage_stream([points(4), np.ones((2, 3))], kernel, ridge=1.0)
    next(states)
    with pytest.raises(
        ValueError, match=r"batches\[1\] must have 2 features like batches\[0\], got 3"
    ):
        next(states)
