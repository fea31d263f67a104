"""Bad input, for every public function of the numeric packages, those to come included.

For a new function add a row to VALID; for a parameter of a new name add a row to BAD. What a
function of its own refuses beyond that belongs into its own test file.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import array_api_strict
import numpy as np
import pytest
import scipy.sparse

import labkit
from labkit import clustering, datasets, networks
from labkit.arrays import is_array
from labkit.sampling import ridge_leverage_stream
from labkit.sensing import ObservedEntries
from labkit.trace import trace
from labkit.trials import over

NO_METHODS = {"explorer", "figures", "papers", "runner"}
"""Packages that take no data; their refusals are in their own tests."""


def public_functions() -> dict[str, Callable[..., Any]]:
    """Return every function of `__all__` of every numeric package, by its full name."""
    found: list[Callable[..., Any]] = [trace, over]
    for module in pkgutil.iter_modules(labkit.__path__):
        if module.ispkg and module.name not in NO_METHODS:
            package = importlib.import_module(f"labkit.{module.name}")
            public = (getattr(package, name) for name in getattr(package, "__all__", ()))
            found += [value for value in public if inspect.isfunction(value)]
    return {f"{f.__module__.removeprefix('labkit.')}.{f.__name__}": f for f in found}


FUNCTIONS = public_functions()

# Valid calls

X = np.random.default_rng(0).standard_normal((6, 3))
BASIS = np.linalg.qr(X)[0][:, :2]
TARGETS = np.eye(2)[[0, 1, 0, 1, 0, 1]]
WIDTHS = (3, 4, 2)


def parameters() -> networks.mlp.Parameters:
    return networks.initial_parameters(WIDTHS, like=X, rng=0)


def residual_parameters() -> tuple[np.ndarray, ...]:
    return np.ones((4, 3)), np.ones((2, 1, 4, 4)), np.ones((2, 4))


def training() -> dict[str, Any]:
    return {"parameters": parameters(), "X": X, "targets": TARGETS}


FLAGS = np.stack([BASIS, np.linalg.qr(X[::-1])[0][:, :2]])


SUBCLASSES = np.array([0.0, 0, 1, 1, 0, 0])


LABELS = np.array([0.0, 1, 0, 1, 0, 1])


def mixture() -> Any:
    *_, last = clustering.incremental_mixture(X, initial_variances=np.ones(3))
    return last


def sensing() -> Any:
    return datasets.sensing_problem([2.0, 1.0], n_rows=6, n_measurements=50, rng=0)


ENTRIES = ObservedEntries(np.arange(18) // 3, np.arange(18) % 3, X.ravel(), (6, 3))


def sensed() -> Any:
    return datasets.sensing_problem([1.0], n_rows=6, n_measurements=30, rng=0)


def changed_corner(good: np.ndarray) -> np.ndarray:
    """Copy a matrix and raise one corner."""
    bad = np.array(good)
    bad[0, -1] += 1.0
    return bad


GRAM = X @ X.T + np.eye(6)


def linear_kernel(A: Any, B: Any) -> Any:
    return A @ B.T


def dictionary() -> Any:
    (found,) = ridge_leverage_stream([X], linear_kernel, ridge=0.5, rng=0)
    return found


TRIANGLE = (np.arange(3)[:, None], np.array([[0, 1], [0, 2], [1, 2]]))

VALID: dict[str, Callable[[], dict[str, Any]]] = {
    "trace.trace": lambda: {"states": iter([1.0, 2.0]), "n_steps": 1, "record": {"x": float}},
    "trials.over": lambda: {"function": lambda seed: 1.0, "seed": 0, "n_repetitions": 2},
    "linalg.principal_angles.principal_angles": lambda: {"basis": BASIS, "other": BASIS},
    "linalg.signs.fix_signs": lambda: {"Vh": X},
    "pca.principal_components.principal_components": lambda: {"X": X},
    "pca.probabilistic_components.probabilistic_components": lambda: {"X": X, "n_components": 1},
    "pca.self_paced_components.self_paced_components": lambda: {"X": X, "n_components": 1},
    "pca.principal_component_pursuit.principal_component_pursuit": lambda: {"M": X},
    "pca.alternating_projections.alternating_projections": lambda: {"M": X},
    "pca.incomplete_components.incomplete_components": lambda: {
        "X": X, "observed": X > -9, "n_components": 1,
    },
    "pca.kernel_components.kernel_components": lambda: {"X": X, "n_components": 1},
    "pca.trajectory_spectrum.trajectory_spectrum": lambda: {"n_states": 5},
    "networks.mlp.initial_parameters": lambda: {"widths": WIDTHS, "like": X},
    "networks.mlp.flatten": lambda: {"parameters": parameters()},
    "networks.mlp.unflatten": lambda: {
        "vector": networks.flatten(parameters()), "widths": WIDTHS,
    },
    "networks.mlp.forward": lambda: {"parameters": parameters(), "X": X},
    "networks.mlp.loss_and_gradient": training,
    "networks.training.gradient_training": lambda: {**training(), "step_size": 0.1},
    "datasets.sensing.sensing_problem": lambda: {
        "singular_values": np.array([2.0, 1.0]),
        "n_rows": 4,
        "n_columns": 4,
        "n_measurements": 30,
    },
    "sensing.one_sided_completion.one_sided_completion": lambda: {
        "X": X, "observed": X > -9, "rank": 1,
    },
    "sensing.singular_value_thresholding.singular_value_thresholding": lambda: {
        "M": X, "observed": X > -9,
    },
    "sensing.swivel_embeddings.swivel_embeddings": lambda: {
        "counts": X @ X.T * (X @ X.T > 0), "n_dimensions": 2,
    },
    "datasets.tomography.projected_film": lambda: {"side": 4, "n_frames": 3},
    "sensing.partially_separable_frames.partially_separable_frames": lambda: {
        "projections": X, "operators": np.ones((6, 3, 4)), "rank": 1, "n_coefficients": 2,
    },
    "sampling.least_squares_points.least_squares_points": lambda: {
        "features": 6**0.5 * BASIS, "measure": np.full(6, 1 / 6), "n_samples": 4,
    },
    "clustering.clustering_error.clustering_error": lambda: {"labels": LABELS, "truth": LABELS},
    "clustering.spectral_labels.spectral_labels": lambda: {"affinity": GRAM**2, "n_clusters": 2},
    "clustering.incremental_mixture.incremental_mixture": lambda: {
        "X": X, "initial_variances": np.ones(3),
    },
    "clustering.conditional_mean.conditional_mean": lambda: {
        "mixture": mixture(), "X": X[:, :2],
    },
    "sampling.leverage_probabilities.leverage_probabilities": lambda: {"A": X, "n_samples": 3},
    "sampling.lp_sensitivities.lp_sensitivities": lambda: {"A": X, "p": 3.0},
    "sampling.determinantal_draws.determinantal_draws": lambda: {
        "likelihood": lambda rows, columns: GRAM[np.ix_(rows, columns)], "diagonal": np.diag(GRAM),
    },
    "sampling.low_rank_determinantal_sample.low_rank_determinantal_sample": lambda: {"B": X},
    "sampling.pivotal_sampling.pivotal_sampling": lambda: {
        "probabilities": np.full(6, 0.5), "points": X,
    },
    "datasets.coverage.sparsely_seen_rows": lambda: {"n_rows": 4, "n_columns": 3, "rank": 1},
    "datasets.individuals.clustered_individuals": lambda: {
        "n_samples": 6, "n_features": 4, "rank": 2, "n_clusters": 2, "observed_share": 0.5,
        "noise": 0.1,
    },
    "datasets.corpora.log_bilinear_counts": lambda: {
        "n_words": 5, "n_dimensions": 2, "n_pairs": 10,
    },
    "datasets.corpora.python_manual": lambda: {"n_words": 5},
    "datasets.synthetic.planted_spectrum": lambda: {
        "singular_values": np.array([2.0, 1.0]), "n_samples": 4,
    },
    "datasets.walks.random_walk": lambda: {"n_dimensions": 3},
    "datasets.synthetic.contaminated_subspace": lambda: {
        "n_samples": 9, "n_features": 3, "rank": 1, "contamination": 0.1,
    },
    "datasets.synthetic.low_rank_plus_sparse": lambda: {
        "shape": (4, 3), "rank": 1, "contamination": 0.1,
    },
    "datasets.images.fashion_mnist": dict,
    "datasets.images.flags": dict,
    "datasets.images.mnist": dict,
    "datasets.images.digits": dict,
    "datasets.images.faces": dict,
    "datasets.images.natural_image": dict,
    "datasets.tables.breast_cancer": dict,
    "datasets.tables.wine": dict,
    "datasets.tables.iris": dict,
    "datasets.tables.diabetes": dict,
    "datasets.scenes.indian_pines": dict,
    "datasets.own.from_file": lambda: {"path": Path(__file__).parent / "datasets" / "table.csv"},
    "datasets.optional.sea_surface_temperature": dict,
    "datasets.optional.gene_expression": dict,
    "datasets.pretrained.sentence_encoder": dict,
    "datasets.pretrained.language_model": lambda: {"block": 0},
    "pca.oja_components.oja_components": lambda: {
        "batches": [X], "n_components": 1, "step_size": 0.1,
    },
    "pca.block_power_stream.block_power_stream": lambda: {
        "batches": [X], "n_components": 1, "block_size": 2,
    },
    "pca.heavy_row_power.heavy_row_power": lambda: {
        "batches": [X], "n_heavy": 1, "block_size": 2,
    },
    "pca.frequent_directions.frequent_directions": lambda: {"batches": [X], "sketch_size": 2},
    "pca.incremental_components.incremental_components": lambda: {
        "batches": [X], "n_components": 1,
    },
    "pca.filtered_components.filtered_components": lambda: {"X": X, "contamination": 0.1},
    "pca.filtered_stream.filtered_stream": lambda: {"batches": [X], "contamination": 0.1},
    "pca.barycentric_subspaces.barycentric_subspaces": lambda: {"X": X, "n_references": 2},
    "pca.barycentric_weights.barycentric_weights": lambda: {"X": X, "references": np.eye(3)},
    "pca.principal_flag_test.principal_flag_test": lambda: {
        "X": X, "flag": np.eye(3), "multiplicities": (1, 2),
    },
    "pca.chordal_distances.chordal_distances": lambda: {"flags": FLAGS, "basis": BASIS},
    "pca.flag_mean.flag_mean": lambda: {
        "flags": FLAGS, "weights": np.ones(2), "start": BASIS,
    },
    "pca.flag_median.flag_median": lambda: {"flags": FLAGS},
    "pca.flag_aggregate.flag_aggregate": lambda: {"gradients": X},
    "datasets.crowds.contaminated_flags": lambda: {
        "n_flags": 4, "n_features": 3, "dimensions": (1, 2), "contamination": 0.5,
    },
    "datasets.crowds.worker_gradients": lambda: {
        "n_workers": 4, "n_parameters": 3, "n_liars": 1,
    },
    "pca.generative_components.generative_components": lambda: {
        "V": X.T @ X, "generator": lambda Z: Z @ X.T @ X, "n_latent": 3,
    },
    "pca.sparse_components.sparse_components": lambda: {
        "X": X, "n_components": 1, "penalty": 0.1,
    },
    "pca.truncated_power.truncated_power": lambda: {"V": X.T @ X, "n_nonzero": 1},
    "pca.denoising_autoencoder.denoising_autoencoder": lambda: {
        "X": X, "n_latents": 1, "groups": np.arange(3.0),
    },
    "pca.least_volume_autoencoder.least_volume_autoencoder": lambda: {
        "X": X, "n_latents": 1, "penalty": 0.1,
    },
    "pca.low_rank_autoencoder.low_rank_autoencoder": lambda: {
        "X": X, "n_latents": 1, "penalty": 0.1,
    },
    "pca.stein_subspace.stein_subspace": lambda: {
        "X": X, "Y": TARGETS, "n_components": 1, "order": 2,
        "scores": X, "score_jacobians": X[:, :, None] * X[:, None],
    },
    "pca.subclass_labels.subclass_labels": lambda: {"X": X, "labels": LABELS, "n_subclasses": 2},
    "pca.subclass_directions.subclass_directions": lambda: {
        "X": X, "labels": LABELS, "subclasses": SUBCLASSES,
    },
    "pca.matrix_subspace_projection.matrix_subspace_projection": lambda: {
        "X": X, "labels": np.sign(X[:, :1]), "n_components": 2,
    },
    "pca.graph_feature_space.graph_feature_space": lambda: {
        "adjacency": np.ones((6, 6)), "X": X, "n_hops": 1,
    },
    "pca.shared_hop_weights.shared_hop_weights": lambda: {"hops": [X, 2 * X], "targets": TARGETS},
    "datasets.drawings.drawn_faces": lambda: {"n_samples": 3},
    "datasets.drawings.face_pictures": lambda: {
        "attributes": np.ones((2, 4)), "styles": np.zeros((2, 4)),
    },
    "datasets.graphs.attributed_block_model": lambda: {"n_samples": 9, "n_features": 2},
    "pca.concept_explanation.concept_explanation": lambda: {
        "features": abs(X).reshape(2, 1, 3, 3), "head": lambda maps: maps.mean(axis=(1, 2)),
        "n_concepts": 2,
    },
    "pca.robust_unmixing.robust_unmixing": lambda: {"X": abs(X), "n_endmembers": 2},
    "pca.spatial_weights.spatial_weights": lambda: {"X": X, "image_shape": (2, 3)},
    "pca.structured_unmixing.structured_unmixing": lambda: {
        "X": abs(X), "n_endmembers": 2, "image_shape": (2, 3),
    },
    "datasets.synthetic.hyperspectral_scene": lambda: {"image_shape": (4, 5)},
    "sensing.gradient_descent.gradient_descent": lambda: {
        "problem": sensing(), "start": BASIS, "step_size": 0.1,
    },
    "sensing.rebalanced_factors.rebalanced_factors": lambda: {
        "F": X, "G": X[::-1], "singular_value": 1.0,
    },
    "sensing.scaled_gradient_descent.scaled_gradient_descent": lambda: {
        "problem": sensing(), "start": BASIS, "step_size": 0.1, "damping": 0.1,
    },
    "sensing.riemannian_gradient_descent.riemannian_gradient_descent": lambda: {
        "problem": sensing(), "rank": 2,
    },
    "sensing.nuclear_norm_descent.nuclear_norm_descent": lambda: {
        "problem": sensing(), "step_size": 0.1, "penalty": 0.1,
    },
    "sensing.gradient_flow_solution.gradient_flow_solution": lambda: {"networks": abs(X) + 0.1},
    "sensing.deep_linear_regression.deep_linear_regression": lambda: {
        "X": X, "targets": TARGETS, "depth": 2, "width": 3, "step_size": 0.1,
    },
    "datasets.regressions.spiked_regression": lambda: {"n_samples": 4, "n_features": 5},
    "sensing.scalar_descent.scalar_descent": lambda: {"start": abs(X) + 0.1, "step_size": 0.1},
    "sensing.covariance_generator.covariance_generator": lambda: {
        "layers": [X], "covariance": X @ X.T, "step_size": 0.1,
    },
    "sensing.neuron_alignment.neuron_alignment": lambda: {
        "neurons": X[:4], "X": X, "y": 2 * LABELS - 1, "step_size": 0.1,
    },
    "datasets.cones.opposed_cones": lambda: {
        "n_samples": 4, "n_features": 3, "separation": 0.5,
    },
    "datasets.grids.kronecker_signal": lambda: {
        "n_entries": (3, 4), "n_measured": (2, 2), "n_nonzero": 1,
    },
    "sensing.kronecker_sparse_bayes.kronecker_sparse_bayes": lambda: {
        "y": np.ones((3, 6)), "dictionaries": [X.T, X], "noise_variance": 0.1,
    },
    "sensing.alternating_minimisation.alternating_minimisation": lambda: {
        "entries": ENTRIES, "rank": 1,
    },
    "sensing.completion_descent.completion_descent": lambda: {"entries": ENTRIES, "rank": 1},
    "sensing.soft_impute.soft_impute": lambda: {"M": X, "observed": X > -9, "penalty": 0.1},
    "datasets.completion.completion_problem": lambda: {
        "n_rows": 4, "n_columns": 3, "rank": 1, "n_observed": 9,
    },
    "datasets.perturbed.perturbed_completion": lambda: {
        "magnitudes": np.ones(2), "visibility": 0.4,
    },
    "sensing.subgradient_descent.subgradient_descent": lambda: {
        "problem": sensed(), "start": 0.1 * X,
    },
    "sensing.lifted_curvature.lifted_curvature": lambda: {
        "problem": sensed(), "point": np.ones(6), "direction": np.arange(6.0), "order": 3,
    },
    "sensing.deep_linear_training.deep_linear_training": lambda: {
        "Y": X, "layers": [np.ones((1, 3, 3)), np.ones((1, 6, 3))], "penalty": 0.1,
    },
    "sensing.depth_shrinkage.depth_shrinkage": lambda: {
        "singular_values": np.ones(3), "depth": 3, "penalty": 0.1,
    },
    "sensing.smallest_triangles.smallest_triangles": lambda: {"points": X[:, :2]},
    "sensing.sufficiently_scattered.sufficiently_scattered": lambda: {"H": np.abs(X)},
    "sensing.tubal_gradient_descent.tubal_gradient_descent": lambda: {
        "measurements": np.ones((2, 3, 3, 2)), "b": np.ones(2), "start": np.ones((3, 2, 2)),
        "step_size": 0.01,
    },
    "datasets.redundant.redundant_features": lambda: {"n_samples": 5, "magnitudes": np.ones(2)},
    "sampling.sequential_attention.sequential_attention": lambda: {
        "X": X, "y": X[:, 0] + 0.1 * X[:, 1], "n_selected": 2,
    },
    "datasets.mixtures.pairwise_mixtures": lambda: {"n_per_side": 2},
    "datasets.tubes.tubal_problem": lambda: {
        "fourier_values": np.ones((1, 2)), "n_rows": 3, "n_slices": 3, "n_measurements": 4,
    },
    "sensing.self_calibration.self_calibration": lambda: {
        "measurements": np.abs(X.T) + 0.1, "operators": np.stack([X[:, :2], X[::-1, :2], X[:, 1:]]),
        "direction": np.ones(6),
    },
    "sensing.analytic_weights.analytic_weights": lambda: {"A": X.T},
    "sensing.iterative_shrinkage.iterative_shrinkage": lambda: {
        "A": X.T, "measurements": X[:4], "threshold": 0.1, "W": X.T,
    },
    "sensing.hyper_lista.hyper_lista": lambda: {
        "A": X.T, "measurements": X[:4], "W": X.T,
        "c_threshold": 0.1, "c_momentum": 0.1, "c_passed": 0.1,
    },
    "datasets.teachers.quadratic_teacher": lambda: {
        "n_inputs": 3, "n_hidden": 2, "n_samples": 4,
    },
    "sensing.quadratic_network_limit.quadratic_network_limit": lambda: {
        "sampling_ratio": 0.2, "aspect_ratio": 0.5,
    },
    "sensing.wishart_denoiser.wishart_denoiser": lambda: {
        "R": X.T @ X, "aspect_ratio": 0.5, "noise_variance": 0.1,
    },
    "sensing.quadratic_message_passing.quadratic_message_passing": lambda: {
        "X": X, "y": np.arange(6.0), "aspect_ratio": 0.5,
    },
    "sensing.quadratic_network_descent.quadratic_network_descent": lambda: {
        "X": X, "y": np.ones(6), "start": np.ones((2, 3, 2)),
    },
    "sampling.determinantal_sample.determinantal_sample": lambda: {"matrix": GRAM},
    "sampling.greedy_determinantal_subset.greedy_determinantal_subset": lambda: {"L": GRAM},
    "sampling.inclusion_probabilities.inclusion_probabilities": lambda: {"L": GRAM},
    "sampling.k_determinantal_sample.k_determinantal_sample": lambda: {"L": GRAM, "size": 2},
    "sampling.log_symmetric_polynomials.log_symmetric_polynomials": lambda: {
        "values": np.arange(4.0), "order": 2,
    },
    "sampling.marginal_kernel.marginal_kernel": lambda: {"L": GRAM},
    "sampling.sublinear_determinantal_sample.sublinear_determinantal_sample": lambda: {
        "kernel_block": lambda rows, columns: GRAM[np.ix_(rows, columns)],
        "diagonal": np.diag(GRAM),
    },
    "clustering.k_medoids.k_medoids": lambda: {"dissimilarity": GRAM**2, "n_clusters": 2},
    "clustering.local_bases.local_bases": lambda: {
        "snapshots": GRAM, "labels": LABELS, "n_components": 1, "mass": GRAM,
    },
    "clustering.sine_dissimilarity.sine_dissimilarity": lambda: {
        "snapshots": GRAM, "others": GRAM + 1, "mass": GRAM,
    },
    "datasets.snapshots.equation_snapshots": lambda: {"equation": "heat", "n_samples": 3},
    "sampling.cardinality_aware_scores.cardinality_aware_scores": lambda: {"X": X, "y": LABELS},
    "sampling.cholesky_determinantal_sample.cholesky_determinantal_sample": lambda: {
        "K": 0.01 * GRAM,
    },
    "sampling.conditioned_kernel.conditioned_kernel": lambda: {"L": GRAM, "included": [1]},
    "sampling.swap_chain.swap_chain": lambda: {
        "L": GRAM, "size": 2, "start": np.array([1.0, 0, 0, 1, 0, 0]),
    },
    "datasets.categories.categorical_table": lambda: {
        "informative": [2, 3], "uninformative": [9], "n_samples": 4,
    },
    "clustering.augmented_graph.augmented_graph": lambda: {"affinity": GRAM**2, "attributes": X},
    "clustering.multilayer_embedding.multilayer_embedding": lambda: {
        "affinities": np.stack([GRAM**2, GRAM**4]), "n_clusters": 2, "weights": np.ones(2),
    },
    "clustering.nearest_subspace_labels.nearest_subspace_labels": lambda: {
        "X_new": X, "X": X, "labels": LABELS, "n_dimensions": 2,
    },
    "clustering.smooth_vectors.smooth_vectors": lambda: {"affinity": GRAM**2, "n_vectors": 2},
    "clustering.circular_map.circular_map": lambda: {"shares": TARGETS},
    "clustering.hamiltonian_cycle.hamiltonian_cycle": lambda: {"distances": GRAM},
    "clustering.k_means_sdp.k_means_sdp": lambda: {"X": X, "n_clusters": 2},
    "clustering.likelihood_adjusted_sdp.likelihood_adjusted_sdp": lambda: {
        "X": X, "n_clusters": 2, "covariances": np.stack([np.eye(3)] * 2),
    },
    "clustering.k_subspaces.k_subspaces": lambda: {"X": X, "n_clusters": 2, "rank": 1},
    "clustering.low_rank_denoiser.low_rank_denoiser": lambda: {
        "X": X, "start": np.eye(3)[None, :, :2], "noise": 0.5,
    },
    "clustering.locality_preserving_projections.locality_preserving_projections": lambda: {
        "X": X, "n_components": 1, "n_neighbours": 2,
    },
    "datasets.groups.hidden_groups": lambda: {
        "kind": "shells", "n_samples": 6, "n_features": 4,
    },
    "datasets.low_rank.low_rank_mixture": lambda: {
        "n_features": 5, "n_clusters": 2, "rank": 2, "n_per_cluster": 3,
    },
    "clustering.alpha_complex.alpha_complex": lambda: {"points": X[:, :2], "radius": 1.0},
    "clustering.boundary_matrix.boundary_matrix": lambda: {"simplices": TRIANGLE, "dimension": 1},
    "clustering.harmonic_embedding.harmonic_embedding": lambda: {
        "simplices": TRIANGLE, "dimension": 1,
    },
    "clustering.topological_labels.topological_labels": lambda: {
        "simplices": TRIANGLE, "n_clusters": 2,
    },
    "datasets.rings.joined_rings": lambda: {"n_samples": 9},
    "linalg.gaussian_kernel.gaussian_kernel": lambda: {"X": X, "Y": X[:2], "bandwidth": 1.0},
    "sampling.merged_dictionary.merged_dictionary": lambda: {
        "parts": [dictionary(), dictionary()], "kernel_function": linear_kernel,
    },
    "sampling.ridge_leverage_stream.ridge_leverage_stream": lambda: {
        "batches": [X], "kernel_function": linear_kernel, "ridge": 0.5,
    },
    "clustering.elastic_net_representation.elastic_net_representation": lambda: {"X": X},
    "clustering.least_squares_representation.least_squares_representation": lambda: {"X": X},
    "clustering.matching_pursuit_representation.matching_pursuit_representation": lambda: {
        "X": X, "n_nonzero": 2,
    },
    "clustering.representation_quality.representation_quality": lambda: {
        "coefficients": GRAM, "truth": LABELS,
    },
    "clustering.thresholding_affinity.thresholding_affinity": lambda: {
        "X": X, "n_neighbours": 2,
    },
    "datasets.motions.rigid_motions": lambda: {
        "n_motions": 2, "n_per_motion": 3, "n_frames": 4,
    },
    "datasets.unions.union_of_subspaces": lambda: {
        "n_subspaces": 2, "n_dimensions": 1, "n_features": 4, "n_per_subspace": 3,
    },
    "clustering.coding_rate_reduction.coding_rate_reduction": lambda: {
        "Z": X, "membership": TARGETS, "distortion": 0.5,
    },
    "clustering.doubly_stochastic_membership.doubly_stochastic_membership": lambda: {
        "C": X, "entropy": 0.5, "potential": np.zeros(6),
    },
    "clustering.manifold_linearization.manifold_linearization": lambda: {
        "X": X, "affinity": GRAM**2, "parameters": parameters(), "entropy": 0.5, "distortion": 0.5,
        "locality": 1.0, "n_start": 1, "step_size": 0.1,
    },
    "clustering.neural_eigenfunctions.neural_eigenfunctions": lambda: {
        "X": X, "K": GRAM, "parameters": parameters(), "penalty": 1.0, "step_size": 0.1,
        "temperature": 0.5,
    },
    "datasets.curves.linked_curves": lambda: {"n_per_curve": 2},
    "spectra.marchenko_pastur.marchenko_pastur": lambda: {
        "x": np.arange(1.0, 4), "aspect_ratio": 0.5,
    },
    "spectra.marchenko_pastur_fit.marchenko_pastur_fit": lambda: {
        "eigenvalues": np.arange(1.0, 4), "aspect_ratio": 0.5,
    },
    "spectra.farms_spectrum.farms_spectrum": lambda: {"W": X},
    "networks.hessian_product.hessian_product": lambda: {
        **training(), "vectors": np.ones((26, 2)),
    },
    "networks.gauss_newton_product.gauss_newton_product": lambda: {
        "parameters": parameters(), "X": X, "vectors": np.ones((26, 2)),
    },
    "networks.null_space_noise.null_space_noise": lambda: {
        **{key: value for key, value in training().items() if key != "targets"},
        "start": np.array([0.5, 0.2, -0.4]),
    },
    "networks.standardised_weights.standardised_weights": lambda: {"W": X, "gain": 1.5},
    "spectra.residual_layers.residual_layers": lambda: {"X": X},
    "spectra.width_parametrisation.width_parametrisation": lambda: {"widths": WIDTHS},
    "networks.weight_matching.weight_matching": lambda: {
        "target": parameters(), "parameters": parameters(),
    },
    "spectra.weighted_low_rank.weighted_low_rank": lambda: {
        "W": X, "rank": 1, "outputs": np.eye(len(X)), "inputs": np.eye(3),
    },
    "spectra.kronecker_fisher.kronecker_fisher": lambda: {
        "sample_gradients": np.arange(1.0, 13.0).reshape(2, 2, 3),
    },
    "spectra.shared_ranks.shared_ranks": lambda: {
        "spectra": [np.array([2.0, 1.0]), np.array([3.0, 0.5])], "kept": 0.5,
    },
    "spectra.local_dimension.local_dimension": lambda: {"X": X, "n_neighbors": 2},
    "spectra.log_dimension_gradient.log_dimension_gradient": lambda: {"X": X, "n_neighbors": 2},
    "spectra.robust_subspace.robust_subspace": lambda: {
        "embeddings": X, "perturbations": X, "n_kept": 1,
    },
    "networks.training_jacobian.training_jacobian": lambda: {
        **training(), "schedule": np.array([0.1, 0.2]),
    },
    "networks.subspace_training.subspace_training": lambda: {
        **training(), "basis": np.ones((26, 2)), "step_size": 0.1,
    },
    "networks.one_pass_softmax.one_pass_softmax": lambda: {
        "W": np.zeros((2, 3)), "X": X, "targets": TARGETS, "step_size": 0.1,
    },
    "networks.residual_network.residual_network": lambda: {
        "parameters": residual_parameters(), "X": X, "targets": TARGETS, "branch_multiplier": 0.5,
    },
    "networks.residual_training.residual_training": lambda: {
        "parameters": residual_parameters(), "X": X, "targets": TARGETS, "branch_multiplier": 0.5,
        "step_sizes": (0.1, 0.1, 0.1),
    },
    "spectra.depth_parametrisation.depth_parametrisation": lambda: {
        "depth": 8, "width": 4, "branch_exponent": 0.5, "base_depth": 2,
    },
    "spectra.linearisation_error.linearisation_error": lambda: {
        "blocks": np.ones((2, 1, 4, 4)), "moved_blocks": 2 * np.ones((2, 1, 4, 4)),
        "signals": np.ones((3, 5, 4)),
    },
    "spectra.softmax_blocks.softmax_blocks": lambda: {
        "W": np.zeros((2, 3)), "X": X, "targets": TARGETS,
    },
    "linalg.lanczos.lanczos": lambda: {
        "operator": lambda v: 2 * v, "start": np.ones(3), "n_steps": 2,
    },
    "spectra.lanczos_density.lanczos_density": lambda: {
        "operator": lambda v: 2 * v, "like": np.ones(3),
    },
    "spectra.hill_estimator.hill_estimator": lambda: {"values": np.arange(1.0, 4)},
    "spectra.effective_rank.effective_rank": lambda: {"X": X},
    "spectra.matrix_nuclear_norm.matrix_nuclear_norm": lambda: {"X": X},
    "spectra.random_layers.random_layers": lambda: {"X": X, "width": 4},
    "spectra.functional_dimension.functional_dimension": lambda: {
        "parameters": parameters(), "X": X,
    },
    "spectra.koopman_log_norm.koopman_log_norm": lambda: {"W": GRAM, "smoothness": 3.0},
    "spectra.lipschitz_bound.lipschitz_bound": lambda: {"parameters": parameters()},
    "spectra.lipschitz_lower_bound.lipschitz_lower_bound": lambda: {
        "parameters": parameters(), "X": X,
    },
    "spectra.lipschitz_matrix.lipschitz_matrix": lambda: {
        "parameters": parameters(), "multipliers": [np.ones(4)], "bound": 2.0,
    },
    "spectra.residual_lipschitz_scale.residual_lipschitz_scale": lambda: {
        "B": X, "C": X.T, "bound": 2.0,
    },
    "spectra.sandwich_network.sandwich_network": lambda: {
        "layers": [(X, np.zeros(3), np.zeros(3))],
    },
    "spectra.sandwich_parameters.sandwich_parameters": lambda: {
        "parameters": [(X / 99, np.zeros(6)), (X.T / 99, np.zeros(3))],
        "multipliers": [np.ones(6)], "bound": 2.0,
    },
    "spectra.sandwich_pullback.sandwich_pullback": lambda: {
        "layers": [(X, np.zeros(3), np.zeros(3))], "gradient": [(np.ones((3, 3)), np.ones(3))],
    },
    "spectra.interaction_basis.interaction_basis": lambda: {
        "hidden": X, "output_gradients": np.ones((6, 2, 3)),
    },
    "spectra.network_report.network_report": lambda: {"matrices": {"first": X}},
    "spectra.power_law_fit.power_law_fit": lambda: {"values": np.arange(1.0, 4)},
    "spectra.power_law_goodness.power_law_goodness": lambda: {"values": np.arange(1.0, 4)},
    "spectra.power_law_interval.power_law_interval": lambda: {"values": np.arange(1.0, 4)},
    "spectra.quadratic_regression_descent.quadratic_regression_descent": lambda: {
        "residuals": X, "jacobian": np.ones((6, 3, 2)), "Q": np.ones((1, 3, 2, 2)),
        "step_size": 0.1,
    },
    "spectra.semicircle.semicircle": lambda: {"x": np.arange(1.0, 4)},
    "spectra.spiked_covariance.spiked_covariance": lambda: {
        "spikes": np.arange(1.0, 4), "aspect_ratio": 0.5,
    },
    "spectra.largest_stable_step.largest_stable_step": lambda: {
        "curvatures": np.arange(1.0, 4), "n_per_batch": 2,
    },
    "spectra.spiked_wigner.spiked_wigner": lambda: {"planted": np.arange(1.0, 4)},
    "spectra.spiked_spectrum.spiked_spectrum": lambda: {"n_samples": 5, "n_features": 3},
    "spectra.tracy_widom.tracy_widom": lambda: {"x": np.arange(1.0, 4)},
}  # fmt: skip

# Bad values


class Bad(NamedTuple):
    """A bad value, or a function that makes it from a good one; its error; what must be shown."""

    label: str
    value: Any
    error: type[Exception]
    seen: str


def changed(first: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that copies an array and changes its first entry."""

    def change(good: np.ndarray) -> np.ndarray:
        bad = np.array(good)
        bad.flat[0] = first
        return bad

    return change


