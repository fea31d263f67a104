"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.conditional_mean import conditional_mean
from labkit.clustering.incremental_mixture import IncrementalMixture, incremental_mixture
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "IncrementalMixture",
    "SpectralLabels",
    "clustering_error",
    "conditional_mean",
    "incremental_mixture",
    "spectral_labels",
]
