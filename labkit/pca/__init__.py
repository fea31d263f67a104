"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.barycentric_subspaces import (
    BarycentricSubspaces,
    barycentric_subspaces,
)
from labkit.pca.barycentric_weights import barycentric_weights
from labkit.pca.block_power_stream import block_power_stream
from labkit.pca.chordal_distances import chordal_distances
from labkit.pca.concept_explanation import (
    ConceptExplanation,
    concept_explanation,
)
from labkit.pca.denoising_autoencoder import denoising_autoencoder
from labkit.pca.filtered_components import (
    FilteredDirection,
    filtered_components,
)
from labkit.pca.filtered_stream import filtered_stream
from labkit.pca.flag_aggregate import (
    AggregatedGradient,
    flag_aggregate,
)
from labkit.pca.flag_mean import flag_mean
from labkit.pca.flag_median import flag_median
from labkit.pca.frequent_directions import (
    RowSketch,
    frequent_directions,
)
from labkit.pca.generative_components import generative_components
from labkit.pca.graph_feature_space import (
    GraphFeatures,
    graph_feature_space,
)
from labkit.pca.heavy_row_power import heavy_row_power
from labkit.pca.incomplete_components import incomplete_components
from labkit.pca.incremental_components import (
    StreamedMoments,
    incremental_components,
)
from labkit.pca.kernel_components import (
    KernelComponents,
    kernel_components,
)
from labkit.pca.least_volume_autoencoder import least_volume_autoencoder
from labkit.pca.low_rank_autoencoder import low_rank_autoencoder
from labkit.pca.matrix_subspace_projection import (
    FactoredAutoencoder,
    matrix_subspace_projection,
)
from labkit.pca.oja_components import oja_components
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.principal_flag_test import (
    FlagTest,
    principal_flag_test,
)
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    LinearAutoencoder,
    LowRankPlusSparse,
    NonnegativeFactors,
    PrincipalComponents,
    ProbabilisticComponents,
    StreamedDirections,
    Subspace,
)
from labkit.pca.robust_unmixing import robust_unmixing
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.shared_hop_weights import (
    SharedHopWeights,
    shared_hop_weights,
)
from labkit.pca.sparse_components import (
    SparseComponents,
    sparse_components,
)
from labkit.pca.spatial_weights import spatial_weights
from labkit.pca.stein_subspace import stein_subspace
from labkit.pca.structured_unmixing import structured_unmixing
from labkit.pca.subclass_directions import subclass_directions
from labkit.pca.subclass_labels import subclass_labels
from labkit.pca.trajectory_spectrum import (
    TrajectorySpectrum,
    trajectory_spectrum,
)
from labkit.pca.truncated_power import truncated_power

__all__ = [
    "AggregatedGradient",
    "BarycentricSubspaces",
    "ConceptExplanation",
    "FactoredAutoencoder",
    "FilteredDirection",
    "FlagTest",
    "GraphFeatures",
    "KernelComponents",
    "LinearAutoencoder",
    "LowRankPlusSparse",
    "NonnegativeFactors",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "RowSketch",
    "SharedHopWeights",
    "SparseComponents",
    "StreamedDirections",
    "StreamedMoments",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "barycentric_subspaces",
    "barycentric_weights",
    "block_power_stream",
    "chordal_distances",
    "concept_explanation",
    "denoising_autoencoder",
    "filtered_components",
    "filtered_stream",
    "flag_aggregate",
    "flag_mean",
    "flag_median",
    "frequent_directions",
    "generative_components",
    "graph_feature_space",
    "heavy_row_power",
    "incomplete_components",
    "incremental_components",
    "kernel_components",
    "least_volume_autoencoder",
    "low_rank_autoencoder",
    "matrix_subspace_projection",
    "oja_components",
    "principal_component_pursuit",
    "principal_components",
    "principal_flag_test",
    "probabilistic_components",
    "robust_unmixing",
    "self_paced_components",
    "shared_hop_weights",
    "sparse_components",
    "spatial_weights",
    "stein_subspace",
    "structured_unmixing",
    "subclass_directions",
    "subclass_labels",
    "trajectory_spectrum",
    "truncated_power",
]
