"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.barycentric_subspaces import barycentric_subspaces
from labkit.pca.barycentric_weights import barycentric_weights
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.principal_flag_test import principal_flag_test
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    BarycentricSubspaces,
    FlagTest,
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "BarycentricSubspaces",
    "FlagTest",
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "barycentric_subspaces",
    "barycentric_weights",
    "principal_component_pursuit",
    "principal_components",
    "principal_flag_test",
    "probabilistic_components",
    "self_paced_components",
    "trajectory_spectrum",
]
