"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.swivel_embeddings import WordVectors, swivel_embeddings

__all__ = [
    "DenseMeasurements",
    "RankOneMeasurements",
    "SensingProblem",
    "ThresholdedMatrix",
    "WordVectors",
    "gradient_descent",
    "one_sided_completion",
    "rebalanced_factors",
    "scaled_gradient_descent",
    "singular_value_thresholding",
    "swivel_embeddings",
]
