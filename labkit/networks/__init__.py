"""Small networks with hand-written derivatives, and their training as a generator of states."""

from labkit.networks.gauss_newton_product import gauss_newton_product
from labkit.networks.hessian_product import hessian_product
from labkit.networks.mlp import flatten, forward, initial_parameters, loss_and_gradient, unflatten
from labkit.networks.one_pass_softmax import one_pass_softmax
from labkit.networks.residual_network import ResidualPass, residual_network
from labkit.networks.residual_training import ResidualState, residual_training
from labkit.networks.training import gradient_training

__all__ = [
    "ResidualPass",
    "ResidualState",
    "flatten",
    "forward",
    "gauss_newton_product",
    "gradient_training",
    "hessian_product",
    "initial_parameters",
    "loss_and_gradient",
    "one_pass_softmax",
    "residual_network",
    "residual_training",
    "unflatten",
]
