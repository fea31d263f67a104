"""The end of gradient flow: the flow itself, what it keeps, where it gets stuck."""

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import ScalarNetworks, gradient_flow_solution

seeds = st.integers(0, 2**32 - 1)


def flow(w, time=200.0):
    """Integrate gradient flow from one network."""

    def slope(_, w):
        others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
        return -(np.prod(w) - 1) * others

    run = scipy.integrate.solve_ivp(slope, (0, time), w, method="LSODA", rtol=1e-11, atol=1e-12)
    return run.y[:, -1]


# Oracle


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_the_flow_itself_ends_there(depth, seed):
    """With any signs: also where the smallest weight passes through zero."""
    w = np.random.default_rng(seed).uniform(0.4, 1.6, depth)
    w = w * np.random.default_rng(seed).choice([-1.0, 1.0], depth)
    end = gradient_flow_solution(w[None])
    np.testing.assert_allclose(end.weights[0], flow(w), atol=1e-8)


@pytest.mark.parametrize("w", [[0.0, 1.0, 2.0], [0.0, -1.0, 2.0], [-0.3, 1.0], [-2.0, -0.1, -1.0]])
def test_zeros_and_negative_products(w):
    end = gradient_flow_solution([w])
    np.testing.assert_allclose(end.weights[0], flow(np.array(w)), atol=1e-8)


@given(seed=seeds, depth=st.integers(1, 6))
def test_ends_are_minima_and_the_sharpness_is_that_of_the_hessian(seed, depth):
    w = np.exp(np.random.default_rng(seed).standard_normal((5, depth)))
    end = gradient_flow_solution(w)
    np.testing.assert_allclose(np.prod(end.weights, axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(ScalarNetworks(end.weights).sharpness, end.sharpness, rtol=1e-9)
    assert np.all(end.sharpness >= depth * (1 - 1e-12))


def test_two_equal_weights_end_at_one():
    end = gradient_flow_solution([[5.0, 5.0, 5.0]])
    np.testing.assert_allclose(end.weights, 1, atol=1e-15)
    assert end.sharpness[0] == pytest.approx(3)


# Invariance


@given(seed=seeds)
def test_differences_of_squares_stay(seed):
    w = np.exp(np.random.default_rng(seed).standard_normal((5, 4)))
    before, after = w**2, gradient_flow_solution(w).weights ** 2
    np.testing.assert_allclose(
        after - after[:, :1], before - before[:, :1], atol=1e-12 * np.max(before)
    )


@given(seed=seeds)
def test_order_of_layers_and_what_is_already_there(seed):
    rng = np.random.default_rng(seed)
    w, order = np.exp(rng.standard_normal((5, 4))), rng.permutation(4)
    end = gradient_flow_solution(w)
    np.testing.assert_allclose(
        gradient_flow_solution(w[:, order]).weights, end.weights[:, order], rtol=1e-12
    )
    again = gradient_flow_solution(end.weights)
    np.testing.assert_allclose(again.weights, end.weights, rtol=1e-11)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    w = np.exp(np.random.default_rng(0).standard_normal((6, 3))).astype(dtype)
    placed = library.place(w)
    end = gradient_flow_solution(placed)
    assert library.holds(end.weights, end.sharpness, dtype=dtype)
    tolerance = 50 * np.finfo(dtype).eps
    expected = gradient_flow_solution(w.astype(np.float64))
    np.testing.assert_allclose(to_numpy(end.weights), expected.weights, rtol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), w)


# Degenerate networks and refusals


def test_very_unequal_weights():
    end = gradient_flow_solution([[1e6, 1e4, 1e-9]])
    assert end.weights[0, 2] == pytest.approx(1e-10, rel=1e-12)
    assert end.sharpness[0] == pytest.approx(1e20, rel=1e-12)


@pytest.mark.parametrize(
    ("w", "message"),
    [
        ([[1.0, -1.0]], "networks must not lead to a saddle: the product of row 0 .* both 1 in"),
        ([[1.0, 2.0], [0.0, 0.0]], "the product of row 1 .* both 0 in size"),
        ([[1e200, 1.0]], r"networks must have weights below .*, got 1e\+200"),
        ([[1e100, 1e100, 1.0]], "networks must have less unequal weights"),
    ],
)
def test_refusals(w, message):
    with pytest.raises(ValueError, match=message):
        gradient_flow_solution(w)
