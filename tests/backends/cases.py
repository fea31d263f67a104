"""A call of every portable method at any size, and a comparison of two places to run it."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import math
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from itertools import islice
from statistics import median
from typing import Any

import numpy as np

import labkit
from labkit import networks
from labkit.arrays import array_namespace, device, from_numpy, is_array, to_numpy
from labkit.clustering import IncrementalMixture, incremental_mixture
from labkit.datasets import sensing_problem
from labkit.sampling import ridge_leverage_stream
from tests.test_layering import PORTABLE

N_STATES = 4
"""How far a generator of states is followed."""


def methods() -> dict[str, Callable[..., Any]]:
    """Return every public function of the method packages by its name."""
    found = {}
    for module in pkgutil.iter_modules(labkit.__path__):
        if module.ispkg and module.name in PORTABLE:
            package = importlib.import_module(f"labkit.{module.name}")
            for name in package.__all__:
                if inspect.isfunction(function := getattr(package, name)):
                    found[f"{module.name}.{name}"] = function
    return found


def host_reason(function: Callable[..., Any]) -> str | None:
    """Return the sentence after "Host:" in a docstring; none if the docstring says "Portable"."""
    text = " ".join((inspect.getdoc(function) or "").split())
    if reason := re.search(r"\bHost: (.+?)\.(?: |$)", text):
        return reason[1]
    if re.search(r"\bPortable\b", text):
        return None
    raise ValueError(f'the Notes of {function.__name__} must say "Portable" or "Host: " and why')


METHODS = methods()
PORTABLE_METHODS = [name for name, function in METHODS.items() if host_reason(function) is None]

# The calls: keyword arguments on the host, of a size at which n is the smaller side


def columns(n: int, k: int = 5) -> np.ndarray:
    return np.linalg.qr(random(n, min(k, n)))[0]


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def decaying(n: int) -> np.ndarray:
    """Return a tall matrix with well separated singular values."""
    return random(2 * n, n) * 0.8 ** np.minimum(np.arange(n), 20)


def corrupted(n: int) -> np.ndarray:
    """Return a tall matrix of rank 2 with a few large wrong entries."""
    M = columns(2 * n, 2) @ random(2, n)
    return M + 10 * (np.random.default_rng(1).random(M.shape) < 0.02)


def network(n: int) -> dict[str, Any]:
    """Return a network of width n and as many samples."""
    parameters = networks.initial_parameters((n, n, 4), like=np.zeros(1), rng=0)
    targets = np.eye(4)[np.arange(n) % 4]
    return {"parameters": parameters, "X": random(n, n), "targets": targets}


def inputs(n: int) -> dict[str, Any]:
    return {key: value for key, value in network(n).items() if key != "targets"}


def sandwich(n: int) -> list[tuple[np.ndarray, ...]]:
    """Return free parameters of a layer of width n and one of width 4."""
    sizes = ((n, n), (n, 4))
    return [(random(a + b, b) / (a + b) ** 0.5, random(b), random(b)) for a, b in sizes]


def stream(n: int) -> list[np.ndarray]:
    """Return four batches with well separated variances."""
    return [random(2 * n, n, seed=i) * 0.8 ** np.minimum(np.arange(n), 20) for i in range(4)]


def bases(n: int) -> dict[str, Any]:
    """Return eight noisy copies of a basis, a flag of two levels."""
    k = min(n, 3)
    noise = 0.1 * random(8, n, k, seed=1) / np.sqrt(n)
    return {"flags": np.linalg.qr(columns(n, k) + noise)[0], "dimensions": (1, k)[k == 1 :]}


def waves(n: int) -> Callable[[Any], Any]:
    """Return a generator of waves of one phase, on the array library that it is asked on."""
    places = np.linspace(0, 3, n)
    return lambda Z: array_namespace(Z).sin(from_numpy(places, like=Z) + Z)


def grouped(n: int) -> dict[str, Any]:
    """Return samples of three classes of two subclasses each, of sizes that differ."""
    groups = np.repeat(np.arange(6), np.arange(1, 7) * n)
    X = 3 * random(6, n, seed=1)[groups] + random(len(groups), n)
    return {"X": X, "labels": groups % 3, "subclasses": groups // 3}


def responses(n: int) -> dict[str, Any]:
    """Return features and two responses that curve along the first two of them."""
    X = random(40 * n, n)
    return {"X": X, "Y": X[:, :2] ** 2 * [1.0, 3.0], "n_components": 2, "order": 2}


def neighbours(n: int) -> np.ndarray:
    """Return the adjacency matrix of a ladder: two paths of n nodes, joined rung by rung."""
    path = np.eye(n, k=1) + np.eye(n, k=-1)
    return np.block([[path, np.eye(n)], [np.eye(n), path]])


def scene(n: int) -> np.ndarray:
    """Return the spectra of 2 n pixels in n bands, mixed of three."""
    pure = 1 + np.cos(np.outer(np.arange(1, 4), np.linspace(0, 3, n)))
    return np.random.default_rng(0).dirichlet([0.5] * 3, 2 * n) @ pure + 0.01


def sensing(n: int) -> dict[str, Any]:
    """Return a matrix of rank 2 behind products of vectors, and a start of five columns."""
    problem = sensing_problem([2.0, 1.0], n_rows=n, n_measurements=5 * n, kind="rank-one", rng=0)
    return {"problem": problem, "start": (columns(n), random(n, min(n, 5)) / np.sqrt(n))}


def sensed(n: int) -> Any:
    """Return a sensing problem with symmetric measurement matrices."""
    return sensing_problem([1.0], n_rows=n, n_measurements=4 * n, rng=0)


def gram(n: int) -> np.ndarray:
    """Return a positive definite matrix with eigenvalues around one."""
    return random(n, n) @ random(n, n).T / n + 0.1 * np.eye(n)


def learned(n: int) -> IncrementalMixture:
    """Return a mixture of one component after a stream."""
    *_, last = incremental_mixture(decaying(n), initial_variances=np.ones(n))
    return last


def apart(n: int) -> np.ndarray:
    """Return n points each of two clusters that are far apart."""
    return random(2 * n, 3) + 12 * (np.arange(2 * n) % 2)[:, None]


def linear_kernel(A: Any, B: Any) -> Any:
    return A @ B.T


def dictionary(n: int, seed: int = 0) -> Any:
    (found,) = ridge_leverage_stream([random(n, 5, seed=seed)], linear_kernel, ridge=0.5, rng=0)
    return found


def curves(n: int) -> dict[str, Any]:
    """Return n points in pairs of neighbours and a small network."""
    parameters = networks.initial_parameters((5, 8, 4), like=np.zeros(1), rng=0)
    pairs = np.kron(np.eye(n)[:, ::-1], np.ones((2, 2)))
    return {"X": random(2 * n, 5), "affinity": pairs + pairs.T, "parameters": parameters}


def stretched(v: Any) -> Any:
    """Return a diagonal matrix with eigenvalues from 1 to 2 times a vector."""
    xp = array_namespace(v)
    n = v.shape[0]
    places = xp.asarray(np.linspace(1, 2, n).tolist(), dtype=v.dtype, device=device(v))
    return places * v


def residual(n: int) -> dict[str, Any]:
    """Return a residual network of width n with two blocks of two matrices, and its data."""
    parameters = random(n, 5), random(2, 2, n, n, seed=1), random(3, n, seed=2)
    return {
        "parameters": parameters, "X": random(2 * n, 5, seed=3),
        "targets": random(2 * n, 3, seed=4), "branch_multiplier": 0.7,
    }  # fmt: skip


CASES: dict[str, Callable[[int], dict[str, Any]]] = {
    "clustering.conditional_mean": lambda n: {
        "mixture": learned(n), "X": random(2 * n, max(n - 2, 1)),
    },
    "clustering.incremental_mixture": lambda n: {
        "X": decaying(n), "initial_variances": np.ones(n), "gate": 2.0 * n,
    },
    "linalg.fix_signs": lambda n: {"Vh": random(n, n)},
    "linalg.principal_angles": lambda n: {"basis": columns(n), "other": columns(n, 3) * -1.0},
    "networks.flatten": lambda n: {"parameters": network(n)["parameters"]},
    "networks.forward": inputs,
    "networks.gradient_training": lambda n: {**network(n), "step_size": 0.1, "rng": 0},
    "networks.initial_parameters": lambda n: {"widths": (n, n), "like": random(1), "rng": 0},
    "networks.loss_and_gradient": network,
    "networks.unflatten": lambda n: {"vector": random(n * n + n), "widths": (n, n)},
    "pca.alternating_projections": lambda n: {"M": corrupted(n), "rank": 2},
    "pca.incomplete_components": lambda n: {
        "X": decaying(n), "observed": random(2 * n, n, seed=1) > -0.7, "n_components": 3,
    },
    "pca.kernel_components": lambda n: {"X": decaying(n), "n_components": 3, "bandwidth": 3.0},
    "sensing.soft_impute": lambda n: {
        "M": corrupted(n), "observed": random(*corrupted(n).shape, seed=1) > -0.5,
        "penalty": 1.0, "max_iterations": 10,
    },
    "pca.principal_component_pursuit": lambda n: {"M": corrupted(n)},
    "pca.principal_components": lambda n: {"X": decaying(n), "n_components": min(n, 10)},
    "pca.probabilistic_components": lambda n: {"X": decaying(n), "n_components": 3},
    "pca.self_paced_components": lambda n: {"X": decaying(n), "n_components": 3},
    "pca.block_power_stream": lambda n: {
        "batches": stream(n),
        "n_components": 3,
        "block_size": n,
        "rng": 0,
    },
    "pca.filtered_components": lambda n: {"X": decaying(n), "contamination": 0.05, "rng": 0},
    "pca.filtered_stream": lambda n: {"batches": stream(n), "contamination": 0.05, "rng": 0},
    "pca.frequent_directions": lambda n: {"batches": stream(n), "sketch_size": 5},
    "pca.heavy_row_power": lambda n: {
        "batches": stream(n),
        "n_heavy": 2,
        "block_size": n,
        "rng": 0,
    },
    "pca.incremental_components": lambda n: {"batches": stream(n), "n_components": 3},
    "pca.oja_components": lambda n: {
        "batches": stream(n),
        "n_components": 3,
        "step_size": 0.5,
        "rng": 0,
    },
    "pca.barycentric_subspaces": lambda n: {"X": random(n, 5), "n_references": min(n, 3)},
    "pca.barycentric_weights": lambda n: {"X": random(n, 5), "references": np.eye(5)[:3]},
    "pca.principal_flag_test": lambda n: {
        "X": decaying(n),
        "flag": columns(n, n),
        "multiplicities": (1, 1, n - 2),
    },
    "pca.chordal_distances": lambda n: {
        "flags": bases(n)["flags"], "basis": columns(n, 3), "dimensions": bases(n)["dimensions"],
    },
    "pca.flag_aggregate": lambda n: {"gradients": random(min(n, 9), n) + 1.0},
    "pca.flag_mean": bases,
    "pca.flag_median": bases,
    "pca.generative_components": lambda n: {
        "V": np.cov(decaying(n).T),
        "generator": waves(n),
        "n_latent": 1,
        "rng": 0,
    },
    "pca.sparse_components": lambda n: {"X": decaying(n), "n_components": 3, "penalty": 1.0},
    "pca.truncated_power": lambda n: {"V": np.cov(decaying(n).T), "n_nonzero": 3},
    "pca.denoising_autoencoder": lambda n: {
        "X": decaying(n), "n_latents": min(n, 5), "noise_variance": 0.1, "drop_probability": 0.5,
        "groups": np.arange(n) // 2,
    },
    "pca.least_volume_autoencoder": lambda n: {
        "X": decaying(n), "n_latents": min(n, 5), "penalty": 0.5, "rng": 0,
    },
    "pca.low_rank_autoencoder": lambda n: {
        "X": decaying(n), "n_latents": min(n, 5), "penalty": 0.5, "bound": 1.0, "rng": 0,
    },
    "pca.stein_subspace": responses,
    "pca.subclass_directions": grouped,
    "pca.graph_feature_space": lambda n: {
        "adjacency": neighbours(n), "X": random(2 * n, 4), "n_hops": 3, "structure_rank": 2,
    },
    "pca.matrix_subspace_projection": lambda n: {
        "X": decaying(n), "labels": np.sign(random(2 * n, 2)), "n_components": min(n, 6), "rng": 0,
    },
    "pca.shared_hop_weights": lambda n: {
        "hops": (random(2 * n, n), random(2 * n, n, seed=1)), "targets": random(2 * n, 3, seed=2),
    },
    "pca.robust_unmixing": lambda n: {"X": scene(n), "n_endmembers": 3, "max_iterations": 20},
    "pca.spatial_weights": lambda n: {"X": scene(n), "image_shape": (n, 2)},
    "pca.structured_unmixing": lambda n: {
        "X": scene(n),
        "n_endmembers": 3,
        "image_shape": (n, 2),
        "max_iterations": 20,
    },
    "clustering.multilayer_embedding": lambda n: {
        "affinities": np.stack([neighbours(n), neighbours(n) + 0.1]),
        "n_clusters": 2, "pull": 0.5,
    },
    "clustering.nearest_subspace_labels": lambda n: {
        "X_new": random(n, n), "X": decaying(n), "labels": np.arange(2 * n) % 3, "n_dimensions": 2,
    },
    "sampling.leverage_probabilities": lambda n: {"A": decaying(n), "n_samples": n},
    "clustering.k_subspaces": lambda n: {
        "X": decaying(n), "n_clusters": 2, "rank": 2,
        "n_restarts": 4, "max_iterations": 5, "rng": 0,
    },
    "clustering.locality_preserving_projections": lambda n: {
        "X": random(2 * n, min(n, 8)) * 0.7 ** np.arange(min(n, 8)), "n_components": 1,
        "n_neighbours": 3,
    },
    "clustering.low_rank_denoiser": lambda n: {
        "X": random(2 * n, n), "start": columns(n)[None], "noise": 0.5, "rng": 0,
    },
    "sampling.lp_sensitivities": lambda n: {
        "A": random(2 * n, 3), "p": 3.0, "max_iterations": 10,
    },
    "sensing.one_sided_completion": lambda n: {
        "X": decaying(n), "observed": random(2 * n, n, seed=1) > -0.7, "rank": 3,
    },
    "sensing.partially_separable_frames": lambda n: {
        "projections": np.abs(random(n, 6)),
        "operators": np.abs(random(n, 6, 36)),
        "rank": 2, "n_coefficients": min(n, 4),
    },
    "sensing.singular_value_thresholding": lambda n: {
        "M": decaying(n), "observed": random(2 * n, n, seed=1) > -0.7,
    },
    "sensing.swivel_embeddings": lambda n: {
        "counts": np.floor(np.abs(random(n, n)) * 2), "n_dimensions": 3, "n_blocks": 2, "rng": 0,
    },
    "sensing.tubal_gradient_descent": lambda n: {
        "measurements": random(2 * n, n, n, 4) / n, "b": random(2 * n, seed=1),
        "start": random(n, min(n, 5), 4, seed=2) / n, "step_size": 0.02,
    },
    "sensing.gradient_descent": lambda n: {**sensing(n), "step_size": 0.05},
    "sensing.rebalanced_factors": lambda n: {
        "F": decaying(n)[:, : min(n, 5)], "G": random(n, min(n, 5)), "singular_value": 1.0,
    },
    "sensing.scaled_gradient_descent": lambda n: {
        **sensing(n), "step_size": 0.2, "damping": 0.01,
    },
    "sensing.riemannian_gradient_descent": lambda n: {
        "problem": sensing(n)["problem"], "rank": min(n, 2),
    },
    "sensing.nuclear_norm_descent": lambda n: {
        "problem": sensed(n), "step_size": 0.1, "penalty": 0.01,
    },
    "sensing.gradient_flow_solution": lambda n: {"networks": np.exp(0.3 * random(n, 4))},
    "sensing.deep_linear_regression": lambda n: {
        "X": random(4, n), "targets": random(4, 2, seed=1), "depth": 3, "width": 5,
        "step_size": 0.1 / n, "rng": 0,
    },
    "sensing.scalar_descent": lambda n: {"start": np.exp(0.2 * random(n, 4)), "step_size": 0.1},
    "sensing.covariance_generator": lambda n: {
        "layers": (random(min(n, 5), 3), random(n, min(n, 5), seed=1)),
        "covariance": np.cov(decaying(n).T), "step_size": 1e-4, "noise_variance": 0.1,
    },
    "sensing.neuron_alignment": lambda n: {
        "neurons": random(8, n), "X": decaying(n), "y": np.sign(random(2 * n, 1)[:, 0]),
        "step_size": 1e-4, "scale": 1e-3,
    },
    "sensing.kronecker_sparse_bayes": lambda n: {
        "y": random(n, n), "dictionaries": [random(n, n + 2), random(n, n + 2, seed=1)],
        "noise_variance": 0.5,
    },
    "sensing.subgradient_descent": lambda n: {"problem": sensed(n), "start": 0.1 * random(n, n)},
    "sensing.lifted_curvature": lambda n: {
        "problem": sensed(n),
        "point": random(n) / np.sqrt(n),
        "direction": random(n, seed=1),
        "order": 3,
    },
    "sensing.deep_linear_training": lambda n: {
        "Y": random(n, n) / n,
        "layers": [random(2, n, n, seed=i) / n for i in range(3)],
        "penalty": 0.1,
    },
    "sampling.sequential_attention": lambda n: {
        "X": random(2 * n, n),
        "y": random(2 * n, n)[:, 0] + 0.3 * random(2 * n),
        "n_selected": min(3, n),
    },
    "sensing.depth_shrinkage": lambda n: {
        "singular_values": np.linspace(0, 2, n),
        "depth": 3,
        "penalty": 0.1,
    },
    "sensing.self_calibration": lambda n: {
        "measurements": (1 + np.arange(2 * n) / n) * (random(3, 2 * n, n) @ random(n, seed=1)),
        "operators": random(3, 2 * n, n),
    },
    "sensing.analytic_weights": lambda n: {"A": random(n, 2 * n)},
    "sensing.iterative_shrinkage": lambda n: {
        "A": random(n, 2 * n), "measurements": random(4, n), "threshold": 0.1, "accelerated": True,
    },
    "sensing.hyper_lista": lambda n: {
        "A": random(n, 2 * n), "measurements": random(4, n), "W": random(n, 2 * n) / n,
        "c_threshold": 0.1 / n, "c_momentum": 0.1 / n, "c_passed": 0.3,
    },
    "sensing.wishart_denoiser": lambda n: {
        "R": random(n, n) + random(n, n).T, "aspect_ratio": 0.5, "noise_variance": 1.0,
    },
    "sensing.quadratic_message_passing": lambda n: {
        "X": random(4 * n, n), "y": np.abs(random(4 * n, seed=1)), "aspect_ratio": 0.5,
    },
    "sensing.quadratic_network_descent": lambda n: {
        "X": random(4 * n, n), "y": np.abs(random(4 * n, seed=1)), "start": random(2, n, 3),
    },
    "sampling.determinantal_sample": lambda n: {"matrix": gram(n), "n_draws": 3, "rng": 0},
    "sampling.greedy_determinantal_subset": lambda n: {"L": gram(n), "size": min(n, 10)},
    "sampling.inclusion_probabilities": lambda n: {"L": gram(n), "size": min(n, 5)},
    "sampling.low_rank_determinantal_sample": lambda n: {
        "B": gram(n)[:, : max(n // 2, 1)], "n_draws": 3, "rng": 0,
    },
    "sampling.k_determinantal_sample": lambda n: {
        "L": gram(n), "size": min(n, 10), "n_draws": 3, "rng": 0,
    },
    "sampling.log_symmetric_polynomials": lambda n: {
        "values": np.linspace(0, 1, n), "order": min(n, 5),
    },
    "sampling.marginal_kernel": lambda n: {"L": gram(n)},
    "sampling.cholesky_determinantal_sample": lambda n: {
        "K": np.linalg.inv(np.eye(n) + gram(n)), "n_draws": 3, "rng": 0,
    },
    "sampling.conditioned_kernel": lambda n: {"L": gram(n), "included": range(min(n // 2, 5))},
    "sampling.swap_chain": lambda n: {
        "L": gram(n), "size": min(n, 5), "n_chains": 3, "rng": 0,
    },
    "clustering.local_bases": lambda n: {
        "snapshots": decaying(n), "labels": np.arange(2 * n) % 3, "n_components": min(n, 2),
        "mass": gram(n),
    },
    "clustering.sine_dissimilarity": lambda n: {"snapshots": decaying(n), "mass": gram(n)},
    "clustering.k_means_sdp": lambda n: {
        "X": apart(n), "n_clusters": 2, "max_iterations": 10,
    },
    "clustering.likelihood_adjusted_sdp": lambda n: {
        "X": apart(n),
        "n_clusters": 2,
        "covariances": np.stack([np.eye(3), np.diag([4.0, 1.0, 0.25])]),
        "n_rounds": 2,
        "max_iterations": 10,
    },
    "linalg.gaussian_kernel": lambda n: {
        "X": random(2 * n, 5), "Y": random(n, 5, seed=1), "bandwidth": 2.0,
    },
    "sampling.merged_dictionary": lambda n: {
        "parts": [dictionary(n), dictionary(n, seed=1)], "kernel_function": linear_kernel,
        "rng": 0,
    },
    "sampling.ridge_leverage_stream": lambda n: {
        "batches": stream(n), "kernel_function": linear_kernel, "ridge": 0.5, "rng": 0,
    },
    "clustering.least_squares_representation": lambda n: {"X": random(n, 7), "penalty": 0.1},
    "clustering.coding_rate_reduction": lambda n: {
        "Z": columns(2 * n), "membership": random(2 * n, n) ** 2, "distortion": 0.5,
    },
    "clustering.doubly_stochastic_membership": lambda n: {"C": columns(2 * n), "entropy": 0.3},
    "clustering.manifold_linearization": lambda n: {
        **curves(n), "entropy": 0.3, "distortion": 0.5, "locality": 1.0, "n_start": 1,
        "step_size": 0.01,
    },
    "clustering.neural_eigenfunctions": lambda n: {
        "X": random(n, 3), "K": gram(n), "penalty": 1.0, "step_size": 0.01,
        "parameters": networks.initial_parameters((3, 8, 2), like=np.zeros(1), rng=0),
    },
    "networks.gauss_newton_product": lambda n: {**inputs(n), "vectors": random(n * n + 5 * n + 4)},
    "networks.hessian_product": lambda n: {**network(n), "vectors": random(n * n + 5 * n + 4, 3)},
    "networks.null_space_noise": lambda n: {
        **inputs(n), "start": random(n) * 2, "max_steps": 5,
    },
    "spectra.weighted_low_rank": lambda n: {
        "W": random(n, n + 2), "rank": 2, "outputs": np.diag(np.arange(1.0, n + 1)),
        "inputs": np.diag(np.arange(1.0, n + 3)),
    },
    "spectra.kronecker_fisher": lambda n: {
        "sample_gradients": random(4, n * n).reshape(4, n, n), "n_steps": 3,
    },
    "networks.standardised_weights": lambda n: {"W": random(n, n)},
    "spectra.residual_layers": lambda n: {"X": random(n, n), "rng": 0},
    "spectra.local_dimension": lambda n: {"X": random(n, 5), "n_neighbors": 3},
    "spectra.log_dimension_gradient": lambda n: {"X": random(n, 5), "n_neighbors": 3},
    "spectra.robust_subspace": lambda n: {
        "embeddings": random(4 * n, n) * np.append(5.0, np.ones(n - 1)),
        "perturbations": random(3, n, seed=1), "n_kept": 1,
    },
    "networks.training_jacobian": lambda n: {
        **network(n), "schedule": np.array([0.1, 0.2, 0.1]), "momentum": 0.5,
    },
    "networks.subspace_training": lambda n: {
        **network(n), "basis": random(n * n + 5 * n + 4, 3) / n, "step_size": 0.1,
    },
    "networks.one_pass_softmax": lambda n: {
        "W": random(4, n) / n, "X": random(n, n), "targets": np.eye(4)[np.arange(n) % 4],
        "step_size": 0.1, "weight_decay": 0.5,
    },
    "networks.residual_network": residual,
    "networks.residual_training": lambda n: {
        **residual(n), "step_sizes": (0.01, 0.01, 0.01), "optimizer": "adam",
    },
    "spectra.linearisation_error": lambda n: {
        "blocks": random(2, 2, n, n), "moved_blocks": random(2, 2, n, n, seed=1),
        "signals": random(3, 5, n),
    },
    "spectra.softmax_blocks": lambda n: {
        "W": random(4, n) / n, "X": random(2 * n, n, seed=1),
        "targets": np.eye(4)[np.arange(2 * n) % 4],
    },
    "linalg.lanczos": lambda n: {"operator": stretched, "start": random(n) + 2, "n_steps": 8},
    "spectra.lanczos_density": lambda n: {
        "operator": stretched, "like": random(n), "n_probes": 2, "n_steps": 8, "rng": 0,
    },
    "spectra.farms_spectrum": lambda n: {"W": random(n, 2 * n), "n_per_side": 3},
    "spectra.hill_estimator": lambda n: {"values": np.exp(random(n + 1))},
    "spectra.marchenko_pastur": lambda n: {"x": np.linspace(0, 4, n), "aspect_ratio": 0.5},
    "spectra.effective_rank": lambda n: {"X": random(n, 5)},
    "spectra.matrix_nuclear_norm": lambda n: {"X": random(n, 5)},
    "spectra.random_layers": lambda n: {"X": random(n, 5), "width": 6, "rng": 0},
    "spectra.functional_dimension": inputs,
    "spectra.koopman_log_norm": lambda n: {"W": random(n, n) + 9 * np.eye(n), "smoothness": n / 2},
    "spectra.lipschitz_lower_bound": inputs,
    "spectra.lipschitz_matrix": lambda n: {
        "parameters": network(n)["parameters"], "multipliers": [np.ones(n)], "bound": 2.0,
    },
    "spectra.residual_lipschitz_scale": lambda n: {
        "B": random(n, n), "C": random(n, n, seed=1), "bound": 2.0,
    },
    "spectra.sandwich_network": lambda n: {"layers": sandwich(n), "bound": 2.0},
    "spectra.sandwich_parameters": lambda n: {
        "parameters": network(n)["parameters"], "multipliers": [np.full(n, 2.0)], "bound": 9.0,
    },
    "spectra.sandwich_pullback": lambda n: {
        "layers": sandwich(n), "gradient": network(n)["parameters"], "bound": 2.0,
    },
    "spectra.interaction_basis": lambda n: {
        "hidden": random(4 * n, n), "output_gradients": random(4 * n, 2, n),
    },
    "spectra.network_report": lambda n: {
        "matrices": {"W": random(n, 2 * n)}, "n_shuffles": 1, "rng": 0,
    },
    "spectra.semicircle": lambda n: {"x": np.linspace(-3, 3, n)},
    "spectra.spiked_covariance": lambda n: {"spikes": np.linspace(0, 3, n), "aspect_ratio": 0.5},
    "spectra.quadratic_regression_descent": lambda n: {
        "residuals": random(2, 3), "jacobian": random(2, 3, n) / np.sqrt(n),
        "Q": np.stack([gram(n)] * 3)[None] / n, "step_size": 0.1, "sam_radius": 0.05,
    },
    "spectra.spiked_wigner": lambda n: {"planted": np.linspace(-3, 3, n)},
}  # fmt: skip


def place(value: Any, where: Callable[[np.ndarray], Any]) -> Any:
    """Return a case's arguments with every array moved."""
    if isinstance(value, np.ndarray):
        return where(value)
    if isinstance(value, dict):
        return {key: place(part, where) for key, part in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: place(getattr(value, f.name), where) for f in dataclasses.fields(value)}
        return type(value)(**parts)
    if isinstance(value, tuple | list):
        return type(value)(place(part, where) for part in value)
    return value


