"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.circular_map import CircularMap, circular_map
from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.hamiltonian_cycle import HamiltonianCycle, hamiltonian_cycle
from labkit.clustering.k_means_sdp import KMeansSdp, k_means_sdp
from labkit.clustering.likelihood_adjusted_sdp import (
    LikelihoodAdjustedSdp,
    likelihood_adjusted_sdp,
)
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "CircularMap",
    "HamiltonianCycle",
    "KMeansSdp",
    "LikelihoodAdjustedSdp",
    "SpectralLabels",
    "circular_map",
    "clustering_error",
    "hamiltonian_cycle",
    "k_means_sdp",
    "likelihood_adjusted_sdp",
    "spectral_labels",
]