def changed_row(value: bool) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that copies a mask and changes its first row."""

    def change(good: np.ndarray) -> np.ndarray:
        bad = np.array(good)
        bad[0] = value
        return bad

    return change


ARRAY = (
    Bad("NaN", changed(np.nan), ValueError, "got 1 entries that are NaN or infinite"),
    Bad("infinite", changed(-np.inf), ValueError, "got 1 entries that are NaN or infinite"),
    Bad("a dimension too few", lambda good: good[0], ValueError, "shape (|got )"),
    Bad("a dimension too many", lambda good: good[None], ValueError, r"shape \(1, "),
    Bad("empty", lambda good: good[:0], ValueError, r"\(0,"),
    Bad("object", lambda good: good.astype(object), TypeError, "dtype object"),
    Bad("None", lambda good: None, TypeError, "dtype object"),
    Bad("complex", lambda good: good + 0j, TypeError, "dtype complex128"),
    Bad("text", lambda good: good.astype(str), TypeError, "dtype <U"),
    Bad("a word", lambda good: "abc", TypeError, "dtype <U3"),
    Bad("masked", np.ma.MaskedArray, TypeError, "masked array"),
    Bad("ragged", lambda good: [[1.0, 2.0], [3.0]], ValueError, "inhomogeneous"),
)
MATRIX = (*ARRAY, Bad("sparse", scipy.sparse.csr_array, TypeError, "csr_array"))
NO_INTEGER = (
    Bad("half", 2.5, TypeError, "2.5"),
    Bad("float", 2.0, TypeError, "2.0"),
    Bad("True", True, TypeError, "True"),
    Bad("text", "3", TypeError, "'3'"),
    Bad("array", np.array([1, 2]), TypeError, r"array\(\[1, 2\]\)"),
)
FROM_0 = (*NO_INTEGER, Bad("negative", -1, ValueError, "-1"))
FROM_1 = (*FROM_0, Bad("zero", 0, ValueError, "0"))
FROM_2 = (*FROM_1, Bad("one", 1, ValueError, "1"))
TOO_LARGE = Bad("too large", 10**9, ValueError, "1000000000")
NO_REAL = (
    Bad("NaN", np.nan, ValueError, "nan"),
    Bad("infinite", np.inf, ValueError, "inf"),
    Bad("minus infinite", -np.inf, ValueError, "-inf"),
    Bad("text", "0.5", TypeError, "'0.5'"),
    Bad("True", True, TypeError, "True"),
    Bad("None", None, TypeError, "None"),
    Bad("complex", 0.5j, TypeError, "0.5j"),
)
NEGATIVE, ABOVE_1 = Bad("negative", -0.1, ValueError, "-0.1"), Bad("1.5", 1.5, ValueError, "1.5")
NAME = (
    Bad("unknown", "nonsense", ValueError, "'nonsense'"),
    Bad("number", 3, ValueError, "3"),
    Bad("None", None, ValueError, "None"),
)
SEED = (
    Bad("negative", -1, ValueError, "-1"),
    Bad("text", "abc", TypeError, "'abc'"),
    Bad("half", 1.5, TypeError, "1.5"),
    Bad("True", True, TypeError, "True"),
)
WIDTHS_BAD = (
    Bad("none", (), ValueError, r"\(\)"),
    Bad("one", (3,), ValueError, r"\(3,\)"),
    Bad("zero", (3, 0), ValueError, "0"),
    Bad("half", (3, 2.5), TypeError, "2.5"),
    Bad("text", "32", TypeError, "'3'"),
    Bad("number", 3, TypeError, "3"),
)
ANYTHING: tuple[Bad, ...] = ()
"""For functions, where Python's own error says what is wrong, and for flags, which any value is."""

