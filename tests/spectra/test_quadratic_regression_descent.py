"""Quadratic models: against descent on their parameters, the edge, escape, and no edge at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.spectra import quadratic_regression_descent
from labkit.trace import trace

seeds = st.integers(0, 2**32 - 1)


def model(n_models=2, n_outputs=3, n_parameters=5, seed=0):
    draw = np.random.default_rng(seed)
    Q = draw.standard_normal((n_models, n_outputs, n_parameters, n_parameters)) / 5
    z, J = draw.standard_normal(Q.shape[:2]), draw.standard_normal(Q.shape[:3])
    return z, J, Q + Q.swapaxes(-1, -2)


def two_parameters(ends, bend, near=0.6):
    """Return starts in units of the step, from which small steps would end at those values."""
    ends = np.asarray(ends)
    c = ends / (1 + bend)
    a, b = near * c**0.5, (c / bend) ** 0.5 * near**-bend  # small steps keep a^bend b
    z, J = (a**2 - bend * b**2)[:, None] / 2, np.stack([a, -bend * b], axis=1)[:, None]
    return z, J, np.diag([1.0, -bend])[None, None]


def after(n_steps, z, J, Q, **options):
    return trace(quadratic_regression_descent(z, J, Q, **options), n_steps=n_steps, record={}).last


# Oracle


@pytest.mark.parametrize("radius", [0.0, 0.3])
def test_steps_are_those_of_descent_on_the_parameters(radius):
    z, J, Q = model()
    eta = 0.05
    theta = np.zeros((2, 5))

    def at(theta):
        bend = np.einsum("moij,mj->moi", Q, theta)
        return z + np.einsum("moi,mi->mo", J + bend / 2, theta), J + bend

    def gradient(theta):
        there, slopes = at(theta)
        return np.einsum("moi,mo->mi", slopes, there)

    states = quadratic_regression_descent(z, J, Q, step_size=eta, sam_radius=radius)
    for _, state in zip(range(8), states, strict=False):
        there, slopes = at(theta)
        np.testing.assert_allclose(state.residuals, there, atol=1e-12)
        np.testing.assert_allclose(state.jacobian, slopes, atol=1e-12)
        np.testing.assert_allclose(state.loss, np.sum(there**2, axis=1) / 2)
        top = [np.linalg.norm(s, ord=2) ** 2 for s in slopes]
        np.testing.assert_allclose(state.ntk_eigenvalue, top)
        theta = theta - eta * gradient(theta + radius * gradient(theta))


def test_gradient_by_finite_differences():
    z, J, Q = model(1)
    h, eta = 1e-6, 1e-3

    def loss(theta):
        moved = z[0] + J[0] @ theta + np.einsum("oij,i,j->o", Q[0], theta, theta) / 2
        return moved @ moved / 2

    slope = np.array([(loss(h * e) - loss(-h * e)) / (2 * h) for e in np.eye(5)])
    moved = after(1, z, J, Q, step_size=eta).jacobian - J
    expected = np.einsum("oij,j->oi", Q[0], -eta * slope)
    np.testing.assert_allclose(moved[0], expected, atol=1e-10)


@pytest.mark.parametrize("bend", [0.01, 0.02, 0.04])
def test_ends_half_a_bend_below_the_edge(bend):
    last = after(4000, *two_parameters([2.2, 2.4], bend), step_size=1.0)
    assert np.abs((2 - last.ntk_eigenvalue) / bend - 0.5).max() < 2 * bend
    assert last.loss.max() < 1e-10


@pytest.mark.parametrize("radius", [0.2, 2.0])
def test_sharpness_aware_edge(radius):
    edge = 4 / (1 + (1 + 8 * radius) ** 0.5)
    assert edge * (1 + radius * edge) == pytest.approx(2)
    start = two_parameters([1.1 * edge, 1.2 * edge], 0.02)
    last = after(5000, *start, step_size=1.0, sam_radius=radius)
    np.testing.assert_allclose(last.ntk_eigenvalue, edge, rtol=0.01)
    plain = after(5000, *start, step_size=1.0)
    np.testing.assert_allclose(plain.ntk_eigenvalue, [1.1 * edge, 1.2 * edge], rtol=0.02)


def test_below_the_edge_the_step_decides_nothing():
    start = two_parameters([1.6], 0.02)
    ends = [after(n, *start, step_size=s).ntk_eigenvalue[0] for s, n in ((1.0, 500), (0.1, 5000))]
    np.testing.assert_allclose(ends, 1.6, rtol=0.005)


def test_a_linear_model_keeps_its_kernel_and_converges_or_escapes():
    z, J, Q = model()
    step = 2 / np.linalg.norm(J, ord=2, axis=(1, 2)) ** 2
    for factor, escapes in ((0.9, False), (1.5, True)):
        last = after(3000, z[:1], J[:1], 0 * Q[:1], step_size=factor * step[0])
        np.testing.assert_array_equal(last.jacobian, J[:1])
        assert bool(last.escaped[0]) is escapes
        assert np.isfinite(last.residuals).all()
        assert (last.loss[0] < 1e-6) is not escapes


# Invariance


@given(seed=seeds)
def test_models_do_not_see_each_other_and_q_can_be_shared(seed):
    z, J, Q = model(3, seed=seed)
    together = after(6, z, J, Q, step_size=0.02, sam_radius=0.1)
    alone = after(6, z[1:2], J[1:2], Q[1:2], step_size=0.02, sam_radius=0.1)
    np.testing.assert_allclose(together.residuals[1:2], alone.residuals, rtol=1e-9, atol=1e-12)
    shared = after(6, z, J, Q[:1], step_size=0.02)
    copied = after(6, z, J, np.repeat(Q[:1], 3, axis=0), step_size=0.02)
    np.testing.assert_allclose(shared.jacobian, copied.jacobian, rtol=1e-9, atol=1e-12)


@given(seed=seeds)
def test_rotations_of_parameters_and_of_outputs(seed):
    z, J, Q = model(1, seed=seed)
    draw = np.random.default_rng(seed)
    R = np.linalg.qr(draw.standard_normal((5, 5)))[0]
    O = np.linalg.qr(draw.standard_normal((3, 3)))[0]  # noqa: E741
    plain = after(5, z, J, Q, step_size=0.03, sam_radius=0.05)
    turned = np.einsum("po,moij->mpij", O, R.T @ Q @ R)
    turned = (turned + turned.swapaxes(2, 3)) / 2
    found = after(5, z @ O.T, O @ J @ R, turned, step_size=0.03, sam_radius=0.05)
    np.testing.assert_allclose(found.residuals, plain.residuals @ O.T, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.ntk_eigenvalue, plain.ntk_eigenvalue, rtol=1e-7)


def test_only_the_product_of_step_and_eigenvalue_matters():
    z, J, Q = two_parameters([2.3], 0.05)
    one = after(50, z, J, Q, step_size=1.0, sam_radius=0.1)
    ten = after(50, z / 0.1, J / 0.1**0.5, Q, step_size=0.1, sam_radius=0.01)
    np.testing.assert_allclose(0.1 * ten.ntk_eigenvalue, one.ntk_eigenvalue, rtol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("radius", [0.0, 0.1])
def test_arrays(library, dtype, radius):
    arrays = [x.astype(dtype) for x in model()]
    placed = [library.place(x) for x in arrays]
    last = after(5, *placed, step_size=0.05, sam_radius=radius)
    assert library.holds(last.residuals, last.jacobian, last.loss, last.ntk_eigenvalue, dtype=dtype)
    assert library.holds(last.escaped, dtype="bool")
    exact = after(5, *[x.astype(float) for x in arrays], step_size=0.05, sam_radius=radius)
    tol = 1e4 * np.finfo(dtype).eps  # five steps, each a sum of 25 products of numbers below 5
    np.testing.assert_allclose(to_numpy(last.jacobian), exact.jacobian, atol=tol)
    np.testing.assert_allclose(to_numpy(last.residuals), exact.residuals, atol=tol)
    for there, x in zip(placed, arrays, strict=True):
        np.testing.assert_array_equal(to_numpy(there), x)


# Degenerate data


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("radius", [0.0, 5.0])
def test_escape_is_told_and_leaves_finite_numbers(dtype, radius):
    z, J, Q = (x.astype(dtype) for x in two_parameters([2.2, 40.0], 0.05))
    last = after(300, z, J, Q, step_size=1.0, sam_radius=radius)
    assert bool(last.escaped[1])
    assert np.isfinite(last.residuals).all()
    assert np.isfinite(last.ntk_eigenvalue).all()
    if radius == 0:
        assert not bool(last.escaped[0])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_long_runs_end_in_zeros(dtype):
    z, J, Q = (x.astype(dtype) for x in two_parameters([1.0], 0.05))
    assert float(after(3000, z, J, Q, step_size=0.8).residuals[0, 0]) == 0


def test_a_start_at_a_minimum_stays():
    z, J, Q = model()
    last = after(3, 0 * z, J, Q, step_size=0.1, sam_radius=0.1)
    np.testing.assert_array_equal(last.jacobian, J)
    assert not last.escaped.any()


# Refusals


def test_refusals():
    z, J, Q = model()
    with pytest.raises(ValueError, match=r"jacobian must have shape \(2, 3, n_parameters\)"):
        quadratic_regression_descent(z, J[:, :2], Q, step_size=0.1)
    with pytest.raises(ValueError, match=r"Q must have shape \(2, 3, 5, 5\), or 1 in front, got"):
        quadratic_regression_descent(z, J, Q[:, :, :4, :4], step_size=0.1)
    with pytest.raises(ValueError, match=r"Q must have shape .* got \(3, 3, 5, 5\)"):
        quadratic_regression_descent(z, J, np.concatenate([Q, Q[:1]]), step_size=0.1)
    with pytest.raises(ValueError, match="Q must be symmetric, got entries that differ by"):
        quadratic_regression_descent(z, J, Q + np.eye(5, k=1), step_size=0.1)
    with pytest.raises(ValueError, match=r"residuals must have entries below 1.78e\+34"):
        quadratic_regression_descent(1e35 * np.ones_like(z), J, Q, step_size=0.1)
