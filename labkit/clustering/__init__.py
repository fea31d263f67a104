"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.coding_rate_reduction import CodingRateReduction, coding_rate_reduction
from labkit.clustering.doubly_stochastic_membership import (
    DoublyStochasticMembership,
    doubly_stochastic_membership,
)
from labkit.clustering.manifold_linearization import LinearizedManifold, manifold_linearization
from labkit.clustering.neural_eigenfunctions import NeuralEigenfunctions, neural_eigenfunctions
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "CodingRateReduction",
    "DoublyStochasticMembership",
    "LinearizedManifold",
    "NeuralEigenfunctions",
    "SpectralLabels",
    "clustering_error",
    "coding_rate_reduction",
    "doubly_stochastic_membership",
    "manifold_linearization",
    "neural_eigenfunctions",
    "spectral_labels",
]
