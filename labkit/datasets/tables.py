"""Tables of measurements: one case a row, one measured quantity a column, in its own units.

The files are read out of the installed scikit-learn, which is not imported. The columns have very
different scales; most methods want them standardised first.
"""

import numpy as np

from labkit.datasets._files import package_file
from labkit.datasets._provenance import Dataset, Provenance

_NUCLEUS = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


def breast_cancer() -> Dataset:
    """Cell nuclei of 569 breast tumours, 30 quantities each, malignant or benign.

    Returns
    -------
    Dataset
        X (569, 30): mean, standard error and worst value of ten properties of the nuclei, lengths
        in pixels of the microscope picture; labels 0 malignant (212), 1 benign (357).

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.

    Notes
    -----
    Source: Wolberg, Mangasarian, Street and Street, Breast Cancer Wisconsin (Diagnostic), UCI
    Machine Learning Repository; a file of the package scikit-learn. Licence: CC BY 4.0.

    Examples
    --------
    >>> from labkit import datasets
    >>> tumours = datasets.breast_cancer()
    >>> tumours.X.shape, tumours.feature_names[0]
    ((569, 30), 'mean radius')
    """
    names = (
        *(f"mean {name}" for name in _NUCLEUS),
        *(f"{name} error" for name in _NUCLEUS),
        *(f"worst {name}" for name in _NUCLEUS),
    )
    return _labelled_table(
        "breast_cancer.csv",
        names,
        ("malignant", "benign"),
        name="Breast Cancer Wisconsin (Diagnostic)",
        makers="W. Wolberg, O. Mangasarian, N. Street, W. Street, UCI",
        url="https://doi.org/10.24432/C5DW2B",
    )


def wine() -> Dataset:
    """Chemical analysis of 178 wines from three growers in one region of Italy.

    Returns
    -------
    Dataset
        X (178, 13): alcohol in volume percent, colour, acids, phenols and minerals in the units of
        the laboratory; labels 0, 1, 2 for the cultivar (59, 71 and 48 wines).

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.

    Notes
    -----
    Source: Aeberhard and Forina, Wine, UCI Machine Learning Repository; a file of the package
    scikit-learn. Licence: CC BY 4.0.

    Examples
    --------
    >>> from labkit import datasets
    >>> datasets.wine().X.shape
    (178, 13)
    """
    names = (
        "alcohol",
        "malic acid",
        "ash",
        "alcalinity of ash",
        "magnesium",
        "total phenols",
        "flavanoids",
        "nonflavanoid phenols",
        "proanthocyanins",
        "color intensity",
        "hue",
        "od280/od315 of diluted wines",
        "proline",
    )
    return _labelled_table(
        "wine_data.csv",
        names,
        ("cultivar 0", "cultivar 1", "cultivar 2"),
        name="Wine",
        makers="S. Aeberhard and M. Forina, UCI",
        url="https://doi.org/10.24432/C5PC7J",
    )


def iris() -> Dataset:
    """Flowers of three species of iris, 50 of each, four lengths.

    Returns
    -------
    Dataset
        X (150, 4): length and width of sepal and petal in centimetres; labels 0, 1, 2 for
        setosa, versicolor, virginica.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.

    Notes
    -----
    Source: Fisher (1936) with the measurements of Anderson, UCI Machine Learning Repository; a
    file of the package scikit-learn. Licence: CC BY 4.0.

    Examples
    --------
    >>> from labkit import datasets
    >>> datasets.iris().label_names
    ('setosa', 'versicolor', 'virginica')
    """
    return _labelled_table(
        "iris.csv",
        ("sepal length", "sepal width", "petal length", "petal width"),
        ("setosa", "versicolor", "virginica"),
        name="Iris",
        makers="R. A. Fisher and E. Anderson, UCI",
        url="https://doi.org/10.24432/C56C76",
    )


def diabetes() -> Dataset:
    """Ten measurements of 442 diabetes patients and how far the disease went in the next year.

    Returns
    -------
    Dataset
        X (442, 10): age in years, sex (1 or 2), body mass index, mean blood pressure and six
        serum values, as measured (not standardised); no labels; target (442,): the progression
        score one year later, 25 to 346.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.

    Notes
    -----
    Source: Efron, Hastie, Johnstone and Tibshirani, Least Angle Regression, Annals of Statistics
    2004; two files of the package scikit-learn. Licence: the authors state none; scikit-learn is
    BSD-3-Clause.

    Examples
    --------
    >>> from labkit import datasets
    >>> patients = datasets.diabetes()
    >>> patients.X.shape, patients.target.shape
    ((442, 10), (442,))
    """
    X = np.loadtxt(_sklearn_file("diabetes_data_raw.csv.gz"))
    target = np.loadtxt(_sklearn_file("diabetes_target.csv.gz"))
    provenance = Provenance(
        name="Diabetes",
        source="B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004); "
        "diabetes_data_raw.csv.gz and diabetes_target.csv.gz in the package scikit-learn",
        licence="none stated by the authors; distributed with scikit-learn (BSD-3-Clause)",
        shape=X.shape,
        url="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html",
    )
    names = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    return Dataset(X, None, (), None, provenance, target=target, feature_names=names)


def _labelled_table(filename, feature_names, label_names, *, name, makers, url) -> Dataset:
    """Read one of scikit-learn's tables: a heading line, then features and the label."""
    table = np.loadtxt(_sklearn_file(filename), delimiter=",", skiprows=1)
    X, labels = table[:, :-1].copy(), table[:, -1].astype(np.int64)
    provenance = Provenance(
        name=name,
        source=f"{makers}; {filename} in the package scikit-learn",
        licence="CC BY 4.0",
        shape=X.shape,
        url=url,
    )
    return Dataset(X, labels, label_names, None, provenance, feature_names=feature_names)


def _sklearn_file(filename):
    return package_file("sklearn", "datasets", "data", filename, install="scikit-learn")
