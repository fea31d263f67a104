"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.generative_components import generative_components
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    SparseComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.sparse_components import sparse_components
from labkit.pca.trajectory_spectrum import trajectory_spectrum
from labkit.pca.truncated_power import truncated_power

__all__ = [
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "SparseComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "generative_components",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "self_paced_components",
    "sparse_components",
    "trajectory_spectrum",
    "truncated_power",
]