MODES_BAD = (
    Bad("none", (), TypeError, r"\(\)"),
    Bad("zero", (3, 0), ValueError, "0"),
    Bad("half", (3, 2.5), TypeError, "2.5"),
    Bad("text", "32", TypeError, "'32'"),
    Bad("number", 3, TypeError, "3"),
)


NOT_SEMIDEFINITE = Bad("negative", lambda good: -good, ValueError, "-")

ITEMS = (
    Bad("None", None, TypeError, "None"),
    Bad("number", 3, TypeError, "3"),
    Bad("text", "3", TypeError, "'3'"),
    Bad("halves", [0.5], TypeError, "0.5"),
    Bad("booleans", [True, False], TypeError, "True"),
    Bad("negative", [-1], ValueError, "-1"),
    Bad("too large", [10**9], ValueError, "1000000000"),
    Bad("twice", [2, 2], ValueError, r"\[2, 2\]"),
)

NOT_SYMMETRIC = Bad("not symmetric", changed_corner, ValueError, "1")

NOT_SQUARE = Bad("not square", lambda good: good[:, :2], ValueError, r"\(6, 2\)")

SANDWICH = (
    Bad("number", 3, TypeError, "3"),
    Bad("array", X, TypeError, r"\(6, 3\)"),
    Bad("text", "weights", TypeError, "'weights'"),
    Bad("a matrix", [X], TypeError, r"\(6, 3\)"),
    Bad("no inputs", [(np.eye(3), np.zeros(3), np.zeros(3))], ValueError, r"\(3, 3\)"),
    Bad("short", [(X, np.zeros(3), np.zeros(2))], ValueError, r"\(2,\)"),
    Bad(
        "do not fit",
        lambda good: [*good, (X[:4], np.zeros(3), np.zeros(3))],
        ValueError,
        r"\(4, 3\)",
    ),
    Bad("NaN", lambda good: [(np.nan * X, *good[0][1:])], ValueError, "18 entries"),
)


