"""The bound by a matrix inequality: known cases, never wrong, balanced units, arrays."""

import numpy as np
import pytest

from labkit.networks import initial_parameters
from labkit.spectra import (
    lipschitz_bound,
    lipschitz_lower_bound,
    lipschitz_matrix,
    sandwich_network,
)
from tests.spectra.sandwich import cast, inputs, layers


def network(*widths, seed=0):
    return initial_parameters(widths, like=np.zeros(1), bias_scale=0.5, rng=seed)


# Oracle


def test_units_in_parallel_are_known():
    """With one input and one output the best multipliers give the sum of |w_i v_i|, or half."""
    rng = np.random.default_rng(0)
    w, v = rng.standard_normal((2, 6))
    net = [(w[:, None], np.zeros(6)), (v[None, :], np.zeros(1))]
    up, down = (np.maximum(s * w * v, 0).sum() for s in (1, -1))
    found = lipschitz_bound(net)
    assert max(up, down) * (1 - 1e-9) <= found.bound <= found.product
    assert found.bound <= 1.02 * (up + down)


@pytest.mark.parametrize("seed", range(10))
def test_between_what_is_seen_and_the_product(seed):
    net = network(4, 9, 7, 3, seed=seed)
    found = lipschitz_bound(net)
    seen = max(lipschitz_lower_bound(net, inputs(4), activation=a) for a in ("relu", "tanh"))
    assert seen <= found.bound <= 0.8 * found.product
    assert found.history == sorted(found.history, reverse=True)
    assert found.product == pytest.approx(np.prod([np.linalg.norm(W, 2) for W, _ in net]))


@pytest.mark.parametrize("seed", range(5))
def test_its_multipliers_certify_it(seed):
    net = network(4, 9, 7, 3, seed=seed)
    found = lipschitz_bound(net)
    values = np.linalg.eigvalsh(lipschitz_matrix(net, found.multipliers, bound=found.bound))
    assert abs(values[0]) < 1e-9 * values[-1]
    below = lipschitz_matrix(net, found.multipliers, bound=0.98 * found.bound)
    assert np.linalg.eigvalsh(below)[0] < 0


def test_steps_start_at_a_product():
    found = lipschitz_bound(network(3, 4, 2), max_iterations=1)
    assert found.bound <= found.history[0] <= found.product
    assert len(found.history) <= 3


# Invariance


def test_scale_and_turns_of_the_ends():
    net = network(3, 6, 2)
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    other = [(5 * net[0][0] @ turn, net[0][1]), (3 * net[1][0][::-1], net[1][1])]
    assert lipschitz_bound(other).bound == pytest.approx(15 * lipschitz_bound(net).bound, rel=1e-3)


def test_lengths_moved_through_units_hardly_matter():
    """A sandwich network with wild scales has a huge product of norms, and no larger bound."""
    for seed in range(5):
        net = sandwich_network(layers(2, 16, 16, 2, seed=seed), bound=2.0)
        found = lipschitz_bound(net)
        assert found.product > 20
        assert found.bound <= 2.0


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    net = cast(network(2, 5, 3), np.dtype(dtype).type)
    found = lipschitz_bound(cast(net, library.place), max_iterations=30)
    assert library.holds(*found.multipliers, dtype=dtype)
    assert found.bound == pytest.approx(lipschitz_bound(network(2, 5, 3)).bound, rel=0.05)


# Degenerate


def test_a_dead_unit_and_a_constant_network():
    (W, b), (V, c) = network(3, 6, 2)
    V = np.array(V)
    V[:, 2] = 0
    found = lipschitz_bound([(W, b), (V, c)])
    assert 0 < found.bound < found.product
    assert all(np.all(m > 0) for m in found.multipliers)
    with pytest.raises(ValueError, match="norms above 0"):
        lipschitz_bound([(W, b), (0 * V, c)])
