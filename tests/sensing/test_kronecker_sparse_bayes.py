"""Kronecker-structured sparse Bayes: the posterior against dense algebra, the cost, the limits."""

from functools import reduce
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import kronecker_signal
from labkit.sensing import kronecker_sparse_bayes
from labkit.sensing.kronecker_sparse_bayes import UPDATES


def states(y, dictionaries, n_steps=30, noise_variance=1e-2, **arguments):
    found = kronecker_sparse_bayes(y, dictionaries, noise_variance=noise_variance, **arguments)
    return list(islice(found, n_steps + 1))


def outer(vectors):
    return reduce(np.multiply.outer, vectors)


def dense(y, dictionaries, gamma, noise_variance):
    """Return mean, second moments and cost from the full covariance."""
    A = reduce(np.kron, dictionaries)
    S = noise_variance * np.eye(len(A)) + (A * gamma.ravel()) @ A.T
    gain = gamma.ravel()[:, None] * np.linalg.solve(S, A).T
    mean = gain @ y.ravel()
    covariance = np.diag(gamma.ravel()) - gain @ (A * gamma.ravel())
    cost = np.linalg.slogdet(S)[1] + y.ravel() @ np.linalg.solve(S, y.ravel())
    return mean.reshape(gamma.shape), (mean**2 + np.diag(covariance)).reshape(gamma.shape), cost


# Oracle


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("n_modes", [1, 2, 3])
def test_each_state_is_the_posterior_of_dense_algebra(update, n_modes):
    y, dictionaries, _, _ = kronecker_signal((5,) * n_modes, (4,) * n_modes, n_nonzero=2, rng=1)
    for state in states(y, dictionaries, 4, 0.1, update=update):
        gamma = state.variances[0] if update == "free" else outer(state.variances)
        mean, L, cost = dense(y, dictionaries, gamma, 0.1)
        np.testing.assert_allclose(state.mean, mean, atol=1e-9)
        np.testing.assert_allclose(state.mean**2 + state.spread, L, atol=1e-9)
        assert state.cost == pytest.approx(cost, rel=1e-9)


def test_alternating_rests_at_the_best_product():
    y, dictionaries, _, _ = kronecker_signal((6, 5), (4, 4), n_nonzero=2, rng=0)
    first, second = states(y, dictionaries, 1, 0.1)
    _, L, _ = dense(y, dictionaries, outer(first.variances), 0.1)
    ratio = L / outer(second.variances)
    np.testing.assert_allclose(ratio.mean(axis=0), 1, atol=1e-4)
    np.testing.assert_allclose(ratio.mean(axis=1), 1, atol=1e-4)


def test_rank_one_is_the_leading_pair():
    y, dictionaries, _, _ = kronecker_signal((6, 5), (4, 4), n_nonzero=2, rng=0)
    first, second = states(y, dictionaries, 1, 0.1, update="rank one")
    _, L, _ = dense(y, dictionaries, outer(first.variances), 0.1)
    U, s, Vh = np.linalg.svd(L)
    np.testing.assert_allclose(
        outer(second.variances), np.abs(s[0] * np.outer(U[:, 0], Vh[0])), rtol=1e-9
    )


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), update=st.sampled_from(["alternating", "free"]))
def test_the_cost_never_rises(seed, update):
    y, dictionaries, _, _ = kronecker_signal((7, 7), (5, 5), n_nonzero=2, scattered=True, rng=seed)
    costs = np.array([state.cost for state in states(y, dictionaries, 60, update=update)])
    assert (np.diff(costs) <= 1e-9 * np.abs(costs[:-1])).all()


def test_one_mode_needs_no_structure():
    y, dictionaries, _, _ = kronecker_signal((12,), (6,), n_nonzero=2, rng=0)
    found = [states(y, dictionaries, 10, update=update)[-1].mean for update in UPDATES]
    np.testing.assert_allclose(found[0], found[2], atol=1e-10)
    np.testing.assert_allclose(found[1], found[2], atol=1e-10)


@pytest.mark.parametrize("update", UPDATES)
def test_a_grid_is_found(update):
    y, dictionaries, x, s2 = kronecker_signal((9, 9), (7, 7), n_nonzero=2, noise=1e-2, rng=0)
    last = states(y, dictionaries, 200, s2, update=update)[-1]
    assert np.linalg.norm(last.mean - x) < 0.05 * np.linalg.norm(x)


# Invariance


@settings(max_examples=10)
@given(
    seed=st.integers(0, 2**32 - 1),
    factor=st.sampled_from([1e-3, 1e3]),
    update=st.sampled_from(UPDATES),
)
def test_order_of_modes_and_of_columns(seed, factor, update):
    rng = np.random.default_rng(seed)
    y, (A, B), _, _ = kronecker_signal((6, 5), (4, 4), n_nonzero=2, rng=rng)
    before = states(y, [A, B], 3, 0.1, update=update)[-1]
    columns = rng.permutation(6)
    after = states(y.T, [B, A[:, columns]], 3, 0.1, update=update)[-1]
    np.testing.assert_allclose(after.mean.T, before.mean[columns], atol=1e-4)
    # the same in other units: measurements and noise, and the dictionaries, by one factor
    scaled = states(y * factor, [A * factor, B], 3, 0.1 * factor**2, update=update)[-1]
    np.testing.assert_allclose(scaled.mean, before.mean, atol=1e-4)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("update", UPDATES)
def test_arrays(library, dtype, update):
    y, dictionaries, x, _ = kronecker_signal((6, 6), (5, 5), n_nonzero=2, noise=1e-2, rng=0)
    placed = library.place(y.astype(dtype))
    last = states(
        placed, [library.place(A.astype(dtype)) for A in dictionaries], 60, update=update
    )[-1]
    assert library.holds(last.mean, dtype=dtype)
    assert np.linalg.norm(to_numpy(last.mean) - x) < 0.3 * np.linalg.norm(x)
    np.testing.assert_array_equal(to_numpy(placed), y.astype(dtype))


# Degenerate data


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("update", UPDATES)
def test_measurements_of_zero(dtype, update):
    A = np.random.default_rng(0).standard_normal((3, 5)).astype(dtype)
    for state in states(np.zeros((3, 3), dtype), [A, A], 100, 1e-6, update=update):
        assert np.isfinite(state.mean).all()
        assert np.isfinite(state.cost)
        assert all((g > 0).all() for g in state.variances)
        assert not state.mean.any()


def test_four_modes_of_one_entry():
    A = np.ones((1, 1))
    last = states(np.full((1, 1, 1, 1), 3.0), [A] * 4, 400, 1.0)[-1]
    # one number y of variance gamma + 1: the cost is least at gamma = y^2 - 1
    assert float(outer(last.variances).item()) == pytest.approx(8.0, rel=1e-6)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"noise_variance": 0.0}, ValueError, r"noise_variance must be a finite number in \(0"),
        ({"update": "svd"}, ValueError, "update must be one of 'alternating'"),
        ({"dictionaries": [np.eye(3)]}, ValueError, "y must have 1 dimensions, got 2"),
        ({"dictionaries": [np.eye(3), np.eye(2)]}, ValueError, r"dictionaries\[1\] must have 3"),
        ({"dictionaries": [np.eye(3), np.eye(3, 4)]}, ValueError, "must hold no column of zeros"),
        ({"dictionaries": [np.eye(3)] * 5}, ValueError, "a list of 1 to 4 matrices"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"dictionaries": [np.eye(3), np.eye(3)], "noise_variance": 0.1, **changes}
    with pytest.raises(error, match=message):
        kronecker_sparse_bayes(np.ones((3, 3)), **arguments)
