"""Weight matching: enumeration, hidden copies, what renaming keeps, refusals."""

import itertools

import numpy as np
import pytest

from labkit.networks import flatten, forward, initial_parameters, weight_matching


def network(widths=(3, 5, 4, 2), seed=0):
    return initial_parameters(widths, like=np.zeros(1), bias_scale=1.0, rng=seed)


def distance(a, b):
    return np.linalg.norm(flatten(a) - flatten(b))


def shuffled(parameters, seed=0):
    rng, moved, below = np.random.default_rng(seed), [], None
    for layer, (weights, bias) in enumerate(parameters):
        weights = weights if below is None else weights[:, below]
        below = rng.permutation(len(bias)) if layer + 1 < len(parameters) else np.arange(len(bias))
        moved.append((weights[below], bias[below]))
    return moved


# Oracle


def test_one_hidden_layer_by_enumeration():
    a, b = network((3, 5, 2), 0), network((3, 5, 2), 1)
    (W, c), (V, d) = b
    best = min(
        distance(a, [(W[list(p)], c[list(p)]), (V[:, list(p)], d)])
        for p in itertools.permutations(range(5))
    )
    assert weight_matching(a, b).distance == pytest.approx(best, rel=1e-12)


def test_two_hidden_layers_reach_the_best_with_enough_starts():
    a, b = network((3, 4, 3, 2), 0), network((3, 4, 3, 2), 1)
    (W, c), (V, d), (U, e) = b
    best = min(
        distance(a, [(W[p], c[p]), (V[np.ix_(q, p)], d[q]), (U[:, q], e)])
        for p in map(list, itertools.permutations(range(4)))
        for q in map(list, itertools.permutations(range(3)))
    )
    assert weight_matching(a, b, n_starts=50, rng=0).distance == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("widths", [(3, 9, 2), (3, 9, 8, 7, 2)])
def test_a_copy_under_other_names_is_found(widths):
    a = network(widths)
    found = weight_matching(a, shuffled(a), n_starts=20, rng=0)
    assert found.distance == pytest.approx(0, abs=1e-12)


# Invariance


def test_the_function_and_the_singular_values_stay():
    a, b = network(seed=0), network(seed=1)
    found = weight_matching(a, b, rng=0)
    X = np.random.default_rng(0).standard_normal((7, 3))
    np.testing.assert_allclose(forward(found.parameters, X), forward(b, X), rtol=0, atol=1e-13)
    for (moved, _), (old, _) in zip(found.parameters, b, strict=True):
        np.testing.assert_allclose(
            np.linalg.svd(moved)[1], np.linalg.svd(old)[1], rtol=0, atol=1e-13
        )
    assert found.distance == pytest.approx(distance(a, found.parameters), rel=1e-12)
    assert found.distance < distance(a, b)
    for names in found.permutations:
        assert sorted(names) == list(range(len(names)))


def test_more_starts_are_never_worse():
    a, b = network((3, 20, 20, 2), 0), network((3, 20, 20, 2), 1)
    few, many = (weight_matching(a, b, n_starts=n, rng=0).distance for n in (1, 10))
    assert many <= few


# Edge cases


def test_itself():
    a = network()
    found = weight_matching(a, a, rng=0)
    assert found.distance == 0
    assert all(np.array_equal(p, np.arange(len(p))) for p in found.permutations)


def test_single_units_and_twins():
    a = network((3, 1, 2))
    assert weight_matching(a, a).permutations[0].tolist() == [0]
    twins = [(np.ones((4, 3)), np.zeros(4)), (np.ones((2, 4)), np.zeros(2))]
    assert weight_matching(twins, twins).distance == 0


def test_float32_stays():
    a, b = ([(w.astype(np.float32), c.astype(np.float32)) for w, c in network(seed=s)]
            for s in (0, 1))  # fmt: skip
    found = weight_matching(a, b, rng=0)
    assert found.parameters[0][0].dtype == np.float32


# Refusals


def test_refusals():
    a = network()
    with pytest.raises(ValueError, match="parameters must have the shapes of target"):
        weight_matching(a, network((3, 5, 5, 2)))
    with pytest.raises(ValueError, match="parameters must have a hidden layer"):
        weight_matching(a[:1], a[:1])
    with pytest.raises(ValueError, match="n_starts"):
        weight_matching(a, a, n_starts=0)
