"""Small networks with hand-written derivatives, and their training as a generator of states."""

from labkit.networks.mlp import flatten, forward, initial_parameters, loss_and_gradient, unflatten
from labkit.networks.training import gradient_training

__all__ = [
    "flatten",
    "forward",
    "gradient_training",
    "initial_parameters",
    "loss_and_gradient",
    "unflatten",
]