BAD: dict[str, tuple[Bad, ...]] = {
    # Arrays
    "X": MATRIX,
    "Vh": MATRIX,
    "M": MATRIX,
    "basis": MATRIX,
    "other": MATRIX,
    "targets": MATRIX,
    "vector": ARRAY,
    "observed": (
        Bad("floats", X, TypeError, "dtype float64"),
        Bad("None", None, TypeError, "dtype object"),
        Bad("short", np.ones((2, 3), bool), ValueError, r"\(2, 3\)"),
        Bad("an empty row", changed_row(False), ValueError, "a sample without any"),
    ),
    "singular_values": (*ARRAY, Bad("negative", [1.0, -1.0], ValueError, "-1.0")),
    "like": (
        Bad("integers", np.arange(3), TypeError, "dtype int64"),
        Bad("complex", np.zeros(3) + 0j, TypeError, "dtype complex128"),
        Bad("list", [1.0], TypeError, "list"),
        Bad("None", None, TypeError, "None"),
    ),
    "parameters": (
        Bad("none", [], ValueError, r"\[\]"),
        Bad("number", 3, TypeError, "3"),
        Bad("array", X, TypeError, "array|shape"),
        Bad("text", "weights", TypeError, "'weights'|str"),
    ),
    "A": MATRIX,
    "measure": (*ARRAY, Bad("zero", np.zeros(6), ValueError, "got 0")),
    "points": tuple(bad for bad in MATRIX if bad.label != "None"),
    "affinity": (
        *(bad for bad in MATRIX if bad.label != "sparse"),
        NOT_SQUARE,
        NOT_SYMMETRIC,
        Bad("negative", lambda good: -good, ValueError, "-"),
    ),
    "truth": ARRAY,
    "initial_variances": (
        *ARRAY,
        Bad("zero", lambda good: 0 * good, ValueError, "got 0"),
        Bad("negative", lambda good: -good, ValueError, "got -1"),
        Bad("short", np.ones(2), ValueError, "got 2"),
    ),
    "gate": (*(bad for bad in NO_REAL if bad.label != "None"), NEGATIVE),
    "rule": NAME,
    "mixture": (
        Bad("number", 3, TypeError, "3"),
        Bad("text", "abc", TypeError, "'abc'"),
        Bad("array", X, TypeError, "array"),
    ),
    "probabilities": (*ARRAY, Bad("above one", [0.5, 1.5], ValueError, "1.5")),
    # Counts
    "n_components": (*FROM_1, TOO_LARGE),
    "rank": (*FROM_1, TOO_LARGE),
    "batch_size": (*FROM_1, TOO_LARGE),
    "n_samples": FROM_1,
    "n_states": FROM_2,
    "n_dimensions": FROM_1,
    "n_repetitions": FROM_1,
    "n_steps": FROM_0,
    "every": FROM_1,
    "degree": FROM_1,
    "max_iterations": FROM_1,
    "n_power_iterations": FROM_0,
    "oversampling": FROM_0,
    "widths": WIDTHS_BAD,
    "classes": (
        Bad("unknown", 10, ValueError, "10"),
        Bad("none", (), ValueError, r"\(\)"),
        Bad("twice", (1, 1), ValueError, r"\(1, 1\)"),
        Bad("text", "Bag", ValueError, "'Bag'"),
        Bad("half", 0.5, ValueError, "0.5"),
    ),
    "n_features": FROM_1,
    "shape": (
        Bad("number", 3, TypeError, "3"),
        Bad("one", (3,), TypeError, r"\(3,\)"),
        Bad("zero", (3, 0), ValueError, "0"),
        Bad("half", (3, 2.5), TypeError, "2.5"),
    ),
    # Real numbers
    "p": (*NO_REAL, Bad("small", 0.4, ValueError, "0.4")),
    "share": (*NO_REAL, ABOVE_1, Bad("small", 0.4, ValueError, "0.4")),
    "growth": (*NO_REAL, Bad("one", 1.0, ValueError, "1.0")),
    "contamination": (*NO_REAL, NEGATIVE, ABOVE_1),
    "magnitude": (*NO_REAL, Bad("zero", 0.0, ValueError, "0.0")),
    "noise": (*NO_REAL, NEGATIVE),
    "penalty": (*(bad for bad in NO_REAL if bad.label != "None"), NEGATIVE),
    "momentum": (*NO_REAL, NEGATIVE, Bad("one", 1.0, ValueError, "1.0")),
    "restoring": (*NO_REAL, NEGATIVE, ABOVE_1),
    "drift": NO_REAL,
    "step_size": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        NEGATIVE,
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    "bandwidth": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "tol": (*NO_REAL, NEGATIVE),
    # Names and seeds
    "route": NAME,
    "activation": NAME,
    "kind": NAME,
    "kernel": NAME,
    "way": NAME,
    "name": NAME,
    "rng": SEED,
    "seed": (*SEED, Bad("None", None, TypeError, "None")),
    "path": (Bad("number", 3, TypeError, "3"), Bad("kind", "table.txt", ValueError, "'table.txt'")),
    # Functions and what they are given
    "function": ANYTHING,
    "grid": ANYTHING,
    "record": ANYTHING,
    "stop": ANYTHING,
    "states": (Bad("none", iter(()), ValueError, "none"),),
    # Flags
    "progress": ANYTHING,
    "non_faces": ANYTHING,
    "grey": ANYTHING,
    "batches": (
        Bad("none", [], ValueError, "got none"),
        Bad("number", 3, TypeError, "3"),
        Bad("None", None, TypeError, "None"),
        Bad("text", "abc", TypeError, "'abc'"),
        Bad("NaN", lambda good: [changed(np.nan)(good[0])], ValueError, "got 1 entries"),
        Bad("complex", lambda good: [good[0] + 0j], TypeError, "dtype complex128"),
        Bad("objects", lambda good: [good[0].astype(object)], TypeError, "dtype object"),
        Bad("empty", lambda good: [good[0][:0]], ValueError, r"\(0, 3\)"),
    ),
    "block_size": FROM_1,
    "sketch_size": FROM_1,
    "max_filters": FROM_1,
    "n_heavy": FROM_0,
    "decay": (*NO_REAL, NEGATIVE, ABOVE_1),
    "references": (
        *MATRIX,
        Bad("dependent", np.ones((2, 3)), ValueError, "in the span of the others"),
        Bad("other coordinates", np.ones((1, 2)), ValueError, "got 2"),
    ),
    "flag": (*MATRIX, Bad("not orthogonal", 2 * np.eye(3), ValueError, r"3\.0e\+00")),
    "n_references": (*FROM_1, TOO_LARGE),
    "multiplicities": (
        Bad("number", 3, TypeError, "3"),
        Bad("text", "12", TypeError, "'12'"),
        Bad("one block", (3,), TypeError, r"\(3,\)"),
        Bad("too few", (1, 1), ValueError, r"\[1, 1\]"),
        Bad("zero", (3, 0), ValueError, "0"),
        Bad("half", (1, 1.5), TypeError, "1.5"),
    ),
    "geometry": NAME,
    "search": NAME,
    "gradients": (*MATRIX, Bad("zeros", np.zeros_like, ValueError, "zeros only")),
    "flags": (*ARRAY, Bad("not orthonormal", lambda good: 2 * good, ValueError, "off")),
    "start": tuple(bad for bad in ARRAY if bad.label != "None"),
    "weights": (
        *(bad for bad in ARRAY if bad.label != "None"),
        Bad("negative", [1.0, -1.0], ValueError, "-1"),
        Bad("zeros", [0.0, 0.0], ValueError, "0 to 0"),
        Bad("too many", [1.0, 1.0, 1.0], ValueError, "3"),
    ),
    "n_flags": FROM_1,
    "n_workers": FROM_1,
    "n_parameters": FROM_1,
    "n_liars": (*FROM_0, TOO_LARGE),
    "dimensions": (
        Bad("number", 2, TypeError, "2"),
        Bad("zero", (0, 2), ValueError, "0"),
        Bad("half", (0.5, 2), TypeError, "0.5"),
        Bad("falling", (2, 1), ValueError, r"\(2, 1\)"),
        Bad("too large", (1, 9), ValueError, "9"),
        Bad("text", ("1", "2"), TypeError, "'1'"),
    ),
    "angle": tuple(bad for bad in NO_REAL if bad.label != "None"),
    "smoothing": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "V": MATRIX,
    "n_latent": FROM_1,
    "n_nonzero": (*FROM_1, TOO_LARGE),
    "n_restarts": FROM_1,
    "generator": (
        Bad("number", 3, TypeError, "3"),
        Bad("None", None, TypeError, "None"),
        Bad("another shape", lambda good: lambda Z: Z[:, :1], ValueError, r"got \(6, 1\)"),
    ),
    "groups": (
        *(bad for bad in ARRAY if bad.label != "None"),
        Bad("short", lambda good: good[:2], ValueError, "got 2"),
    ),
    "n_latents": (*FROM_1, TOO_LARGE),
    "noise_variance": (*NO_REAL, NEGATIVE),
    "drop_probability": (*NO_REAL, NEGATIVE, Bad("one", 1.0, ValueError, "1.0")),
    "offset": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "bound": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        NEGATIVE,
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    "Y": MATRIX,
    "scores": tuple(bad for bad in MATRIX if bad.label != "None"),
    "score_jacobians": tuple(bad for bad in ARRAY if bad.label != "None"),
    "labels": ARRAY,
    "subclasses": ARRAY,
    "order": (*FROM_1, TOO_LARGE),
    "n_subclasses": (*FROM_1, TOO_LARGE),
    "view_sizes": (
        Bad("none", (), TypeError, r"\(\)"),
        Bad("zero", (3, 0), ValueError, "0"),
        Bad("half", (0.5, 2.5), TypeError, "0.5"),
        Bad("too few", (1, 1), ValueError, r"\(1, 1\)"),
        Bad("text", "12", TypeError, "'12'"),
        Bad("number", 3, TypeError, "3"),
    ),
    "adjacency": MATRIX,
    "attributes": MATRIX,
    "styles": MATRIX,
    "hops": (
        Bad("none", [], TypeError, "list"),
        Bad("number", 3, TypeError, "int"),
        Bad("shapes", [X, X[:, :2]], ValueError, r"\(6, 2\)"),
        Bad("NaN", [X, np.nan * X], ValueError, "got 18 entries that are NaN or infinite"),
    ),
    "structure_rank": (*FROM_0, TOO_LARGE),
    "n_classes": (*FROM_2, TOO_LARGE),
    "n_hops": FROM_0,
    "weight": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    "side": FROM_2,
    "n_frames": FROM_1,
    "n_views": FROM_1,
    "speed": (*NO_REAL, NEGATIVE),
    "view_order": NAME,
    "projections": MATRIX,
    "operators": ARRAY,
    "n_coefficients": (*FROM_1, TOO_LARGE),
    "denoising": (*NO_REAL, NEGATIVE),
    "coupling": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "ridge": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "denoiser": (Bad("number", 3, TypeError, "3"), Bad("text", "tv", TypeError, "'tv'")),
    "null_weight": (*(bad for bad in NO_REAL if bad.label != "None"), NEGATIVE),
    "correlation": (*NO_REAL, ABOVE_1, Bad("-1.5", -1.5, ValueError, "-1.5")),
    "homophily": (*NO_REAL, NEGATIVE, ABOVE_1),
    "mean_degree": (*NO_REAL, NEGATIVE),
    "signal": (*NO_REAL, NEGATIVE),
    "features": (
        Bad("NaN", changed(np.nan), ValueError, "got 1 entries that are NaN or infinite"),
        Bad("a dimension too few", lambda good: good[0], ValueError, "shape"),
        Bad("empty", lambda good: good[:0], ValueError, r"\(0,"),
        Bad("complex", lambda good: good + 0j, TypeError, "dtype complex128"),
        Bad("None", None, TypeError, "dtype object"),
    ),
    "n_concepts": (*FROM_1, TOO_LARGE),
    "n_endmembers": (*FROM_1, TOO_LARGE),
    "n_bands": FROM_2,
    "n_bad_bands": (*FROM_0, TOO_LARGE),
    "n_stages": FROM_1,
    "image_shape": (
        Bad("number", 3, TypeError, "3"),
        Bad("one", (3,), TypeError, r"\(3,\)"),
        Bad("zero", (3, 0), ValueError, "0"),
        Bad("half", (3, 2.5), TypeError, "2.5"),
    ),
    "sparsity": (*NO_REAL, NEGATIVE),
    "smoothness": (*NO_REAL, NEGATIVE),
    "reducer": NAME,
    "head": ANYTHING,
    "n_rows": FROM_1,
    "n_columns": FROM_1,
    "n_measurements": FROM_1,
    "threshold": (*(bad for bad in NO_REAL if bad.label != "None"), NEGATIVE),
    "counts": (
        *MATRIX,
        Bad("negative", changed(-1.0), ValueError, "-1"),
        Bad("zeros", np.zeros((3, 3)), ValueError, "0 to 0"),
        Bad("not square", X, ValueError, r"\(6, 3\)"),
    ),
    "n_blocks": (*FROM_1, TOO_LARGE),
    "unobserved_weight": (*NO_REAL, NEGATIVE),
    "n_observed": (*FROM_1, TOO_LARGE),
    "n_clusters": FROM_1,
    "observed_share": (*NO_REAL, NEGATIVE, ABOVE_1, Bad("zero", 0.0, ValueError, "0.0")),
    "spread": (*NO_REAL, NEGATIVE),
    "n_minority": (*FROM_0, TOO_LARGE),
    "n_words": (*FROM_1,),
    "n_pairs": FROM_1,
    "strength": (*NO_REAL, NEGATIVE),
    "window": FROM_1,
    "problem": (
        Bad("None", None, TypeError, "NoneType"),
        Bad("array", X, TypeError, "ndarray"),
        Bad("number", 3, TypeError, "int"),
    ),
    "F": MATRIX,
    "G": MATRIX,
    "singular_value": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "damping": (*NO_REAL, NEGATIVE),
    "adaptive": ANYTHING,
    "networks": MATRIX,
    "depth": FROM_1,
    "width": FROM_1,
    "first_scale": (*NO_REAL, NEGATIVE),
    "last_scale": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "n_targets": FROM_1,
    "n_strong": (*FROM_1, TOO_LARGE),
    "tail_variance": (*NO_REAL, NEGATIVE),
    "layers": (Bad("none", [], ValueError, r"\[\]"),),
    "covariance": (
        *MATRIX,
        Bad("not symmetric", np.triu, ValueError, "symmetric"),
        Bad("negative", lambda good: -good, ValueError, "no negative eigenvalue"),
    ),
    "neurons": (*MATRIX, Bad("a zero row", np.zeros_like, ValueError, "norm 0")),
    "y": ARRAY,
    "scale": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "loss": NAME,
    "separation": (*NO_REAL, ABOVE_1, Bad("-1.5", -1.5, ValueError, "-1.5")),
    "turn": (*NO_REAL, NEGATIVE, Bad("2.5", 2.5, ValueError, "2.5")),
    "n_entries": MODES_BAD,
    "n_measured": MODES_BAD,
    "scattered": ANYTHING,
    "update": NAME,
    "dictionaries": (
        Bad("none", [], ValueError, r"\[\]"),
        Bad("number", 3, ValueError, "3"),
        Bad("text", "abc", ValueError, "'abc'"),
        Bad("rows", [X, X], ValueError, "got 6"),
    ),
    "entries": (
        Bad("array", X, TypeError, "ndarray"),
        Bad("None", None, TypeError, "NoneType"),
    ),
    "solver": NAME,
    "n_inner": FROM_1,
    "condition": (*NO_REAL, Bad("below 1", 0.5, ValueError, "0.5")),
    "spike": (*NO_REAL, NEGATIVE, ABOVE_1),
    "magnitudes": (*ARRAY, Bad("zero", [1.0, 0.0], ValueError, "0")),
    "point": (*ARRAY, Bad("short", np.ones(2), ValueError, "2")),
    "direction": (
        *(bad for bad in ARRAY if bad.label != "None"),
        Bad("zeros", np.zeros(6), ValueError, "0|zeros"),
    ),
    "visibility": (*NO_REAL, NEGATIVE, ABOVE_1),
    "power": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        Bad("small", 0.5, ValueError, "0.5"),
    ),
    "H": (*MATRIX, Bad("negative", changed(-1.0), ValueError, "-1")),
    "measurements": ARRAY,
    "b": ARRAY,
    "n_per_side": FROM_1,
    "n_copies": FROM_1,
    "n_selected": (*FROM_1, TOO_LARGE),
    "slack": (
        *NO_REAL,
        NEGATIVE,
        Bad("one", 1.0, ValueError, "1.0"),
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    "even": ANYTHING,
    "fourier_values": (*ARRAY, Bad("negative", [[1.0, -1.0]], ValueError, "-1")),
    "n_slices": (*FROM_1, Bad("others", 8, ValueError, "5 columns")),
    "W": tuple(bad for bad in MATRIX if bad.label != "None"),
    "model": NAME,
    "method": NAME,
    "accelerated": ANYTHING,
    "c_threshold": (*NO_REAL, NEGATIVE),
    "c_momentum": (*NO_REAL, NEGATIVE),
    "c_passed": (*NO_REAL, NEGATIVE),
    "n_inputs": FROM_1,
    "n_hidden": FROM_1,
    "sampling_ratio": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "aspect_ratio": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "R": MATRIX,
    "L": (*MATRIX, NOT_SQUARE, NOT_SYMMETRIC, NOT_SEMIDEFINITE),
    "matrix": (*MATRIX, NOT_SQUARE, NOT_SYMMETRIC, NOT_SEMIDEFINITE),
    "size": (*(bad for bad in FROM_1 if bad.label != "None"), TOO_LARGE),
    "matrices": (
        Bad("array", X, TypeError, "mapping"),
        Bad("list", [X], TypeError, "mapping"),
        Bad("none", {}, ValueError, "none"),
        Bad("NaN", {"a": np.nan * X}, ValueError, "'a'"),
        Bad("zeros", {"a": 0 * X}, ValueError, "'a'"),
        Bad("vector", {"a": X[0]}, ValueError, "'a'"),
        Bad("complex", {"a": X + 0j}, TypeError, "'a'"),
    ),
    "n_shuffles": FROM_0,
    "slope": (*NO_REAL, NEGATIVE, ABOVE_1),
    "exponent": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "normalize": ANYTHING,
    "hidden": MATRIX,
    "output_gradients": (*ARRAY, Bad("short", lambda good: good[:2], ValueError, r"\(2, ")),
    "bias_scale": (*NO_REAL, NEGATIVE),
    "block": (*FROM_0, TOO_LARGE),
    "n_draws": FROM_1,
    "n_chains": FROM_1,
    "included": ITEMS,
    "excluded": ITEMS,
    "kernel_block": ANYTHING,
    "likelihood": (
        Bad("None", None, TypeError, "dtype object"),
        Bad("not square", X, ValueError, r"\(6, 3\)"),
        Bad("not symmetric", np.triu(GRAM), ValueError, "entries that differ"),
        Bad("NaN", np.nan * GRAM, ValueError, "got 36 entries"),
        Bad("negative", -GRAM, ValueError, "-"),
    ),
    "n_planned": FROM_1,
    "B": MATRIX,
    "candidate_factor": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "diagonal": (*ARRAY, Bad("negative", [1.0, -1.0], ValueError, "-1")),
    "residual": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "values": (*ARRAY, Bad("negative", [1.0, -1.0], ValueError, "-1")),
    "snapshots": (*MATRIX, Bad("zeros", np.zeros_like, ValueError, "got 6 such rows")),
    "others": (
        *(bad for bad in MATRIX if bad.label != "None"),
        Bad("narrow", lambda good: good[:, :2], ValueError, "got 2"),
    ),
    "mass": (
        *(bad for bad in MATRIX if bad.label != "None"),
        NOT_SQUARE,
        NOT_SYMMETRIC,
        NOT_SEMIDEFINITE,
        Bad("small", lambda good: good[:2, :2], ValueError, "got 2"),
    ),
    "dissimilarity": (
        *MATRIX,
        NOT_SQUARE,
        NOT_SYMMETRIC,
        Bad("negative", lambda good: -good, ValueError, "an entry of -"),
    ),
    "n_starts": FROM_1,
    "equation": NAME,
    "permute": ANYTHING,
    "informative": (
        Bad("one", [1], ValueError, "1"),
        Bad("half", [2.5], TypeError, "2.5"),
        Bad("text", ["2"], TypeError, "'2'"),
    ),
    "uninformative": (
        Bad("zero", [0], ValueError, "0"),
        Bad("half", [2.5], TypeError, "2.5"),
    ),
    "amplitude_factor": (*NO_REAL, NEGATIVE, Bad("half", 0.5, ValueError, "0.5")),
    "both_signs": ANYTHING,
    "n_points": FROM_2,
    "edge_weight": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "affinities": (
        *ARRAY,
        Bad("negative", lambda good: -good, ValueError, "-"),
        Bad("not square", lambda good: good[:, :, :2], ValueError, r"\(2, 6, 2\)"),
        Bad("not symmetric", lambda good: good * X[:, 0] ** 2, ValueError, "differ by"),
    ),
    "pull": NO_REAL,
    "X_new": MATRIX,
    "n_vectors": (*FROM_1, TOO_LARGE),
    "n_iterations": FROM_1,
    "shares": (*MATRIX, Bad("negative", lambda good: -good, ValueError, "-1")),
    "distances": (*MATRIX, NOT_SQUARE, NOT_SYMMETRIC),
    "n_rounds": FROM_1,
    "covariances": tuple(bad for bad in ARRAY if bad.label != "None"),
    "n_per_cluster": FROM_1,
    "n_neighbours": (*FROM_1, TOO_LARGE),
    "simplices": (
        Bad("None", None, TypeError, "NoneType"),
        Bad("text", "abc", TypeError, "str"),
        Bad("empty", (), TypeError, "tuple"),
        Bad("floats", (TRIANGLE[0] + 0.5,), TypeError, "dtype float64"),
        Bad("swapped", lambda good: good[::-1], ValueError, r"\(3, 2\)"),
        Bad("falling", lambda good: (good[0], good[1][:, ::-1]), ValueError, "does not"),
        Bad("others", lambda good: (good[0] + 1, good[1]), ValueError, "3 others"),
        Bad("beyond", lambda good: (good[0], good[1] + 7), ValueError, "7 to 9"),
    ),
    "dimension": (*(bad for bad in FROM_0 if bad.label != "None"), TOO_LARGE),
    "n_lines": FROM_1,
    "radius": (*NO_REAL, NEGATIVE),
    "bridge": (*NO_REAL, NEGATIVE),
    "kernel_function": (
        Bad("None", None, TypeError, "None"),
        Bad("text", "rbf", TypeError, "'rbf'"),
        Bad("number", lambda good: lambda A, B: 3.0, ValueError, "3.0"),
        Bad("NaN", lambda good: lambda A, B: np.nan * (A @ B.T), ValueError, "NaN"),
    ),
    "parts": (
        Bad("none", [], ValueError, "got none"),
        Bad("None", None, TypeError, "None"),
        Bad("one alone", lambda good: good[0], TypeError, "KernelDictionary"),
        Bad("numbers", [1, 2], TypeError, "int"),
    ),
    "coefficients": (*(bad for bad in MATRIX if bad.label != "sparse"), NOT_SQUARE),
    "l1_share": (*NO_REAL, NEGATIVE, ABOVE_1, Bad("zero", 0.0, ValueError, "0.0")),
    "fidelity": (*NO_REAL, NEGATIVE, Bad("below 1", 0.5, ValueError, "0.5")),
    "n_motions": FROM_1,
    "n_per_motion": FROM_1,
    "n_subspaces": FROM_1,
    "n_per_subspace": FROM_1,
    "n_shared": (*FROM_0, TOO_LARGE),
    "C": MATRIX,
    "Z": MATRIX,
    "membership": (*MATRIX, Bad("negative", lambda good: -good, ValueError, "-1")),
    "potential": (
        *(bad for bad in ARRAY if bad.label != "None"),
        Bad("short", np.zeros(5), ValueError, "got 5"),
    ),
    "entropy": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "distortion": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "locality": (*NO_REAL, NEGATIVE),
    "n_start": FROM_0,
    "K": (*MATRIX, NOT_SQUARE, NOT_SYMMETRIC),
    "ordered": ANYTHING,
    "temperature": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        NEGATIVE,
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    "n_per_curve": FROM_1,
    "winding": FROM_1,
    "x": ARRAY,
    "eigenvalues": (*ARRAY, Bad("negative", lambda good: -good, ValueError, "-3")),
    "curvatures": (
        *ARRAY,
        Bad("negative", lambda good: -good, ValueError, "-3"),
        Bad("zero", lambda good: 0 * good, ValueError, "got 0 to 0"),
    ),
    "n_per_batch": FROM_1,
    "planted": ARRAY,
    "spikes": (*ARRAY, Bad("negative", lambda good: -good, ValueError, "-3")),
    "residuals": MATRIX,
    "jacobian": (*ARRAY, Bad("short", lambda good: good[:2], ValueError, r"\(2, ")),
    "Q": (
        *ARRAY,
        Bad("others", lambda good: good[:, :, :1], ValueError, r", 1, "),
        Bad("not symmetric", lambda good: good + np.eye(2, k=1), ValueError, "differ by"),
    ),
    "sam_radius": (*NO_REAL, NEGATIVE),
    "variance": (*NO_REAL, NEGATIVE, Bad("zero", 0.0, ValueError, "0.0")),
    "n_largest": (*FROM_1, TOO_LARGE),
    "cutoff": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        NEGATIVE,
        Bad("zero", 0.0, ValueError, "0.0"),
        Bad("beyond the values", 1e9, ValueError, "1e"),
    ),
    "vectors": MATRIX,
    "weight_decay": (*NO_REAL, NEGATIVE),
    "tolerance": (*NO_REAL, NEGATIVE),
    "max_steps": FROM_1,
    "target": (
        Bad("none", [], ValueError, r"\[\]"),
        Bad("number", 3, TypeError, "3"),
        Bad("array", X, TypeError, "array|shape"),
        Bad("other widths", lambda good: good[:1], ValueError, "shapes"),
    ),
    "n_neighbors": FROM_1,
    "sample_gradients": (*ARRAY, Bad("zeros", np.zeros_like, ValueError, "zeros only")),
    "inputs": (
        *(bad for bad in MATRIX if bad.label != "None"),
        NOT_SYMMETRIC,
        Bad("not square", lambda good: good[:, :2], ValueError, r"\(3, 2\)"),
        Bad("negative", lambda good: -good, ValueError, "no negative eigenvalue"),
    ),
    "outputs": (
        *(bad for bad in MATRIX if bad.label != "None"),
        NOT_SYMMETRIC,
        Bad("not square", lambda good: good[:, :2], ValueError, r"\(6, 2\)"),
        Bad("negative", lambda good: -good, ValueError, "no negative eigenvalue"),
    ),
    "kept": (*NO_REAL, NEGATIVE, ABOVE_1),
    "spectra": (
        Bad("number", 3, ValueError, "3"),
        Bad("none", [], ValueError, r"\[\]"),
        Bad("negative", [np.array([1.0, -1.0])], ValueError, "-1"),
        Bad("NaN", [np.array([1.0, np.nan])], ValueError, "NaN"),
    ),
    "gain": (*NO_REAL, NEGATIVE),
    "branch_scale": (*NO_REAL, NEGATIVE),
    "centred": (Bad("one", 1, TypeError, "1"), Bad("None", None, TypeError, "None")),
    "estimator": NAME,
    "n_kept": FROM_1,
    "embeddings": MATRIX,
    "perturbations": MATRIX,
    "schedule": (*ARRAY, Bad("negative", np.array([0.1, -0.1]), ValueError, "-0.1")),
    "resolution": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        NEGATIVE,
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    "operator": (
        Bad("None", None, TypeError, "None"),
        Bad("an array", np.eye(3), TypeError, "array"),
        Bad("number", lambda good: lambda v: 3.0, ValueError, "3.0"),
        Bad("short", lambda good: lambda v: v[:2], ValueError, r"\(2,\)"),
        Bad("NaN", lambda good: lambda v: np.nan * v, ValueError, "NaN"),
        Bad("not symmetric", lambda good: lambda v: np.cumsum(v), ValueError, "differ by"),
    ),
    "n_probes": FROM_1,
    "base_depth": FROM_1,
    "branch_multiplier": (*NO_REAL, NEGATIVE),
    "branch_exponent": (*(bad for bad in NO_REAL if bad.label != "None"), NEGATIVE, ABOVE_1),
    "optimizer": NAME,
    "step_sizes": (
        Bad("number", 0.1, TypeError, "0.1"),
        Bad("text", "abc", TypeError, "'abc'"),
        Bad("two", (0.1, 0.1), TypeError, r"\(0.1, 0.1\)"),
        Bad("negative", (0.1, -0.1, 0.1), ValueError, "-0.1"),
        Bad("NaN", (0.1, 0.1, np.nan), ValueError, "nan"),
        Bad("None", (None, 0.1, 0.1), TypeError, "None"),
    ),
    "blocks": (*ARRAY, Bad("not square", lambda good: good[..., :2], ValueError, r"4, 2\)")),
    "moved_blocks": (*ARRAY, Bad("short", lambda good: good[:1], ValueError, r"\(1, ")),
    "signals": (*ARRAY, Bad("short", lambda good: good[:1], ValueError, r"\(1, ")),
    "largest_exponent": (
        *(bad for bad in NO_REAL if bad.label != "None"),
        Bad("one", 1.0, ValueError, "1.0"),
    ),
    "multipliers": (
        Bad("number", 3, TypeError, "3"),
        Bad("text", "abc", TypeError, "'abc'"),
        Bad("array", np.ones(4), TypeError, r"\(4,\)"),
        Bad("none", [], ValueError, "got 0"),
        Bad("short", [np.ones(2)], ValueError, "got 2"),
        Bad("zero", lambda good: [0 * good[0]], ValueError, "got 0"),
        Bad("NaN", lambda good: [np.nan * good[0]], ValueError, "NaN"),
    ),
    "gradient": (
        Bad("number", 3, TypeError, "3"),
        Bad("text", "abc", TypeError, "'abc'"),
        Bad("none", [], ValueError, r"\[\]"),
        Bad("short", [(np.ones((3, 2)), np.ones(3))], ValueError, r"\(3, 2\)"),
    ),
    "criterion": NAME,
    "skip": ANYTHING,
}
BAD_HERE: dict[tuple[str, str], tuple[Bad, ...]] = {
    ("sensing.neuron_alignment.neuron_alignment", "y"): (
        Bad("zeros", np.zeros_like, ValueError, "-1 and 1"),
        Bad("one label", np.ones_like, ValueError, "one alone"),
    ),
    ("sensing.covariance_generator.covariance_generator", "layers"): (
        Bad("number", 3, TypeError, "3"),
        Bad("array", X, TypeError, "shape"),
        Bad("text", "weights", TypeError, "'weights'"),
        Bad("a vector", [X[0]], ValueError, r"\(3,\)"),
        Bad("NaN", lambda good: [np.nan * good[0]], ValueError, "18 entries that are NaN"),
        Bad("complex", lambda good: [good[0] + 0j], TypeError, "dtype complex128"),
        Bad("do not fit", [X, X], ValueError, "gives 6 numbers, the next takes 3"),
    ),
    ("sensing.deep_linear_training.deep_linear_training", "layers"): (
        Bad("None", None, TypeError, "NoneType"),
        Bad("array", X, TypeError, "ndarray"),
        Bad("NaN", lambda good: [changed(np.nan)(good[0]), good[1]], ValueError, "got 1 entries"),
        Bad("matrices", lambda good: [layer[0] for layer in good], ValueError, r"\(3, 3\)"),
        Bad("one left out", lambda good: good[1:] * 2, ValueError, r"\(1, 6, 3\)"),
        Bad("text", "layers", TypeError, "str"),
    ),
    ("sensing.self_calibration.self_calibration", "direction"): (
        Bad("short", np.ones(2), ValueError, "got 2"),
    ),
    ("pca.flag_mean.flag_mean", "start"): (
        Bad("not orthonormal", lambda good: 2 * good, ValueError, "off"),
        Bad("narrow", lambda good: good[:, :1], ValueError, r"\(6, 1\)"),
    ),
    ("sensing.gradient_descent.gradient_descent", "step_size"): (
        Bad("None", None, TypeError, "None"),
    ),
    ("sensing.deep_linear_regression.deep_linear_regression", "step_size"): (
        Bad("None", None, TypeError, "None"),
    ),
    ("sensing.deep_linear_regression.deep_linear_regression", "depth"): (
        Bad("one", 1, ValueError, "1"),
    ),
    ("sensing.deep_linear_regression.deep_linear_regression", "targets"): (
        Bad("short", TARGETS[:2], ValueError, "got 2"),
    ),
    ("spectra.quadratic_regression_descent.quadratic_regression_descent", "step_size"): (
        Bad("None", None, TypeError, "None"),
    ),
    ("sensing.scalar_descent.scalar_descent", "step_size"): (
        Bad("None", None, TypeError, "None"),
        Bad("too many", np.full(7, 0.1), ValueError, "got 7"),
    ),
    ("pca.principal_components.principal_components", "X"): (
        Bad("one sample", X[:1], ValueError, r"\(1, 3\)"),
        Bad("no features", X[:, :0], ValueError, r"\(6, 0\)"),
        Bad("overflowing", changed(1e200), ValueError, r"1e\+200"),
    ),
    ("datasets.synthetic.planted_spectrum", "n_samples"): (Bad("few", 2, ValueError, "2"),),
    ("datasets.images.fashion_mnist", "n_samples"): (TOO_LARGE,),
    ("datasets.images.mnist", "n_samples"): (TOO_LARGE,),
    ("datasets.images.digits", "n_samples"): (TOO_LARGE,),
    ("sampling.cholesky_determinantal_sample.cholesky_determinantal_sample", "K"): (
        NOT_SEMIDEFINITE,
        Bad("above one", lambda good: 100 * good, ValueError, "up to 1"),
    ),
    ("networks.mlp.unflatten", "vector"): (Bad("short", np.ones(3), ValueError, "3"),),
    ("networks.mlp.loss_and_gradient", "targets"): (
        Bad("rows off", 2 * TARGETS, ValueError, "1 off"),
        Bad("short", TARGETS[:2], ValueError, r"\(2, 2\)"),
    ),
    ("networks.mlp.forward", "X"): (Bad("features", X[:, :2], ValueError, "got 2"),),
    ("networks.training.gradient_training", "step_size"): (Bad("None", None, TypeError, "None"),),
    ("clustering.local_bases.local_bases", "labels"): (
        Bad("halves", np.full(6, 0.5), ValueError, "got 0.5"),
        Bad("negative", np.full(6, -1.0), ValueError, "got -1"),
        Bad("few", LABELS[:2], ValueError, "got 2"),
    ),
    ("clustering.local_bases.local_bases", "n_components"): (TOO_LARGE,),
    ("clustering.k_medoids.k_medoids", "n_clusters"): (TOO_LARGE,),
    ("clustering.k_subspaces.k_subspaces", "n_clusters"): (TOO_LARGE,),
    ("clustering.low_rank_denoiser.low_rank_denoiser", "noise"): (
        Bad("zero", 0.0, ValueError, "0.0"),
    ),
    ("clustering.low_rank_denoiser.low_rank_denoiser", "step_size"): (
        Bad("None", None, TypeError, "None"),
    ),
    ("clustering.low_rank_denoiser.low_rank_denoiser", "start"): (
        Bad("not orthonormal", lambda good: 2 * good, ValueError, "off"),
        Bad("features", np.eye(2)[None], ValueError, r"\(1, 2, 2\)"),
    ),
    ("linalg.lanczos.lanczos", "start"): (
        Bad("None", None, TypeError, "dtype object"),
        Bad("zeros", np.zeros(3), ValueError, "got 3 zeros"),
    ),
    ("linalg.lanczos.lanczos", "n_steps"): (Bad("zero", 0, ValueError, "0"),),
    ("spectra.sandwich_network.sandwich_network", "layers"): SANDWICH,
    ("spectra.sandwich_pullback.sandwich_pullback", "layers"): SANDWICH,
    ("spectra.koopman_log_norm.koopman_log_norm", "W"): (
        Bad("not square", X, ValueError, r"\(6, 3\)"),
    ),
    ("spectra.koopman_log_norm.koopman_log_norm", "smoothness"): (
        Bad("below half the width", 2.9, ValueError, "2.9"),
    ),
    ("spectra.residual_lipschitz_scale.residual_lipschitz_scale", "bound"): (
        Bad("one", 1.0, ValueError, "1.0"),
    ),
    ("spectra.residual_lipschitz_scale.residual_lipschitz_scale", "B"): (
        Bad("zeros", np.zeros_like, ValueError, "norms 0 and"),
    ),
    ("spectra.lanczos_density.lanczos_density", "n_steps"): (Bad("zero", 0, ValueError, "0"),),
    ("spectra.lanczos_density.lanczos_density", "like"): (
        Bad("a matrix", X, ValueError, r"\(6, 3\)"),
        Bad("empty", np.zeros(0), ValueError, r"\(0,\)"),
    ),
    ("spectra.lanczos_density.lanczos_density", "grid"): (
        Bad("a matrix", X, ValueError, r"\(6, 3\)"),
        Bad("NaN", np.array([0.0, np.nan]), ValueError, "got 1 entries"),
    ),
}
"""What only one function refuses."""


