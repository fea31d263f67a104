"""Adam, the step that training of small networks takes: each parameter in its own scale."""

from __future__ import annotations

from collections.abc import Callable

from labkit.arrays import array_namespace
from labkit.networks.mlp import Parameters

FIRST, SECOND, SMALLEST = 0.9, 0.99, 1e-8
"""How fast the means of the gradient and of its square forget, and what keeps 0 / 0 away."""


def adam(step_size: float) -> Callable[[Parameters, Parameters], Parameters]:
    """Return a function of parameters and gradient that gives the parameters one step uphill."""
    means: list[tuple] = []
    n_steps = 0

    def step(parameters: Parameters, gradient: Parameters) -> Parameters:
        nonlocal means, n_steps
        n_steps += 1
        if not means:
            means = [(0 * g, 0 * g) for pair in gradient for g in pair]
        moved = []
        for i, (old, g) in enumerate(
            (old, g)
            for pair, by_pair in zip(parameters, gradient, strict=True)
            for old, g in zip(pair, by_pair, strict=True)
        ):
            first = FIRST * means[i][0] + (1 - FIRST) * g
            second = SECOND * means[i][1] + (1 - SECOND) * g * g
            means[i] = (first, second)
            scale = array_namespace(g).sqrt(second / (1 - SECOND**n_steps)) + SMALLEST
            moved.append(old + step_size / (1 - FIRST**n_steps) * first / scale)
        return list(zip(moved[::2], moved[1::2], strict=True))

    return step
