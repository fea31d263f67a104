"""Matrix sensing, completion and factorised models: what descent does to singular values."""

from labkit.sensing.covariance_generator import GeneratorState, covariance_generator
from labkit.sensing.deep_linear_regression import DeepLinearMap, deep_linear_regression
from labkit.sensing.measurements import DenseMeasurements, RankOneMeasurements
from labkit.sensing.neuron_alignment import NeuronState, neuron_alignment
from labkit.sensing.problem import SensingProblem

__all__ = [
    "DeepLinearMap",
    "DenseMeasurements",
    "GeneratorState",
    "NeuronState",
    "RankOneMeasurements",
    "SensingProblem",
    "covariance_generator",
    "deep_linear_regression",
    "neuron_alignment",
]
