"""The certificate: by hand, as a quadratic form, with a skip, arrays."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import initial_parameters
from labkit.spectra import lipschitz_matrix
from tests.spectra.sandwich import cast


def network(*widths):
    return initial_parameters(widths, like=np.zeros(1), rng=3)


# Oracle


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("widths", [(3, 4, 3), (2, 5, 3, 2), (2, 3, 3, 4, 2)])
def test_it_is_the_quadratic_form(widths, skip):
    rng = np.random.default_rng(0)
    net = network(*widths)
    scales = [rng.uniform(0.5, 2, n) for n in widths[1:-1]]
    M = lipschitz_matrix(net, scales, bound=1.7, skip=skip)
    parts = [rng.standard_normal(n) for n in widths[:-1]]
    output = net[-1][0] @ parts[-1] + skip * parts[0]
    wanted = 1.7 * parts[0] @ parts[0] - output @ output / 1.7
    for k, scale in enumerate(scales):
        wanted -= 2 * (scale * parts[k + 1]) @ (net[k][0] @ parts[k] - parts[k + 1])
    vector = np.concatenate(parts)
    assert vector @ M @ vector == pytest.approx(wanted)
    np.testing.assert_array_equal(M, M.T)


def test_two_layers_of_norm_one_are_certified_for_one_and_not_below():
    net = [(np.linalg.qr(W)[0], b) for W, b in network(3, 3, 3)]
    lowest = [
        np.linalg.eigvalsh(lipschitz_matrix(net, [np.full(3, 1 / g)], bound=g))[0]
        for g in (0.9, 1.0, 1.1)
    ]
    assert lowest[0] < -0.01
    assert lowest[1] == pytest.approx(0, abs=1e-12)
    assert lowest[2] > 0.01


# Refusals


def test_a_skip_needs_equal_ends():
    with pytest.raises(ValueError, match="must end with 3 outputs, as it has inputs, got 2"):
        lipschitz_matrix(network(3, 4, 2), [np.ones(4)], bound=1.0, skip=True)
    with pytest.raises(ValueError, match=r"parameters\[1\]\[0\] must have 4 columns, got 3"):
        lipschitz_matrix([network(3, 4)[0], network(3, 2)[0]], [np.ones(4)], bound=1.0)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    net = cast(network(2, 3, 2), np.dtype(dtype).type)
    found = lipschitz_matrix(
        cast(net, library.place), [library.place(np.ones(3, dtype))], bound=2.0, skip=True
    )
    assert library.holds(found, dtype=dtype)
    exact = lipschitz_matrix(cast(net, np.float64), [np.ones(3)], bound=2.0, skip=True)
    np.testing.assert_allclose(to_numpy(found), exact, atol=20 * np.finfo(dtype).eps)
