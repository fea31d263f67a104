"""Random subsets: determinantal point processes, leverage scores and their relatives."""

from labkit.sampling._dictionary import KernelDictionary
from labkit.sampling.cardinality_aware_scores import (
    CardinalityAwareScores,
    cardinality_aware_scores,
)
from labkit.sampling.cholesky_determinantal_sample import cholesky_determinantal_sample
from labkit.sampling.conditioned_kernel import conditioned_kernel
from labkit.sampling.determinantal_draws import DeterminantalDraw, determinantal_draws
from labkit.sampling.determinantal_sample import determinantal_sample
from labkit.sampling.greedy_determinantal_subset import GreedySubset, greedy_determinantal_subset
from labkit.sampling.inclusion_probabilities import inclusion_probabilities
from labkit.sampling.k_determinantal_sample import k_determinantal_sample
from labkit.sampling.least_squares_points import LeastSquaresPoints, least_squares_points
from labkit.sampling.leverage_probabilities import leverage_probabilities
from labkit.sampling.log_symmetric_polynomials import log_symmetric_polynomials
from labkit.sampling.low_rank_determinantal_sample import low_rank_determinantal_sample
from labkit.sampling.lp_sensitivities import lp_sensitivities
from labkit.sampling.marginal_kernel import marginal_kernel
from labkit.sampling.merged_dictionary import merged_dictionary
from labkit.sampling.pivotal_sampling import pivotal_sampling
from labkit.sampling.ridge_leverage_stream import ridge_leverage_stream
from labkit.sampling.sequential_attention import AttentionState, sequential_attention
from labkit.sampling.sublinear_determinantal_sample import (
    SublinearDraw,
    sublinear_determinantal_sample,
)
from labkit.sampling.swap_chain import swap_chain

__all__ = [
    "AttentionState",
    "CardinalityAwareScores",
    "DeterminantalDraw",
    "GreedySubset",
    "KernelDictionary",
    "LeastSquaresPoints",
    "SublinearDraw",
    "cardinality_aware_scores",
    "cholesky_determinantal_sample",
    "conditioned_kernel",
    "determinantal_draws",
    "determinantal_sample",
    "greedy_determinantal_subset",
    "inclusion_probabilities",
    "k_determinantal_sample",
    "least_squares_points",
    "leverage_probabilities",
    "log_symmetric_polynomials",
    "low_rank_determinantal_sample",
    "lp_sensitivities",
    "marginal_kernel",
    "merged_dictionary",
    "pivotal_sampling",
    "ridge_leverage_stream",
    "sequential_attention",
    "sublinear_determinantal_sample",
    "swap_chain",
]
