"""Free parameters of a given network: there and back, what is refused, arrays."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import initial_parameters
from labkit.spectra import lipschitz_bound, sandwich_network, sandwich_parameters
from tests.spectra.sandwich import cast, layers

# Oracle


@pytest.mark.parametrize("widths", [(2, 3, 1), (3, 6, 5, 2), (2, 2, 7, 3, 4)])
def test_there_and_back(widths):
    net = initial_parameters(widths, like=np.zeros(1), bias_scale=1.0, rng=2)
    found = lipschitz_bound(net)
    bound = 1.01 * found.bound
    free = sandwich_parameters(net, found.multipliers, bound=bound)
    for (W, b), (V, c) in zip(net, sandwich_network(free, bound=bound), strict=True):
        np.testing.assert_allclose(V, W, atol=1e-10)
        np.testing.assert_array_equal(c, b)


def test_back_from_free_parameters():
    free = layers(3, 4, 5, 2)
    net = sandwich_network(free, bound=2.0)
    multipliers = [np.exp(2 * log_scales) for _, log_scales, _ in free[:-1]]
    again = sandwich_network(sandwich_parameters(net, multipliers, bound=2.0), bound=2.0)
    for (W, _), (V, _) in zip(net, again, strict=True):
        np.testing.assert_allclose(V, W, rtol=1e-8, atol=1e-8)


# Refusals


def test_a_bound_that_is_not_certified():
    chain = [(np.eye(1), np.zeros(1)), (np.eye(1), np.zeros(1))]
    with pytest.raises(ValueError, match=r"certify the bound 0\.9, got none at layer 2"):
        sandwich_parameters(chain, [np.ones(1)], bound=0.9)
    with pytest.raises(ValueError, match=r"certify the bound 0\.5, got none at layer 1"):
        sandwich_parameters(chain, [np.ones(1)], bound=0.5)


def test_the_edge_of_the_last_layer_is_allowed():
    chain = [(np.eye(1), np.zeros(1)), (np.eye(1), np.zeros(1))]
    free = sandwich_parameters(chain, [np.ones(1)], bound=1.0)
    assert sandwich_network(free)[1][0] == pytest.approx(1.0)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    net = cast(initial_parameters((3, 5, 2), like=np.zeros(1), rng=2), np.dtype(dtype).type)
    multipliers = [np.full(5, 2.0, dtype=dtype)]
    free = sandwich_parameters(
        cast(net, library.place), list(map(library.place, multipliers)), bound=9.0
    )
    exact = sandwich_parameters(cast(net, np.float64), [np.full(5, 2.0)], bound=9.0)
    for parts, wanted in zip(free, exact, strict=True):
        assert library.holds(*parts, dtype=dtype)
        for part, other in zip(parts, wanted, strict=True):
            np.testing.assert_allclose(to_numpy(part), other, atol=500 * np.finfo(dtype).eps)


# Degenerate


def test_a_unit_without_weights():
    (W, b), (V, c) = initial_parameters((3, 5, 2), like=np.zeros(1), rng=2)
    W, V = np.array(W), np.array(V)
    W[1], V[:, 1] = 0, 0
    net = [(W, b), (V, c)]
    found = lipschitz_bound(net)
    again = sandwich_network(
        sandwich_parameters(net, found.multipliers, bound=1.01 * found.bound),
        bound=1.01 * found.bound,
    )
    np.testing.assert_allclose(again[0][0], W, atol=1e-10)
