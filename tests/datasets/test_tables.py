"""The tables against scikit-learn's own loaders."""

import sys

import numpy as np
import pytest
import sklearn.datasets

from labkit import datasets


@pytest.mark.parametrize(
    ("loader", "reference"),
    [
        (datasets.breast_cancer, sklearn.datasets.load_breast_cancer),
        (datasets.wine, sklearn.datasets.load_wine),
        (datasets.iris, sklearn.datasets.load_iris),
    ],
)
def test_labelled_table_is_that_of_scikit_learn(loader, reference):
    data, expected = loader(), reference()
    np.testing.assert_array_equal(data.X, expected.data)
    np.testing.assert_array_equal(data.labels, expected.target)
    assert len(data.label_names) == len(expected.target_names)
    assert data.target is None
    assert data.image_shape is None


def test_names_are_those_of_scikit_learn():
    cancer, flowers = datasets.breast_cancer(), datasets.iris()
    assert list(cancer.feature_names) == list(sklearn.datasets.load_breast_cancer().feature_names)
    assert list(cancer.label_names) == list(sklearn.datasets.load_breast_cancer().target_names)
    assert list(flowers.label_names) == list(sklearn.datasets.load_iris().target_names)
    assert [f"{name} (cm)" for name in flowers.feature_names] == list(
        sklearn.datasets.load_iris().feature_names
    )
    wine_names = [name.replace(" ", "_") for name in datasets.wine().feature_names]
    assert wine_names == list(sklearn.datasets.load_wine().feature_names)


def test_diabetes_is_as_measured():
    data = datasets.diabetes()
    expected = sklearn.datasets.load_diabetes(scaled=False)
    np.testing.assert_array_equal(data.X, expected.data)
    np.testing.assert_array_equal(data.target, expected.target)
    assert list(data.feature_names) == list(expected.feature_names)
    assert data.labels is None
    assert data.label_names == ()


@pytest.mark.parametrize(
    "loader", [datasets.breast_cancer, datasets.wine, datasets.iris, datasets.diabetes]
)
def test_missing_package_is_named(monkeypatch, loader):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install scikit-learn$"):
        loader()
