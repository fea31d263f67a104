"""What every loader of real data returns: the numbers, and where they come from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Provenance:
    """Where a data set comes from and what one may do with it.

    Attributes
    ----------
    name : str
        Name of the data set as people know it.
    source : str
        Who made it, and the package or file the bytes were read from.
    licence : str
        Terms of the data; those of the package that carries it where the two differ.
    shape : tuple of int
        Shape of `Dataset.X`.
    url : str or None
        Page where the data set is described.
    """

    name: str
    source: str
    licence: str
    shape: tuple[int, ...]
    url: str | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """A real data set: samples in rows, and what is known about them.

    Attributes
    ----------
    X : ndarray of float64, shape (n_samples, n_features)
        The data; each loader says what a row is and in which units.
    labels : ndarray of int, shape (n_samples,), or None
        Class of each row, an index into `label_names`.
    label_names : tuple of str
        Names of the classes; empty without labels.
    image_shape : tuple of int or None
        For pictures in rows, ``X[i].reshape(image_shape)`` is picture i. For one picture or scene
        whose pixels are the rows, ``labels.reshape(image_shape)`` is its map.
    provenance : Provenance
        Name, source, licence and shape.
    target : ndarray of float64, shape (n_samples,), or None
        The number to be predicted, where the data set is made for regression.
    feature_names : tuple of str
        Names of the columns of X; empty where a column is a pixel or a band.
    """

    X: np.ndarray
    labels: np.ndarray | None
    label_names: tuple[str, ...]
    image_shape: tuple[int, ...] | None
    provenance: Provenance
    target: np.ndarray | None = None
    feature_names: tuple[str, ...] = ()
