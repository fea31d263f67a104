"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.analytic_weights import analytic_weights
from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.hyper_lista import (
    UnrolledLayer,
    hyper_lista,
)
from labkit.sensing.iterative_shrinkage import iterative_shrinkage
from labkit.sensing.measurements import (
    DenseMeasurements,
    RankOneMeasurements,
)
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent
from labkit.sensing.self_calibration import (
    Calibration,
    self_calibration,
)
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.swivel_embeddings import (
    WordVectors,
    swivel_embeddings,
)

__all__ = [
    "Calibration",
    "DenseMeasurements",
    "RankOneMeasurements",
    "SensingProblem",
    "ThresholdedMatrix",
    "UnrolledLayer",
    "WordVectors",
    "analytic_weights",
    "gradient_descent",
    "hyper_lista",
    "iterative_shrinkage",
    "one_sided_completion",
    "rebalanced_factors",
    "scaled_gradient_descent",
    "self_calibration",
    "singular_value_thresholding",
    "swivel_embeddings",
]
