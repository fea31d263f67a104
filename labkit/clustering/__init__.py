"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.k_means_sdp import KMeansSdp, k_means_sdp
from labkit.clustering.likelihood_adjusted_sdp import (
    LikelihoodAdjustedSdp,
    likelihood_adjusted_sdp,
)
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "KMeansSdp",
    "LikelihoodAdjustedSdp",
    "SpectralLabels",
    "clustering_error",
    "k_means_sdp",
    "likelihood_adjusted_sdp",
    "spectral_labels",
]
