"""Spectra of weights and of noise: limiting laws, spikes, edges, tails."""

from labkit.spectra.depth_parametrisation import DepthParametrisation, depth_parametrisation
from labkit.spectra.effective_rank import EffectiveRank, effective_rank
from labkit.spectra.farms_spectrum import farms_spectrum
from labkit.spectra.functional_dimension import FunctionalDimension, functional_dimension
from labkit.spectra.hill_estimator import hill_estimator
from labkit.spectra.interaction_basis import InteractionBasis, interaction_basis
from labkit.spectra.koopman_log_norm import koopman_log_norm
from labkit.spectra.kronecker_fisher import KroneckerFisher, kronecker_fisher
from labkit.spectra.lanczos_density import LanczosDensity, lanczos_density
from labkit.spectra.largest_stable_step import largest_stable_step
from labkit.spectra.linearisation_error import linearisation_error
from labkit.spectra.lipschitz_bound import LipschitzBound, lipschitz_bound
from labkit.spectra.lipschitz_lower_bound import lipschitz_lower_bound
from labkit.spectra.lipschitz_matrix import lipschitz_matrix
from labkit.spectra.local_dimension import local_dimension
from labkit.spectra.log_dimension_gradient import LogDimension, log_dimension_gradient
from labkit.spectra.marchenko_pastur import marchenko_pastur
from labkit.spectra.marchenko_pastur_fit import BulkFit, marchenko_pastur_fit
from labkit.spectra.matrix_nuclear_norm import MatrixNuclearNorm, matrix_nuclear_norm
from labkit.spectra.network_report import LayerReport, network_report
from labkit.spectra.power_law_fit import PowerLawFit, power_law_fit
from labkit.spectra.power_law_goodness import PowerLawGoodness, power_law_goodness
from labkit.spectra.power_law_interval import PowerLawInterval, power_law_interval
from labkit.spectra.quadratic_regression_descent import (
    QuadraticModels,
    quadratic_regression_descent,
)
from labkit.spectra.random_layers import random_layers
from labkit.spectra.residual_layers import residual_layers
from labkit.spectra.residual_lipschitz_scale import ResidualScale, residual_lipschitz_scale
from labkit.spectra.results import SpectralLaw
from labkit.spectra.robust_subspace import RobustSubspace, robust_subspace
from labkit.spectra.sandwich_network import sandwich_network
from labkit.spectra.sandwich_parameters import sandwich_parameters
from labkit.spectra.sandwich_pullback import sandwich_pullback
from labkit.spectra.semicircle import semicircle
from labkit.spectra.shared_ranks import shared_ranks
from labkit.spectra.softmax_blocks import SoftmaxBlocks, softmax_blocks
from labkit.spectra.spiked_covariance import SpikedCovariance, spiked_covariance
from labkit.spectra.spiked_spectrum import SpikedSpectrum, spiked_spectrum
from labkit.spectra.spiked_wigner import SpikedWigner, spiked_wigner
from labkit.spectra.tracy_widom import EdgeLaw, tracy_widom
from labkit.spectra.weighted_low_rank import WeightedLowRank, weighted_low_rank
from labkit.spectra.width_parametrisation import WidthParametrisation, width_parametrisation

__all__ = [
    "BulkFit",
    "DepthParametrisation",
    "EdgeLaw",
    "EffectiveRank",
    "FunctionalDimension",
    "InteractionBasis",
    "KroneckerFisher",
    "LanczosDensity",
    "LayerReport",
    "LipschitzBound",
    "LogDimension",
    "MatrixNuclearNorm",
    "PowerLawFit",
    "PowerLawGoodness",
    "PowerLawInterval",
    "QuadraticModels",
    "ResidualScale",
    "RobustSubspace",
    "SoftmaxBlocks",
    "SpectralLaw",
    "SpikedCovariance",
    "SpikedSpectrum",
    "SpikedWigner",
    "WeightedLowRank",
    "WidthParametrisation",
    "depth_parametrisation",
    "effective_rank",
    "farms_spectrum",
    "functional_dimension",
    "hill_estimator",
    "interaction_basis",
    "koopman_log_norm",
    "kronecker_fisher",
    "lanczos_density",
    "largest_stable_step",
    "linearisation_error",
    "lipschitz_bound",
    "lipschitz_lower_bound",
    "lipschitz_matrix",
    "local_dimension",
    "log_dimension_gradient",
    "marchenko_pastur",
    "marchenko_pastur_fit",
    "matrix_nuclear_norm",
    "network_report",
    "power_law_fit",
    "power_law_goodness",
    "power_law_interval",
    "quadratic_regression_descent",
    "random_layers",
    "residual_layers",
    "residual_lipschitz_scale",
    "robust_subspace",
    "sandwich_network",
    "sandwich_parameters",
    "sandwich_pullback",
    "semicircle",
    "shared_ranks",
    "softmax_blocks",
    "spiked_covariance",
    "spiked_spectrum",
    "spiked_wigner",
    "tracy_widom",
    "weighted_low_rank",
    "width_parametrisation",
]
