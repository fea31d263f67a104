"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.concept_explanation import concept_explanation
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    ConceptExplanation,
    LowRankPlusSparse,
    NonnegativeFactors,
    PrincipalComponents,
    ProbabilisticComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.robust_unmixing import robust_unmixing
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.spatial_weights import spatial_weights
from labkit.pca.structured_unmixing import structured_unmixing
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "ConceptExplanation",
    "LowRankPlusSparse",
    "NonnegativeFactors",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "concept_explanation",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "robust_unmixing",
    "self_paced_components",
    "spatial_weights",
    "structured_unmixing",
    "trajectory_spectrum",
]
