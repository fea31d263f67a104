"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.one_sided_completion import one_sided_completion
from labkit.sensing.problem import SensingProblem
from labkit.sensing.singular_value_thresholding import (
    ThresholdedMatrix,
    singular_value_thresholding,
)
from labkit.sensing.swivel_embeddings import WordVectors, swivel_embeddings

__all__ = [
    "DenseMeasurements",
    "RankOneMeasurements",
    "SensingProblem",
    "ThresholdedMatrix",
    "WordVectors",
    "one_sided_completion",
    "singular_value_thresholding",
    "swivel_embeddings",
]
