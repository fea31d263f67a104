"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.augmented_graph import AugmentedGraph, augmented_graph
from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.conditional_mean import conditional_mean
from labkit.clustering.incremental_mixture import IncrementalMixture, incremental_mixture
from labkit.clustering.k_medoids import KMedoids, k_medoids
from labkit.clustering.local_bases import LocalBases, local_bases
from labkit.clustering.multilayer_embedding import MultilayerEmbedding, multilayer_embedding
from labkit.clustering.nearest_subspace_labels import nearest_subspace_labels
from labkit.clustering.sine_dissimilarity import sine_dissimilarity
from labkit.clustering.smooth_vectors import SmoothVectors, smooth_vectors
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "AugmentedGraph",
    "IncrementalMixture",
    "KMedoids",
    "LocalBases",
    "MultilayerEmbedding",
    "SmoothVectors",
    "SpectralLabels",
    "augmented_graph",
    "clustering_error",
    "conditional_mean",
    "incremental_mixture",
    "k_medoids",
    "local_bases",
    "multilayer_embedding",
    "nearest_subspace_labels",
    "sine_dissimilarity",
    "smooth_vectors",
    "spectral_labels",
]
