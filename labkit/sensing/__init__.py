"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.kronecker_sparse_bayes import SparseState, kronecker_sparse_bayes
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.quadratic_message_passing import MessageState, quadratic_message_passing
from labkit.sensing.quadratic_network_descent import quadratic_network_descent
from labkit.sensing.quadratic_network_limit import QuadraticLimit, quadratic_network_limit
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.swivel_embeddings import WordVectors, swivel_embeddings
from labkit.sensing.wishart_denoiser import DenoisedMatrix, wishart_denoiser

__all__ = [
    "DenoisedMatrix",
    "DenseMeasurements",
    "MessageState",
    "QuadraticLimit",
    "RankOneMeasurements",
    "SensingProblem",
    "SparseState",
    "ThresholdedMatrix",
    "WordVectors",
    "gradient_descent",
    "kronecker_sparse_bayes",
    "one_sided_completion",
    "quadratic_message_passing",
    "quadratic_network_descent",
    "quadratic_network_limit",
    "rebalanced_factors",
    "scaled_gradient_descent",
    "singular_value_thresholding",
    "swivel_embeddings",
    "wishart_denoiser",
]
