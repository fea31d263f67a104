"""The gradient by free parameters: differences, arrays, what nothing depends on."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import loss_and_gradient
from labkit.spectra import sandwich_network, sandwich_pullback
from tests.spectra.sandwich import cast, inputs, layers


def problem(*widths, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((20, widths[0]))
    return X, np.eye(widths[-1])[rng.integers(widths[-1], size=20)]


def loss(free, data, bound):
    return loss_and_gradient(sandwich_network(free, bound=bound), *data)


# Oracle


@pytest.mark.parametrize("widths", [(3, 2), (3, 5, 2), (2, 4, 6, 3), (2, 3, 3, 3, 2)])
def test_differences(widths):
    free, data = layers(*widths, spread=0.5), problem(*widths)
    found = sandwich_pullback(free, loss(free, data, 3.0)[1], bound=3.0)
    for k, layer in enumerate(free):
        for i, part in enumerate(layer):
            for place in np.ndindex(part.shape):
                shift = np.zeros_like(part)
                shift[place] = 1e-5
                moved = [
                    [tuple(p + s * shift if (j, m) == (k, i) else p for m, p in enumerate(row))
                     for j, row in enumerate(free)] for s in (1, -1)
                ]  # fmt: skip
                up, down = (loss(other, data, 3.0)[0] for other in moved)
                assert found[k][i][place] == pytest.approx((up - down) / 2e-5, abs=1e-8)


# Invariance


def test_it_is_linear_in_the_gradient():
    free = layers(2, 4, 3)
    gradient = loss(free, problem(2, 4, 3), 1.0)[1]
    one = sandwich_pullback(free, gradient)
    for parts, doubled in zip(
        one, sandwich_pullback(free, cast(gradient, lambda g: -2 * g)), strict=True
    ):
        for a, b in zip(parts, doubled, strict=True):
            np.testing.assert_allclose(-2 * a, b, atol=1e-14)


def test_nothing_depends_on_the_last_log_scales():
    free = layers(2, 4, 3)
    found = sandwich_pullback(free, loss(free, problem(2, 4, 3), 1.0)[1])
    np.testing.assert_array_equal(found[-1][1], np.zeros(3))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    kind = np.dtype(dtype).type
    free = cast(layers(2, 4, 3), kind)
    gradient = cast(loss(layers(2, 4, 3), problem(2, 4, 3), 1.0)[1], kind)
    found = sandwich_pullback(cast(free, library.place), cast(gradient, library.place))
    exact = sandwich_pullback(cast(free, np.float64), cast(gradient, np.float64))
    for parts, wanted in zip(found, exact, strict=True):
        assert library.holds(*parts, dtype=dtype)
        for part, other in zip(parts, wanted, strict=True):
            np.testing.assert_allclose(to_numpy(part), other, atol=1e3 * np.finfo(dtype).eps)


# Use


def test_steps_along_it_lower_the_loss():
    free, data = layers(2, 6, 2), (inputs(2), np.eye(2)[(inputs(2)[:, 0] > 0).astype(int)])
    start = loss(free, data, 2.0)[0]
    for _ in range(50):
        slopes = sandwich_pullback(free, loss(free, data, 2.0)[1], bound=2.0)
        free = [
            tuple(p - 0.1 * g for p, g in zip(row, by, strict=True))
            for row, by in zip(free, slopes, strict=True)
        ]
    assert loss(free, data, 2.0)[0] < 0.8 * start
