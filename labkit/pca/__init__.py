"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.chordal_distances import chordal_distances
from labkit.pca.flag_aggregate import flag_aggregate
from labkit.pca.flag_mean import flag_mean
from labkit.pca.flag_median import flag_median
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    AggregatedGradient,
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "AggregatedGradient",
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "chordal_distances",
    "flag_aggregate",
    "flag_mean",
    "flag_median",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "self_paced_components",
    "trajectory_spectrum",
]
