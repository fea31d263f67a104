"""Real data that loads without a network, and synthetic models.

A loader is a plain function that returns a `Dataset`: the array X with samples in rows, labels
where there are any, and a record of source and licence. `LOADERS` lists them all; each runs without
arguments. The synthetic models draw data whose answer is known.
"""

from labkit.datasets._provenance import Dataset, Provenance
from labkit.datasets.images import (
    NATURAL_IMAGES,
    digits,
    faces,
    fashion_mnist,
    flags,
    mnist,
    natural_image,
)
from labkit.datasets.scenes import indian_pines
from labkit.datasets.synthetic import (
    contaminated_subspace,
    hyperspectral_scene,
    low_rank_plus_sparse,
    planted_spectrum,
)
from labkit.datasets.tables import breast_cancer, diabetes, iris, wine
from labkit.datasets.walks import random_walk

LOADERS = (
    fashion_mnist,
    flags,
    mnist,
    digits,
    faces,
    natural_image,
    breast_cancer,
    wine,
    iris,
    diabetes,
    indian_pines,
)

__all__ = [
    "LOADERS",
    "NATURAL_IMAGES",
    "Dataset",
    "Provenance",
    "breast_cancer",
    "contaminated_subspace",
    "diabetes",
    "digits",
    "faces",
    "fashion_mnist",
    "flags",
    "hyperspectral_scene",
    "indian_pines",
    "iris",
    "low_rank_plus_sparse",
    "mnist",
    "natural_image",
    "planted_spectrum",
    "random_walk",
    "wine",
]
