"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "SpectralLabels",
    "clustering_error",
    "spectral_labels",
]
