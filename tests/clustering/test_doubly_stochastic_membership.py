"""Doubly stochastic membership: sums, the optimum, limits of the entropy weight, the gradient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import doubly_stochastic_membership
from labkit.clustering.doubly_stochastic_membership import gradient_by_similarity

seeds = st.integers(0, 2**32 - 1)


def sphere(n, d, seed=0):
    Z = np.random.default_rng(seed).standard_normal((n, d))
    return Z / np.linalg.norm(Z, axis=1, keepdims=True)


# Oracle


def test_two_samples_in_closed_form():
    C = np.array([[1.0, 0.0], [0.6, 0.8]])
    found = doubly_stochastic_membership(C, entropy=0.5, tol=1e-14).membership
    stay = np.exp((1 - 0.6) / 0.5)  # diagonal over off-diagonal, by symmetry
    expected = np.array([[stay, 1], [1, stay]]) / (1 + stay)
    np.testing.assert_allclose(found, expected, atol=1e-13)


@given(seed=seeds, entropy=st.floats(0.05, 10))
def test_it_is_the_scaling_and_the_optimum(seed, entropy):
    C = sphere(12, 3, seed)
    found = doubly_stochastic_membership(C, entropy=entropy, tol=1e-12)
    G, f = found.membership, found.potential
    np.testing.assert_allclose(G.sum(axis=0), 1, atol=1e-10)
    np.testing.assert_allclose(G, G.T, atol=1e-15)
    np.testing.assert_allclose(np.log(G), f[:, None] + f + C @ C.T / entropy, atol=1e-8)
    assert np.linalg.eigvalsh(G)[0] > -1e-12
    assert found.residual <= 1e-12

    def objective(G):
        return np.sum(C @ C.T * G) - entropy * np.sum(G * np.log(G))

    draw = np.random.default_rng(seed)  # concave: no doubly stochastic matrix near it is better
    turn = np.eye(12)[draw.permutation(12)]
    for share in (0.01, 0.3):
        assert objective((1 - share) * G + share * (turn + 1 / 12) / 2) <= objective(G) + 1e-9


def test_limits_of_the_entropy_weight():
    C = sphere(8, 4)
    alone = doubly_stochastic_membership(C, entropy=1e-3).membership
    np.testing.assert_allclose(alone, np.eye(8), atol=1e-6)
    uniform = doubly_stochastic_membership(C, entropy=1e6).membership
    np.testing.assert_allclose(uniform, np.full((8, 8), 1 / 8), atol=1e-6)


def test_errors_halve_near_the_end():
    C = sphere(30, 5)
    exact = doubly_stochastic_membership(C, entropy=0.2, tol=1e-15).potential
    off = [
        np.linalg.norm(
            doubly_stochastic_membership(C, entropy=0.2, tol=0, max_iterations=k).potential - exact
        )
        for k in range(10, 20)
    ]
    assert np.all(np.diff(np.log2(off)) < -0.99)


def test_start_from_the_answer_takes_no_round():
    C = sphere(10, 3)
    first = doubly_stochastic_membership(C, entropy=0.3)
    again = doubly_stochastic_membership(C, entropy=0.3, potential=first.potential)
    assert first.n_iterations > 5
    assert again.n_iterations == 0
    short = doubly_stochastic_membership(C, entropy=0.3, max_iterations=3)
    assert short.n_iterations == 3
    assert short.residual > first.residual


@given(seed=seeds)
def test_gradient_by_differences(seed):
    draw = np.random.default_rng(seed)
    C, slope, change = (
        sphere(7, 3, seed),
        draw.standard_normal((7, 7)),
        draw.standard_normal((7, 3)),
    )

    def value(C):
        return np.sum(slope * doubly_stochastic_membership(C, entropy=0.4, tol=1e-14).membership)

    G = doubly_stochastic_membership(C, entropy=0.4, tol=1e-14).membership
    by_C = 2 * gradient_by_similarity(G, slope, 0.4) @ C
    h = 1e-5
    by_difference = (value(C + h * change) - value(C - h * change)) / (2 * h)
    assert np.sum(by_C * change) == pytest.approx(by_difference, abs=1e-6)


# Invariance


@given(seed=seeds)
def test_order_and_rotation(seed):
    draw = np.random.default_rng(seed)
    C, order = sphere(9, 4, seed), draw.permutation(9)
    Q = np.linalg.qr(draw.standard_normal((4, 4)))[0]
    G = doubly_stochastic_membership(C, entropy=0.3, tol=1e-12).membership
    turned = doubly_stochastic_membership(C[order] @ Q, entropy=0.3, tol=1e-12).membership
    np.testing.assert_allclose(turned, G[np.ix_(order, order)], atol=1e-10)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    C = sphere(10, 3).astype(dtype)
    placed = library.place(C)
    found = doubly_stochastic_membership(placed, entropy=0.3)
    assert library.holds(found.membership, found.potential, dtype=dtype)
    expected = doubly_stochastic_membership(C.astype(float), entropy=0.3, tol=1e-12).membership
    np.testing.assert_allclose(to_numpy(found.membership), expected, atol=1e-5)
    np.testing.assert_array_equal(to_numpy(placed), C)


# Degenerate data


def test_one_sample_duplicates_and_zeros():
    assert doubly_stochastic_membership(np.ones((1, 2)), entropy=0.1).membership == 1
    for C in (np.zeros((4, 2)), np.ones((4, 2))):
        found = doubly_stochastic_membership(C, entropy=0.1).membership
        np.testing.assert_allclose(found, np.full((4, 4), 0.25), atol=1e-6)
    far = doubly_stochastic_membership(100 * sphere(6, 3), entropy=1e-3).membership
    np.testing.assert_allclose(far, np.eye(6), atol=1e-6)


# Refusals


def test_refusals():
    C = np.eye(3)
    with pytest.raises(ValueError, match="potential must have 3 entries, one a sample, got 2"):
        doubly_stochastic_membership(C, entropy=0.1, potential=np.zeros(2))
    with pytest.raises(ValueError, match=r"entries of C up to 1e\+200, got 0.1"):
        doubly_stochastic_membership(1e200 * C, entropy=0.1)
