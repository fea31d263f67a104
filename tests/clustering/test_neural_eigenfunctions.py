"""Neural eigenfunctions: eigenvectors, their order, new samples, the gradient by differences."""

from itertools import islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.clustering import neural_eigenfunctions
from labkit.networks import forward, initial_parameters


def line(n=60, k=3, width=16):
    """Return points, a kernel with well separated eigenvalues, and a network."""
    X = np.linspace(-1.5, 1.5, n)[:, None]
    kernel = np.exp(-((X - X.T) ** 2) / 2) / n
    start = initial_parameters((1, width, k), like=X, rng=0)
    start[0] = (2 * start[0][0], np.linspace(-2, 2, width))
    return X, kernel, start


def states(X, kernel, start, n_steps, **changes):
    settings = {"penalty": 20.0, "step_size": 0.01, **changes}
    return list(islice(neural_eigenfunctions(X, kernel, start, **settings), n_steps + 1))


def cosines(values, kernel):
    """Return |cos| between each function and each leading eigenvector."""
    top = np.linalg.eigh(kernel)[1][:, ::-1][:, : values.shape[1]]
    return np.abs(top.T @ values) / np.linalg.norm(values, axis=0)


# Oracle


def test_functions_are_eigenvectors_in_order():
    X, kernel, start = line()
    last = states(X, kernel, start, 2000)[-1]
    np.testing.assert_allclose(np.diag(cosines(last.values, kernel)), 1, atol=0.01)
    exact = np.linalg.eigvalsh(kernel)[::-1][:3]
    np.testing.assert_allclose(last.eigenvalues, exact, rtol=0.02)


def test_without_penalty_all_become_the_first():
    X, kernel, start = line()
    last = states(X, kernel, start, 1000, penalty=0.0)[-1]
    np.testing.assert_allclose(cosines(last.values, kernel)[0], 1, atol=0.01)


def test_the_penalty_that_a_second_function_needs():
    X, kernel, start = line(k=2)
    one, two = np.linalg.eigvalsh(kernel)[::-1][:2]
    needed = (one - two) / one**2
    below = states(X, kernel, start, 1500, penalty=0.7 * needed)[-1]
    above = states(X, kernel, start, 1500, penalty=1.4 * needed)[-1]
    assert cosines(below.values, kernel)[0, 1] > 0.95
    assert cosines(above.values, kernel)[1, 1] > 0.95


def test_shares_of_clusters():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    X = 3 * np.eye(3)[labels][:, :2] + 0.3 * rng.standard_normal((60, 2))
    kernel = (labels[:, None] == labels) / 20.0
    start = initial_parameters((2, 16, 3), like=X, rng=1)
    last = states(X, kernel, start, 300, penalty=1.0, temperature=0.3)[-1]
    shares = last.values * last.scale
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert len({(label, share) for label, share in zip(labels, shares.argmax(1), strict=True)}) == 3


def test_shares_in_order_leave_the_second_nothing():
    X, kernel, start = line(k=2)
    degrees = kernel.sum(axis=1)
    kernel = kernel / np.sqrt(np.outer(degrees, degrees))
    sizes = {}
    for ordered in (True, False):
        last = states(X, kernel, start, 400, penalty=1.0, temperature=1.0, ordered=ordered)[-1]
        sizes[ordered] = (last.values * last.scale).mean(axis=0)
    assert sizes[True][0] > 0.8
    np.testing.assert_allclose(sizes[False], 0.5, atol=0.1)


def test_the_span_comes_before_the_single_functions():
    X, kernel, start = line(k=2)
    values, vectors = np.linalg.eigh(kernel)
    first, _, *rest = values[::-1]
    near = np.diag([first, 0.98 * first, *rest])  # the same vectors, two eigenvalues alike
    kernel = vectors[:, ::-1] @ near @ vectors[:, ::-1].T
    top = vectors[:, ::-1][:, :2]
    reached = []
    for state in states(X, kernel, start, 1500):
        span = np.linalg.svd(top.T @ np.linalg.qr(state.values).Q)[1][-1]
        own = np.mean(np.sum(top * state.values, axis=0) ** 2) / 60
        reached.append((span > 0.95, own > 0.95))
    span_first, own_first = np.argmax(reached, axis=0)
    assert 0 < span_first < own_first


