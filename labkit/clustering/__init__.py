"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.k_subspaces import KSubspaces, k_subspaces
from labkit.clustering.locality_preserving_projections import (
    LocalityPreservingProjections,
    locality_preserving_projections,
)
from labkit.clustering.low_rank_denoiser import LowRankDenoiser, low_rank_denoiser
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels

__all__ = [
    "KSubspaces",
    "LocalityPreservingProjections",
    "LowRankDenoiser",
    "SpectralLabels",
    "clustering_error",
    "k_subspaces",
    "locality_preserving_projections",
    "low_rank_denoiser",
    "spectral_labels",
]
