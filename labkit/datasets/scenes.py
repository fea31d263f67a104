"""Scenes seen from the air: one pixel a row, one spectral band a column."""

import numpy as np

from labkit.datasets._files import package_file
from labkit.datasets._provenance import Dataset, Provenance

_CROPS = (
    "unlabelled",
    "Alfalfa",
    "Corn-notill",
    "Corn-mintill",
    "Corn",
    "Grass-pasture",
    "Grass-trees",
    "Grass-pasture-mowed",
    "Hay-windrowed",
    "Oats",
    "Soybean-notill",
    "Soybean-mintill",
    "Soybean-clean",
    "Wheat",
    "Woods",
    "Buildings-Grass-Trees-Drives",
    "Stone-Steel-Towers",
)


def indian_pines() -> Dataset:
    """Farmland in Indiana in 200 spectral bands, 145 x 145 pixels of about 20 m.

    Returns
    -------
    Dataset
        X (21025, 200): the spectrum of each pixel, row by row of the scene, in counts of the
        sensor (955 to 9604); labels 0 for unlabelled (10776 pixels) and 1 to 16 for what grows
        there, very unevenly (20 pixels of oats, 2455 of soybean); image_shape (145, 145), so that
        ``labels.reshape(image_shape)`` is the map and ``X.reshape(*image_shape, 200)`` the cube.

    Raises
    ------
    ModuleNotFoundError
        If tensorly is not installed.

    Notes
    -----
    The sensor AVIRIS took 220 bands from 0.4 to 2.5 micrometres on 12 June 1992; the 20 bands that
    water vapour swallows are removed. Source: Baumgardner, Biehl and Landgrebe (2015), Purdue
    University Research Repository; two files of the package tensorly. Licence: CC BY 3.0.

    Examples
    --------
    >>> from labkit import datasets
    >>> scene = datasets.indian_pines()
    >>> scene.X.shape, scene.label_names[scene.labels.max()]
    ((21025, 200), 'Stone-Steel-Towers')
    """
    folder = ("datasets", "data")
    cube_path = package_file("tensorly", *folder, "Indian_pines_corrected.npy", install="tensorly")
    map_path = package_file("tensorly", *folder, "Indian_pines_gt.npy", install="tensorly")
    cube = np.load(cube_path, allow_pickle=False)
    crops = np.load(map_path, allow_pickle=False)
    X = cube.reshape(-1, cube.shape[2]).astype(np.float64)
    provenance = Provenance(
        name="Indian Pines",
        source="M. Baumgardner, L. Biehl, D. Landgrebe, Purdue University; "
        "Indian_pines_corrected.npy and Indian_pines_gt.npy in the package tensorly",
        licence="CC BY 3.0",
        shape=X.shape,
        url="https://doi.org/10.4231/R7RX991C",
    )
    return Dataset(X, crops.ravel().astype(np.int64), _CROPS, crops.shape, provenance)
