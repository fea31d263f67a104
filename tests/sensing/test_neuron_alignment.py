"""Early alignment: the steps, the balance, the cones, and what a large start does."""

import math
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import opposed_cones
from labkit.sensing import neuron_alignment


def last(neurons, X, y, n_steps, **options):
    *_, state = islice(neuron_alignment(neurons, X, y, **options), n_steps + 1)
    return state


def example(seed=0, n=12, d=5, h=8, **options):
    rng = np.random.default_rng(seed)
    X, y = opposed_cones(n_samples=n, n_features=d, **({"separation": 0.4} | options), rng=rng)
    return rng.standard_normal((h, d)), X, y


LOSSES = {
    "exponential": lambda z: np.exp(-z),
    "logistic": lambda z: 2 * np.log1p(np.exp(-z)),
}


# Oracle


@pytest.mark.parametrize("kind", LOSSES)
def test_a_step_follows_the_slopes_of_the_loss(kind):
    neurons, X, y = example()

    def loss(W, v):
        return np.sum(LOSSES[kind](y * (np.maximum(X @ W.T, 0) @ v)))

    start, end = islice(neuron_alignment(neurons, X, y, step_size=1e-3, scale=0.5, loss=kind), 2)
    W, v = start.neurons, start.outputs
    assert start.loss == pytest.approx(loss(W, v), rel=1e-12)
    for i in np.ndindex(W.shape):
        e = np.zeros(W.shape)
        e[i] = 1e-6
        slope = (loss(W + e, v) - loss(W - e, v)) / 2e-6
        assert (W - end.neurons)[i] / 1e-3 == pytest.approx(slope, abs=1e-6)
    for j in range(len(v)):
        e = np.zeros(len(v))
        e[j] = 1e-6
        slope = (loss(W, v + e) - loss(W, v - e)) / 2e-6
        assert (v - end.outputs)[j] / 1e-3 == pytest.approx(slope, abs=1e-6)


def test_second_layer_starts_tied_to_the_first_and_stays_so():
    neurons, X, y = example()
    start = last(neurons, X, y, 0, step_size=1e-3, scale=0.1)
    np.testing.assert_allclose(start.outputs[::2], np.linalg.norm(start.neurons[::2], axis=1))
    np.testing.assert_allclose(start.outputs[1::2], -np.linalg.norm(start.neurons[1::2], axis=1))
    state = last(neurons, X, y, 2000, step_size=1e-3, scale=0.1)
    norms = np.linalg.norm(state.neurons, axis=1)
    np.testing.assert_allclose(np.abs(state.outputs), norms, rtol=0.02)
    assert np.sign(state.outputs).tolist() == np.sign(start.outputs).tolist()


def test_aligned_and_dead_mean_what_they_say():
    X, y = np.array([[1.0, 0.1], [-1.0, 0.1]]), np.array([1.0, -1.0])
    neurons = np.array([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0], [0.0, -1.0], [0.0, 1.0]])
    state = last(neurons, X, y, 0, step_size=0.01)
    assert state.aligned.tolist() == [True, False, False, True, False, False]
    assert state.dead.tolist() == [False, False, False, False, True, False]


def test_all_that_live_align_while_the_outputs_are_nothing():
    neurons, X, y = example(n=20, d=10, h=40, turn=0.6)
    state = last(neurons, X, y, 300, step_size=0.001, scale=1e-6)
    assert np.all(state.aligned | state.dead)
    assert state.loss == pytest.approx(20, rel=1e-6)


def test_after_alignment_the_loss_obeys_the_derived_bound():
    neurons, X, y = example(n=20, d=10, h=40)
    states = islice(neuron_alignment(neurons, X, y, step_size=0.002, scale=1e-3), 3000)
    path = [(s.loss, s.outputs, s.aligned) for s in states]
    first = next(i for i, (loss, _, _) in enumerate(path) if loss < 10)
    loss, v, aligned = path[first]
    grown = min(np.sum(v[aligned & (sign * v > 0)] ** 2) for sign in (1, -1))
    # dL/dt <= -mu V^2 L^2 / 2, where V^2 never falls
    bound = 1 / (1 / loss + 0.4 * grown * 0.002 * (2999 - first) / 2)
    assert path[-1][0] < bound


# Invariance


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_rotation_and_order(seed):
    rng = np.random.default_rng(seed)
    neurons, X, y = example(seed=rng)
    Q = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    rows = rng.permutation(12)
    one = last(neurons, X, y, 200, step_size=0.005, scale=0.01)
    other = last(neurons @ Q, X[rows] @ Q, y[rows], 200, step_size=0.005, scale=0.01)
    np.testing.assert_allclose(other.neurons, one.neurons @ Q, atol=1e-8)
    assert other.loss == pytest.approx(one.loss, rel=1e-8)


def test_directions_do_not_see_the_scale_while_it_is_small():
    neurons, X, y = example()
    small, tiny = (last(neurons, X, y, 50, step_size=0.002, scale=s) for s in (1e-5, 1e-9))
    np.testing.assert_allclose(small.neurons / 1e-5, tiny.neurons / 1e-9, rtol=1e-6, atol=1e-6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", LOSSES)
def test_arrays(library, dtype, kind):
    data = [part.astype(dtype) for part in example()]
    placed = [library.place(part) for part in data]
    state = last(*placed, 100, step_size=0.005, scale=0.1, loss=kind)
    assert library.holds(state.neurons, state.outputs, dtype=dtype)
    here = last(*example(), 100, step_size=0.005, scale=0.1, loss=kind)
    tolerance = 1e-10 if dtype == "float64" else 1e-4
    np.testing.assert_allclose(to_numpy(state.neurons), here.neurons, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(state.aligned), here.aligned)
    for before, after in zip(data, placed, strict=True):
        np.testing.assert_array_equal(to_numpy(after), before)


# Degenerate data


def test_a_dead_neuron_never_moves():
    X, y = np.array([[1.0, 0.2], [-1.0, 0.2]]), np.array([1.0, -1.0])
    neurons = np.array([[1.0, 0.0], [0.0, -1.0]])
    state = last(neurons, X, y, 500, step_size=0.01, scale=0.1)
    np.testing.assert_array_equal(state.neurons[1], [0.0, -0.1])
    assert state.dead.tolist() == [False, True]


def test_a_loss_of_nearly_nothing_stays_finite():
    neurons, X, y = example()
    state = last(neurons, X, y, 20_000, step_size=0.02, scale=0.3, loss="logistic")
    assert 0 <= state.loss < 0.05
    assert math.isfinite(float(np.sum(state.neurons)))


# Refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"neurons": np.ones((2, 3))}, "neurons must have 5 columns, as X has, got 3"),
        ({"y": np.ones(12)}, "-1 and 1, both of them"),
        ({"y": np.arange(12.0)}, "-1 and 1, both of them"),
        ({"y": np.ones(3)}, "12 labels, one a row of X, got 3"),
        ({"neurons": np.eye(5)[:2] * [[1.0], [0.0]]}, "no zero row"),
    ],
)
def test_refusals(change, message):
    neurons, X, y = example()
    with pytest.raises(ValueError, match=message):
        neuron_alignment(**({"neurons": neurons, "X": X, "y": y, "step_size": 0.1} | change))


def test_too_long_steps_say_so():
    neurons, X, y = example()
    states = neuron_alignment(neurons, X, y, step_size=10.0, scale=1.0)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(FloatingPointError, match="smaller step_size"),
    ):
        list(islice(states, 500))
