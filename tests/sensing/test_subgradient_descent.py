"""Signs in place of squares: the step, recovery under outliers, blindness to scale."""

import dataclasses

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.datasets import sensing_problem
from labkit.sensing import DenseMeasurements, SensingProblem, subgradient_descent
from labkit.trace import trace


def spoilt(share=0.2, **changes):
    arguments = {"n_rows": 10, "n_measurements": 200, "rng": 0} | changes
    problem = sensing_problem([1.0], **arguments)
    wrong = np.arange(len(problem.b)) % 10 < 10 * share
    return dataclasses.replace(problem, b=problem.b + 3.0 * wrong)


def start(scale=1e-4, columns=10):
    return scale * np.random.default_rng(1).standard_normal((10, 10))[:, :columns]


# Oracle


def test_a_step_is_a_subgradient_of_the_absolute_residuals():
    problem, U = spoilt(), start(1.0)
    first = next(iter_from(problem, U, 1e-7))
    slope = np.abs(problem.residual(first)).sum() - np.abs(problem.residual(U)).sum()
    back = problem.A.adjoint(np.sign(problem.residual(U)))
    expected = 2 * np.sum((back @ U) * (first - U))
    assert slope == pytest.approx(expected, rel=1e-4)
    assert slope < 0


def iter_from(problem, U, step):
    states = subgradient_descent(problem, U, step_size=step, decay=1.0)
    next(states)
    return states


@pytest.mark.parametrize("columns", [1, 3, 10])
def test_it_recovers_at_any_search_rank(columns):
    problem = spoilt()
    run = trace(subgradient_descent(problem, start(1e-5, columns)), n_steps=900, record={})
    assert problem.recovery_error(run.last) < 3e-3


# Invariance


def test_the_scale_of_the_measurements_does_not_matter():
    problem = spoilt()
    A = DenseMeasurements(7 * problem.A.matrices, problem.A.shape)
    larger = SensingProblem(A, 7 * problem.b, problem.truth)
    a, b = (
        trace(subgradient_descent(p, start()), n_steps=20, record={}).last
        for p in (problem, larger)
    )
    np.testing.assert_allclose(a, b, rtol=1e-9)


def test_it_stays_where_every_residual_is_zero():
    problem = sensing_problem([1.0], n_rows=4, n_measurements=20, rng=0)
    nothing = dataclasses.replace(problem, b=0 * problem.b)
    run = trace(subgradient_descent(nothing, np.zeros((4, 2))), n_steps=3, record={})
    assert not run.last.any()


# Arrays


def test_float32():
    problem = spoilt()
    A = DenseMeasurements(problem.A.matrices.astype("float32"), problem.A.shape)
    single = SensingProblem(A, problem.b.astype("float32"), problem.truth.astype("float32"))
    given = start().astype("float32")
    kept = given.copy()
    run = trace(subgradient_descent(single, given), n_steps=5, record={})
    assert to_numpy(run.last).dtype == np.float32
    np.testing.assert_array_equal(given, kept)


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": np.ones((3, 2))}, "start must have 10 rows, got 3"),
        ({"step_size": 0.0}, "step_size must be"),
        ({"decay": 1.5}, "decay must be"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        subgradient_descent(**{"problem": spoilt(), "start": start(), **changes})


def test_long_steps_say_so():
    states = subgradient_descent(spoilt(), start(), step_size=5.0, decay=1.0)
    with pytest.raises(ValueError, match="step_size must be smaller here"):
        trace(states, n_steps=200, record={})
