"""Lifted slope and curvature against tensors written out."""

from functools import reduce

import numpy as np
import pytest

from labkit.datasets import perturbed_completion, sensing_problem
from labkit.sensing import lifted_curvature


def power(X, order):
    return reduce(np.kron, [X] * order)


def lifted_loss(problem, w, order):
    """Return the lifted loss with all tensors formed."""
    n, m = problem.A.shape[0], len(problem.b)
    A = problem.A.matrices.reshape(m, n, n)
    A = (A + A.transpose(0, 2, 1)) / 2
    values = np.array(
        [w @ reduce(np.kron, [A[i] for i in index]) @ w for index in np.ndindex((m,) * order)]
    )
    return np.sum((values - power(problem.b, order)) ** 2) / 2


SMALL = sensing_problem([1.0], n_rows=3, n_measurements=4, rng=0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_curvature_is_the_second_difference(order):
    rng = np.random.default_rng(0)
    x, u = rng.standard_normal(3), rng.standard_normal(3)
    found = lifted_curvature(SMALL, x, u, order=order)
    w, h, step = power(x, order), power(found.direction, order), 1e-3
    values = [lifted_loss(SMALL, w + t * step * h, order) for t in (-1, 0, 1)]
    assert found.curvature == pytest.approx(
        (values[0] - 2 * values[1] + values[2]) / step**2, rel=1e-4, abs=1e-4
    )


@pytest.mark.parametrize("order", [1, 3])
def test_the_gradient_by_finite_differences(order):
    x = np.random.default_rng(1).standard_normal(3)
    w, step = power(x, order), 1e-5
    slopes = [
        (lifted_loss(SMALL, w + step * e, order) - lifted_loss(SMALL, w - step * e, order))
        / (2 * step)
        for e in np.eye(3**order)
    ]
    assert lifted_curvature(SMALL, x, order=order).gradient_norm == pytest.approx(
        np.linalg.norm(slopes), rel=1e-5
    )


def test_a_known_minimum_becomes_a_saddle():
    problem = perturbed_completion([1.0, 1.0], visibility=0.4)
    x = np.array([1.0, 0, -1]) * np.sqrt(0.84 / 1.16)
    one, three = (lifted_curvature(problem, x, order=order) for order in (1, 3))
    assert max(one.gradient_norm, three.gradient_norm) < 1e-14
    assert one.curvature > 0 > three.curvature
    assert three.falling > three.rising


def test_the_truth_stays_a_minimum_and_zero_is_stationary():
    problem = perturbed_completion([1.0, 0.7, 1.2], visibility=0.3)
    z = np.array([1.0, 0, 0.7, 0, 1.2])
    rng = np.random.default_rng(0)
    for order in (1, 3, 5):
        for u in rng.standard_normal((20, 5)):
            assert lifted_curvature(problem, z, u, order=order).curvature >= -1e-12
        assert lifted_curvature(problem, 0 * z, order=order).gradient_norm == 0


def test_scaling_is_a_power():
    x, u = np.random.default_rng(2).standard_normal((2, 3))
    a = lifted_curvature(SMALL, x, u, order=3)
    b = lifted_curvature(SMALL, x, 5 * u, order=3)
    assert a.curvature == pytest.approx(b.curvature)


def test_refusals():
    with pytest.raises(ValueError, match="direction must not be zero"):
        lifted_curvature(SMALL, np.ones(3), np.zeros(3), order=1)
    with pytest.raises(ValueError, match="point must have 3 rows, got 2"):
        lifted_curvature(SMALL, np.ones(2), order=1)
    with pytest.raises(ValueError, match="order must be smaller here: powers overflow, got 301"):
        lifted_curvature(SMALL, np.full(3, 10.0), order=301)
