"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.alternating_minimisation import alternating_minimisation
from labkit.sensing.completion_descent import completion_descent
from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.measurements import (
    DenseMeasurements,
    RankOneMeasurements,
)
from labkit.sensing.observed_entries import (
    CompletionState,
    ObservedEntries,
)
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.soft_impute import (
    SoftImputation,
    soft_impute,
)
from labkit.sensing.swivel_embeddings import (
    WordVectors,
    swivel_embeddings,
)

__all__ = [
    "CompletionState",
    "DenseMeasurements",
    "ObservedEntries",
    "RankOneMeasurements",
    "SensingProblem",
    "SoftImputation",
    "ThresholdedMatrix",
    "WordVectors",
    "alternating_minimisation",
    "completion_descent",
    "gradient_descent",
    "one_sided_completion",
    "rebalanced_factors",
    "scaled_gradient_descent",
    "singular_value_thresholding",
    "soft_impute",
    "swivel_embeddings",
]
