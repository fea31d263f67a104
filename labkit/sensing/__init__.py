"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.covariance_generator import (
    GeneratorState,
    covariance_generator,
)
from labkit.sensing.deep_linear_regression import (
    DeepLinearMap,
    deep_linear_regression,
)
from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.gradient_flow_solution import (
    FlowSolution,
    gradient_flow_solution,
)
from labkit.sensing.kronecker_sparse_bayes import (
    SparseState,
    kronecker_sparse_bayes,
)
from labkit.sensing.measurements import (
    DenseMeasurements,
    RankOneMeasurements,
)
from labkit.sensing.neuron_alignment import (
    NeuronState,
    neuron_alignment,
)
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scalar_descent import (
    ScalarNetworks,
    scalar_descent,
)
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.swivel_embeddings import (
    WordVectors,
    swivel_embeddings,
)

__all__ = [
    "DeepLinearMap",
    "DenseMeasurements",
    "FlowSolution",
    "GeneratorState",
    "NeuronState",
    "RankOneMeasurements",
    "ScalarNetworks",
    "SensingProblem",
    "SparseState",
    "ThresholdedMatrix",
    "WordVectors",
    "covariance_generator",
    "deep_linear_regression",
    "gradient_descent",
    "gradient_flow_solution",
    "kronecker_sparse_bayes",
    "neuron_alignment",
    "one_sided_completion",
    "rebalanced_factors",
    "scalar_descent",
    "scaled_gradient_descent",
    "singular_value_thresholding",
    "swivel_embeddings",
]
