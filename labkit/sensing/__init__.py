"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.alternating_minimisation import alternating_minimisation
from labkit.sensing.completion_descent import completion_descent
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.observed_entries import CompletionState, ObservedEntries
from labkit.sensing.problem import SensingProblem
from labkit.sensing.soft_impute import SoftImputation, soft_impute

__all__ = [
    "CompletionState",
    "DenseMeasurements",
    "ObservedEntries",
    "RankOneMeasurements",
    "SensingProblem",
    "SoftImputation",
    "alternating_minimisation",
    "completion_descent",
    "soft_impute",
]
