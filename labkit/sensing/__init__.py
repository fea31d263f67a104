"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.analytic_weights import analytic_weights
from labkit.sensing.hyper_lista import UnrolledLayer, hyper_lista
from labkit.sensing.iterative_shrinkage import iterative_shrinkage
from labkit.sensing.kronecker_sparse_bayes import SparseState, kronecker_sparse_bayes
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.problem import SensingProblem
from labkit.sensing.self_calibration import Calibration, self_calibration

__all__ = [
    "Calibration",
    "DenseMeasurements",
    "RankOneMeasurements",
    "SensingProblem",
    "SparseState",
    "UnrolledLayer",
    "analytic_weights",
    "hyper_lista",
    "iterative_shrinkage",
    "kronecker_sparse_bayes",
    "self_calibration",
]
