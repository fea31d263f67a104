"""Descent of deep linear networks: gradients, optima in closed form, refusals."""

import numpy as np
import pytest

from labkit.sensing import deep_linear_training, depth_shrinkage
from labkit.trace import trace

Y = np.diag([1.0, 0.8])


def start(branches, depth, seed=0, scale=0.6):
    rng = np.random.default_rng(seed)
    return [scale * rng.standard_normal((branches, 2, 2)) for _ in range(depth)]


@pytest.mark.parametrize("power", [None, 2.0, 3.5])
def test_a_step_is_a_gradient_step(power):
    layers, step = start(2, 3), 1e-6
    arguments = {"penalty": 0.3, "power": power}
    first, second = (
        state
        for _, state in zip(
            range(2), deep_linear_training(Y, layers, step_size=step, **arguments), strict=False
        )
    )
    squared = sum(np.sum((a - b) ** 2) for a, b in zip(first.layers, second.layers, strict=True))
    assert first.objective - second.objective == pytest.approx(squared / step, rel=1e-4)


def lowest(branches, depth, power):
    runs = [
        trace(
            deep_linear_training(
                Y, start(branches, depth, seed), penalty=0.1, power=power, step_size=0.1
            ),
            n_steps=800, record={}, every=800,
        ).last.objective
        for seed in range(4)
    ]  # fmt: skip
    return min(runs)


def test_branches_reach_the_nuclear_norm_and_weight_decay_its_own_value():
    y = np.diag(Y)
    soft = np.maximum(y - 0.15, 0)
    dual = np.sum((soft - y) ** 2) / 2 + 0.15 * soft.sum()
    assert lowest(4, 3, None) == pytest.approx(dual, rel=1e-3)
    assert lowest(1, 3, None) > 1.05 * dual
    s = depth_shrinkage(y, depth=3, penalty=0.1)
    decay = np.sum((s - y) ** 2) / 2 + 0.15 * np.sum(s ** (2 / 3))
    assert lowest(1, 3, 2.0) == pytest.approx(decay, rel=1e-3)


def test_layers_of_zeros_stay():
    run = trace(
        deep_linear_training(Y, [np.zeros((1, 2, 2))] * 3, penalty=0.1), n_steps=3, record={}
    )
    assert not run.last.product.any()


def test_float32():
    layers = [w.astype("float32") for w in start(1, 2)]
    state = next(deep_linear_training(Y.astype("float32"), layers, penalty=0.1))
    assert state.product.dtype == np.float32


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([], ValueError, "layers must hold at least one layer"),
        ([np.ones((1, 3, 2))], ValueError, r"layers\[0\] must have shape \(1, 2, 2\)"),
        (
            [np.ones((2, 2, 2)), np.ones((1, 2, 2))],
            ValueError,
            r"layers\[1\] must have shape \(2, 2, 2\)",
        ),
    ],
)
def test_refusals(layers, error, message):
    with pytest.raises(error, match=message):
        deep_linear_training(Y, layers, penalty=0.1)


def test_long_steps_say_so():
    layers = [10 * layer for layer in start(1, 4)]
    with pytest.raises(ValueError, match="step_size must be smaller here"):
        trace(deep_linear_training(Y, layers, penalty=0.1, step_size=1.0), n_steps=50, record={})
