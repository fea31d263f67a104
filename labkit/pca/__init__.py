"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.stein_subspace import stein_subspace
from labkit.pca.subclass_directions import subclass_directions
from labkit.pca.subclass_labels import subclass_labels
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "self_paced_components",
    "stein_subspace",
    "subclass_directions",
    "subclass_labels",
    "trajectory_spectrum",
]
