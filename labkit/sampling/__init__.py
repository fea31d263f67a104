"""Choosing rows, points and features: leverage, determinants, sensitivities, tournaments."""

from labkit.sampling.least_squares_points import (
    LeastSquaresPoints,
    least_squares_points,
)
from labkit.sampling.leverage_probabilities import (
    leverage_probabilities,
)
from labkit.sampling.lp_sensitivities import (
    lp_sensitivities,
)
from labkit.sampling.pivotal_sampling import (
    pivotal_sampling,
)

__all__ = [
    "LeastSquaresPoints",
    "least_squares_points",
    "leverage_probabilities",
    "lp_sensitivities",
    "pivotal_sampling",
]
