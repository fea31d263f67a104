"""Random subsets: determinantal point processes, leverage scores and their relatives."""

from labkit.sampling.determinantal_sample import (
    determinantal_sample,
)
from labkit.sampling.greedy_determinantal_subset import (
    GreedySubset,
    greedy_determinantal_subset,
)
from labkit.sampling.inclusion_probabilities import (
    inclusion_probabilities,
)
from labkit.sampling.k_determinantal_sample import (
    k_determinantal_sample,
)
from labkit.sampling.log_symmetric_polynomials import (
    log_symmetric_polynomials,
)
from labkit.sampling.marginal_kernel import (
    marginal_kernel,
)
from labkit.sampling.sublinear_determinantal_sample import (
    SublinearDraw,
    sublinear_determinantal_sample,
)

__all__ = [
    "GreedySubset",
    "SublinearDraw",
    "determinantal_sample",
    "greedy_determinantal_subset",
    "inclusion_probabilities",
    "k_determinantal_sample",
    "log_symmetric_polynomials",
    "marginal_kernel",
    "sublinear_determinantal_sample",
]
