"""The estimator: scikit-learn's own checks, each method, samples that were not there."""

import os
import subprocess
import sys

import numpy as np
import pytest

import labkit.clustering
from labkit.clustering import SubspaceClustering, clustering_error
from labkit.datasets import union_of_subspaces

METHODS = [
    ("elastic_net", {}),
    ("least_squares", {}),
    ("matching_pursuit", {"n_nonzero": 3}),
    ("thresholding", {"n_neighbours": 5}),
]


def union(n):
    return union_of_subspaces(
        n_subspaces=3, n_dimensions=3, n_features=12, n_per_subspace=n, angle=1.2, rng=0
    )


def test_scikit_learns_checks():
    code = (
        "import warnings; warnings.simplefilter('ignore')\n"  # of a check that it leaves out
        "from sklearn.utils.estimator_checks import check_estimator\n"
        "from labkit.clustering import SubspaceClustering\n"
        "check_estimator(SubspaceClustering())"
    )
    told = {**os.environ, "SCIPY_ARRAY_API": "1"}  # older versions ask for it, before SciPy comes
    subprocess.run([sys.executable, "-c", code], check=True, env=told)


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_finds_subspaces_and_places_new_samples(method, options):
    X, truth = union(40)
    fitted, new = np.arange(120) % 40 < 30, np.arange(120) % 40 >= 30
    model = SubspaceClustering(3, method=method, options=options, n_dimensions=3, random_state=0)
    assert clustering_error(model.fit_predict(X[fitted]), truth[fitted]) == 0
    predicted = model.predict(-2 * X)
    assert clustering_error(predicted, truth) == 0
    np.testing.assert_array_equal(predicted[fitted], model.labels_)
    assert len(predicted[new]) == 30
    assert [basis.shape for basis in model.bases_] == [(3, 12)] * 3


def test_refusals():
    X, _ = union(5)
    with pytest.raises(ValueError, match=r"method must be one of 'elastic_net', .*, got 'k_means'"):
        SubspaceClustering(method="k_means").fit(X)
    with pytest.raises(ValueError, match="n_clusters must be an integer from 1 to 15, got 16"):
        SubspaceClustering(16).fit(X)
    with pytest.raises(ValueError, match="n_dimensions must be an integer from 1 up, got 0"):
        SubspaceClustering(n_dimensions=0).fit(X)


def test_the_package_loads_without_scikit_learn():
    code = "import sys, labkit.clustering; print('sklearn' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = labkit.clustering.Nonsense
