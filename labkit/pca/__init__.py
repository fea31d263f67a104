"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.graph_feature_space import graph_feature_space
from labkit.pca.matrix_subspace_projection import matrix_subspace_projection
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    FactoredAutoencoder,
    GraphFeatures,
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    SharedHopWeights,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.shared_hop_weights import shared_hop_weights
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "FactoredAutoencoder",
    "GraphFeatures",
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "SharedHopWeights",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "graph_feature_space",
    "matrix_subspace_projection",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "self_paced_components",
    "shared_hop_weights",
    "trajectory_spectrum",
]
