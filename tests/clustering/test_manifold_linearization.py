"""Manifold linearisation: the objective rises, curves come apart, the gradient by differences."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.clustering import (
    clustering_error,
    coding_rate_reduction,
    doubly_stochastic_membership,
    manifold_linearization,
    spectral_labels,
)
from labkit.datasets import linked_curves
from labkit.networks import forward, initial_parameters

SETTINGS = {
    "entropy": 0.3, "distortion": 0.5, "locality": 12.0, "n_start": 100, "step_size": 0.01,
}  # fmt: skip


def neighbours(X, k=3):
    squared = ((X[:, None] - X) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    A = np.zeros((len(X), len(X)))
    A[np.repeat(np.arange(len(X)), k), np.argsort(squared, axis=1)[:, :k].ravel()] = 1
    return A + A.T


def problem(n=40, seed=0, width=64, d=9, **options):
    X, labels = linked_curves(n, rng=seed, **options)
    return X, neighbours(X), initial_parameters((20, width, d), like=X, rng=seed), labels


def states(X, A, start, n_steps, **changes):
    return list(islice(manifold_linearization(X, A, start, **{**SETTINGS, **changes}), n_steps + 1))


# Oracle


def test_curves_become_orthogonal_subspaces():
    X, A, start, labels = problem()
    last = states(X, A, start, 200)[-1]
    same = labels[:, None] == labels
    assert np.abs(last.features @ last.features.T)[~same].mean() < 0.07
    assert last.membership[same].sum() > 0.9 * len(X)
    found = spectral_labels(last.membership, 3, rng=0).labels
    assert clustering_error(found, labels) == 0


def test_states_are_what_they_say():
    X, A, start, _ = problem(n=8, width=6, d=4)
    run = states(X, A, start, 8, n_start=4)
    for n_steps, state in enumerate(run):
        for features, network in ((state.features, state.parameters), (None, state.head)):
            Z = forward(network, X)
            Z = Z / np.linalg.norm(Z, axis=1, keepdims=True)
            if features is not None:
                np.testing.assert_allclose(features, Z, atol=1e-12)
        G = doubly_stochastic_membership(Z, entropy=0.3).membership
        np.testing.assert_allclose(state.membership, G, atol=1e-3)
        assert (state.head is state.parameters) == (n_steps <= 4)
    assert run[0].parameters is start


def test_first_steps_go_uphill():
    X, A, start, _ = problem(n=12, width=8, d=5)

    def objective(state, groups):
        reduction = coding_rate_reduction(state.features, groups, distortion=0.5).reduction
        return reduction + 12 * np.sum(A * (state.features @ state.features.T)) / A.sum()

    begin = [objective(s, np.zeros((36, 1))) for s in states(X, A, start, 20, step_size=1e-4)]
    assert np.all(np.diff(begin) > 0)
    both = [objective(s, s.membership) for s in states(X, A, start, 20, n_start=0, step_size=1e-4)]
    assert np.all(np.diff(both) > 0)


@pytest.mark.parametrize("n_start", [0, 1])
def test_first_step_follows_the_gradient(n_start):
    X, A, start, _ = problem(n=5, width=4, d=3)
    step, h = 1e-7, 1e-5
    moved = states(X, A, start, 1, n_start=n_start, step_size=step)[1]

    def objective(features, head):
        Z, C = (forward(p, X) for p in (features, head))
        Z, C = (F / np.linalg.norm(F, axis=1, keepdims=True) for F in (Z, C))
        G = doubly_stochastic_membership(C, entropy=0.3, tol=1e-13).membership
        G = np.zeros((15, 1)) if n_start else G
        reduction = coding_rate_reduction(Z, G, distortion=0.5).reduction
        return reduction + 12 * np.sum(A * (Z @ Z.T)) / A.sum()

    networks = [(moved.parameters, 0)] + ([] if n_start else [(moved.head, 1)])
    for network, which in networks:
        for layer in range(2):
            for part in range(2):
                signs = np.sign(network[layer][part] - start[layer][part])  # Adam's first step
                shift = np.zeros_like(signs)
                here = np.unravel_index(np.argmax(np.abs(signs)), signs.shape)
                shift[here] = h
                values = []
                for side in (1, -1):
                    pair = list(start[layer])
                    pair[part] = pair[part] + side * shift
                    other = [*start[:layer], tuple(pair), *start[layer + 1 :]]
                    values.append(objective(*((other, start), (start, other))[which]))
                assert np.sign(values[0] - values[1]) == signs[here]


def test_limits_of_the_entropy_weight():
    X, A, start, _ = problem(n=14)
    alone = states(X, A, start, 30, n_start=10, entropy=1e-4)[-1]
    never = states(X, A, start, 30, n_start=31)[-1]
    np.testing.assert_allclose(alone.features, never.features, atol=1e-6)
    uniform = states(X, A, start, 150, n_start=10, entropy=1e4)[-1]
    assert np.abs(uniform.features @ uniform.features.T).min() > 0.9


# Invariance


def test_order_of_samples():
    X, A, start, _ = problem(n=6, width=8, d=4)
    order = np.random.default_rng(0).permutation(18)
    here = states(X, A, start, 20, n_start=5)[-1]
    there = states(X[order], A[np.ix_(order, order)], start, 20, n_start=5)[-1]
    np.testing.assert_allclose(there.features, here.features[order], atol=1e-6)
    scaled = states(X, 7 * A, start, 20, n_start=5)[-1]
    np.testing.assert_allclose(scaled.features, here.features, atol=1e-6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, A, start, _ = problem(n=6, width=8, d=4)
    X, A = X.astype(dtype), A.astype(dtype)
    start = [(W.astype(dtype), b.astype(dtype)) for W, b in start]
    placed = library.place(X), library.place(A)
    there = [(library.place(W), library.place(b)) for W, b in start]
    last = states(*placed, there, 6, n_start=3)[-1]
    assert library.holds(last.features, last.membership, last.head[0][0], dtype=dtype)
    expected = states(X, A, start, 6, n_start=3)[-1]
    tolerance = 1e-9 if dtype == "float64" else 1e-2  # Adam divides small slopes by their size
    np.testing.assert_allclose(to_numpy(last.features), expected.features, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), X)


# Degenerate data


def test_no_neighbours_duplicates_and_one_sample():
    X, A, start, _ = problem(n=4, width=8, d=4)
    for points, graph in ((X, 0 * A), (np.ones_like(X), A), (X[:1], A[:1, :1])):
        last = states(points, graph, start, 12, n_start=4)[-1]
        assert np.isfinite(last.features).all()
        np.testing.assert_allclose(last.membership.sum(axis=0), 1, atol=1e-3)


# Refusals


def test_refusals():
    X, A, start, _ = problem(n=4, width=8, d=4)
    with pytest.raises(ValueError, match="affinity must have 12 rows, one a sample, got 11"):
        states(X, A[:11, :11], start, 0)
    with pytest.raises(ValueError, match="X must have 20 features"):
        states(X[:, :5], A, start, 0)
    nothing = [(0 * W, b) for W, b in start]
    with pytest.raises(ValueError, match="maps 12 samples to zero"):
        states(X, A, nothing, 0)