def cases() -> list[Any]:
    """Return every bad value of every parameter of every function that has a row."""
    found = []
    for name, function in FUNCTIONS.items():
        for parameter in inspect.signature(function).parameters if name in VALID else ():
            bad_values = (*BAD.get(parameter, ()), *BAD_HERE.get((name, parameter), ()))
            short = name.rpartition(".")[2]
            found += [
                pytest.param(name, parameter, bad, id=f"{short}-{parameter}-{bad.label}")
                for bad in bad_values
            ]
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_a_row(name):
    if name not in VALID:
        pytest.fail(
            f"{name} has no row in VALID of {__file__}: add one that returns the keyword arguments "
            "of a valid call, small and with the required arguments only",
            pytrace=False,
        )
    try:
        FUNCTIONS[name](**VALID[name]())
    except ModuleNotFoundError as missing:
        if not name.startswith(("datasets.optional.", "datasets.pretrained.")):
            raise
        pytest.skip(str(missing))


def test_no_row_is_left_behind():
    assert set(VALID) <= set(FUNCTIONS)
    for name, parameter in BAD_HERE:
        assert parameter in inspect.signature(FUNCTIONS[name]).parameters


@pytest.mark.parametrize("name", FUNCTIONS)
def test_parameters_have_a_row(name):
    missing = [p for p in inspect.signature(FUNCTIONS[name]).parameters if p not in BAD]
    if missing:
        pytest.fail(
            f"{name} has parameters without a row in BAD of {__file__}: {', '.join(missing)}",
            pytrace=False,
        )


