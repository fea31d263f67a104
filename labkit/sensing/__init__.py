"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.problem import SensingProblem

__all__ = ["DenseMeasurements", "RankOneMeasurements", "SensingProblem"]
