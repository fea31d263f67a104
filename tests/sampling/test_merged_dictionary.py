"""Merged dictionaries: unbiased weights, what parts know of each other, counts, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import merged_dictionary, ridge_leverage_stream


def kernel(A, B):
    return np.exp(-0.5 * np.sum((A[:, None] - B[None]) ** 2, axis=-1))


def linear(A, B):
    return A @ B.T


def parts(X, function=kernel, *, n_parts=4, draw=0, **options):
    draw = np.random.default_rng(draw)
    return [
        list(ridge_leverage_stream([part], function, rng=draw, **options))[-1]
        for part in np.split(X, n_parts)
    ]


# Oracle


def test_one_part_is_thinned_by_its_own_scores():
    X = np.random.default_rng(0).standard_normal((40, 2))
    (alone,) = parts(X, n_parts=1, ridge=1.0, n_copies=10**6)
    again = merged_dictionary([alone], kernel, rng=0)
    assert (again.probabilities <= alone.probabilities).all()
    # With so many coins the weights are one, and the estimates those of the whole matrix again.
    np.testing.assert_allclose(again.probabilities, alone.probabilities, rtol=0.02)


def test_weights_are_unbiased():
    X, n_runs = np.random.default_rng(0).standard_normal((12, 2)), 3000
    total, draw = np.zeros((n_runs, 12)), np.random.default_rng(1)
    for run in range(n_runs):
        found = merged_dictionary(parts(X, draw=draw, ridge=2.0, n_copies=3), kernel, rng=draw)
        total[run, found.positions] = found.weights
    error = total.std(axis=0) / np.sqrt(n_runs)
    assert (np.abs(total.mean(axis=0) - 1) < 5.5 * error).all()  # a normal tail, 4e-8 each


def test_what_two_parts_say_twice_is_dropped():
    X = np.ones((4000, 1))
    pieces = parts(X, linear, ridge=100.0, n_copies=40)
    found = merged_dictionary(pieces, linear, rng=0)
    united = sum(piece.points.shape[0] for piece in pieces)
    assert found.points.shape[0] < 0.6 * united
    assert float(np.sum(found.weights)) == pytest.approx(4000, rel=0.7)


def test_bound_with_many_copies():
    X = np.random.default_rng(2).standard_normal((320, 2))
    found = merged_dictionary(parts(X, ridge=1.0, n_copies=200), kernel, rng=0)
    F = found.features(X, kernel)
    values = np.linalg.eigvalsh(kernel(X, X) - F @ F.T)
    assert values[0] > -1e-10
    assert values[-1] < 2


# Invariance


def test_positions_count_on_and_evaluations_add_up():
    X = np.random.default_rng(3).standard_normal((60, 2))
    pieces = parts(X, n_parts=3, ridge=0.5)
    sizes = [piece.points.shape[0] for piece in pieces]
    found = merged_dictionary(pieces, kernel, rng=0)
    np.testing.assert_array_equal(found.points, X[found.positions])
    between = sizes[0] * sizes[1] + (sizes[0] + sizes[1]) * sizes[2]
    assert found.n_evaluations == 3 * 20**2 + between
    assert found.n_seen == 60
    np.testing.assert_allclose(found.gram, kernel(found.points, found.points), atol=1e-14)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = np.random.default_rng(0).standard_normal((40, 3)).astype(dtype)
    expected = merged_dictionary(parts(X, linear, ridge=2.0), linear, rng=5)
    placed = [
        list(ridge_leverage_stream([library.place(part)], linear, ridge=2.0, rng=draw))[-1]
        for draw in [np.random.default_rng(0)]
        for part in np.split(X, 4)
    ]
    found = merged_dictionary(placed, linear, rng=5)
    assert library.holds(found.points, found.gram, found.weights, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(found.positions), expected.positions)


# Degenerate


def test_empty_dictionaries():
    def nothing(A, B):
        return 0.0 * (A @ B.T)

    found = merged_dictionary(parts(np.ones((8, 2)), nothing, ridge=1.0), nothing, rng=0)
    assert found.points.shape == (0, 2)
    assert found.n_seen == 8


# Refusals


def test_refusals():
    X = np.random.default_rng(0).standard_normal((8, 2))
    (one,), (other,) = (parts(X, n_parts=1, ridge=ridge) for ridge in (1.0, 2.0))
    with pytest.raises(ValueError, match=r"parts must have one ridge, got 1.0 and 2.0"):
        merged_dictionary([one, other], kernel)
    (wide,) = parts(np.ones((4, 3)), n_parts=1, ridge=1.0)
    with pytest.raises(ValueError, match="parts must have one number of features"):
        merged_dictionary([one, wide], kernel)
