"""Small networks with hand-written derivatives, and their training as a generator of states."""

from labkit.networks.gauss_newton_product import gauss_newton_product
from labkit.networks.hessian_product import hessian_product
from labkit.networks.mlp import flatten, forward, initial_parameters, loss_and_gradient, unflatten
from labkit.networks.null_space_noise import NullSpaceNoise, null_space_noise
from labkit.networks.one_pass_softmax import one_pass_softmax
from labkit.networks.residual_network import ResidualPass, residual_network
from labkit.networks.residual_training import ResidualState, residual_training
from labkit.networks.standardised_weights import standardised_weights
from labkit.networks.subspace_training import subspace_training
from labkit.networks.training import gradient_training
from labkit.networks.training_jacobian import TrainingState, training_jacobian
from labkit.networks.weight_matching import WeightMatching, weight_matching

__all__ = [
    "NullSpaceNoise",
    "ResidualPass",
    "ResidualState",
    "TrainingState",
    "WeightMatching",
    "flatten",
    "forward",
    "gauss_newton_product",
    "gradient_training",
    "hessian_product",
    "initial_parameters",
    "loss_and_gradient",
    "null_space_noise",
    "one_pass_softmax",
    "residual_network",
    "residual_training",
    "standardised_weights",
    "subspace_training",
    "training_jacobian",
    "unflatten",
    "weight_matching",
]
