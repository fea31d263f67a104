"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.matrix_subspace_projection import matrix_subspace_projection
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    FactoredAutoencoder,
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "FactoredAutoencoder",
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "matrix_subspace_projection",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "self_paced_components",
    "trajectory_spectrum",
]
