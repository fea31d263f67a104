"""Snapshots: each solves its equation, and the parameters are what they are said to be."""

import numpy as np
import pytest

from labkit.datasets import equation_snapshots
from labkit.datasets.snapshots import EQUATIONS, VISCOSITY, WIDTH, _released


def test_advection_carries_a_pulse():
    drawn = equation_snapshots("advection", n_samples=4, n_points=301, rng=0)
    place, amplitude = drawn.parameters.T
    expected = amplitude[:, None] * np.exp(-((drawn.grid - place[:, None]) ** 2) / 2 / WIDTH**2)
    np.testing.assert_allclose(drawn.snapshots, expected)


def test_heat_solves_its_equation():
    drawn = equation_snapshots("heat", n_samples=5, n_points=2001, amplitude_factor=5.0, rng=1)
    u, h = drawn.snapshots, drawn.grid[1]
    place, amplitude, log_conductivity = drawn.parameters.T
    np.testing.assert_allclose(u[:, [0, -1]], 0, atol=1e-12)
    away = np.abs(drawn.grid[1:-1] - place[:, None]) > 2 * h
    second = (u[:, 2:] - 2 * u[:, 1:-1] + u[:, :-2]) / h**2
    residual = -np.exp(log_conductivity)[:, None] * second + u[:, 1:-1]
    assert np.abs(residual[away]).max() < 1e-3 * np.abs(u).max()
    ends = (u[:, 1] + u[:, -2]) / h  # what flows out at the ends, and what is lost between
    total = np.trapezoid(u, drawn.grid) + np.exp(log_conductivity) * ends
    np.testing.assert_allclose(total, amplitude, rtol=1e-3)


def test_burgers_solves_its_equation():
    x, h = np.linspace(-0.3, 0.5, 801), 1e-3
    mass, time = 0.03, 0.5
    before, now, after = (_released(x, np.array(mass), np.array(time + d)) for d in (-h, 0, h))
    first, second = np.gradient(now, x), np.gradient(np.gradient(now, x), x)
    residual = (after - before) / (2 * h) + now * first - VISCOSITY * second
    assert np.abs(residual[3:-3]).max() < 1e-2 * np.abs(now * first).max()
    assert np.trapezoid(now, x) == pytest.approx(mass, rel=1e-6)


def test_negative_mass_is_the_mirror_image():
    drawn = equation_snapshots("burgers", n_samples=40, both_signs=True, rng=2)
    place, mass, time = drawn.parameters.T
    assert (np.sign(drawn.snapshots.sum(axis=1)) == np.sign(mass)).all()
    row = int(np.argmin(mass))
    mirrored = -_released(place[row] - drawn.grid, -mass[row], time[row])
    np.testing.assert_allclose(drawn.snapshots[row], mirrored)


@pytest.mark.parametrize("equation", EQUATIONS)
def test_amplitudes_and_shapes(equation):
    drawn = equation_snapshots(
        equation, n_samples=500, n_points=20, amplitude_factor=8.0, both_signs=True, rng=3
    )
    size = np.abs(drawn.parameters[:, 1])
    assert 6 < size.max() / size.min() <= 8
    assert 0.4 < np.mean(drawn.parameters[:, 1] < 0) < 0.6
    assert drawn.snapshots.shape == (500, 20)
    assert drawn.parameters.shape[1] == len(drawn.names)
    assert np.any(drawn.snapshots != 0, axis=1).all()


def test_amplitude_and_sign_leave_the_other_draws_alone():
    one = equation_snapshots("heat", n_samples=9, rng=4)
    other = equation_snapshots("heat", n_samples=9, amplitude_factor=50.0, both_signs=True, rng=4)
    np.testing.assert_array_equal(one.parameters[:, [0, 2]], other.parameters[:, [0, 2]])


def test_refusals():
    with pytest.raises(ValueError, match=r"equation must be one of 'advection', .* got 'waves'"):
        equation_snapshots("waves", n_samples=2)
    with pytest.raises(ValueError, match=r"amplitude_factor .*\[1, inf\], got 0.5"):
        equation_snapshots("heat", n_samples=2, amplitude_factor=0.5)
