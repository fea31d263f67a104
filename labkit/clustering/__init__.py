"""Subspace clustering, manifolds and mixtures: which points belong together, and to what."""

from typing import Any

from labkit.clustering.clustering_error import clustering_error
from labkit.clustering.elastic_net_representation import elastic_net_representation
from labkit.clustering.least_squares_representation import least_squares_representation
from labkit.clustering.matching_pursuit_representation import matching_pursuit_representation
from labkit.clustering.representation_quality import RepresentationQuality, representation_quality
from labkit.clustering.results import SelfExpression
from labkit.clustering.spectral_labels import SpectralLabels, spectral_labels
from labkit.clustering.thresholding_affinity import thresholding_affinity

__all__ = [
    "RepresentationQuality",
    "SelfExpression",
    "SpectralLabels",
    "SubspaceClustering",
    "clustering_error",
    "elastic_net_representation",
    "least_squares_representation",
    "matching_pursuit_representation",
    "representation_quality",
    "spectral_labels",
    "thresholding_affinity",
]


def __getattr__(name: str) -> Any:
    """Load the estimator when it is asked for: its base class is scikit-learn's, half a second."""
    if name == "SubspaceClustering":
        from labkit.clustering.estimator import SubspaceClustering

        return SubspaceClustering
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
