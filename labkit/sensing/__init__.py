"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.deep_linear_training import deep_linear_training
from labkit.sensing.depth_shrinkage import depth_shrinkage
from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.lifted_curvature import (
    LiftedCurvature,
    lifted_curvature,
)
from labkit.sensing.measurements import (
    DenseMeasurements,
    RankOneMeasurements,
)
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.subgradient_descent import subgradient_descent
from labkit.sensing.swivel_embeddings import (
    WordVectors,
    swivel_embeddings,
)

__all__ = [
    "DenseMeasurements",
    "LiftedCurvature",
    "RankOneMeasurements",
    "SensingProblem",
    "ThresholdedMatrix",
    "WordVectors",
    "deep_linear_training",
    "depth_shrinkage",
    "gradient_descent",
    "lifted_curvature",
    "one_sided_completion",
    "rebalanced_factors",
    "scaled_gradient_descent",
    "singular_value_thresholding",
    "subgradient_descent",
    "swivel_embeddings",
]
