"""The hyperspectral scene against tensorly's own loader."""

import sys

import numpy as np
import pytest

from labkit import datasets


def test_indian_pines_is_the_file_of_tensorly():
    from tensorly.datasets import load_indian_pines

    data, expected = datasets.indian_pines(), load_indian_pines()
    np.testing.assert_array_equal(data.X.reshape(145, 145, 200), expected.tensor)
    np.testing.assert_array_equal(data.labels.reshape(data.image_shape), expected.ticks[0])
    assert data.X.dtype == np.float64


def test_indian_pines_classes_have_the_known_sizes():
    data = datasets.indian_pines()
    counts = np.bincount(data.labels, minlength=len(data.label_names))
    sizes = dict(zip(data.label_names, counts.tolist(), strict=True))
    assert sizes["unlabelled"] == 10776
    assert sizes["Oats"] == 20
    assert sizes["Soybean-mintill"] == 2455
    assert sizes["Stone-Steel-Towers"] == 93


def test_two_components_hold_nine_tenths_of_the_variance():
    X = datasets.indian_pines().X
    variances = np.linalg.eigvalsh(np.cov(X, rowvar=False))[::-1]
    assert variances[:2].sum() > 0.9 * variances.sum()


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorly", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install tensorly$"):
        datasets.indian_pines()
