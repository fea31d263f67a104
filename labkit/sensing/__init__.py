"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.alternating_minimisation import (
    alternating_minimisation,
)
from labkit.sensing.analytic_weights import (
    analytic_weights,
)
from labkit.sensing.completion_descent import (
    completion_descent,
)
from labkit.sensing.covariance_generator import (
    GeneratorState,
    covariance_generator,
)
from labkit.sensing.deep_linear_regression import (
    DeepLinearMap,
    deep_linear_regression,
)
from labkit.sensing.deep_linear_training import (
    deep_linear_training,
)
from labkit.sensing.depth_shrinkage import (
    depth_shrinkage,
)
from labkit.sensing.gradient_descent import (
    gradient_descent,
)
from labkit.sensing.gradient_flow_solution import (
    FlowSolution,
    gradient_flow_solution,
)
from labkit.sensing.hyper_lista import (
    UnrolledLayer,
    hyper_lista,
)
from labkit.sensing.iterative_shrinkage import (
    iterative_shrinkage,
)
from labkit.sensing.kronecker_sparse_bayes import (
    SparseState,
    kronecker_sparse_bayes,
)
from labkit.sensing.lifted_curvature import (
    LiftedCurvature,
    lifted_curvature,
)
from labkit.sensing.measurements import (
    DenseMeasurements,
    RankOneMeasurements,
)
from labkit.sensing.neuron_alignment import (
    NeuronState,
    neuron_alignment,
)
from labkit.sensing.nuclear_norm_descent import (
    nuclear_norm_descent,
)
from labkit.sensing.observed_entries import (
    CompletionState,
    ObservedEntries,
)
from labkit.sensing.one_sided_completion import (
    one_sided_completion,
)
from labkit.sensing.partially_separable_frames import (
    SeparableFrames,
    partially_separable_frames,
)
from labkit.sensing.problem import (
    SensingProblem,
)
from labkit.sensing.quadratic_message_passing import (
    MessageState,
    quadratic_message_passing,
)
from labkit.sensing.quadratic_network_descent import (
    quadratic_network_descent,
)
from labkit.sensing.quadratic_network_limit import (
    QuadraticLimit,
    quadratic_network_limit,
)
from labkit.sensing.rebalanced_factors import (
    rebalanced_factors,
)
from labkit.sensing.riemannian_gradient_descent import (
    riemannian_gradient_descent,
)
from labkit.sensing.scalar_descent import (
    ScalarNetworks,
    scalar_descent,
)
from labkit.sensing.scaled_gradient_descent import (
    scaled_gradient_descent,
)
from labkit.sensing.self_calibration import (
    Calibration,
    self_calibration,
)
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.smallest_triangles import (
    smallest_triangles,
)
from labkit.sensing.soft_impute import (
    SoftImputation,
    soft_impute,
)
from labkit.sensing.subgradient_descent import (
    subgradient_descent,
)
from labkit.sensing.sufficiently_scattered import (
    Scattering,
    sufficiently_scattered,
)
from labkit.sensing.swivel_embeddings import (
    WordVectors,
    swivel_embeddings,
)
from labkit.sensing.tubal_gradient_descent import (
    TubalFactor,
    tubal_gradient_descent,
)
from labkit.sensing.wishart_denoiser import (
    DenoisedMatrix,
    wishart_denoiser,
)

__all__ = [
    "Calibration",
    "CompletionState",
    "DeepLinearMap",
    "DenoisedMatrix",
    "DenseMeasurements",
    "FlowSolution",
    "GeneratorState",
    "LiftedCurvature",
    "MessageState",
    "NeuronState",
    "ObservedEntries",
    "QuadraticLimit",
    "RankOneMeasurements",
    "ScalarNetworks",
    "Scattering",
    "SensingProblem",
    "SeparableFrames",
    "SoftImputation",
    "SparseState",
    "ThresholdedMatrix",
    "TubalFactor",
    "UnrolledLayer",
    "WordVectors",
    "alternating_minimisation",
    "analytic_weights",
    "completion_descent",
    "covariance_generator",
    "deep_linear_regression",
    "deep_linear_training",
    "depth_shrinkage",
    "gradient_descent",
    "gradient_flow_solution",
    "hyper_lista",
    "iterative_shrinkage",
    "kronecker_sparse_bayes",
    "lifted_curvature",
    "neuron_alignment",
    "nuclear_norm_descent",
    "one_sided_completion",
    "partially_separable_frames",
    "quadratic_message_passing",
    "quadratic_network_descent",
    "quadratic_network_limit",
    "rebalanced_factors",
    "riemannian_gradient_descent",
    "scalar_descent",
    "scaled_gradient_descent",
    "self_calibration",
    "singular_value_thresholding",
    "smallest_triangles",
    "soft_impute",
    "subgradient_descent",
    "sufficiently_scattered",
    "swivel_embeddings",
    "tubal_gradient_descent",
    "wishart_denoiser",
]
