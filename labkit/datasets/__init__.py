"""Real data that loads without a network, and synthetic models.

A loader is a plain function that returns a `Dataset`: the array X with samples in rows, labels
where there are any, and a record of source and licence. `LOADERS` lists them all; each runs without
arguments. The synthetic models draw data whose answer is known, and `from_file` reads a table of
your own.
"""

from labkit.datasets._provenance import Dataset, Provenance
from labkit.datasets.categories import CategoricalTable, categorical_table
from labkit.datasets.completion import completion_problem
from labkit.datasets.cones import opposed_cones
from labkit.datasets.corpora import log_bilinear_counts, python_manual
from labkit.datasets.coverage import sparsely_seen_rows
from labkit.datasets.crowds import contaminated_flags, worker_gradients
from labkit.datasets.curves import linked_curves
from labkit.datasets.drawings import drawn_faces, face_pictures
from labkit.datasets.graphs import attributed_block_model
from labkit.datasets.grids import kronecker_signal
from labkit.datasets.groups import HiddenGroups, hidden_groups
from labkit.datasets.images import (
    NATURAL_IMAGES,
    digits,
    faces,
    fashion_mnist,
    flags,
    mnist,
    natural_image,
)
from labkit.datasets.individuals import Individuals, clustered_individuals
from labkit.datasets.low_rank import LowRankMixture, low_rank_mixture
from labkit.datasets.mixtures import pairwise_mixtures
from labkit.datasets.motions import rigid_motions
from labkit.datasets.optional import gene_expression, sea_surface_temperature
from labkit.datasets.own import from_file
from labkit.datasets.perturbed import perturbed_completion
from labkit.datasets.pretrained import PretrainedWeights, language_model, sentence_encoder
from labkit.datasets.redundant import RedundantRegression, redundant_features
from labkit.datasets.regressions import spiked_regression
from labkit.datasets.rings import joined_rings
from labkit.datasets.scenes import indian_pines
from labkit.datasets.sensing import sensing_problem
from labkit.datasets.snapshots import Snapshots, equation_snapshots
from labkit.datasets.synthetic import (
    contaminated_subspace,
    hyperspectral_scene,
    low_rank_plus_sparse,
    planted_spectrum,
)
from labkit.datasets.tables import breast_cancer, diabetes, iris, wine
from labkit.datasets.teachers import quadratic_teacher
from labkit.datasets.tomography import ProjectedFilm, projected_film
from labkit.datasets.tubes import TubalProblem, tubal_problem
from labkit.datasets.unions import union_of_subspaces
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
OPTIONAL_LOADERS = (sea_surface_temperature, gene_expression)
"""Those whose package is an extra; without it they raise ModuleNotFoundError."""

__all__ = [
    "LOADERS",
    "NATURAL_IMAGES",
    "OPTIONAL_LOADERS",
    "CategoricalTable",
    "Dataset",
    "HiddenGroups",
    "Individuals",
    "LowRankMixture",
    "PretrainedWeights",
    "ProjectedFilm",
    "Provenance",
    "RedundantRegression",
    "Snapshots",
    "TubalProblem",
    "attributed_block_model",
    "breast_cancer",
    "categorical_table",
    "clustered_individuals",
    "completion_problem",
    "contaminated_flags",
    "contaminated_subspace",
    "diabetes",
    "digits",
    "drawn_faces",
    "equation_snapshots",
    "face_pictures",
    "faces",
    "fashion_mnist",
    "flags",
    "from_file",
    "gene_expression",
    "hidden_groups",
    "hyperspectral_scene",
    "indian_pines",
    "iris",
    "joined_rings",
    "kronecker_signal",
    "language_model",
    "linked_curves",
    "log_bilinear_counts",
    "low_rank_mixture",
    "low_rank_plus_sparse",
    "mnist",
    "natural_image",
    "opposed_cones",
    "pairwise_mixtures",
    "perturbed_completion",
    "planted_spectrum",
    "projected_film",
    "python_manual",
    "quadratic_teacher",
    "random_walk",
    "redundant_features",
    "rigid_motions",
    "sea_surface_temperature",
    "sensing_problem",
    "sentence_encoder",
    "sparsely_seen_rows",
    "spiked_regression",
    "tubal_problem",
    "union_of_subspaces",
    "wine",
    "worker_gradients",
]
