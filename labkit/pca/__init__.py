"""Principal components and their variants."""

from labkit.pca.alternating_projections import alternating_projections
from labkit.pca.denoising_autoencoder import denoising_autoencoder
from labkit.pca.least_volume_autoencoder import least_volume_autoencoder
from labkit.pca.low_rank_autoencoder import low_rank_autoencoder
from labkit.pca.principal_component_pursuit import principal_component_pursuit
from labkit.pca.principal_components import principal_components
from labkit.pca.probabilistic_components import probabilistic_components
from labkit.pca.results import (
    LinearAutoencoder,
    LowRankPlusSparse,
    PrincipalComponents,
    ProbabilisticComponents,
    Subspace,
    TrajectorySpectrum,
)
from labkit.pca.self_paced_components import self_paced_components
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "LinearAutoencoder",
    "LowRankPlusSparse",
    "PrincipalComponents",
    "ProbabilisticComponents",
    "Subspace",
    "TrajectorySpectrum",
    "alternating_projections",
    "denoising_autoencoder",
    "least_volume_autoencoder",
    "low_rank_autoencoder",
    "principal_component_pursuit",
    "principal_components",
    "probabilistic_components",
    "self_paced_components",
    "trajectory_spectrum",
]
