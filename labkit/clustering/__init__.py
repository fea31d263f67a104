"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.conditional_mean import conditional_mean
from labkit.clustering.incremental_mixture import IncrementalMixture, incremental_mixture
from labkit.clustering.k_medoids import KMedoids, k_medoids
from labkit.clustering.local_bases import LocalBases, local_bases
from labkit.clustering.sine_dissimilarity import sine_dissimilarity
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "IncrementalMixture",
    "KMedoids",
    "LocalBases",
    "SpectralLabels",
    "clustering_error",
    "conditional_mean",
    "incremental_mixture",
    "k_medoids",
    "local_bases",
    "sine_dissimilarity",
    "spectral_labels",
]
