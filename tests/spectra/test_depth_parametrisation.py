"""The rules against the papers' exponents, and against networks that follow them."""

import itertools

import numpy as np
import pytest

from labkit.networks import residual_network, residual_training
from labkit.spectra import depth_parametrisation

# Oracle


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.75, 1.0])
def test_powers_of_depth_and_width(alpha):
    for optimizer, in_depth, in_width in (
        ("sgd", 2 * alpha - 1, 1.0),
        ("adam", alpha - 1, -0.5),
    ):
        arguments = {"branch_exponent": alpha, "base_depth": 3, "optimizer": optimizer}
        one = depth_parametrisation(6, 10, **arguments)
        deeper = depth_parametrisation(24, 10, **arguments)
        wider = depth_parametrisation(6, 40, **arguments)
        np.testing.assert_allclose(deeper.branch_multiplier / one.branch_multiplier, 4**-alpha)
        np.testing.assert_allclose(deeper.step_sizes[1] / one.step_sizes[1], 4**in_depth)
        np.testing.assert_allclose(wider.step_sizes[1] / one.step_sizes[1], 4**in_width)
        assert wider.branch_multiplier == one.branch_multiplier
        assert deeper.step_sizes[::2] == one.step_sizes[::2]


def test_at_the_base_depth_all_exponents_agree():
    for optimizer in ("sgd", "adam"):
        rules = [
            depth_parametrisation(7, 9, branch_exponent=alpha, base_depth=7, optimizer=optimizer)
            for alpha in (None, 0.0, 0.3, 1.0)
        ]
        assert all(rule == rules[0] for rule in rules)
        assert rules[0].branch_multiplier == 1.0


def test_none_leaves_depth_alone():
    one, other = (
        depth_parametrisation(depth, 9, branch_exponent=None, base_depth=4, optimizer="adam")
        for depth in (4, 400)
    )
    assert one == other


@pytest.mark.parametrize(("optimizer", "alpha"), [("sgd", 0.5), ("adam", 0.5), ("adam", 1.0)])
def test_blocks_together_move_the_signal_as_much_at_any_depth(optimizer, alpha):
    def movement(depth, width, seed):
        rng = np.random.default_rng(seed)
        parameters = (
            rng.standard_normal((width, 6)),
            rng.standard_normal((depth, 1, width, width)),
            rng.standard_normal((2, width)),
        )
        X, targets = rng.standard_normal((4, 6)), rng.standard_normal((4, 2))
        rule = depth_parametrisation(
            depth, width, branch_exponent=alpha, base_depth=1, optimizer=optimizer
        )
        states = residual_training(
            parameters, X, targets, optimizer=optimizer, branch_multiplier=rule.branch_multiplier,
            step_sizes=(0.0, 0.1 * rule.step_sizes[1], 0.0),
        )  # fmt: skip
        first, second = itertools.islice(states, 2)
        signals = [
            residual_network(
                state.parameters, X, targets, branch_multiplier=rule.branch_multiplier
            ).signals[-1]
            for state in (first, second)
        ]
        return np.log(np.linalg.norm(signals[1] - signals[0]) / np.linalg.norm(signals[0]))

    deep, shallow, wide = (
        np.mean([movement(depth, width, seed) for seed in range(8)])
        for depth, width in ((64, 64), (4, 64), (4, 256))
    )
    # A wrong exponent is off by at least a half: log 4 for depth, log 2 for width.
    assert abs(deep - shallow) < 0.5 * np.log(4)
    assert abs(wide - shallow) < 0.5 * np.log(2)


# Refusals


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"branch_exponent": 1.5}, ValueError, r"branch_exponent must be .* \[0, 1\], got 1.5"),
        ({"depth": 0}, ValueError, "depth must be an integer from 1 up, got 0"),
        ({"base_depth": 2.0}, TypeError, "base_depth must be an integer"),
        ({"optimizer": "lion"}, ValueError, "optimizer must be one of 'sgd', 'adam'"),
    ],
)
def test_refusals(arguments, error, message):
    valid = {"depth": 4, "width": 8, "branch_exponent": 0.5, "base_depth": 2}
    with pytest.raises(error, match=message):
        depth_parametrisation(**{**valid, **arguments})
