"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.deep_linear_training import deep_linear_training
from labkit.sensing.depth_shrinkage import depth_shrinkage
from labkit.sensing.lifted_curvature import LiftedCurvature, lifted_curvature
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.problem import SensingProblem
from labkit.sensing.subgradient_descent import subgradient_descent

__all__ = [
    "DenseMeasurements",
    "LiftedCurvature",
    "RankOneMeasurements",
    "SensingProblem",
    "deep_linear_training",
    "depth_shrinkage",
    "lifted_curvature",
    "subgradient_descent",
]
