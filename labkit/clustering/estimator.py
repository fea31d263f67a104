"""Subspace clustering as an estimator of scikit-learn, over the functions of the package.

It is loaded by the package's ``__getattr__`` when it is asked for, not with the package: a class
must have its base at hand when it is defined, and importing scikit-learn's takes half a second.

Papers: those of the functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from labkit.checks import check_choice, check_count
from labkit.clustering.elastic_net_representation import elastic_net_representation
from labkit.clustering.least_squares_representation import least_squares_representation
from labkit.clustering.matching_pursuit_representation import matching_pursuit_representation
from labkit.clustering.nearest_subspace_labels import cluster_bases, nearest_basis
from labkit.clustering.spectral_labels import spectral_labels
from labkit.clustering.thresholding_affinity import thresholding_affinity

METHODS: dict[str, Callable[..., Any]] = {
    "elastic_net": elastic_net_representation,
    "least_squares": least_squares_representation,
    "matching_pursuit": matching_pursuit_representation,
    "thresholding": thresholding_affinity,
}


class SubspaceClustering(ClusterMixin, BaseEstimator):
    """Cluster samples by the subspaces through the origin that they lie on.

    Parameters
    ----------
    n_clusters : int
        Number of subspaces.
    method : {"elastic_net", "least_squares", "matching_pursuit", "thresholding"}
        How samples are tied to each other, see the function of that name.
    options : dict, optional
        Keywords of that function, for example ``{"n_nonzero": 5}``, which "matching_pursuit" needs;
        "thresholding" needs ``n_neighbours``.
    n_dimensions : int
        Dimension of the local subspaces that new samples are assigned to.
    random_state : int, RandomState or None
        The starts of k-means.

    Attributes
    ----------
    affinity_matrix_ : ndarray or SciPy sparse, shape (n_samples, n_samples)
        The graph that was cut.
    labels_ : ndarray of int, shape (n_samples,)
        The cluster of each sample.
    bases_ : list of ndarray, each of shape (at most n_dimensions, n_features)
        Orthonormal rows of each cluster's subspace.

    Notes
    -----
    Host: the interface is scikit-learn's. Data are not centred: subspaces pass through the origin.

    Examples
    --------
    >>> from labkit.datasets import union_of_subspaces
    >>> X, truth = union_of_subspaces(
    ...     n_subspaces=2, n_dimensions=2, n_features=6, n_per_subspace=20, rng=0
    ... )
    >>> model = SubspaceClustering(2, n_dimensions=2, random_state=0).fit(X)
    >>> bool((model.labels_ == truth).all()), bool((model.predict(-3 * X) == truth).all())
    (True, True)
    """

    def __init__(
        self,
        n_clusters: int = 2,
        *,
        method: str = "elastic_net",
        options: dict[str, Any] | None = None,
        n_dimensions: int = 3,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.method = method
        self.options = options
        self.n_dimensions = n_dimensions
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> SubspaceClustering:
        """Tie the samples to each other, cut the graph, and fit a subspace to each cluster."""
        X = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=2)
        check_choice(self.method, "method", sorted(METHODS))
        check_count(self.n_clusters, "n_clusters", 1, X.shape[0])
        check_count(self.n_dimensions, "n_dimensions", 1)
        found = METHODS[self.method](X, **(self.options or {}))
        seed = int(check_random_state(self.random_state).randint(2**31))
        self.affinity_matrix_ = getattr(found, "affinity", found)
        self.labels_ = spectral_labels(self.affinity_matrix_, self.n_clusters, rng=seed).labels
        self.bases_ = cluster_bases(X, self.labels_, self.n_dimensions)[1]
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return, for each sample, the cluster whose subspace holds most of it."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        return nearest_basis(X, self.bases_)
