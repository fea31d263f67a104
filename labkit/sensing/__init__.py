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
from labkit.sensing.smallest_triangles import smallest_triangles
from labkit.sensing.sufficiently_scattered import Scattering, sufficiently_scattered
from labkit.sensing.swivel_embeddings import WordVectors, swivel_embeddings
from labkit.sensing.tubal_gradient_descent import TubalFactor, tubal_gradient_descent

__all__ = [
    "DenseMeasurements",
    "RankOneMeasurements",
    "Scattering",
    "SensingProblem",
    "ThresholdedMatrix",
    "TubalFactor",
    "WordVectors",
    "gradient_descent",
    "one_sided_completion",
    "rebalanced_factors",
    "scaled_gradient_descent",
    "singular_value_thresholding",
    "smallest_triangles",
    "sufficiently_scattered",
    "swivel_embeddings",
    "tubal_gradient_descent",
]
