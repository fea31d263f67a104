"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.alpha_complex import alpha_complex
from labkit.clustering.boundary_matrix import boundary_matrix
from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.harmonic_embedding import HarmonicEmbedding, harmonic_embedding
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels
from labkit.clustering.topological_labels import TopologicalLabels, topological_labels

__all__ = [
    "HarmonicEmbedding",
    "SpectralLabels",
    "TopologicalLabels",
    "alpha_complex",
    "boundary_matrix",
    "clustering_error",
    "harmonic_embedding",
    "spectral_labels",
    "topological_labels",
]
