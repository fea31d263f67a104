"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.augmented_graph import AugmentedGraph, augmented_graph
from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.multilayer_embedding import MultilayerEmbedding, multilayer_embedding
from labkit.clustering.nearest_subspace_labels import nearest_subspace_labels
from labkit.clustering.smooth_vectors import SmoothVectors, smooth_vectors
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "AugmentedGraph",
    "MultilayerEmbedding",
    "SmoothVectors",
    "SpectralLabels",
    "augmented_graph",
    "clustering_error",
    "multilayer_embedding",
    "nearest_subspace_labels",
    "smooth_vectors",
    "spectral_labels",
]
