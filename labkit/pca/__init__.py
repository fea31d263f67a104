"""Principal components and their variants."""

from labkit.pca.principal_components import principal_components
from labkit.pca.results import PrincipalComponents, TrajectorySpectrum
from labkit.pca.trajectory_spectrum import trajectory_spectrum

__all__ = [
    "PrincipalComponents",
    "TrajectorySpectrum",
    "principal_components",
    "trajectory_spectrum",
]