@pytest.mark.parametrize("temperature", [None, 0.5])
def test_new_samples(temperature):
    X, kernel, start = line()
    last = states(X, kernel, start, 20, temperature=temperature)[-1]
    np.testing.assert_allclose(last.at(X), last.values, atol=1e-12)
    np.testing.assert_allclose(last.at(X[:5]), last.values[:5], atol=1e-12)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("temperature", [None, 0.5])
def test_first_step_follows_the_gradient(ordered, temperature):
    X, kernel, start = line(n=12, width=4)
    moved = states(X, kernel, start, 1, step_size=1e-7, ordered=ordered, temperature=temperature)

    def values(parameters):
        f = forward(parameters, X)
        if temperature is not None:
            f = np.exp(f / temperature)
            f = f / f.sum(axis=1, keepdims=True)
        return f / np.sqrt(np.mean(f**2, axis=0))

    fixed = values(start)

    def objective(parameters):
        psi = values(parameters)
        R = fixed.T @ kernel @ psi / 12  # the one that is kept fixed first
        pairs = np.triu(np.ones((3, 3)), 1) if ordered else 1 - np.eye(3)
        return np.trace(psi.T @ kernel @ psi) / 12 - 20 * np.sum(R**2 * pairs)

    for layer in range(2):
        for part in range(2):
            signs = np.sign(moved[1].parameters[layer][part] - start[layer][part])
            for here in np.ndindex(signs.shape):
                difference = 0.0
                for side in (1e-5, -1e-5):
                    pair = [array.copy() for array in start[layer]]
                    pair[part][here] += side
                    other = [*start[:layer], tuple(pair), *start[layer + 1 :]]
                    difference += np.sign(side) * objective(other)
                if abs(difference) > 1e-9:
                    assert np.sign(difference) == signs[here]


# Invariance


def test_order_of_samples():
    X, kernel, start = line(n=20)
    order = np.random.default_rng(0).permutation(20)
    here = states(X, kernel, start, 30)[-1]
    there = states(X[order], kernel[np.ix_(order, order)], start, 30)[-1]
    np.testing.assert_allclose(there.values, here.values[order], atol=1e-8)


def test_scaling_kernel_and_penalty():
    X, kernel, start = line(n=20)
    here = states(X, kernel, start, 30)[-1]
    there = states(X, 5 * kernel, start, 30, penalty=4.0)[-1]
    np.testing.assert_allclose(there.values, here.values, atol=1e-5)
    np.testing.assert_allclose(there.eigenvalues, 5 * here.eigenvalues, rtol=1e-5)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, kernel, start = line(n=20, width=8)
    X, kernel = X.astype(dtype), kernel.astype(dtype)
    start = [(W.astype(dtype), b.astype(dtype)) for W, b in start]
    there = [(library.place(W), library.place(b)) for W, b in start]
    placed = library.place(X), library.place(kernel)
    last = states(*placed, there, 5)[-1]
    new = last.at(library.place(X[:3]))
    assert library.holds(last.values, last.eigenvalues, last.scale, new, dtype=dtype)
    expected = states(X, kernel, start, 5)[-1]
    tolerance = 1e-9 if dtype == "float64" else 1e-3
    np.testing.assert_allclose(to_numpy(last.values), expected.values, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), X)


# Degenerate data


def test_no_kernel_one_sample_and_duplicates():
    X, kernel, start = line(n=6)
    for points, K in ((X, 0 * kernel), (X[:1], kernel[:1, :1]), (0 * X + 1, kernel)):
        last = states(points, K, start, 20)[-1]
        assert np.isfinite(last.values).all()
        np.testing.assert_allclose(np.mean(last.values**2, axis=0), 1)


# Refusals


def test_refusals():
    X, kernel, start = line(n=6)
    with pytest.raises(ValueError, match="K must have 6 rows, one a sample, got 5"):
        states(X, kernel[:5, :5], start, 0)
    with pytest.raises(ValueError, match="parameters must give outputs that are not zero"):
        states(X, kernel, [(0 * W, 0 * b) for W, b in start], 0)
    with pytest.raises(ValueError, match="X must have 1 features, as when fitted, got 2"):
        states(X, kernel, start, 0)[0].at(np.ones((3, 2)))
