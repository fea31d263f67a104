"""Stochastic Lanczos quadrature: the exact spectrum, the law of its error, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.networks import (
    flatten,
    hessian_product,
    initial_parameters,
    loss_and_gradient,
    unflatten,
)
from labkit.spectra import lanczos_density


def smoothed(values, grid, resolution):
    bumps = np.exp(-(((grid[:, None] - values) / resolution) ** 2) / 2)
    return bumps.mean(axis=1) / (resolution * np.sqrt(2 * np.pi))


# Oracle


def test_a_smooth_bulk_and_an_outlier():
    values = np.r_[np.linspace(-1, 1, 399) ** 3, 5.0]
    found = lanczos_density(values.__mul__, np.zeros(400), resolution=0.1, n_probes=40, rng=0)
    expected = smoothed(values, found.grid, 0.1)
    # six standard errors of the largest height: var(bump) is at most max(density) * its peak
    peak = 1 / (0.1 * np.sqrt(2 * np.pi))
    error = 6 * np.sqrt(2 * expected.max() * peak / (40 * 402))
    assert np.abs(found.density - expected).max() < error
    np.testing.assert_allclose(found.nodes[:, -1], 5, rtol=0, atol=1e-10)
    step = found.grid[1] - found.grid[0]
    assert np.sum(found.density) * step == pytest.approx(1, abs=1e-3)


def test_the_hessian_of_a_network_from_differences_of_gradients():
    widths, rng = (3, 6, 3), np.random.default_rng(0)
    X, targets = rng.standard_normal((20, 3)), np.eye(3)[rng.integers(0, 3, 20)]
    parameters = initial_parameters(widths, like=X, rng=1)
    theta, h = flatten(parameters), 6e-6
    sides = [
        [
            flatten(loss_and_gradient(unflatten(theta + s * u, widths), X, targets)[1])
            for s in (h, -h)
        ]
        for u in np.eye(len(theta))
    ]
    H = np.array([(above - below) / (2 * h) for above, below in sides])
    values = np.linalg.eigvalsh((H + H.T) / 2)

    def product(v):
        return hessian_product(parameters, X, targets, v)

    found = lanczos_density(product, theta, n_probes=3, n_steps=len(theta), rng=0)
    gaps = np.abs(values[:, None] - found.nodes.ravel()).min(axis=0)
    assert gaps.max() < 1e-8
    # every node's share is a squared entry of a unit vector: the mean of g has variance
    # 2 var(g) / (m (n + 2))
    mean = np.mean(np.sum(found.weights * found.nodes, axis=1))
    error = np.sqrt(2 * values.var() / (3 * (len(theta) + 2)))
    assert abs(mean - values.mean()) < 6 * error


def test_the_variance_is_that_of_the_docstring():
    values = np.linspace(0, 1, 20) ** 2
    found = lanczos_density(values.__mul__, np.zeros(20), n_probes=4000, n_steps=20, rng=0)
    means = np.sum(found.weights * found.nodes, axis=1)
    expected = 2 * values.var() / 22
    # the relative error of a variance from 4000 nearly normal numbers is sqrt(2 / 4000) = 0.022
    assert means.var() == pytest.approx(expected, rel=0.15)
    assert means.mean() == pytest.approx(values.mean(), abs=6 * np.sqrt(expected / 4000))


# Degenerate


def test_one_eigenvalue():
    found = lanczos_density((3 * np.ones(5)).__mul__, np.zeros(5), n_probes=2, n_steps=4, rng=0)
    np.testing.assert_allclose(found.nodes, 3, rtol=0, atol=1e-14)
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(found.weights[:, 1:], 0)
    assert np.isfinite(found.density).all()


def test_the_zero_matrix():
    found = lanczos_density(np.zeros(5).__mul__, np.zeros(5), rng=0)
    assert found.resolution == 1
    np.testing.assert_array_equal(found.nodes, 0)


# Invariance


def test_shift_and_scale():
    values, grid = np.linspace(0, 1, 30), np.linspace(-1, 2, 7)
    one = lanczos_density(values.__mul__, np.zeros(30), grid=grid, resolution=0.2, rng=0)
    other = lanczos_density(
        (4 * values - 1).__mul__, np.zeros(30), grid=4 * grid - 1, resolution=0.8, rng=0
    )
    np.testing.assert_allclose(4 * other.density, one.density, rtol=0, atol=1e-10)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    values = np.linspace(0, 1, 12).astype(dtype)
    placed = library.place(values)
    grid = library.place(np.linspace(-0.5, 1.5, 9).astype(dtype))
    found = lanczos_density(
        placed.__mul__, placed, grid=grid, resolution=0.1, n_probes=3, n_steps=6, rng=0
    )
    assert library.holds(found.density, found.grid, found.nodes, found.weights, dtype=dtype)
    expected = lanczos_density(
        values.astype(float).__mul__, values.astype(float), grid=np.linspace(-0.5, 1.5, 9),
        resolution=0.1, n_probes=3, n_steps=6, rng=0,
    )  # fmt: skip
    # nodes to about a thousand roundings, a bump's slope at most 0.24 / resolution^2 = 24
    tol = 3e4 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(found.density), expected.density, rtol=0, atol=tol)
    np.testing.assert_array_equal(to_numpy(placed), values)


# Refusals


def test_refusals():
    with pytest.raises(TypeError, match="like must be a floating vector, got int"):
        lanczos_density(np.negative, 5)
    with pytest.raises(ValueError, match=r"like must be a vector, got shape \(2, 2\)"):
        lanczos_density(np.negative, np.eye(2))
    with pytest.raises(ValueError, match=r"resolution must be .*, got 0.0"):
        lanczos_density(np.negative, np.ones(3), resolution=0.0)
