"""Derivatives at points: differences, a skip, kinks, arrays."""

import numpy as np
import pytest

from labkit.networks import forward, initial_parameters
from labkit.spectra import lipschitz_lower_bound
from tests.spectra.sandwich import cast, inputs


def network(*widths):
    return initial_parameters(widths, like=np.zeros(1), bias_scale=0.5, rng=4)


# Oracle


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_differences(activation, skip):
    net, x = network(3, 5, 4, 3), inputs(3)[:1]
    J = np.stack([
        (forward(net, x + s, activation=activation) - forward(net, x - s, activation=activation))[0]
        for s in 1e-6 * np.eye(3)
    ], axis=1) / 2e-6 + skip * np.eye(3)  # fmt: skip
    found = lipschitz_lower_bound(net, x, activation=activation, skip=skip)
    assert found == pytest.approx(np.linalg.norm(J, 2), rel=1e-6)


def test_a_linear_map_has_its_norm():
    net = network(4, 2)
    assert lipschitz_lower_bound(net, inputs(4)) == pytest.approx(np.linalg.norm(net[0][0], 2))


def test_no_pair_of_points_is_further_apart_than_the_largest_of_many():
    net = network(2, 6, 1)
    grid = np.stack(np.meshgrid(*[np.linspace(-3, 3, 120)] * 2), -1).reshape(-1, 2)
    X, Y = grid[::97][:100], grid[5::97][:100]
    moved = np.abs(forward(net, X, activation="relu") - forward(net, Y, activation="relu"))[:, 0]
    assert np.all(moved <= lipschitz_lower_bound(net, grid) * np.linalg.norm(X - Y, axis=1) + 1e-12)


# Invariance


def test_more_points_never_lower_it():
    values = [lipschitz_lower_bound(network(3, 5, 2), inputs(3)[:n]) for n in (1, 10, 300)]
    assert values == sorted(values)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    net, X = cast(network(3, 5, 3), np.dtype(dtype).type), inputs(3).astype(dtype)
    found = lipschitz_lower_bound(cast(net, library.place), library.place(X), skip=True)
    exact = lipschitz_lower_bound(cast(net, np.float64), X.astype(float), skip=True)
    assert found == pytest.approx(exact, rel=float(100 * np.finfo(dtype).eps))


# Degenerate


def test_where_all_units_are_off():
    net = [(np.ones((2, 1)), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))]
    assert lipschitz_lower_bound(net, -np.ones((3, 1))) == 0
    assert lipschitz_lower_bound(net, -np.ones((3, 1)), skip=True) == 1
