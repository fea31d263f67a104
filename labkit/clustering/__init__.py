"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from typing import Any

from labkit.clustering.alpha_complex import alpha_complex
from labkit.clustering.augmented_graph import AugmentedGraph, augmented_graph
from labkit.clustering.boundary_matrix import boundary_matrix
from labkit.clustering.circular_map import CircularMap, circular_map
from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.coding_rate_reduction import CodingRateReduction, coding_rate_reduction
from labkit.clustering.conditional_mean import conditional_mean
from labkit.clustering.doubly_stochastic_membership import (
    DoublyStochasticMembership,
    doubly_stochastic_membership,
)
from labkit.clustering.elastic_net_representation import elastic_net_representation
from labkit.clustering.hamiltonian_cycle import HamiltonianCycle, hamiltonian_cycle
from labkit.clustering.harmonic_embedding import HarmonicEmbedding, harmonic_embedding
from labkit.clustering.incremental_mixture import IncrementalMixture, incremental_mixture
from labkit.clustering.k_means_sdp import KMeansSdp, k_means_sdp
from labkit.clustering.k_medoids import KMedoids, k_medoids
from labkit.clustering.k_subspaces import KSubspaces, k_subspaces
from labkit.clustering.least_squares_representation import least_squares_representation
from labkit.clustering.likelihood_adjusted_sdp import LikelihoodAdjustedSdp, likelihood_adjusted_sdp
from labkit.clustering.local_bases import LocalBases, local_bases
from labkit.clustering.locality_preserving_projections import (
    LocalityPreservingProjections,
    locality_preserving_projections,
)
from labkit.clustering.low_rank_denoiser import LowRankDenoiser, low_rank_denoiser
from labkit.clustering.manifold_linearization import LinearizedManifold, manifold_linearization
from labkit.clustering.matching_pursuit_representation import matching_pursuit_representation
from labkit.clustering.multilayer_embedding import MultilayerEmbedding, multilayer_embedding
from labkit.clustering.nearest_subspace_labels import nearest_subspace_labels
from labkit.clustering.neural_eigenfunctions import NeuralEigenfunctions, neural_eigenfunctions
from labkit.clustering.representation_quality import RepresentationQuality, representation_quality
from labkit.clustering.results import SelfExpression
from labkit.clustering.sine_dissimilarity import sine_dissimilarity
from labkit.clustering.smooth_vectors import SmoothVectors, smooth_vectors
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels
from labkit.clustering.thresholding_affinity import thresholding_affinity
from labkit.clustering.topological_labels import TopologicalLabels, topological_labels

__all__ = [
    "AugmentedGraph",
    "CircularMap",
    "CodingRateReduction",
    "DoublyStochasticMembership",
    "HamiltonianCycle",
    "HarmonicEmbedding",
    "IncrementalMixture",
    "KMeansSdp",
    "KMedoids",
    "KSubspaces",
    "LikelihoodAdjustedSdp",
    "LinearizedManifold",
    "LocalBases",
    "LocalityPreservingProjections",
    "LowRankDenoiser",
    "MultilayerEmbedding",
    "NeuralEigenfunctions",
    "RepresentationQuality",
    "SelfExpression",
    "SmoothVectors",
    "SpectralLabels",
    "SubspaceClustering",
    "TopologicalLabels",
    "alpha_complex",
    "augmented_graph",
    "boundary_matrix",
    "circular_map",
    "clustering_error",
    "coding_rate_reduction",
    "conditional_mean",
    "doubly_stochastic_membership",
    "elastic_net_representation",
    "hamiltonian_cycle",
    "harmonic_embedding",
    "incremental_mixture",
    "k_means_sdp",
    "k_medoids",
    "k_subspaces",
    "least_squares_representation",
    "likelihood_adjusted_sdp",
    "local_bases",
    "locality_preserving_projections",
    "low_rank_denoiser",
    "manifold_linearization",
    "matching_pursuit_representation",
    "multilayer_embedding",
    "nearest_subspace_labels",
    "neural_eigenfunctions",
    "representation_quality",
    "sine_dissimilarity",
    "smooth_vectors",
    "spectral_labels",
    "thresholding_affinity",
    "topological_labels",
]


def __getattr__(name: str) -> Any:
    """Load the estimator when it is asked for: its base class is scikit-learn's, half a second."""
    if name == "SubspaceClustering":
        from labkit.clustering.estimator import SubspaceClustering

        return SubspaceClustering
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