def call(name: str, arguments: dict[str, Any]) -> Any:
    """Run a method; of a generator of states, the first states."""
    result = METHODS[name](**arguments)
    return list(islice(result, N_STATES)) if isinstance(result, Iterator) else result


def arrays(result: Any) -> Iterator[Any]:
    """Yield the arrays of a result as they are, and its numbers."""
    if is_array(result) or isinstance(result, float):
        yield result
    elif isinstance(result, tuple | list):
        for part in result:
            yield from arrays(part)
    elif dataclasses.is_dataclass(result):
        for field in dataclasses.fields(result):
            yield from arrays(getattr(result, field.name))


def difference(one: Any, other: Any) -> float:
    """Return the largest difference of two results, relative to the larger of 1 and the array."""
    largest = 0.0
    for a, b in zip(arrays(one), arrays(other), strict=True):
        x, y = to_numpy(a), to_numpy(b)
        assert x.shape == y.shape
        assert x.dtype == y.dtype
        if x.size:
            x, y = x.astype(np.float64), y.astype(np.float64)
            off = x != y  # equal infinities, as of the logarithm of zero, agree
            if np.any(off):
                gap = np.max(np.abs(x[off] - y[off]))
                assert not np.isnan(gap)  # or max, below, would hide it
                largest = max(largest, float(gap / max(1.0, np.max(np.abs(x[off])))))
    return largest


def seconds(name: str, arguments: dict[str, Any], wait: Callable[[], Any]) -> float:
    """Return the median time of three calls after one; `wait` returns when the device is done."""
    taken = []
    for _ in range(4):
        wait()
        started = time.perf_counter()
        call(name, arguments)
        wait()
        taken.append(time.perf_counter() - started)
    return median(taken[1:])


def compare(
    name: str,
    where: Callable[[np.ndarray], Any],
    sizes: tuple[int, ...],
    wait: Callable[[], Any] = lambda: None,
    limit: float = math.inf,
) -> dict[str, Any]:
    """Compare a method on the host and elsewhere over sizes.

    Sizes are left out from the first at which a call on the host takes longer than `limit`
    seconds. The other place pays from the size at which it is faster, there and at all larger ones.
    """
    largest, pays_from, done = 0.0, None, []
    for n in sizes:
        here = CASES[name](n)
        there = place(here, where)
        largest = max(largest, difference(call(name, here), call(name, there)))
        on_host, elsewhere = seconds(name, here, wait), seconds(name, there, wait)
        pays_from = (pays_from or n) if elsewhere < on_host else None
        done.append(n)
        if on_host > limit:
            break
    return {"largest_difference": largest, "pays_from": pays_from, "sizes": done}
