"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.gradient_descent import gradient_descent
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.problem import SensingProblem
from labkit.sensing.rebalanced_factors import rebalanced_factors
from labkit.sensing.scaled_gradient_descent import scaled_gradient_descent

__all__ = [
    "DenseMeasurements",
    "RankOneMeasurements",
    "SensingProblem",
    "gradient_descent",
    "rebalanced_factors",
    "scaled_gradient_descent",
]