@pytest.mark.parametrize(("name", "parameter", "bad"), cases())
def test_refusal(name, parameter, bad):
    """One line that names the argument and shows what was seen."""
    arguments = VALID[name]()
    value = bad.value
    if callable(value):
        value = value(arguments[parameter])
    with pytest.raises((ValueError, TypeError)) as caught:
        FUNCTIONS[name](**{**arguments, parameter: value})
    message = str(caught.value)
    assert type(caught.value) is bad.error
    assert re.search(rf"\b{parameter}\b", message), message
    assert re.search(bad.seen, message), message
    assert "\n" not in message


def elsewhere(value: Any) -> Any:
    """Move an array, or a list or tuple of such, to another library's second device."""
    if is_array(value):
        return array_api_strict.asarray(value, device=array_api_strict.Device("device1"))
    return type(value)(map(elsewhere, value))


def mixed() -> list[Any]:
    """Return every function of several arrays with each of them."""
    found = []
    for name, make in VALID.items():
        arguments = make() if name in FUNCTIONS else {}
        arrays = [k for k, v in arguments.items() if is_array(v) or k == "parameters"]
        short = name.rpartition(".")[2]
        if len(arrays) > 1:
            found += [pytest.param(name, array, id=f"{short}-{array}") for array in arrays]
    return found


@pytest.mark.parametrize(("name", "moved"), mixed())
def test_arrays_on_two_devices(name, moved):
    arguments = VALID[name]()
    with pytest.raises(TypeError) as caught:
        FUNCTIONS[name](**{**arguments, moved: elsewhere(arguments[moved])})
    message = str(caught.value)
    assert "array_api_strict" in message
    assert "numpy" in message
    assert re.search(rf"\b{moved}\b", message), message
